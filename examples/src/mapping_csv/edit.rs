//! What a row asks for, against what is mapped now.

use std::collections::BTreeMap;

use reconcile::identity::EntityRef;
use reconcile::state::{AssociationStatus, Decision, Target};

use super::error::{Problem, RowError};
use super::present::{Mapped, Present, Site, same_name};
use super::table::{Column, Row};

/// What the cells beside the decision ask for.
enum Wish<'a> {
    /// As it is.
    Same,
    /// The company was cleared.
    Nothing,
    Existing(&'a EntityRef),
    New(&'a str),
}

/// A word in the decision column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Blank,
    Associate,
    New,
    Ignore,
    Dissociate,
    Keep,
}

impl Word {
    fn of(text: Option<&str>) -> Option<Self> {
        Some(match text.map(str::to_lowercase).as_deref() {
            None => Self::Blank,
            Some("associate") => Self::Associate,
            Some("new") => Self::New,
            Some("ignore") => Self::Ignore,
            Some("dissociate") => Self::Dissociate,
            Some("keep") => Self::Keep,
            Some(_) => return None,
        })
    }

    fn text(self) -> &'static str {
        match self {
            Self::Blank => "",
            Self::Associate => "associate",
            Self::New => "new",
            Self::Ignore => "ignore",
            Self::Dissociate => "dissociate",
            Self::Keep => "keep",
        }
    }
}

/// The decisions of all rows with the rows that they come from, and everything that is wrong with the others.
pub(super) fn edits<'r>(
    rows: &'r [Row],
    present: &Present<'_>,
    parent: &EntityRef,
) -> (Vec<(&'r Row, Decision)>, Vec<RowError>) {
    let (mut edits, mut errors) = (Vec::new(), Vec::new());
    let mut rows_of: BTreeMap<&EntityRef, usize> = BTreeMap::new();
    for row in rows {
        let site = match site(row, present) {
            Ok(site) => site,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        if let Some(first) = rows_of.get(site.entity) {
            errors.push(row.error(Column::SiteId, Problem::RepeatedSite { first: *first }));
            continue;
        }
        rows_of.insert(site.entity, row.number);
        let edit = Edit {
            row,
            site,
            present,
            parent,
        };
        match edit.decide() {
            Ok(decision) => edits.extend(decision.map(|decision| (row, decision))),
            Err(more) => errors.extend(more),
        }
    }
    (edits, errors)
}

fn site<'p, 'a>(row: &Row, present: &'p Present<'a>) -> Result<&'p Site<'a>, RowError> {
    let error = |problem| row.error(Column::SiteId, problem);
    let id = row
        .filled(Column::SiteId)
        .ok_or_else(|| error(Problem::Blank))?;
    present.site(id).map_err(error)
}

/// One row and its site.
struct Edit<'r, 'p, 'a> {
    row: &'r Row,
    site: &'p Site<'a>,
    present: &'p Present<'a>,
    parent: &'p EntityRef,
}

impl<'r, 'a> Edit<'r, '_, 'a>
where
    'a: 'r,
{
    fn decide(&self) -> Result<Option<Decision>, Vec<RowError>> {
        let mut errors: Vec<_> = self.check_site_name().err().into_iter().collect();
        let word = Word::of(self.row.filled(Column::Decision));
        if word.is_none() {
            errors.push(self.row.error(Column::Decision, Problem::UnknownDecision));
        }
        let asked = match word {
            // What was to be dropped is gone, whatever the cells still say.
            Some(Word::Dissociate) if !matches!(self.site.mapped, Mapped::To(_)) => {
                if self.outdated().is_some() {
                    Ok(None)
                } else {
                    Err(self.row.error(Column::Decision, Problem::NotAssociated))
                }
            }
            Some(word) => self.wish(word).and_then(|wish| self.asked(word, &wish)),
            None => self.wish(Word::Blank).map(|_| None),
        };
        // A row that asks for nothing does no harm, however old it is.
        let outdated = match asked {
            Ok(None) => None,
            Ok(Some(_)) | Err(_) => self.outdated(),
        };
        let is_explained = outdated.is_some();
        errors.extend(outdated);
        match asked {
            Ok(decision) if errors.is_empty() => return Ok(decision),
            Ok(_) => {}
            Err(error) if is_explained && matches!(*error.problem, Problem::Cleared { .. }) => {}
            Err(error) => errors.push(error),
        }
        Err(errors)
    }

    fn check_site_name(&self) -> Result<(), RowError> {
        match (self.row.filled(Column::SiteName), self.site.name) {
            (Some(given), Some(name)) if !same_name(given, name) => Err(self.row.error(
                Column::SiteName,
                Problem::OtherSiteName {
                    id: self.site.entity.id.clone(),
                    name: name.to_owned(),
                    given: self.present.say_site(given),
                },
            )),
            _ => Ok(()),
        }
    }

    /// Whether the row was exported when the site was mapped otherwise.
    fn outdated(&self) -> Option<RowError> {
        let exported = self.row.filled(Column::State)?;
        let now = self.site.state();
        (!same_name(exported, &now))
            .then(|| self.row.error(Column::State, Problem::Outdated { now }))
    }

    /// What the cells beside the decision ask for.
    fn wish(&self, word: Word) -> Result<Wish<'r>, RowError> {
        let new_name = self.row.filled(Column::NewName);
        match (self.row.filled(Column::CompanyId), new_name) {
            // Compared verbatim first: a recorded name may be one that no rule would let through today.
            (None, _) if self.site.new_name() == Some(self.row.text(Column::NewName)) => {
                Ok(Wish::Same)
            }
            (Some(_), Some(_)) => Err(self.row.error(Column::NewName, Problem::Both)),
            (Some(id), None) => self.wish_existing(id),
            (None, Some(name)) => {
                self.check_left_over_name()?;
                // Created since: the wish came true.
                let is_made = self.present.company_name(self.site) == Some(name);
                Ok(if is_made || self.site.new_name() == Some(name) {
                    Wish::Same
                } else {
                    Wish::New(name)
                })
            }
            (None, None) => {
                let is_mapped = matches!(self.site.mapped, Mapped::To(_));
                if !matches!(word, Word::Dissociate | Word::Keep) {
                    self.check_left_over_name()?;
                }
                Ok(if is_mapped { Wish::Nothing } else { Wish::Same })
            }
        }
    }

    fn wish_existing(&self, id: &str) -> Result<Wish<'r>, RowError> {
        let error = |column, problem| Err(self.row.error(column, problem));
        // What the site is mapped to need not be listed any more.
        let current = self.site.company().filter(|company| company.id == id);
        let (wish, name) = if current.is_some() {
            (Wish::Same, self.present.company_name(self.site))
        } else {
            match self.present.company(id) {
                Ok(company) => (Wish::Existing(&company.entity), Some(company.name.as_str())),
                Err(problem) => return error(Column::CompanyId, problem),
            }
        };
        match (self.row.filled(Column::CompanyName), name) {
            (Some(given), Some(name)) if !same_name(given, name) => error(
                Column::CompanyName,
                Problem::OtherCompanyName {
                    id: id.to_owned(),
                    name: name.to_owned(),
                    given: self.present.say_company(given),
                },
            ),
            _ => Ok(wish),
        }
    }

    /// A company's name without its id is refused, unless it is left over from what the site is mapped to.
    fn check_left_over_name(&self) -> Result<(), RowError> {
        let Some(given) = self.row.filled(Column::CompanyName) else {
            return Ok(());
        };
        let current = self.present.company_name(self.site);
        if current.is_some_and(|name| same_name(name, given)) {
            return Ok(());
        }
        let given = self.present.say_company(given);
        Err(self
            .row
            .error(Column::CompanyName, Problem::NameOnly { given }))
    }

    /// What the row asks for as a whole.
    fn asked(&self, word: Word, wish: &Wish<'_>) -> Result<Option<Decision>, RowError> {
        let error = |column, problem| Err(self.row.error(column, problem));
        let contradiction = |column| {
            let decision = word.text();
            error(column, Problem::Contradiction { decision })
        };
        match (word, wish) {
            (Word::Blank, Wish::Nothing) => error(
                Column::CompanyId,
                Problem::Cleared {
                    to: self.mapped_to(),
                },
            ),
            (Word::Associate, Wish::New(_)) => contradiction(Column::NewName),
            (Word::Associate, _) if self.row.filled(Column::CompanyId).is_none() => {
                error(Column::CompanyId, Problem::Blank)
            }
            (Word::New, Wish::Existing(_)) => contradiction(Column::CompanyId),
            (Word::New, _) if self.row.filled(Column::CompanyId).is_some() => {
                contradiction(Column::CompanyId)
            }
            (Word::New, _) if self.row.filled(Column::NewName).is_none() => {
                error(Column::NewName, Problem::Blank)
            }
            (Word::Blank | Word::Keep, Wish::Same)
            | (Word::Keep, Wish::Nothing)
            | (Word::Associate | Word::New, Wish::Same | Wish::Nothing) => Ok(None),
            (Word::Blank | Word::Associate, Wish::Existing(company)) => {
                Ok(Some(self.map_to(Target::Existing((*company).clone()))))
            }
            (Word::Blank | Word::New, Wish::New(name)) => {
                Ok(Some(self.map_to(self.new_company(name))))
            }
            (Word::Ignore | Word::Dissociate | Word::Keep, Wish::Existing(_)) => {
                contradiction(Column::CompanyId)
            }
            (Word::Ignore | Word::Dissociate | Word::Keep, Wish::New(_)) => {
                contradiction(Column::NewName)
            }
            (Word::Ignore, Wish::Same | Wish::Nothing) => Ok(match self.site.mapped {
                Mapped::Ignored => None,
                Mapped::No | Mapped::To(_) => Some(Decision::Ignore {
                    source: self.site.entity.clone(),
                }),
            }),
            (Word::Dissociate, Wish::Same | Wish::Nothing) => Ok(match self.site.mapped {
                Mapped::To(association) if association.status != AssociationStatus::Leaving => {
                    Some(Decision::Dissociate {
                        association: association.id,
                    })
                }
                Mapped::To(_) | Mapped::No | Mapped::Ignored => None,
            }),
        }
    }

    fn map_to(&self, target: Target) -> Decision {
        match self.site.mapped {
            Mapped::To(association) => Decision::Change {
                association: association.id,
                target,
            },
            Mapped::No | Mapped::Ignored => Decision::Associate {
                source: self.site.entity.clone(),
                target,
            },
        }
    }

    fn new_company(&self, name: &str) -> Target {
        let parent = match self.site.mapped {
            // Another name is no other parent.
            Mapped::To(association) => match &association.target {
                Target::New { parent, .. } => parent,
                Target::Existing(_) => self.parent,
            },
            Mapped::No | Mapped::Ignored => self.parent,
        };
        Target::New {
            name: name.to_owned(),
            parent: parent.clone(),
        }
    }

    fn mapped_to(&self) -> String {
        match (self.site.company(), self.site.new_name()) {
            (Some(company), _) => company.id.clone(),
            (None, Some(name)) => format!("a new company {name:?}"),
            (None, None) => String::new(),
        }
    }
}
