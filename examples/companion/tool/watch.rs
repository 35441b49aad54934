//! The command `watch`: the pass of `sync`, again and again.
//!
//! The store is held during a pass only, so that `resolve` and the like can be used between two. Policy and credentials
//! are read once, at the start.

use std::time::Duration;

use examples::notify::Webhook;
use examples::outage::{interrupted_within, is_passing, pause};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::cli::Watch;
use super::exit::{Exit, Failure};
use super::notify;
use super::present::{clean, json_line, line};
use super::session::Prepared;
use super::sync;

/// The time over which both vendors count requests, give or take.
const SHORTEST: Duration = Duration::from_mins(1);

/// One line of `watch --json`: a pass.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "watch")]
pub(crate) struct Line {
    /// Its number, from 1.
    pass: u64,
    /// When it began.
    #[schemars(with = "String", extend("format" = "date-time"))]
    began_at: Timestamp,
    /// The exit code of a `sync` that came to this.
    exit: u8,
    /// Why the pass failed; `null` if it did not.
    error: Option<String>,
    /// What it found and did; `null` if it failed.
    sync: Option<sync::Document>,
    /// What was delivered to the webhook; `null` if none is set, or nothing could be delivered.
    notify: Option<notify::Document>,
    /// Why nothing could be delivered, although a webhook is set.
    notify_error: Option<String>,
    /// When the next pass begins, about; `null` after the last one.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    next_at: Option<Timestamp>,
}

/// Runs `watch`.
pub(crate) async fn run(arguments: &Watch) -> Result<Exit, Failure> {
    let prepared = Prepared::of(&arguments.pass.reach)?;
    let webhook = notify::of_environment()?;
    if arguments.every < SHORTEST && !prepared.clients.are_local() {
        return Err(
            Failure::usage("the time between two passes is less than a minute")
                .with_advice("the vendors count requests by the minute: pass --every 1m or more"),
        );
    }
    let mut failures = 0;
    for number in 1_u64.. {
        let began_at = Timestamp::now();
        let outcome = sync::pass(&prepared, &arguments.pass, |_| Ok(())).await;
        let is_over = arguments.passes == Some(number);
        let mut line = Line {
            pass: number,
            began_at,
            exit: Exit::Clean as u8,
            error: None,
            sync: None,
            notify: None,
            notify_error: None,
            next_at: None,
        };
        let end = match outcome {
            Ok(pass) => {
                failures = 0;
                line.exit = pass.exit as u8;
                line.sync = Some(pass.document);
                // The refusal itself tells more than the code.
                match prepared.clients.latched() {
                    Some(refusal) => Some(Err(refusal.into())),
                    None => is_over.then_some(Ok(pass.exit)),
                }
            }
            Err(failure) => {
                line.exit = failure.exit as u8;
                line.error = Some(failure.in_one_line());
                // Another process is done sooner or later; a vendor that is down is better left alone.
                failures += u32::from(failure.exit != Exit::InUse);
                (is_over || !is_passing(&failure)).then_some(Err(failure))
            }
        };
        if !arguments.pass.who.dry_run
            && let Some(webhook) = &webhook
        {
            line.deliver(arguments, webhook).await;
        }
        let wait = pause(arguments.every, failures, fastrand::f64());
        if end.is_none() {
            line.next_at = Timestamp::now().checked_add(wait).ok();
        }
        line.show(arguments.pass.format.json)?;
        if let Some(end) = end {
            return end;
        }
        if interrupted_within(wait).await {
            eprintln!("stopped by Ctrl-C between two passes");
            return Ok(Exit::Clean);
        }
    }
    Ok(Exit::Clean)
}

impl Line {
    async fn deliver(&mut self, arguments: &Watch, webhook: &Webhook) {
        let store = &arguments.pass.reach.at.store;
        // A first pass that failed has made none.
        if !store.exists() {
            return;
        }
        match notify::deliver(store, webhook).await {
            Ok(document) => self.notify = Some(document),
            Err(failure) => self.notify_error = Some(failure.in_one_line()),
        }
    }

    fn show(&self, as_json: bool) -> Result<(), Failure> {
        if as_json {
            return json_line(self);
        }
        let mut parts = Vec::new();
        parts.extend(self.sync.as_ref().map(sync::Document::in_short));
        parts.extend(self.error.as_ref().map(|error| format!("failed: {error}")));
        parts.extend(self.notify.as_ref().map(notify::Document::in_short));
        let told = self.notify_error.as_ref();
        parts.extend(told.map(|error| format!("the webhook was not told: {error}")));
        let next = self
            .next_at
            .map(|time| format!("next at {}", time.strftime("%T")));
        parts.extend(next);
        line(format!(
            "{} pass {}: {}",
            self.began_at.strftime("%FT%TZ"),
            self.pass,
            clean(&parts.join("; "))
        ))
    }
}
