//! The conditions of one association: true, false or unknown.

mod deployment;

use std::collections::{BTreeMap, BTreeSet};

use super::looks::{Looks, Presence};
use super::view::{View, Visibility, is_current, is_stale, pair_key};
use super::{DriftInput, EventKey, EventKind, Side};
use crate::identity::{EntityRef, Fingerprint};
use crate::inventory::{Index, Organization, Package, Reading, Role};
use crate::state::{Association, AssociationStatus};

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Truth {
    /// It does; says what was seen. The text changes only if what was seen does.
    True(String),
    /// It does not.
    False,
    /// Nobody can say; gives the reason where a person should know it.
    Unknown(Option<String>),
}

impl Truth {
    fn of(holds: bool, detail: impl FnOnce() -> String) -> Self {
        if holds {
            Self::True(detail())
        } else {
            Self::False
        }
    }

    fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown(Some(why.into()))
    }

    /// Unknown, as usual for the vendor or for the time being: not worth a word.
    const UNTOLD: Self = Self::Unknown(None);
}

/// Every condition that was looked at.
pub(super) type Conditions = BTreeMap<EventKey, Truth>;

/// The packages that an installation link stands for, by company.
pub(super) type Links<'a> = BTreeMap<Fingerprint, BTreeMap<&'a EntityRef, &'a Package>>;

/// Everything that conditions are read from.
#[derive(Debug)]
pub(super) struct Facts<'f, 'a> {
    pub(super) input: &'f DriftInput<'a>,
    pub(super) source: &'f View<'a>,
    pub(super) destination: &'f View<'a>,
    pub(super) source_looks: &'f Looks<'a>,
    pub(super) destination_looks: &'f Looks<'a>,
    pub(super) links: &'f Links<'a>,
}

impl<'a> Facts<'_, 'a> {
    /// Adds the conditions of every association that drift watches.
    pub(super) fn associations(&self, conditions: &mut Conditions) {
        for association in self.input.state.associations() {
            match association.status {
                AssociationStatus::Wanted | AssociationStatus::Established => {
                    self.watch(association, conditions);
                }
                AssociationStatus::LeavingWithCompany | AssociationStatus::LeavingRecordOnly => {
                    let presence = self.presence_of_source(association);
                    self.note(conditions, association, EventKind::SourceDeleted, || {
                        self.deleted(self.source, presence, "site")
                    });
                }
                AssociationStatus::Leaving => {}
            }
        }
    }

    fn note(
        &self,
        conditions: &mut Conditions,
        association: &Association,
        kind: EventKind,
        truth: impl FnOnce() -> Truth,
    ) {
        if let Some(key) = pair_key(kind, association) {
            // A reading that is older than the association says nothing about it, whatever it shows.
            let index = match side_of(kind) {
                Side::Source => self.input.source,
                Side::Destination => self.input.destination,
            };
            let truth = if is_stale(index, association) {
                Truth::unknown("it was read before the association last changed")
            } else {
                truth()
            };
            conditions.insert(key, truth);
        }
    }

    fn watch(&self, association: &'a Association, conditions: &mut Conditions) {
        let Some(destination) = association.destination() else {
            return;
        };
        let site = self.presence_of_source(association);
        let company = self
            .destination_looks
            .presence(self.input, self.destination, destination);
        let mut note =
            |kind, truth: &dyn Fn() -> Truth| self.note(conditions, association, kind, truth);

        note(EventKind::SourceDeleted, &|| {
            self.deleted(self.source, site, "site")
        });
        note(EventKind::SourceNotVisible, &|| {
            self.not_visible(site, association, EventKind::SourceDeleted, "site")
        });
        note(EventKind::SiteOnDemand, &|| match site.organization() {
            Some(site) => Truth::of(site.role == Role::OnDemand, || {
                format!("site {:?} is served on demand only", site.name)
            }),
            None => Truth::UNTOLD,
        });

        note(EventKind::DestinationDeleted, &|| {
            self.deleted(self.destination, company, "company")
        });
        note(EventKind::DestinationNotVisible, &|| {
            self.not_visible(
                company,
                association,
                EventKind::DestinationDeleted,
                "company",
            )
        });
        let company = company.organization();
        note(EventKind::DestinationMoved, &|| {
            self.moved(association, company)
        });
        note(EventKind::NoLongerManaged, &|| {
            told(
                company,
                |company| company.managed_by_us.map(|ours| !ours),
                "may not be managed by us any more",
            )
        });
        note(EventKind::CompanySuspended, &|| {
            told(company, |company| company.suspended, "is suspended")
        });
        note(EventKind::SubscriptionLacksModule, &|| {
            self.lacks_module(company)
        });

        // What is still being made or put back is for the plan to compare.
        let established = association.status == AssociationStatus::Established;
        let site = site.organization();
        note(EventKind::SourceRenamed, &|| {
            renamed(established, association.source_name.as_ref(), site)
        });
        note(EventKind::DestinationRenamed, &|| {
            renamed(established, association.destination_name.as_ref(), company)
        });
        let package = association.package.as_ref().filter(|_| established);
        let packages = self.package(association, package, company);
        note(EventKind::PackageMissing, &|| packages[0].clone());
        note(EventKind::PackageRenamed, &|| packages[1].clone());
        note(EventKind::PackageChanged, &|| packages[2].clone());
        let variable = association.variable.as_ref().filter(|_| established);
        let variables = self.variable(association, variable, site);
        note(EventKind::VariableMissing, &|| variables[0].clone());
        note(EventKind::VariableChanged, &|| variables[1].clone());
        note(EventKind::VariableUnverifiable, &|| variables[2].clone());
    }

    fn presence_of_source(&self, association: &'a Association) -> Presence<'a> {
        self.source_looks
            .presence(self.input, self.source, &association.source)
    }

    fn deleted(&self, view: &View<'_>, presence: Presence<'_>, what: &str) -> Truth {
        match presence {
            // A reading that may not show a deletion may not deny one either.
            Presence::Listed(_) => {
                if let Visibility::Changed(_) = view.visibility {
                    Truth::unknown("what can be seen has changed")
                } else {
                    match view.index.organizations_reading() {
                        Reading::Complete => Truth::False,
                        Reading::Partial(why) => Truth::unknown(why),
                        Reading::Missing => Truth::UNTOLD,
                    }
                }
            }
            Presence::Hidden(_) => Truth::False,
            Presence::Gone { confirmed: true } => Truth::True(format!(
                "the {what} is in no listing, and two looks by its id, {} minutes or more apart, found nothing",
                self.input.policy.grace.as_mins()
            )),
            Presence::Gone { confirmed: false } => {
                Truth::unknown("it was not found by its id, which a later look has to confirm")
            }
            Presence::Unlisted => Truth::unknown("the look by its id told nothing"),
            Presence::Unknown(why) => Truth::unknown(why),
        }
    }

    fn not_visible(
        &self,
        presence: Presence<'_>,
        association: &Association,
        deleted: EventKind,
        what: &str,
    ) -> Truth {
        // Once it counts as deleted, only a look that finds it says anything else.
        let is_told = pair_key(deleted, association)
            .and_then(|key| self.input.state.event(&key))
            .is_some_and(is_current);
        match presence {
            Presence::Listed(_) | Presence::Gone { confirmed: true } => Truth::False,
            Presence::Hidden(found) => Truth::True(format!(
                "{what} {:?} is in no listing, but is found by its id: it may have moved out of what is listed",
                found.name
            )),
            Presence::Gone { confirmed: false } | Presence::Unlisted if is_told => Truth::UNTOLD,
            Presence::Gone { confirmed: false } => Truth::True(format!(
                "the {what} is in no listing and is not found by its id"
            )),
            Presence::Unlisted => Truth::True(format!("the {what} is in no listing")),
            Presence::Unknown(why) => Truth::unknown(why),
        }
    }

    fn moved(&self, association: &Association, company: Option<&Organization>) -> Truth {
        let Some(company) = company else {
            return Truth::UNTOLD;
        };
        let (Some(recorded), Some(seen)) = (&association.partner, &company.partner) else {
            return Truth::UNTOLD;
        };
        let name = |partner: &EntityRef| match self.input.destination.organization(partner) {
            Some(listed) => format!("{:?} ({})", listed.name, partner.id),
            None => partner.id.clone(),
        };
        Truth::of(recorded != seen, || {
            format!(
                "company {:?} stood under {} and stands under {} now",
                company.name,
                name(recorded),
                name(seen)
            )
        })
    }

    fn lacks_module(&self, company: Option<&Organization>) -> Truth {
        let Some((company, subscription)) =
            company.and_then(|company| Some((company, company.subscription.as_ref()?)))
        else {
            return Truth::UNTOLD;
        };
        let policy = self.input.policy;
        let (_, dropped) = policy.module_rules.split(&policy.modules, subscription);
        let dropped: Vec<_> = dropped.iter().map(String::as_str).collect();
        Truth::of(!dropped.is_empty(), || {
            format!(
                "the subscription of company {:?} does not cover {}",
                company.name,
                dropped.join(", ")
            )
        })
    }

    /// Two sites on one company, which is a matter of the state alone.
    pub(super) fn shared_destinations(&self, conditions: &mut Conditions) {
        if self.input.policy.many_sites_to_one_company {
            return;
        }
        let mut users: BTreeMap<&EntityRef, BTreeSet<&EntityRef>> = BTreeMap::new();
        for association in self
            .input
            .state
            .associations()
            .filter(|association| !association.is_leaving())
        {
            if let Some(destination) = association.destination() {
                users
                    .entry(destination)
                    .or_default()
                    .insert(&association.source);
            }
        }
        for (destination, sources) in users.into_iter().filter(|(_, sources)| sources.len() > 1) {
            let name = |index: &Index<'_>, entity: &EntityRef| match index.organization(entity) {
                Some(listed) => format!("{:?}", listed.name),
                None => entity.id.clone(),
            };
            let sites: Vec<_> = sources
                .iter()
                .map(|source| name(self.input.source, source))
                .collect();
            let company = name(self.input.destination, destination);
            let detail = format!(
                "the sites {} are all mapped to company {company}",
                sites.join(", ")
            );
            let entities = sources.into_iter().chain([destination]).cloned().collect();
            conditions.insert(
                EventKey {
                    kind: EventKind::SharedDestination,
                    entities,
                },
                Truth::True(detail),
            );
        }
    }
}

/// The side whose reading a condition rests on.
fn side_of(kind: EventKind) -> Side {
    match kind {
        EventKind::SourceDeleted
        | EventKind::SourceNotVisible
        | EventKind::SiteOnDemand
        | EventKind::SourceRenamed
        | EventKind::VariableMissing
        | EventKind::VariableChanged
        | EventKind::VariableUnverifiable => Side::Source,
        EventKind::DestinationCreation
        | EventKind::DestinationMoved
        | EventKind::DestinationDeleted
        | EventKind::DestinationNotVisible
        | EventKind::DestinationRenamed
        | EventKind::AssociationMissing
        | EventKind::VisibilityChanged
        | EventKind::NoLongerManaged
        | EventKind::PackageMissing
        | EventKind::PackageRenamed
        | EventKind::PackageChanged
        | EventKind::CompanySuspended
        | EventKind::SharedDestination
        | EventKind::SubscriptionLacksModule => Side::Destination,
    }
}

/// A condition that the vendor tells of, or keeps to itself.
fn told(
    company: Option<&Organization>,
    flag: impl Fn(&Organization) -> Option<bool>,
    what: &str,
) -> Truth {
    match company.and_then(|company| Some((company, flag(company)?))) {
        Some((company, holds)) => Truth::of(holds, || format!("company {:?} {what}", company.name)),
        None => Truth::UNTOLD,
    }
}

fn renamed(established: bool, recorded: Option<&String>, seen: Option<&Organization>) -> Truth {
    match (recorded, seen) {
        (Some(recorded), Some(seen)) if established => Truth::of(*recorded != seen.name, || {
            format!("{recorded:?} is called {:?} now", seen.name)
        }),
        _ => Truth::UNTOLD,
    }
}
