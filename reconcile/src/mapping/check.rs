//! Checks of decisions before they are logged.

mod answer;
mod batch;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::{Cardinality, DecisionError, Mapping, Named, left_out};
use crate::identity::{EntityRef, OrganizationName};
use crate::inventory::{Index, Reading, Role, Sort};
use crate::state::{Association, AssociationId, AssociationStatus, Decided, Decision, Target};

type Errors = Vec<DecisionError>;

impl Mapping<'_> {
    /// Checks one decision against what is known now. It is given back ready to be logged: with the names of those that
    /// it is about and with its [`grounds`](Self::grounds), as far as they need no suggestions.
    ///
    /// # Errors
    ///
    /// The first [`DecisionError`]; [`check_batch`](Self::check_batch) gives all of them.
    pub fn check(&self, decision: &Decision) -> Result<Decided, DecisionError> {
        match self.errors(decision).into_iter().next() {
            None => Ok(self.decided(decision)),
            Some(error) => Err(error),
        }
    }

    pub(super) fn decided(&self, decision: &Decision) -> Decided {
        let mut decided = Decided::from(decision.clone()).on(self.grounds(decision, &[]));
        decided.names = self.names_in(decision);
        decided
    }

    /// What the organisations are called that a decision is about, as far as that is known.
    fn names_in(&self, decision: &Decision) -> BTreeMap<EntityRef, String> {
        let target = |target: &Target| match target {
            Target::Existing(entity) | Target::New { parent: entity, .. } => entity.clone(),
        };
        let association = |id: AssociationId| {
            let known = self.state.association(id);
            known.map(|known| (known.source.clone(), target(&known.target)))
        };
        let entities: Vec<EntityRef> = match decision {
            Decision::Associate { source, target: to } => vec![source.clone(), target(to)],
            Decision::Dissociate { association: id } => association(*id)
                .map(|(source, destination)| vec![source, destination])
                .unwrap_or_default(),
            Decision::Change {
                association: id,
                target: to,
            } => association(*id)
                .map(|(source, before)| vec![source, before, target(to)])
                .unwrap_or_default(),
            Decision::Ignore { source } => vec![source.clone()],
            Decision::KeepSeparate {
                source,
                destination,
            } => vec![source.clone(), destination.clone()],
            Decision::Answer { event, .. } => event.key.entities.clone(),
            Decision::Device(_) | Decision::Undo { .. } => Vec::new(),
        };
        let name = |entity: EntityRef| {
            let named = if entity.instance == self.binding.source {
                self.named_source(&entity)
            } else {
                self.named_destination(&entity)
            };
            Some((entity, named.name()?.to_owned()))
        };
        entities.into_iter().filter_map(name).collect()
    }

    /// Everything that is wrong with one decision.
    fn errors(&self, decision: &Decision) -> Errors {
        match decision {
            Decision::Associate { source, target } => {
                let mut errors = self.check_open_site(source);
                errors.extend(self.check_target(source, target, None));
                errors
            }
            Decision::Dissociate { association } => match self.state.association(*association) {
                // Dropped in another way, for example with its company: to drop it plainly is another decision.
                Some(known) if known.is_leaving() && known.status != AssociationStatus::Leaving => {
                    Vec::new()
                }
                _ => self
                    .check_association(*association)
                    .err()
                    .into_iter()
                    .collect(),
            },
            Decision::Change {
                association,
                target,
            } => match self.check_association(*association) {
                Err(error) => vec![error],
                Ok(association) => self.check_change(association, target),
            },
            Decision::Ignore { source } => self.check_ignore(source),
            Decision::KeepSeparate {
                source,
                destination,
            } => self.check_separate(source, destination),
            Decision::Device(_) => vec![DecisionError::AboutADevice],
            Decision::Answer { event, action } => match self.check_event(event, action) {
                Err(error) => vec![error],
                Ok(event) => self.check_answer(event, action),
            },
            Decision::Undo { decision } => self.check_undo(*decision).err().into_iter().collect(),
        }
    }

    fn check_open_site(&self, source: &EntityRef) -> Errors {
        let site = self.named_source(source);
        let mut errors = self.check_site(source);
        if let Some(association) = self.mapped_from(source).first() {
            let (to, association) = (self.target_label(association), association.id);
            errors.push(DecisionError::SiteAssociated {
                site: site.clone(),
                to,
                association,
            });
        }
        if self.state.ignored().contains(source) {
            errors.push(DecisionError::SiteIgnored { site });
        }
        errors
    }

    /// Whether the source organisation is there and takes part in mapping.
    fn check_site(&self, source: &EntityRef) -> Errors {
        if source.instance != self.binding.source {
            let bound = self.binding.source.clone();
            return vec![DecisionError::OtherTenant {
                entity: Box::new(source.clone()),
                bound,
            }];
        }
        let site = self.named_source(source);
        match self.source.organization(source) {
            None => vec![DecisionError::SiteUnknown {
                site,
                listing: listing(self.source),
            }],
            Some(listed) => left_out(listed.role)
                .map(|reason| DecisionError::SiteLeftOut { site, reason })
                .into_iter()
                .collect(),
        }
    }

    /// Whether the destination organisation is there and can be mapped to.
    fn check_company(&self, company: &EntityRef) -> Errors {
        if company.instance != self.binding.destination {
            let bound = self.binding.destination.clone();
            return vec![DecisionError::OtherTenant {
                entity: Box::new(company.clone()),
                bound,
            }];
        }
        let named = self.named_destination(company);
        match self.destination.organization(company) {
            None => {
                vec![DecisionError::CompanyUnknown {
                    company: named,
                    listing: listing(self.destination),
                }]
            }
            Some(listed) => left_out(listed.role)
                .map(|reason| DecisionError::CompanyLeftOut {
                    company: named,
                    reason,
                })
                .into_iter()
                .collect(),
        }
    }

    /// Whether a site may point there; `own` is the association that is being changed.
    fn check_target(
        &self,
        source: &EntityRef,
        target: &Target,
        own: Option<AssociationId>,
    ) -> Errors {
        match target {
            Target::Existing(company) => {
                let mut errors = self.check_company(company);
                let user = self
                    .mapped_to(company)
                    .iter()
                    .find(|association| Some(association.id) != own);
                if self.policy.cardinality == Cardinality::OneToOne
                    && let Some(user) = user.filter(|user| user.source != *source)
                {
                    errors.push(DecisionError::CompanyMapped {
                        company: self.named_destination(company),
                        site: self.named_source(&user.source),
                        association: user.id,
                    });
                }
                if self.is_separate(source, company) {
                    errors.push(DecisionError::KeptSeparate {
                        site: self.named_source(source),
                        company: self.named_destination(company),
                    });
                }
                errors
            }
            Target::New { name, parent } => {
                let mut errors = self.check_name(name, own);
                errors.extend(self.check_parent(parent).err());
                errors
            }
        }
    }

    /// Whether a company may be created under this name, as far as can be seen.
    fn check_name(&self, name: &str, own: Option<AssociationId>) -> Errors {
        if let Err(why) = self.policy.names.check(name) {
            return vec![DecisionError::InvalidName(why)];
        }
        let Some(folded) = OrganizationName::new(name).map(|name| name.folded().to_owned()) else {
            return Vec::new();
        };
        if let Some(company) = self.names().held.get(&folded) {
            let company = self.named_destination(&company.entity);
            return vec![DecisionError::NameInUse {
                name: name.to_owned(),
                company,
            }];
        }
        let prepared = self.names().prepared.get(&folded).into_iter().flatten();
        prepared
            .filter(|association| Some(association.id) != own)
            .take(1)
            .map(|association| DecisionError::NamePrepared {
                name: name.to_owned(),
                site: self.named_source(&association.source),
                association: association.id,
            })
            .collect()
    }

    fn check_parent(&self, parent: &EntityRef) -> Result<(), DecisionError> {
        if parent.instance != self.binding.destination {
            let bound = self.binding.destination.clone();
            return Err(DecisionError::OtherTenant {
                entity: Box::new(parent.clone()),
                bound,
            });
        }
        let refuse = |why| {
            Err(DecisionError::Parent {
                parent: self.named_destination(parent),
                why,
            })
        };
        match self
            .destination
            .organization(parent)
            .map(|listed| listed.role)
        {
            Some(Role::Partner) => Ok(()),
            Some(_) => refuse("it is no partner"),
            // The top of the tree need not be listed anywhere, but what hangs below it is.
            None if *parent == self.destination.observation().scope.root
                || self.destination.reading(parent, Sort::Organizations) != Reading::Missing =>
            {
                Ok(())
            }
            None => refuse("it is not visible"),
        }
    }

    fn check_association(&self, id: AssociationId) -> Result<&Association, DecisionError> {
        let association = self
            .state
            .association(id)
            .ok_or(DecisionError::AssociationUnknown(id))?;
        if association.is_leaving() {
            let site = self.named_source(&association.source);
            return Err(DecisionError::Leaving {
                association: id,
                site,
            });
        }
        Ok(association)
    }

    fn check_change(&self, association: &Association, target: &Target) -> Errors {
        let mut errors = self.check_site(&association.source);
        if association.target == *target {
            errors.push(DecisionError::Unchanged {
                association: association.id,
                site: self.named_source(&association.source),
                to: self.target_label(association),
            });
        } else {
            errors.extend(self.check_target(&association.source, target, Some(association.id)));
        }
        errors
    }

    fn check_ignore(&self, source: &EntityRef) -> Errors {
        let mut errors = self.check_site(source);
        let site = self.named_source(source);
        if let Some(association) = self.mapped_from(source).first() {
            let (to, association) = (self.target_label(association), association.id);
            errors.push(DecisionError::SiteAssociated {
                site,
                to,
                association,
            });
        } else if self.state.ignored().contains(source) {
            errors.push(DecisionError::AlreadySo(format!(
                "{site} is ignored already"
            )));
        }
        errors
    }

    fn check_separate(&self, source: &EntityRef, destination: &EntityRef) -> Errors {
        let mut errors = self.check_site(source);
        errors.extend(self.check_company(destination));
        let (site, company) = (
            self.named_source(source),
            self.named_destination(destination),
        );
        let together = self
            .mapped_from(source)
            .iter()
            .find(|association| association.destination() == Some(destination));
        if let Some(association) = together {
            errors.push(DecisionError::Together {
                site,
                company,
                association: association.id,
            });
        } else if self.is_separate(source, destination) {
            errors.push(DecisionError::AlreadySo(format!(
                "{site} and {company} are kept separate already"
            )));
        }
        errors
    }

    pub(super) fn named_source(&self, entity: &EntityRef) -> Named {
        let listed = self
            .source
            .organization(entity)
            .map(|site| site.name.clone());
        let recorded = || {
            self.mapped_from(entity)
                .iter()
                .find_map(|association| association.source_name.clone())
        };
        Named::new(entity.clone(), listed.or_else(recorded))
    }

    pub(super) fn named_destination(&self, entity: &EntityRef) -> Named {
        let listed = self
            .destination
            .organization(entity)
            .map(|company| company.name.clone());
        let recorded = || {
            self.mapped_to(entity)
                .iter()
                .find_map(|association| association.destination_name.clone())
        };
        Named::new(entity.clone(), listed.or_else(recorded))
    }

    fn target_label(&self, association: &Association) -> String {
        match &association.target {
            Target::Existing(company) => self.named_destination(company).to_string(),
            Target::New { name, .. } => format!("a new company {name:?}"),
        }
    }
}

/// What can be said of an absence.
fn listing(index: &Index<'_>) -> String {
    match index.organizations_reading() {
        Reading::Complete => "every listing was read whole".to_owned(),
        Reading::Partial(why) => format!("the listing is incomplete: {why}"),
        Reading::Missing => "no listing was read".to_owned(),
    }
}
