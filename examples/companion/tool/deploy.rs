//! The command `deploy`: starts the component that installs the agent on the devices of associated sites that have none,
//! and checks what came of it.
//!
//! A quick job cannot be taken back and runs once for each time it is sent. So a try is stored before its job is sent,
//! under a mark that the job's name carries; a device with a try that has not ended gets no other.

mod book;
mod scope;
mod send;
mod view;

use jiff::Timestamp;
use reconcile::identity::Fingerprint;
use schemars::JsonSchema;
use serde::Serialize;

use super::cli::Deploy;
use super::exit::{Exit, Failure};
use super::present::{clean, confirmed, json, line};
use super::session::{Session, name_of};
use super::store;
use book::Book;
use send::Job;
use view::{DeviceRow, SiteLine, View};

/// The document of `deploy --json`: where agents are, and what was done about devices without one.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "deploy")]
pub(crate) struct Document {
    /// The component; `null` with `--check`.
    component: Option<ComponentLine>,
    /// What `deploy --digest` confirms; `null` if there is nothing to start.
    digest: Option<String>,
    /// How many jobs this run started.
    started: usize,
    /// Why it stopped before its end, if it did.
    halted: Option<String>,
    /// The sites with an association that is carried out, ordered by name.
    sites: Vec<SiteLine>,
    /// Their devices without an agent, ordered by site and name.
    devices: Vec<DeviceRow>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ComponentLine {
    /// The component's uid at the RMM.
    id: String,
    /// The component's name.
    name: Option<String>,
}

/// Runs `deploy`.
pub(crate) async fn run(arguments: &Deploy) -> Result<Exit, Failure> {
    name_of(&arguments.who)?;
    let mut session = Session::deciding(&arguments.reach, &arguments.who).await?;
    let component = match &arguments.component {
        Some(text) => Some(find_component(&session.clients.rmm, text).await?),
        None => None,
    };
    let estate = session.gather().await?;
    let places = session.places(&estate, &arguments.site).await?;
    let tenant = session.vendors.source.instance().to_string();
    let mut book = Book::of(store::deployments(&arguments.reach.at.store, &tenant)?);
    let visible = session.policy.visibility;
    book.settle(&mut session.log, &session.clients.rmm, visible)
        .await?;
    book.close_where_agents_are(&mut session.log, &places)?;

    let mut view = View::of(&places, &book, arguments);
    let jobs = component
        .as_ref()
        .map(|component| view.choose(&places, arguments, &component.id))
        .unwrap_or_default();
    let digest = (!jobs.is_empty()).then(|| digest_of(&tenant, &jobs));
    let is_json = arguments.format.json;
    let is_sending = !jobs.is_empty() && !arguments.who.dry_run;
    let mut document = Document {
        component,
        digest: digest.map(|digest| digest.to_string()),
        started: 0,
        halted: None,
        sites: Vec::new(),
        devices: Vec::new(),
    };
    if let Some(digest) = digest.filter(|_| is_sending) {
        // Where the document goes to standard output, a person still has to see what they agree to.
        if is_json {
            for job in &jobs {
                eprintln!("to be started on {}", clean(&job.device_name));
            }
        } else {
            view.show(&places)?;
            line(format!("Digest {digest}"))?;
        }
        confirm(arguments, digest, jobs.len())?;
        if Timestamp::now().duration_since(estate.sites.taken_at) > session.policy.expires_after {
            return Err(Failure::new(
                Exit::Failed,
                "the devices were read too long ago: nothing was started",
            ));
        }
        let sent = session.start_jobs(&mut book, &tenant, jobs).await?;
        document.halted = sent.halted;
        document.started = sent.started.len();
        view = View::of(&places, &book, arguments);
        view.mark_started(&sent.started);
    }
    let is_held = document.halted.is_some() || view.needs_a_person(&places);
    if is_json {
        document.sites = view.sites(&places);
        document.devices = view.rows;
        json(&document)?;
    } else {
        view.show(&places)?;
        if let Some(why) = &document.halted {
            line(format!("Stopped: {}", clean(why)))?;
        }
        if let Some(digest) = digest.filter(|_| arguments.who.dry_run) {
            line(format!("Digest {digest}"))?;
        }
        line(if arguments.who.dry_run {
            "Dry run: nothing was started".to_owned()
        } else if arguments.check {
            "Nothing was started".to_owned()
        } else {
            format!("{} jobs were started", document.started)
        })?;
    }
    Ok(if is_held { Exit::Held } else { Exit::Clean })
}

/// The component that an argument means.
async fn find_component(client: &datto_rmm::Client, text: &str) -> Result<ComponentLine, Failure> {
    let all = client.components().list().collect_all().await?.into_inner();
    let by_uid = all.iter().find(|component| component.uid.as_str() == text);
    let mut named = all
        .iter()
        .filter(|component| component.name.as_deref() == Some(text));
    let found = match (by_uid, named.next(), named.next()) {
        (Some(found), _, _) | (None, Some(found), None) => found,
        (None, None, _) => {
            return Err(Failure::usage(format!(
                "no component that the key's user may use has the uid or exact name {text:?}"
            )));
        }
        (None, Some(_), Some(_)) => {
            return Err(
                Failure::usage(format!("several components have the name {text:?}"))
                    .with_advice("give the uid instead"),
            );
        }
    };
    Ok(ComponentLine {
        id: found.uid.to_string(),
        name: found.name.clone(),
    })
}

fn confirm(arguments: &Deploy, actual: Fingerprint, jobs: usize) -> Result<(), Failure> {
    if let Some(digest) = arguments.digest {
        if digest == actual {
            return Ok(());
        }
        return Err(Failure::new(
            Exit::Failed,
            format!(
                "the confirmed digest {digest} is not that of this list, {actual}: review it again"
            ),
        ));
    }
    let instead = format!("pass --digest {actual} to start exactly these jobs, or --yes");
    let question = format!("Start the component on these {jobs} devices? It cannot be taken back.");
    if arguments.yes || confirmed(&question, &instead)? {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Failed,
        "not confirmed: nothing was started",
    ))
}

/// Stands for what would be started where, and for the packages that would be installed.
fn digest_of(tenant: &str, jobs: &[Job]) -> Fingerprint {
    let mut text = tenant.to_owned();
    for job in jobs {
        for part in [&job.component, &job.site, &job.device] {
            text.push('\n');
            text.push_str(part);
        }
        text.push('\n');
        if let Some(link) = job.link {
            text.push_str(&link.to_string());
        }
    }
    Fingerprint::of(text)
}
