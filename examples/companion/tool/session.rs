//! A session: both vendors, the store and the policy, and what commands do with them.

use std::path::{Path, PathBuf};

use datto_rmm::ErrorKind;
use datto_rmm::reconcile::{ObserveOptions as SiteOptions, Progress as SiteProgress, Source};
use examples::present::progress;
use gravityzone::reconcile::{Destination, ObserveOptions as CompanyOptions};
use jiff::Timestamp;
use reconcile::execution::Pace;
use reconcile::identity::Instance;
use reconcile::inventory::{Coverage, Index, Observation, Rows};
use reconcile::mapping::{Mapping, MappingPolicy};
use reconcile::plan::{Plan, PlanInput, Policy};
use reconcile::state::{Binding, Body, Decided, Decision, EntryId, State};
use reconcile::{bind, record};

use super::access::Access;
use super::cli::{Reach, Who};
use super::exit::{Exit, Failure};
use super::policy::Document;
use super::store::{self, Ledger, Refused, Store};

/// Whether a session may write the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Reads it, also while another process writes; whatever is recorded is forgotten.
    Read,
    /// Holds it, alone.
    Write,
}

impl Mode {
    /// A dry run only reads.
    pub(crate) fn of(who: &Who) -> Self {
        if who.dry_run { Self::Read } else { Self::Write }
    }
}

/// The store as it was opened.
pub(crate) struct Opened {
    pub(crate) state: State,
    pub(crate) log: Ledger,
}

impl Opened {
    /// Opens the store at a path.
    pub(crate) fn at(path: &Path, mode: Mode) -> Result<Self, Failure> {
        match mode {
            Mode::Read => Ok(Self {
                state: store::read(path)?,
                log: Ledger::Discarded,
            }),
            Mode::Write => {
                let (log, state) = Store::open(path)?;
                Ok(Self {
                    state,
                    log: Ledger::Kept(log),
                })
            }
        }
    }
}

/// Both vendors, connected.
pub(crate) struct Vendors {
    pub(crate) source: Source,
    pub(crate) destination: Destination,
}

/// The clients, before anything was asked.
#[derive(Clone)]
pub(crate) struct Clients {
    pub(crate) rmm: datto_rmm::Client,
    pub(crate) gravityzone: gravityzone::Client,
    access: Access,
    refused: Refused,
}

/// What a command goes by for as long as it runs: later edits of policy or credentials are not for it.
pub(crate) struct Prepared {
    store: PathBuf,
    document: Document,
    pub(crate) clients: Clients,
}

impl Prepared {
    pub(crate) fn of(reach: &Reach) -> Result<Self, Failure> {
        let document = Document::read(reach.policy.as_deref())?;
        let clients = Clients::prepare(reach, &document)?;
        Ok(Self {
            store: reach.at.store.clone(),
            document,
            clients,
        })
    }
}

impl Clients {
    /// Makes the clients, unless their credentials were refused before.
    pub(crate) fn prepare(reach: &Reach, document: &Document) -> Result<Self, Failure> {
        let access = Access::collect(reach.credentials.as_deref(), reach.ask)?;
        let refused = Refused::beside(&reach.at.store);
        for (vendor, credentials) in [
            ("Datto RMM", access.rmm),
            ("GravityZone", access.gravityzone),
        ] {
            if !reach.log_in_again && refused.contains(credentials)? {
                return Err(Failure::new(
                    Exit::Credentials,
                    format!("{vendor} refused these credentials before, so they are not tried again: accounts lock"),
                )
                .with_advice("give new credentials, or pass --log-in-again once the cause is removed"));
            }
        }
        let rmm = datto_rmm::Client::builder(
            access.rmm_url.clone(),
            access.rmm_key.clone(),
            access.rmm_secret.clone(),
        )
        .build()?;
        let gravityzone = gravityzone::Client::builder(
            access.gravityzone_url.clone(),
            access.gravityzone_key.clone(),
        )
        .limits(document.limits())
        .build()?;
        Ok(Self {
            rmm,
            gravityzone,
            access,
            refused,
        })
    }

    /// Remembers credentials that were refused; forgets those that were once, if all were `accepted` now.
    pub(crate) fn remember(&self, accepted: bool) -> Result<(), Failure> {
        for (latched, credentials) in [
            (self.rmm.latched(), self.access.rmm),
            (self.gravityzone.core().latched(), self.access.gravityzone),
        ] {
            let is_refused = latched.is_some_and(|error| error.kind() == ErrorKind::Credentials);
            let is_known = self.refused.contains(credentials)?;
            match (is_refused, is_known) {
                (true, false) => self.refused.add(credentials)?,
                (false, true) if accepted => self.refused.remove(credentials)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether both addresses are on this machine, where no vendor is.
    pub(crate) fn are_local(&self) -> bool {
        self.access.is_local()
    }

    /// Why a vendor is asked nothing more, if so: it refused the credentials.
    pub(crate) fn latched(&self) -> Option<datto_rmm::Error> {
        let latched = self.rmm.latched();
        latched.or_else(|| self.gravityzone.core().latched())
    }

    pub(crate) async fn connect(&self) -> Result<Vendors, Failure> {
        let source = Source::connect(self.rmm.clone()).await?;
        let destination = Destination::connect(self.gravityzone.clone()).await?;
        Ok(Vendors {
            source,
            destination,
        })
    }
}

/// Everything that a command needs which reaches the vendors.
pub(crate) struct Session {
    pub(crate) clients: Clients,
    pub(crate) vendors: Vendors,
    pub(crate) policy: Policy,
    pub(crate) mapping: MappingPolicy,
    pub(crate) pace: Pace,
    pub(crate) state: State,
    pub(crate) log: Ledger,
    pub(crate) by: String,
}

/// What was read of both sides.
#[derive(Debug)]
pub(crate) struct Estate {
    pub(crate) sites: Observation,
    pub(crate) companies: Observation,
}

impl Session {
    /// As [`begin`](Self::begin), for a command that does one thing.
    pub(crate) async fn open(reach: &Reach, by: String, mode: Mode) -> Result<Self, Failure> {
        Self::begin(&Prepared::of(reach)?, by, mode).await
    }

    /// Opens the store, logs in, and binds a new store to the two tenants.
    pub(crate) async fn begin(
        prepared: &Prepared,
        by: String,
        mode: Mode,
    ) -> Result<Self, Failure> {
        let Prepared {
            store,
            document,
            clients,
        } = prepared;
        // Before the log-in: a store in use is no reason to bother the vendors.
        let Opened { mut state, mut log } = Opened::at(store, mode)?;
        let vendors = clients.connect().await;
        clients.remember(vendors.is_ok())?;
        let vendors = vendors?;
        let (ours, theirs) = (vendors.source.instance(), vendors.destination.instance());
        match state.binding() {
            Some(binding) => must_match(store, binding, ours, theirs)?,
            None if mode == Mode::Write => store::refuse_second(store, ours, theirs)?,
            None => {}
        }
        bind(&mut state, &mut log, ours, theirs, &by, Timestamp::now()).await?;
        let policy = document.policy(&vendors.destination);
        Ok(Self {
            mapping: MappingPolicy::of(&policy),
            pace: document.pace(),
            clients: clients.clone(),
            vendors,
            policy,
            state,
            log,
            by,
        })
    }

    /// A session that writes nothing.
    pub(crate) async fn reading(reach: &Reach) -> Result<Self, Failure> {
        Self::open(reach, "reading".to_owned(), Mode::Read).await
    }

    /// A session that decides.
    pub(crate) async fn deciding(reach: &Reach, who: &Who) -> Result<Self, Failure> {
        Self::open(reach, name_of(who)?, Mode::of(who)).await
    }

    /// Reads both vendors, and says on standard error what could not be read whole.
    pub(crate) async fn gather(&self) -> Result<Estate, Failure> {
        let bar = progress("reading sites", 0);
        let options = SiteOptions::of(&self.policy);
        let sites = self
            .vendors
            .source
            .observe(&options, |read| {
                if let SiteProgress::Site { done, of, .. } = read {
                    bar.set_length(of as u64);
                    bar.set_position(done as u64);
                }
            })
            .await;
        bar.finish_and_clear();
        let bar = progress("reading companies", 0);
        let companies = self
            .vendors
            .destination
            .observe(&CompanyOptions::of(&self.policy), |read| {
                bar.set_length(read.of as u64);
                bar.set_position(read.done as u64);
            })
            .await;
        bar.finish_and_clear();
        self.clients.remember(false)?;
        if let Some(error) = self.clients.latched() {
            return Err(error.into());
        }
        let estate = Estate { sites, companies };
        for part in estate.partial() {
            eprintln!("warning: {}", super::present::clean(&part));
        }
        Ok(estate)
    }

    /// Calls `f` with the mapping of what was read.
    pub(crate) fn with_mapping<T>(
        &self,
        estate: &Estate,
        f: impl FnOnce(&Mapping<'_>) -> T,
    ) -> Result<T, Failure> {
        let (source, destination) = (Index::new(&estate.sites), Index::new(&estate.companies));
        let mapping = Mapping::new(&self.state, &source, &destination, &self.mapping)?;
        Ok(f(&mapping))
    }

    /// Plans from what was read.
    pub(crate) fn plan(&self, estate: &Estate) -> Result<Plan, Failure> {
        let (source, destination) = (Index::new(&estate.sites), Index::new(&estate.companies));
        let input = PlanInput::new(
            &source,
            &destination,
            &self.state,
            &self.policy,
            Timestamp::now(),
        );
        Ok(reconcile::plan::plan(&input)?)
    }

    /// Checks a decision and remembers it, with what the suggestions say of it. Gives the number under which it can be
    /// taken back.
    pub(crate) async fn decide(
        &mut self,
        estate: &Estate,
        decision: &Decision,
    ) -> Result<EntryId, Failure> {
        let checked = self.with_mapping(estate, |mapping| {
            let grounds = mapping.grounds(decision, &mapping.suggestions(&[]));
            mapping.check(decision).map(|checked| checked.on(grounds))
        })??;
        self.record(checked).await
    }

    /// Remembers a decision that was checked.
    pub(crate) async fn record(&mut self, decision: Decided) -> Result<EntryId, Failure> {
        record(
            &mut self.state,
            &mut self.log,
            Body::Decided(decision),
            &self.by,
            Timestamp::now(),
        )
        .await?;
        Ok(EntryId(self.state.serial()))
    }
}

impl Estate {
    /// What was not read whole, and why.
    pub(crate) fn partial(&self) -> Vec<String> {
        let segments = self.sites.segments.iter().chain(&self.companies.segments);
        segments
            .filter_map(|segment| {
                let Coverage::Partial(why) = &segment.coverage else {
                    return None;
                };
                let sort = match segment.rows {
                    Rows::Organizations(_) => "sites or companies",
                    Rows::Devices(_) => "devices",
                    Rows::Packages(_) => "packages",
                    Rows::Variables(_) => "variables",
                };
                let (kind, id) = (&segment.of.kind, &segment.of.id);
                Some(format!(
                    "the {sort} of {kind} {id} were read in part: {why}"
                ))
            })
            .collect()
    }
}

/// Refuses credentials of other tenants than the store's. Which key of a tenant it is does not matter.
pub(crate) fn must_match(
    store: &Path,
    binding: &Binding,
    ours: &Instance,
    theirs: &Instance,
) -> Result<(), Failure> {
    let pairs = [(&binding.source, ours), (&binding.destination, theirs)];
    let other = pairs.into_iter().find(|(bound, found)| bound != found);
    let Some((bound, found)) = other else {
        return Ok(());
    };
    let store = store.display();
    Err(Failure::new(
        Exit::Failed,
        format!("{store} is about {bound}, and these credentials lead to {found}"),
    )
    .with_advice("give --store for these tenants one of its own; only `companion reset` makes this one forget its own"))
}

/// Who decides: the name given, or that of the user.
pub(crate) fn name_of(who: &Who) -> Result<String, Failure> {
    examples::who::name_of(who.by.as_deref())
}
