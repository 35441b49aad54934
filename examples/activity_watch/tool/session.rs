//! The client, the connection that is stored, and what was read of both sides.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use datto_rmm::reconcile::{ObserveOptions, Source};
use datto_rmm::{ApiUrl, ErrorKind};
use examples::console::clean;
use examples::credentials::{RMM, collect, is_local, stand_in};
use examples::exit::{Exit, Failure};
use examples::refused::Refused;
use examples::store::Store;
use jiff::Timestamp;
use reconcile::identity::{EntityRef, Fingerprint, Instance};
use reconcile::inventory::{Coverage, Index, Observation};
use reconcile::mapping::{Cardinality, EvidenceKind, Mapping, MappingPolicy};
use reconcile::record;
use reconcile::state::{Body, Decision, State};

use super::cli::Reach;
use super::directory::numbers_of;
use super::host::Host;

/// The setting that holds where the host's organisations are.
pub(crate) const ORGANIZATIONS: &str = "organizations";

/// The setting that holds which numbers the mapped sites have in the log.
const NUMBERS: &str = "site_numbers";

/// The client, and whether its credentials may be tried.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) rmm: datto_rmm::Client,
    pub(crate) is_local: bool,
    credentials: Fingerprint,
    refused: Refused,
}

impl Access {
    /// Makes the client, unless its credentials were refused before.
    pub(crate) fn prepare(reach: &Reach) -> Result<Self, Failure> {
        let mut values = collect(&[RMM], reach.credentials.as_deref(), reach.ask)?;
        let [url, key, secret] =
            [RMM[0], RMM[1], RMM[2]].map(|name| values.remove(name).unwrap_or_default());
        let address: ApiUrl = url.parse().map_err(|error: datto_rmm::ApiUrlError| {
            Failure::usage(format!("{} cannot be used: {error}", RMM[0]))
        })?;
        let credentials = stand_in(&[address.as_str(), &key, &secret]);
        let refused = Refused::beside(&reach.store);
        if !reach.log_in_again && refused.contains(credentials)? {
            return Err(Failure::new(
                Exit::Credentials,
                "Datto RMM refused these credentials before, so they are not tried again: accounts lock",
            )
            .with_advice(
                "give new credentials, or pass --log-in-again once the cause is removed",
            ));
        }
        Ok(Self {
            is_local: is_local(address.as_str()),
            rmm: datto_rmm::Client::builder(address, key, secret).build()?,
            credentials,
            refused,
        })
    }

    /// Remembers credentials that were refused; forgets those that were once, if they were `accepted` now.
    pub(crate) fn remember(&self, accepted: bool) -> Result<(), Failure> {
        let latched = self.rmm.latched();
        let is_refused = latched.is_some_and(|error| error.kind() == ErrorKind::Credentials);
        match (is_refused, self.refused.contains(self.credentials)?) {
            (true, false) => self.refused.add(self.credentials)?,
            (false, true) if accepted => self.refused.remove(self.credentials)?,
            _ => {}
        }
        Ok(())
    }

    /// Logs in, and finds out which account this is.
    pub(crate) async fn source(&self) -> Result<Source, Failure> {
        let source = Source::connect(self.rmm.clone()).await;
        self.remember(source.is_ok())?;
        Ok(source?)
    }
}

/// What `connect` stored: the two instances, the mapping, and where the organisations are.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) state: State,
    pub(crate) rmm: Instance,
    pub(crate) host: Instance,
    pub(crate) organizations: PathBuf,
    /// Uids of sites that were mapped, by the number that the log has for them.
    pub(crate) numbers: BTreeMap<i64, String>,
}

impl Connection {
    pub(crate) fn read(store: &Path) -> Result<Self, Failure> {
        let none = || {
            Failure::usage(format!("{} holds no connection", store.display()))
                .with_advice("make one: activity_watch connect --organizations FILE")
        };
        if !store.try_exists()? {
            return Err(none());
        }
        let state = Store::read(store)?;
        let organizations = Store::setting(store, ORGANIZATIONS)?.ok_or_else(none)?;
        let binding = state.binding().ok_or_else(none)?.clone();
        Ok(Self {
            state,
            rmm: binding.source,
            host: binding.destination,
            organizations: organizations.into(),
            numbers: numbers(store)?,
        })
    }

    /// Refuses credentials of another account than the connection's. Which key of the account it is does not matter.
    pub(crate) fn must_be_of(&self, found: &Instance) -> Result<(), Failure> {
        if self.rmm == *found {
            return Ok(());
        }
        Err(Failure::usage(format!(
            "the connection is to {}, and these credentials lead to {found}",
            self.rmm
        ))
        .with_advice("an account of its own has a --store of its own"))
    }
}

fn numbers(store: &Path) -> Result<BTreeMap<i64, String>, Failure> {
    Ok(match Store::setting(store, NUMBERS)? {
        Some(text) => serde_json::from_str(&text)?,
        None => BTreeMap::new(),
    })
}

/// Both sides, read.
pub(crate) struct Session {
    store: PathBuf,
    pub(crate) connection: Connection,
    pub(crate) source: Source,
    sites: Observation,
    organizations: Observation,
    policy: MappingPolicy,
}

/// Many sites may belong to one organisation, and equal names are taken on request.
fn policy() -> MappingPolicy {
    MappingPolicy {
        cardinality: Cardinality::ManyToOne,
        accept: [
            EvidenceKind::ExactName,
            EvidenceKind::FoldedName,
            EvidenceKind::NormalizedName,
        ]
        .into(),
        ..MappingPolicy::default()
    }
}

impl Session {
    pub(crate) async fn open(reach: &Reach) -> Result<Self, Failure> {
        let connection = Connection::read(&reach.store)?;
        let host = Host::read(&connection.organizations)?;
        let source = Access::prepare(reach)?.source().await?;
        connection.must_be_of(source.instance())?;
        let sites = source.observe(&ObserveOptions::default(), |_| ()).await;
        for segment in &sites.segments {
            if let Coverage::Partial(why) = &segment.coverage {
                eprintln!("warning: the sites were read in part: {}", clean(why));
            }
        }
        let organizations = host.observation(&connection.host, Timestamp::now());
        Ok(Self {
            store: reach.store.clone(),
            connection,
            source,
            sites,
            organizations,
            policy: policy(),
        })
    }

    /// Calls `f` with the mapping of what was read.
    pub(crate) fn with_mapping<T>(&self, f: impl FnOnce(&Mapping<'_>) -> T) -> Result<T, Failure> {
        let (source, destination) = (Index::new(&self.sites), Index::new(&self.organizations));
        let state = &self.connection.state;
        let mapping = Mapping::new(state, &source, &destination, &self.policy)?;
        Ok(f(&mapping))
    }

    /// Checks decisions, each after the ones before it, and remembers them.
    pub(crate) async fn decide(
        &mut self,
        decisions: impl IntoIterator<Item = Decision>,
        by: &str,
    ) -> Result<(), Failure> {
        let decisions: Vec<_> = decisions.into_iter().collect();
        let sites: BTreeSet<_> = decisions
            .iter()
            .filter_map(|decision| match decision {
                Decision::Associate { source, .. } => Some(source.id.as_str()),
                _ => None,
            })
            .collect();
        let mut mapped = BTreeMap::new();
        if !sites.is_empty() {
            mapped = numbers_of(&self.source).await?;
            mapped.retain(|_, uid| sites.contains(uid.as_str()));
        }
        let (mut log, state) = Store::open(&self.store)?;
        self.connection.state = state;
        if !mapped.is_empty() {
            mapped.extend(numbers(&self.store)?);
            log.put_setting(NUMBERS, &serde_json::to_string(&mapped)?)?;
        }
        for decision in decisions {
            let checked = self.with_mapping(|mapping| mapping.check(&decision))??;
            let body = Body::Decided(checked);
            let state = &mut self.connection.state;
            record(state, &mut log, body, by, Timestamp::now()).await?;
        }
        Ok(())
    }

    /// A site by uid or by a name that only one has.
    pub(crate) fn site(&self, wanted: &str) -> Result<EntityRef, Failure> {
        find("site", wanted, &Index::new(&self.sites))
    }

    /// An organisation by id or by a name that only one has.
    pub(crate) fn organization(&self, wanted: &str) -> Result<EntityRef, Failure> {
        find("organisation", wanted, &Index::new(&self.organizations))
    }
}

fn find(what: &str, wanted: &str, index: &Index<'_>) -> Result<EntityRef, Failure> {
    if let Some(found) = index.organizations().find(|row| row.entity.id == wanted) {
        return Ok(found.entity.clone());
    }
    let mut named = index.organizations().filter(|row| row.name == wanted);
    match (named.next(), named.next()) {
        (Some(found), None) => Ok(found.entity.clone()),
        (Some(_), Some(_)) => Err(Failure::usage(format!("several have the name {wanted:?}"))
            .with_advice(format!("give the {what} by its id"))),
        _ => Err(Failure::usage(format!("there is no {what} {wanted:?}"))),
    }
}
