//! To which organisation an entry belongs: sites by number, the mapping, and the names of organisations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use datto_rmm::reconcile::Source;
use datto_rmm::sites::{ListSites, SiteUid};
use examples::exit::Failure;
use jiff::{SignedDuration, Timestamp};
use reconcile::identity::EntityRef;
use serde::Serialize;

use super::host::Host;
use super::session::Connection;

/// How a site is mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    Mapped,
    /// Mapped so recently that what belongs to it may not show yet: absence says nothing (F072).
    Pending,
    Unmapped,
    Ignored,
    /// It is about no site.
    NoSite,
}

impl Standing {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Mapped => "mapped",
            Self::Pending => "pending",
            Self::Unmapped => "unmapped",
            Self::Ignored => "ignored",
            Self::NoSite => "no site",
        }
    }
}

/// An organisation of the host, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct OrganizationRef {
    pub(crate) id: String,
    /// None if the host's file does not have it.
    pub(crate) name: Option<String>,
}

/// Where a site belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) standing: Standing,
    pub(crate) organization: Option<OrganizationRef>,
    /// Until when it is pending.
    pub(crate) pending_until: Option<Timestamp>,
}

impl Place {
    fn plain(standing: Standing) -> Self {
        Self {
            standing,
            organization: None,
            pending_until: None,
        }
    }
}

/// When a mapping that was made then is no longer pending, if it still is.
pub(crate) fn pending_until(
    changed_at: Timestamp,
    window: SignedDuration,
    now: Timestamp,
) -> Option<Timestamp> {
    let until = changed_at.checked_add(window).unwrap_or(Timestamp::MAX);
    (now < until).then_some(until)
}

/// The uids of all sites that are listed, by number.
pub(crate) async fn numbers_of(source: &Source) -> Result<BTreeMap<i64, String>, datto_rmm::Error> {
    let sites = source.client().sites().list(&ListSites::default());
    let sites = sites.collect_all().await?.into_iter();
    Ok(sites
        .filter_map(|site| Some((site.id?, site.uid.as_str().to_owned())))
        .collect())
}

/// Looks entries up.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    sites: BTreeMap<i64, SiteUid>,
    /// Numbers that no site had when they were looked for in this reading.
    unknown: BTreeSet<i64>,
    places: BTreeMap<EntityRef, Place>,
}

impl Directory {
    /// Reads the mapping anew, which may be edited at any time.
    pub(crate) fn refresh(
        &mut self,
        store: &Path,
        window: SignedDuration,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let connection = Connection::read(store)?;
        // Who belongs to whom is in the store; a file that is just being edited takes only names away.
        let host = match Host::read(&connection.organizations) {
            Ok(host) => Some(host),
            Err(failure) => {
                eprintln!("warning: {}", failure.in_one_line());
                None
            }
        };
        let mut places = BTreeMap::new();
        for association in connection.state.associations() {
            let Some(destination) = association
                .destination()
                .filter(|_| !association.is_leaving())
            else {
                continue;
            };
            let pending_until = pending_until(association.changed_at, window, now);
            let known = host.as_ref().and_then(|host| host.get(&destination.id));
            let place = Place {
                standing: match pending_until {
                    Some(_) => Standing::Pending,
                    None => Standing::Mapped,
                },
                organization: Some(OrganizationRef {
                    id: destination.id.clone(),
                    name: known.map(|known| known.name.clone()),
                }),
                pending_until,
            };
            places.insert(association.source.clone(), place);
        }
        for site in connection.state.ignored() {
            places.insert(site.clone(), Place::plain(Standing::Ignored));
        }
        self.places = places;
        // Of a site that was deleted before the log first told of it, only who mapped it knows the number.
        self.knows(connection.numbers);
        // What could not be found last time may be there now.
        self.unknown.clear();
        Ok(())
    }

    /// Takes over which sites the numbers stand for, as it was learnt before.
    pub(crate) fn knows(&mut self, sites: impl IntoIterator<Item = (i64, String)>) {
        let sites = sites.into_iter();
        self.sites
            .extend(sites.map(|(number, uid)| (number, SiteUid::from(uid))));
    }

    /// What is known, to be remembered.
    pub(crate) fn sites(&self) -> impl Iterator<Item = (i64, &str)> {
        self.sites
            .iter()
            .map(|(number, uid)| (*number, uid.as_str()))
    }

    /// Lists the sites if there is a number among these that was never looked for; says whether it learnt any.
    pub(crate) async fn learn(
        &mut self,
        source: &Source,
        numbers: impl IntoIterator<Item = i64>,
    ) -> Result<bool, datto_rmm::Error> {
        let is_known =
            |number: &i64| self.sites.contains_key(number) || self.unknown.contains(number);
        let new: Vec<_> = numbers
            .into_iter()
            .filter(|number| !is_known(number))
            .collect();
        if new.is_empty() {
            return Ok(false);
        }
        self.knows(numbers_of(source).await?);
        // A site that is gone, or that this user may not see, would be looked for with every entry.
        let gone = new
            .into_iter()
            .filter(|number| !self.sites.contains_key(number));
        self.unknown.extend(gone);
        Ok(true)
    }

    pub(crate) fn uid(&self, number: i64) -> Option<&SiteUid> {
        self.sites.get(&number)
    }

    /// Where a site of this number belongs.
    pub(crate) fn place(&self, source: &Source, number: Option<i64>) -> Place {
        let site = number
            .and_then(|number| self.uid(number))
            .map(|uid| source.site(uid));
        let place = site.and_then(|site| self.places.get(&site));
        place
            .cloned()
            .unwrap_or_else(|| Place::plain(Standing::Unmapped))
    }

    /// Where an entry belongs that is about no site.
    pub(crate) fn nowhere() -> Place {
        Place::plain(Standing::NoSite)
    }
}
