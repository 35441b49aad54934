//! The command `notify`: events to a webhook, so that a PSA opens a ticket.

use datto_rmm::SecretString;
use examples::notify::{PumpReport, StoreOutbox, Webhook, pump};
use jiff::Timestamp;
use serde::Serialize;

use super::cli::Notify;
use super::exit::{Exit, Failure};
use super::present::{json, line};
use super::store::Store;

const ADDRESS: &str = "COMPANION_WEBHOOK_URL";
const SECRET: &str = "COMPANION_WEBHOOK_SECRET";

/// The document of `notify --json`.
#[derive(Debug, Serialize)]
struct Document {
    /// The ids of the notices that the receiver took in this run.
    delivered: Vec<String>,
    /// How many wait.
    left: usize,
    /// When those that wait are tried again; `null` if none waits.
    next_attempt_at: Option<Timestamp>,
    /// Why the receiver did not take one, if so.
    why: Option<String>,
}

impl Document {
    fn of(report: PumpReport) -> Self {
        let hold = report.hold;
        Self {
            delivered: report.delivered,
            left: report.left,
            next_attempt_at: hold.as_ref().map(|hold| hold.next_attempt_at),
            why: hold.map(|hold| hold.why),
        }
    }
}

/// Runs `notify`.
pub(crate) async fn run(arguments: &Notify) -> Result<Exit, Failure> {
    let secret = SecretString::from(given(SECRET)?);
    let webhook = Webhook::new(&given(ADDRESS)?, &secret).map_err(Failure::usage)?;
    if !arguments.at.store.exists() {
        let store = arguments.at.store.display();
        return Err(Failure::usage(format!("there is no store {store}")));
    }
    let (mut store, _) = Store::open(&arguments.at.store)?;
    let report = pump(
        &mut StoreOutbox::new(&mut store),
        &webhook,
        Timestamp::now(),
    )
    .await?;
    let document = Document::of(report);
    if arguments.format.json {
        json(&document)?;
    } else {
        line(format!(
            "{} delivered, {} wait",
            document.delivered.len(),
            document.left
        ))?;
        if let (Some(time), Some(why)) = (document.next_attempt_at, &document.why) {
            line(format!("tried again after {time}: {why}"))?;
        }
    }
    Ok(if document.left == 0 {
        Exit::Clean
    } else {
        Exit::Failed
    })
}

fn given(name: &str) -> Result<String, Failure> {
    match std::env::var(name) {
        Ok(value) if !value.trim().is_empty() => Ok(value.trim().to_owned()),
        _ => Err(Failure::usage(format!(
            "{name} is not set in the environment"
        ))),
    }
}
