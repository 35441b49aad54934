//! All of Datto Networking: the client against the simulator.

mod credentials;
mod devices;
mod networks;
mod observe;
mod people;
mod power;
mod reading;
mod shapes;
mod switches;
mod truth;
mod wireless;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use datto_networking::client_core::{AttemptReport, Complete, Observer, Operation};
use datto_networking::{Client, ClientBuilder, Code, Error, ErrorKind, OPERATIONS};
use simulator::{Simulator, World};

use crate::world::start;

/// The names of operations that were answered with a success.
#[derive(Default)]
struct Ran(Mutex<BTreeSet<&'static str>>);

impl Observer for Ran {
    fn attempt(&self, report: &AttemptReport) {
        if report.error.is_none() {
            let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            names.insert(report.operation.name());
        }
    }
}

impl Ran {
    /// Those of `expected` that did not run.
    fn missing(&self, expected: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        expected.filter(|name| !names.contains(name)).collect()
    }
}

/// A client's settings for the simulator, with a key pair.
fn with_key(simulator: &Simulator, key: &str, secret: &str) -> ClientBuilder {
    Client::builder(key.to_owned(), secret.to_owned())
        .base_url(simulator.networking_url())
        .requests_per_second(1000)
        .max_in_flight(8)
}

/// The same with the simulator's first key pair.
fn builder(simulator: &Simulator) -> ClientBuilder {
    with_key(
        simulator,
        &simulator.networking_key(),
        &simulator.networking_secret(),
    )
}

/// A client that may do everything.
fn writer(simulator: &Simulator) -> Client {
    builder(simulator).allow_writes().build().expect("builds")
}

/// Asserts what an error is.
#[track_caller]
fn assert_refused<T: std::fmt::Debug>(result: Result<T, Error>, kind: ErrorKind, code: Code) {
    let error = result.expect_err("is refused");
    assert_eq!(
        (error.kind(), Code::of(&error)),
        (kind, Some(code)),
        "{error}"
    );
}

/// The rows of a whole listing.
#[track_caller]
fn rows<T>(listing: Result<Complete<Vec<T>>, Error>) -> Vec<T> {
    listing.expect("lists").into_inner()
}

/// A simulator, and a client that notes what ran.
struct Estate {
    simulator: Simulator,
    client: Client,
    ran: Arc<Ran>,
}

impl Estate {
    async fn of(world: World) -> Self {
        let simulator = start(world).await;
        let ran = Arc::new(Ran::default());
        let client = noting(builder(&simulator), &ran)
            .allow_writes()
            .build()
            .expect("builds");
        Self {
            simulator,
            client,
            ran,
        }
    }

    /// The last thing that a device or network was told to do.
    fn last_action(&self) -> String {
        let actions = self.simulator.network_actions();
        let last = actions.last().expect("something was done");
        let port = last.port.as_deref().unwrap_or("-");
        format!("{} {port}", last.what)
    }
}

fn noting(builder: ClientBuilder, ran: &Arc<Ran>) -> ClientBuilder {
    let ran = Arc::clone(ran);
    builder.settings(move |core| core.observer(ran.clone()))
}

#[tokio::test]
async fn every_operation_runs_and_the_world_shows_it() {
    let estate = Estate::of(World::demo()).await;
    networks::are_made_changed_and_deleted(&estate).await;
    devices::are_moved_told_and_deleted(&estate).await;
    switches::are_told_everything(&estate).await;
    power::is_switched(&estate).await;
    wireless::clients_and_vouchers_are_kept(&estate).await;
    people::come_and_go(&estate).await;
    assert!(!OPERATIONS.is_empty());
    let missing = estate.ran.missing(OPERATIONS.iter().map(Operation::name));
    assert!(missing.is_empty(), "never ran: {missing:?}");
}
