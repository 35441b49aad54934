//! Both sides as they were read, what was decided, and what a person may see of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use datto_networking::reconcile::Report;
use examples::exit::{Exit, Failure};
use examples::store::Store;
use examples::who::name_of;
use jiff::Timestamp;
use reconcile::devices::{DevicePolicy, Devices};
use reconcile::fields::FieldMap;
use reconcile::identity::{EntityRef, Instance};
use reconcile::inventory::{Index, Observation, Rows};
use reconcile::log::{Log, LogError};
use reconcile::mapping::{Arrival, Cardinality, Mapping, MappingPolicy, Suggestion, device_votes};
use reconcile::matching::MatchPolicy;
use reconcile::state::{Body, Decided, Decision, EntryId, State};
use reconcile::view::View;
use reconcile::{bind, record};

use super::access::Vendors;
use super::cli::{Reach, Who};
use super::records::{self, Records};
use super::status::{self, Status};
use super::{fields, lookup};

/// Takes entries and keeps none: for reading and dry runs.
struct Discard;

#[async_trait]
impl Log for Discard {
    async fn append(&mut self, _entry: &reconcile::state::Entry) -> Result<(), LogError> {
        Ok(())
    }
}

/// Where entries go.
pub(crate) enum Keeper {
    /// Nowhere.
    Nobody,
    /// Into the store, which nobody else writes meanwhile.
    Store(Box<Store>),
}

/// What was read and decided.
pub(crate) struct Desk {
    pub(crate) state: State,
    keeper: Keeper,
    pub(crate) networks: Report,
    pub(crate) records: Records,
    pub(crate) fields: FieldMap,
    pub(crate) mapping: MappingPolicy,
    pub(crate) matching: DevicePolicy,
    pub(crate) view: View,
    /// The organisations of the view, as they were asked for; empty for all.
    pub(crate) seen_as: Vec<String>,
    pub(crate) by: String,
    /// What organisations of both sides are called.
    names: Arc<BTreeMap<EntityRef, String>>,
}

/// How networks are mapped: several to one organisation, and nothing without a person unless the host says so.
pub(crate) fn mapping_policy() -> MappingPolicy {
    MappingPolicy {
        cardinality: Cardinality::ManyToOne,
        ..MappingPolicy::default()
    }
}

/// How devices are matched: as IT Glue does, with a name held until a person accepts it.
pub(crate) fn device_policy() -> DevicePolicy {
    DevicePolicy {
        matching: MatchPolicy::it_glue(),
        ..DevicePolicy::default()
    }
}

impl Keeper {
    /// Opens the store at a path for writing, or only reads it.
    pub(crate) fn open(path: &Path, writes: bool) -> Result<(Self, State), Failure> {
        if writes {
            let (store, state) = Store::open(path)?;
            return Ok((Self::Store(Box::new(store)), state));
        }
        let state = if path.try_exists()? {
            Store::read(path)?
        } else {
            State::new()
        };
        Ok((Self::Nobody, state))
    }

    /// Keeps how a sync goes.
    pub(crate) fn put(&mut self, status: &Status) -> Result<(), Failure> {
        match self {
            Self::Nobody => Ok(()),
            Self::Store(store) => status::put(store, status),
        }
    }
}

impl Desk {
    /// Everything for a command: the files first, then the store, then the vendors.
    ///
    /// A sync tells in the store how it goes.
    pub(crate) async fn open(
        reach: &Reach,
        by: String,
        writes: bool,
        is_sync: bool,
    ) -> Result<Self, Failure> {
        let fields = fields::read(reach.fields.as_deref())?;
        let records = records::read(&reach.organizations, &reach.configurations)?;
        let vendors = match Vendors::prepare(reach) {
            Ok(vendors) => vendors,
            Err(failure) if is_sync && writes && failure.exit == Exit::Credentials => {
                let (mut keeper, _) = Keeper::open(&reach.at.store, true)?;
                keeper.put(&Status::refused(&failure))?;
                return Err(failure);
            }
            Err(failure) => return Err(failure),
        };
        let (mut keeper, state) = Keeper::open(&reach.at.store, writes)?;
        if is_sync {
            keeper.put(&Status::syncing())?;
        }
        let begun = Self::begin(
            keeper,
            state,
            &vendors,
            records,
            fields,
            by,
            &Vendors::instance(reach),
        )
        .await;
        let mut desk = begun.map_err(|(mut keeper, failure)| {
            let status = Status::of_failure(&failure);
            // The failure itself is what matters more.
            if is_sync && let Err(second) = keeper.put(&status) {
                second.print();
            }
            failure
        })?;
        if let Err(failure) = desk.see_as(&reach.as_manager_of) {
            if is_sync {
                desk.put(&Status::of_failure(&failure))?;
            }
            return Err(failure);
        }
        Ok(desk)
    }

    /// Reads the vendors and binds a new store to them.
    pub(crate) async fn begin(
        mut keeper: Keeper,
        mut state: State,
        vendors: &Vendors,
        records: Records,
        fields: FieldMap,
        by: String,
        account: &Instance,
    ) -> Result<Self, (Keeper, Failure)> {
        let host = records::instance();
        if let Some(binding) = state.binding()
            && (binding.source != *account || binding.destination != host)
        {
            let failure = Failure::usage(format!(
                "the store is about {} and {}, not about {account} and {host}",
                binding.source, binding.destination
            ))
            .with_advice(
                "give --account the name that it had, or --store for this account one of its own",
            );
            return Err((keeper, failure));
        }
        let networks = match vendors.read().await {
            Ok(networks) => networks,
            Err(failure) => return Err((keeper, failure)),
        };
        let now = Timestamp::now();
        let bound = match &mut keeper {
            Keeper::Nobody => bind(&mut state, &mut Discard, account, &host, &by, now).await,
            Keeper::Store(store) => bind(&mut state, &mut **store, account, &host, &by, now).await,
        };
        if let Err(error) = bound {
            return Err((keeper, error.into()));
        }
        Ok(Self {
            names: Arc::new(names(&[&networks.observation, &records.observation])),
            state,
            keeper,
            networks,
            records,
            fields,
            mapping: mapping_policy(),
            matching: device_policy(),
            view: View::Everything,
            seen_as: Vec::new(),
            by,
        })
    }

    /// Everything for a command that only shows.
    pub(crate) async fn reading(reach: &Reach) -> Result<Self, Failure> {
        Self::open(reach, "reading".to_owned(), false, false).await
    }

    /// Everything for a command that decides.
    pub(crate) async fn deciding(reach: &Reach, who: &Who) -> Result<Self, Failure> {
        Self::open(reach, name_of(who.by.as_deref())?, !who.dry_run, false).await
    }

    /// Shows only what a manager of these organisations sees from now on; everything if there are none.
    pub(crate) fn see_as(&mut self, organizations: &[String]) -> Result<(), Failure> {
        if organizations.is_empty() {
            return Ok(());
        }
        let given = organizations
            .iter()
            .map(|text| lookup::organization(self, text));
        let given = given.collect::<Result<Vec<_>, _>>()?;
        self.view = View::of(&self.state, given);
        self.seen_as = organizations.to_vec();
        Ok(())
    }

    /// Calls `f` with the mapping of what was read.
    pub(crate) fn with_mapping<T>(&self, f: impl FnOnce(&Mapping<'_>) -> T) -> Result<T, Failure> {
        let (source, destination) = (
            Index::new(&self.networks.observation),
            Index::new(&self.records.observation),
        );
        let mapping = Mapping::new(&self.state, &source, &destination, &self.mapping)?;
        Ok(f(&mapping))
    }

    /// What could belong together, by ids, devices that both sides know, and names.
    pub(crate) fn suggestions(&self) -> Result<Vec<Suggestion>, Failure> {
        let votes = device_votes(
            &self.networks.observation,
            &self.records.observation,
            &reconcile::identity::MacPolicy::default(),
        );
        self.with_mapping(|mapping| mapping.suggestions(&votes))
    }

    /// The devices of mapped networks.
    pub(crate) fn devices(&self) -> Result<Devices<'_>, Failure> {
        Ok(Devices::new(
            &self.state,
            &self.networks.observation,
            &self.records.observation,
            &self.matching,
        )?)
    }

    /// Checks a decision about a network, with what the suggestions say of it.
    pub(crate) fn check_network(&self, decision: &Decision) -> Result<Decided, Failure> {
        let suggestions = self.suggestions()?;
        let checked = self.with_mapping(|mapping| {
            let grounds = mapping.grounds(decision, &suggestions);
            mapping.check(decision).map(|checked| checked.on(grounds))
        })?;
        checked.map_err(|error| Failure::usage(error.to_string()))
    }

    /// Remembers a decision that was checked.
    pub(crate) async fn record(&mut self, decision: Decided) -> Result<EntryId, Failure> {
        let (body, now) = (Body::Decided(decision), Timestamp::now());
        match &mut self.keeper {
            Keeper::Nobody => record(&mut self.state, &mut Discard, body, &self.by, now).await?,
            Keeper::Store(store) => {
                record(&mut self.state, &mut **store, body, &self.by, now).await?;
            }
        }
        Ok(EntryId(self.state.serial()))
    }

    /// Lets networks point to the organisations that were created for them, and gives networks the organisations that the
    /// policy accepts without a person. Answers how many of each.
    pub(crate) async fn discover(&mut self) -> Result<(usize, usize), Failure> {
        let arrived: Vec<_> = self.with_mapping(|mapping| {
            let arrivals = mapping.arrivals();
            arrivals.iter().filter_map(Arrival::decision).collect()
        })?;
        let (mut made, mut taken) = (0, 0);
        for decided in arrived {
            self.record(decided).await?;
            made += 1;
        }
        let suggestions = self.suggestions()?;
        for decided in self.with_mapping(|mapping| mapping.automatic(&suggestions))? {
            self.record(decided).await?;
            taken += 1;
        }
        Ok((made, taken))
    }

    /// Keeps how a sync went.
    pub(crate) fn put(&mut self, status: &Status) -> Result<(), Failure> {
        self.keeper.put(status)
    }

    /// What an organisation is called on either side.
    pub(crate) fn name_of(&self, organization: &EntityRef) -> String {
        let listed = self.names.get(organization).map(String::as_str);
        let known = listed.or_else(|| self.state.name_of(organization));
        known.unwrap_or(&organization.id).to_owned()
    }
}

fn names(sides: &[&Observation]) -> BTreeMap<EntityRef, String> {
    let segments = sides.iter().flat_map(|side| &side.segments);
    let rows = segments.flat_map(|segment| match &segment.rows {
        Rows::Organizations(rows) => rows.as_slice(),
        _ => &[],
    });
    rows.map(|row| (row.entity.clone(), row.name.clone()))
        .collect()
}

/// Where the store is, for what only reads it.
pub(crate) fn must_exist(path: &Path) -> Result<PathBuf, Failure> {
    if path.try_exists()? {
        return Ok(path.to_owned());
    }
    Err(
        Failure::usage(format!("there is no store at {}", path.display()))
            .with_advice("`network_sync sync` makes one"),
    )
}

impl Desk {
    /// The same with nothing remembered, to see whether several decisions go together.
    pub(crate) fn on_trial(&self) -> Self {
        Self {
            state: self.state.clone(),
            keeper: Keeper::Nobody,
            networks: self.networks.clone(),
            records: self.records.clone(),
            fields: self.fields.clone(),
            mapping: self.mapping.clone(),
            matching: self.matching.clone(),
            view: self.view.clone(),
            seen_as: self.seen_as.clone(),
            by: self.by.clone(),
            names: Arc::clone(&self.names),
        }
    }
}
