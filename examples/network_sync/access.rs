//! The vendors: how they are reached, and that refused credentials stay refused until they are given again.

use std::collections::BTreeMap;

use datto_networking::reconcile::{Observe, Report};
use datto_networking::routers::RouterListing;
use datto_networking::{Client, ErrorKind, Family};
use datto_rmm::reconcile::{ObserveOptions, Source};
use examples::console::clean;
use examples::credentials::{NETWORKING, RMM, collect, stand_in};
use examples::exit::{Exit, Failure};
use examples::present::progress;
use examples::refused::Refused;
use reconcile::identity::{Fingerprint, Instance};
use reconcile::inventory::Coverage;
use reconcile::mapping::lend_ids;

use super::cli::Reach;

/// The RMM, where it is asked for the ids that it keeps.
struct Rmm {
    client: datto_rmm::Client,
    credentials: Fingerprint,
}

/// Both vendors, before anything was asked.
pub(crate) struct Vendors {
    networking: Client,
    credentials: Fingerprint,
    rmm: Option<Rmm>,
    observe: Observe,
    refused: Refused,
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
#[error("{vendor} refused these credentials before, so they are not tried again")]
struct StillRefused {
    vendor: &'static str,
}

/// The client of Datto Networking. It may only read: without a word to the contrary, a client sends nothing else.
pub(crate) fn networking(
    url: Option<&str>,
    key: String,
    secret: String,
    requests_per_second: u32,
) -> Result<Client, Failure> {
    let builder = Client::builder(key, secret).requests_per_second(requests_per_second);
    let builder = match url {
        Some(url) => builder.base_url(url),
        None => builder,
    };
    Ok(builder.build()?)
}

impl Vendors {
    /// Makes the clients, unless their credentials were refused before.
    pub(crate) fn prepare(reach: &Reach) -> Result<Self, Failure> {
        let vendors: &[&[&'static str]] = if reach.rmm {
            &[NETWORKING, RMM]
        } else {
            &[NETWORKING]
        };
        let mut values = collect(vendors, reach.credentials.as_deref(), reach.ask)?;
        let url = reach.url.as_deref().unwrap_or_default();
        let credentials = digest(url, NETWORKING, &values);
        let mut take = |name: &str| values.remove(name).unwrap_or_default();
        let (key, secret) = (take(NETWORKING[0]), take(NETWORKING[1]));
        let networking = networking(reach.url.as_deref(), key, secret, reach.requests_per_second)?;
        let rmm = if reach.rmm {
            let [address, key, secret] = [RMM[0], RMM[1], RMM[2]].map(take);
            let credentials = stand_in(&[&address, &key, &secret]);
            let url: datto_rmm::ApiUrl =
                address.parse().map_err(|error: datto_rmm::ApiUrlError| {
                    Failure::usage(format!("{} cannot be used: {error}", RMM[0]))
                })?;
            let client = datto_rmm::Client::builder(url, key, secret).build()?;
            Some(Rmm {
                client,
                credentials,
            })
        } else {
            None
        };
        let mut observe = Observe::new(datto_networking::reconcile::instance(&reach.account))
            .details(!reach.quick);
        if let Some(path) = &reach.routers {
            let listing = RouterListing::new(path)
                .map_err(|error| Failure::usage(format!("--routers cannot be used: {error}")))?;
            observe = observe.routers(listing);
        }
        let vendors = Self {
            networking,
            credentials,
            rmm,
            observe,
            refused: Refused::beside(&reach.at.store),
        };
        if !reach.enter_again {
            vendors.refuse_again()?;
        }
        Ok(vendors)
    }

    /// The vendors of a story.
    pub(crate) fn of_story(
        networking: Client,
        rmm: datto_rmm::Client,
        observe: Observe,
        refused: Refused,
    ) -> Self {
        let stand_in = |name: &str| Fingerprint::of(name);
        Self {
            networking,
            credentials: stand_in("networking"),
            rmm: Some(Rmm {
                client: rmm,
                credentials: stand_in("rmm"),
            }),
            observe,
            refused,
        }
    }

    /// Refuses credentials that a vendor refused before: they were not given again since.
    fn refuse_again(&self) -> Result<(), Failure> {
        let rmm = self.rmm.as_ref().map(|rmm| ("Datto RMM", rmm.credentials));
        let known = std::iter::once(("Datto Networking", self.credentials)).chain(rmm);
        for (vendor, credentials) in known {
            if self.refused.contains(credentials)? {
                return Err(Failure::new(Exit::Credentials, StillRefused { vendor }).with_advice(
                    "syncing has stopped: give new credentials, or --enter-again with these once the cause is removed",
                ));
            }
        }
        Ok(())
    }

    /// Remembers credentials that were refused, and forgets those that are accepted now.
    fn remember(&self) -> Result<(), Failure> {
        let latched = |error: Option<datto_networking::Error>| {
            error.is_some_and(|error| error.kind() == ErrorKind::Credentials)
        };
        let networking = Family::ALL
            .into_iter()
            .any(|family| latched(self.networking.latched(family)));
        let rmm = self.rmm.as_ref();
        let rmm = rmm.map(|rmm| (latched(rmm.client.latched()), rmm.credentials));
        for (refused, credentials) in std::iter::once((networking, self.credentials)).chain(rmm) {
            match (refused, self.refused.contains(credentials)?) {
                (true, false) => self.refused.add(credentials)?,
                (false, true) => self.refused.remove(credentials)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads the networks with their devices, and the ids that the RMM knows the networks by.
    pub(crate) async fn read(&self) -> Result<Report, Failure> {
        let bar = progress("reading networks and devices", 0);
        bar.enable_steady_tick(std::time::Duration::from_millis(200));
        let read = self.networking_and_rmm().await;
        bar.finish_and_clear();
        self.remember()?;
        read
    }

    async fn networking_and_rmm(&self) -> Result<Report, Failure> {
        let mut report = self.observe.report(&self.networking).await?;
        let families = Family::ALL.into_iter();
        // A listing that was refused half-way is no partial one: nothing more is asked.
        let latched = families.filter_map(|family| self.networking.latched(family));
        if let Some(error) = latched
            .into_iter()
            .find(|error| error.kind() == ErrorKind::Credentials)
        {
            return Err(error.into());
        }
        if let Some(rmm) = &self.rmm {
            let source = Source::connect(rmm.client.clone()).await?;
            let sites = source
                .observe(&ObserveOptions::default().networks(), |_| ())
                .await;
            if let Some(error) = rmm.client.latched() {
                return Err(error.into());
            }
            for segment in &sites.segments {
                if let Coverage::Partial(why) = &segment.coverage {
                    let why = clean(why);
                    eprintln!("warning: the RMM's sites and networks were read in part: {why}");
                }
            }
            lend_ids(&mut report.observation, &sites);
        }
        Ok(report)
    }

    /// The tenant that is read.
    pub(crate) fn instance(reach: &Reach) -> Instance {
        datto_networking::reconcile::instance(&reach.account)
    }
}

fn digest(url: &str, names: &[&str], values: &BTreeMap<&'static str, String>) -> Fingerprint {
    let values = names
        .iter()
        .filter_map(|name| values.get(name))
        .map(String::as_str);
    stand_in(&std::iter::once(url).chain(values).collect::<Vec<_>>())
}
