//! The command `notify`: events to a webhook, so that a PSA opens a ticket.

use std::path::Path;

use datto_rmm::SecretString;
use examples::notify::{PumpReport, StoreOutbox, Webhook, pump};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::cli::Notify;
use super::exit::{Exit, Failure};
use super::present::{json, line};
use super::store::Store;

const ADDRESS: &str = "COMPANION_WEBHOOK_URL";
const SECRET: &str = "COMPANION_WEBHOOK_SECRET";

/// The document of `notify --json`: what came of one round of deliveries.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "notify")]
pub(crate) struct Document {
    /// The ids of the notices that the receiver took in this run.
    delivered: Vec<String>,
    /// How many wait.
    left: usize,
    /// When those that wait are tried again; `null` if none waits.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    next_attempt_at: Option<Timestamp>,
    /// Why the receiver did not take one, if so.
    why: Option<String>,
}

impl Document {
    /// As part of a line.
    pub(crate) fn in_short(&self) -> String {
        format!(
            "{} notices delivered, {} wait",
            self.delivered.len(),
            self.left
        )
    }

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
    let webhook = webhook(value(ADDRESS), value(SECRET))?;
    if !arguments.at.store.exists() {
        let store = arguments.at.store.display();
        return Err(Failure::usage(format!("there is no store {store}")));
    }
    let document = deliver(&arguments.at.store, &webhook).await?;
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

/// One round of deliveries. Holds the store for as long as it takes.
pub(crate) async fn deliver(store: &Path, webhook: &Webhook) -> Result<Document, Failure> {
    let (mut store, _) = Store::open(store)?;
    let mut outbox = StoreOutbox::new(&mut store);
    Ok(Document::of(
        pump(&mut outbox, webhook, Timestamp::now()).await?,
    ))
}

/// The webhook of the environment; `None` if there is none.
pub(crate) fn of_environment() -> Result<Option<Webhook>, Failure> {
    match (value(ADDRESS), value(SECRET)) {
        (None, None) => Ok(None),
        (address, secret) => webhook(address, secret).map(Some),
    }
}

fn webhook(address: Option<String>, secret: Option<String>) -> Result<Webhook, Failure> {
    let missing = match (address, secret) {
        (Some(address), Some(secret)) => {
            return Webhook::new(&address, &SecretString::from(secret)).map_err(Failure::usage);
        }
        (None, None) => format!("{ADDRESS} and {SECRET} are"),
        (None, Some(_)) => format!("{ADDRESS} is"),
        (Some(_), None) => format!("{SECRET} is"),
    };
    Err(Failure::usage(format!(
        "{missing} not set in the environment"
    )))
}

fn value(name: &str) -> Option<String> {
    let value = std::env::var(name).ok()?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}
