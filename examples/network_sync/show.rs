//! The commands that only show: `organizations`, `devices`, `explain` and `search`.

use examples::console::{clean, json, line, table};
use examples::exit::{Exit, Failure};
use reconcile::matching::Side;
use serde::Serialize;

use super::cli::{Devices, Explain, Search, Show};
use super::desk::Desk;
use super::report::{self, Report, explained};
use super::{lookup, report::State};

/// Runs `organizations`.
pub(crate) async fn organizations(arguments: &Show) -> Result<Exit, Failure> {
    let desk = Desk::reading(&arguments.reach).await?;
    let mut report = report::build(&desk)?;
    if arguments.format.json {
        for organization in &mut report.organizations {
            organization.devices.clear();
        }
        json(&report)?;
    } else {
        report.print_organizations()?;
        report.print_remarks();
    }
    Ok(Exit::Clean)
}

/// Runs `devices`.
pub(crate) async fn devices(arguments: &Devices) -> Result<Exit, Failure> {
    let desk = Desk::reading(&arguments.show.reach).await?;
    let mut report = report::build(&desk)?;
    if let Some(text) = &arguments.organization {
        let wanted = lookup::organization(&desk, text)?;
        report.organizations.retain(|row| row.id == wanted.id);
    }
    let is_wanted = |state: State| !arguments.waiting || state.is_open();
    if arguments.show.format.json {
        for organization in &mut report.organizations {
            organization
                .devices
                .retain(|device| is_wanted(device.state));
        }
        json(&report.organizations)?;
    } else {
        report.print_devices(is_wanted)?;
        changes(&report)?;
    }
    Ok(Exit::Clean)
}

/// Fields that differ, if any do.
fn changes(report: &Report) -> Result<(), Failure> {
    let rows: Vec<_> = report
        .devices()
        .flat_map(|(_, device)| device.changes.iter().map(move |change| (device, change)))
        .map(|(device, change)| {
            let configuration = device.configuration.as_ref();
            [
                configuration.map_or_else(String::new, |known| {
                    format!("{} ({})", known.name, known.id)
                }),
                change.target.clone(),
                change.from.clone().unwrap_or_default(),
                change.to.clone(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    table(
        ["Configuration", "Column", "Holds", "Datto Networking tells"],
        rows,
    )
}

/// The document of `explain --json`.
#[derive(Debug, Serialize)]
struct Document<'r> {
    organization: &'r str,
    #[serde(flatten)]
    device: &'r report::Device,
    explanation: report::Explained,
}

/// Runs `explain`.
pub(crate) async fn explain(arguments: &Explain) -> Result<Exit, Failure> {
    let desk = Desk::reading(&arguments.show.reach).await?;
    let devices = desk.devices()?;
    let entity = lookup::device(&desk, &devices, &arguments.device)?;
    let row = lookup::row(&devices, &entity)?;
    let Some(told) = devices.explainer()?.explain(Side::Left, row) else {
        return Err(Failure::usage(format!(
            "{} has no verdict",
            lookup::label(&entity)
        )));
    };
    let explanation = explained(&desk, &devices, &told);
    let report = report::build(&desk)?;
    let Some((organization, device)) = report.devices().find(|(_, device)| device.entity == entity)
    else {
        return Err(
            Failure::usage(format!("the network of {} has no organisation", lookup::label(&entity)))
                .with_advice("organisations come first: `network_sync organizations` lists the networks that have none"),
        );
    };
    if arguments.show.format.json {
        json(&Document {
            organization: &organization.name,
            device,
            explanation,
        })?;
        return Ok(Exit::Clean);
    }
    line(clean(&format!(
        "{} {:?} ({}) of {}: {}",
        device.kind, device.name, device.id, organization.name, device.state
    )))?;
    let say = |label: &str, text: &str| line(clean(&format!("  {label}: {text}")));
    say("why", &device.why)?;
    if device.why != explanation.why {
        say("matching", &explanation.why)?;
    }
    for (label, list) in [
        ("candidate", &explanation.candidates),
        ("rival", &explanation.rivals),
    ] {
        for one in list {
            say(label, &format!("{} {:?} {}", one.id, one.name, one.why))?;
        }
    }
    for (label, list) in [
        ("elsewhere", &explanation.elsewhere),
        ("no key", &explanation.ignored),
        ("would decide, but is not known", &explanation.absent),
    ] {
        for text in list {
            say(label, text)?;
        }
    }
    for shown in &device.live {
        say(&shown.label, &shown.value)?;
    }
    Ok(Exit::Clean)
}

/// A configuration that was searched for.
#[derive(Debug, Serialize)]
struct Found {
    id: String,
    name: String,
    /// Whether a device is it already.
    matched: bool,
}

/// Runs `search`.
pub(crate) async fn search(arguments: &Search) -> Result<Exit, Failure> {
    let desk = Desk::reading(&arguments.show.reach).await?;
    let organization = lookup::organization(&desk, &arguments.organization)?;
    let devices = desk.devices()?;
    let found: Vec<_> = devices
        .search(&organization, &arguments.text)
        .into_iter()
        .map(|line| Found {
            id: line.device.entity.id.clone(),
            name: line.device.name.clone(),
            matched: matches!(line.verdict, reconcile::matching::Verdict::Matched { .. }),
        })
        .collect();
    if arguments.show.format.json {
        json(&found)?;
    } else {
        table(
            ["Configuration", "Id", "Taken"],
            found.into_iter().map(|found| {
                let taken = if found.matched { "yes" } else { "" };
                [found.name, found.id, taken.to_owned()]
            }),
        )?;
    }
    Ok(Exit::Clean)
}
