//! The command `follow`: readings of the log, one after the other.

use std::time::Duration;

use datto_rmm::ErrorKind;
use examples::exit::{Exit, Failure};
use examples::interrupt::Guard;
use examples::outage::{is_passing, pause};
use examples::store::StoreError;

use super::cli::Follow;
use super::feed::{Feed, Sink, Wanted};
use super::session::{Access, Connection};

/// More often than this would take too much of a budget that all integrations of an account share.
const SHORTEST: Duration = Duration::from_secs(15);

/// What an operator does about a user whose level is too low (F059).
const REPAIR: &str = "what users did is for Administrators only: on the RMM user's page remove the old security level, add \
    Administrator, also as the default level, and start again; connection, mapping and resume point stay as they are. \
    With --devices-only no Administrator is needed";

/// Runs `follow`.
pub(crate) async fn run(arguments: &Follow) -> Result<Exit, Failure> {
    let sink = Sink::of(arguments)?;
    let connection = Connection::read(&arguments.reach.store)?;
    let access = Access::prepare(&arguments.reach)?;
    if arguments.every < SHORTEST && !access.is_local {
        return Err(
            Failure::usage("the time between two readings is less than 15 seconds").with_advice(
                "all integrations of an account share one budget of requests: pass --every 60s",
            ),
        );
    }
    let mut guard = Guard::new();
    let mut feed = None;
    let mut failures = 0;
    loop {
        let outcome = tokio::select! {
            outcome = read(arguments, &access, &connection, &sink, &mut feed) => outcome,
            () = guard.pressed() => return Ok(stopped()),
        };
        access.remember(outcome.is_ok())?;
        match outcome {
            Ok(told) => {
                failures = 0;
                if arguments.once || (arguments.until_idle && told == 0) {
                    return Ok(Exit::Clean);
                }
            }
            Err(failure) if is_denied(&failure) => return Err(failure.with_advice(REPAIR)),
            // Whoever follows already does so for good.
            Err(failure) if is_followed(&failure) => return Err(failure),
            Err(failure) if is_passing(&failure) && !arguments.once => {
                failures += 1;
                eprintln!("warning: {}", failure.in_one_line());
            }
            Err(failure) => return Err(failure),
        }
        // By the same guard, so that no moment between two of them is missed.
        tokio::select! {
            () = tokio::time::sleep(pause(arguments.every, failures, fastrand::f64())) => {}
            () = guard.pressed() => return Ok(stopped()),
        }
    }
}

/// Goes on with the account, which must be the connection's.
async fn open(
    arguments: &Follow,
    access: &Access,
    connection: &Connection,
    sink: &Sink,
) -> Result<Feed, Failure> {
    let source = access.source().await?;
    connection.must_be_of(source.instance())?;
    let wanted = Wanted {
        since: arguments.since,
        late: arguments.late,
        visibility: arguments.window.visibility,
        devices_only: arguments.devices_only,
    };
    Feed::open(&arguments.reach.store, source, wanted, sink.clone())
}

async fn read(
    arguments: &Follow,
    access: &Access,
    connection: &Connection,
    sink: &Sink,
    feed: &mut Option<Feed>,
) -> Result<usize, Failure> {
    let feed = match feed.take() {
        Some(open) => feed.insert(open),
        None => feed.insert(open(arguments, access, connection, sink).await?),
    };
    feed.read().await
}

fn stopped() -> Exit {
    eprintln!("stopped by Ctrl-C; the next run goes on from here");
    Exit::Clean
}

/// Whether another process follows, or writes the same file.
fn is_followed(failure: &Failure) -> bool {
    failure
        .causes()
        .any(|cause| matches!(cause.downcast_ref(), Some(StoreError::InUse { .. })))
}

/// Whether the user's rights do not suffice.
pub(crate) fn is_denied(failure: &Failure) -> bool {
    failure.causes().any(|cause| {
        cause
            .downcast_ref::<datto_rmm::Error>()
            .is_some_and(|error| error.kind() == ErrorKind::Denied)
    })
}
