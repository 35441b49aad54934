//! What a companies page lists.

use std::fmt;

use super::Mapping;
use crate::drift::Event;
use crate::identity::EntityRef;
use crate::inventory::{Organization, Reading, Role};
use crate::state::Association;

/// A source organisation that may be mapped.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SiteRow<'a> {
    /// The organisation as it was read.
    pub site: &'a Organization,
    /// Whether it is mapped.
    pub state: SiteState<'a>,
    /// The listed events that mark the row: those about the site or about its association.
    pub marks: Vec<&'a Event>,
}

/// Whether a source organisation is mapped.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a page shows each")]
pub enum SiteState<'a> {
    /// Neither mapped nor ignored.
    Unmapped,
    /// A person said that it is not to be mapped.
    Ignored,
    /// Mapped, or being mapped or dropped: see the association's status.
    Associated(&'a Association),
}

/// A source organisation that is not listed for mapping.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LeftOut<'a> {
    /// The organisation as it was read.
    pub site: &'a Organization,
    /// Why.
    pub reason: LeftOutReason,
}

/// Why an organisation takes no part in mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LeftOutReason {
    /// It is served on demand only.
    OnDemand,
    /// It is not a real organisation.
    Pseudo,
    /// It only groups others.
    Folder,
}

impl fmt::Display for LeftOutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OnDemand => "it is served on demand only",
            Self::Pseudo => "it is not a real organisation",
            Self::Folder => "it is a folder",
        })
    }
}

/// An association whose source organisation is not among the rows.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stranded<'a> {
    /// The association.
    pub association: &'a Association,
    /// Why its source organisation is not among the rows.
    pub reason: StrandedReason<'a>,
    /// The listed events that mark it.
    pub marks: Vec<&'a Event>,
}

/// Why the source organisation of an association is not among the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StrandedReason<'a> {
    /// It is listed, but takes no part in mapping any more.
    LeftOut(LeftOutReason),
    /// It is not listed, and every listing was read whole.
    NotListed,
    /// It is not listed, but the listing was not read whole; carries the reason.
    NotRead(&'a str),
}

/// A destination organisation that may be picked.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DestinationRow<'a> {
    /// The organisation as it was read.
    pub company: &'a Organization,
    /// The associations that it serves already; empty under one to one.
    pub serves: Vec<&'a Association>,
}

/// Why an organisation of this role takes no part in mapping, if so.
pub(crate) fn left_out(role: Role) -> Option<LeftOutReason> {
    match role {
        Role::OnDemand => Some(LeftOutReason::OnDemand),
        Role::Pseudo => Some(LeftOutReason::Pseudo),
        Role::Folder => Some(LeftOutReason::Folder),
        Role::Managed | Role::Partner | Role::Customer => None,
    }
}

impl<'a> Mapping<'a> {
    /// The source organisations that may be mapped, ordered by identity.
    ///
    /// What is left out is in [`left_out`](Self::left_out), and an association whose source organisation is not here
    /// is in [`stranded`](Self::stranded).
    pub fn sites(&self) -> Vec<SiteRow<'a>> {
        let eligible = self
            .source
            .organizations()
            .filter(|site| left_out(site.role).is_none());
        let row = |site: &'a Organization| {
            let association = self.mapped_from(&site.entity).first().copied();
            let state = match association {
                Some(association) => SiteState::Associated(association),
                None if self.state.ignored().contains(&site.entity) => SiteState::Ignored,
                None => SiteState::Unmapped,
            };
            SiteRow {
                site,
                state,
                marks: self.marks_of(&site.entity),
            }
        };
        eligible.map(row).collect()
    }

    /// The source organisations that are not listed for mapping, with the reason, ordered by identity.
    pub fn left_out(&self) -> Vec<LeftOut<'a>> {
        let reason =
            |site: &'a Organization| left_out(site.role).map(|reason| LeftOut { site, reason });
        self.source.organizations().filter_map(reason).collect()
    }

    /// The associations whose source organisation is not among [`sites`](Self::sites), in the order in which they
    /// were decided.
    pub fn stranded(&self) -> Vec<Stranded<'a>> {
        let reason = |association: &Association| match self.source.organization(&association.source)
        {
            Some(site) => left_out(site.role).map(StrandedReason::LeftOut),
            None => Some(match self.source.organizations_reading() {
                Reading::Complete => StrandedReason::NotListed,
                Reading::Partial(why) => StrandedReason::NotRead(why),
                Reading::Missing => StrandedReason::NotRead("it was not read"),
            }),
        };
        let stranded = |association: &'a Association| {
            let reason = reason(association)?;
            Some(Stranded {
                association,
                reason,
                marks: self.marks_of(&association.source),
            })
        };
        self.state.associations().filter_map(stranded).collect()
    }

    /// The destination organisations that a site may be mapped to, ordered by identity. Under one to one, these are
    /// those that no association uses.
    pub fn destinations(&self) -> Vec<DestinationRow<'a>> {
        self.open_destinations()
            .map(|company| DestinationRow {
                company,
                serves: self.mapped_to(&company.entity).to_vec(),
            })
            .collect()
    }

    /// The listed events about a site, or about the company that it is mapped to and nobody else.
    fn marks_of(&self, site: &EntityRef) -> Vec<&'a Event> {
        let mut marks = self.marks.get(site).cloned().unwrap_or_default();
        for association in self.mapped_from(site) {
            let Some(destination) = association.destination() else {
                continue;
            };
            let of_company = self.marks.get(destination).into_iter().flatten();
            // An event that names another site marks that site's row.
            marks.extend(of_company.filter(|event| {
                event
                    .id
                    .key
                    .entities
                    .iter()
                    .all(|entity| entity == site || entity == destination)
            }));
        }
        marks.sort_by(|a, b| a.id.cmp(&b.id));
        marks.dedup_by(|a, b| a.id == b.id);
        marks
    }
}
