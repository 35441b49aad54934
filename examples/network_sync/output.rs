//! What the host imports, and the report. The same facts and decisions give the same files.

use std::fs;
use std::path::Path;

use examples::exit::Failure;
use examples::sheet::{self, Form};
use reconcile::state::Target;

use super::cli::Write;
use super::desk::Desk;
use super::report::{Report, State};

/// Writes what is asked for.
pub(crate) fn write(
    desk: &Desk,
    report: &Report,
    to: &Write,
    one_by_one: bool,
) -> Result<(), Failure> {
    if let Some(path) = &to.new_organizations {
        put(path, &new_organizations(desk, Form::of(path)))?;
    }
    if let Some(path) = &to.creations {
        put(path, &creations(desk, report, one_by_one, Form::of(path)))?;
    }
    if let Some(path) = &to.changes {
        put(path, &changes(report, Form::of(path)))?;
    }
    if let Some(path) = &to.report {
        put(path, &report.html())?;
    }
    Ok(())
}

/// Writes a file whole or not at all: a host that imports it meanwhile must not see half of it.
pub(crate) fn put(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::usage(format!("{} cannot be written: {error}", path.display()))
    };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    fs::write(&part, text).map_err(failed)?;
    fs::rename(&part, path).map_err(|error| {
        // What is left over is of no use; that it cannot be removed is the lesser trouble.
        let _ = fs::remove_file(&part);
        failed(error)
    })
}

/// Organisations to be created: those decided whose network can be seen and that are not there yet (F087).
pub(crate) fn new_organizations(desk: &Desk, form: Form) -> String {
    let mut rows: Vec<Vec<String>> = desk
        .state
        .associations()
        .filter(|known| !known.is_leaving() && desk.view.sees(&known.source))
        .filter_map(|known| match &known.target {
            Target::New { name, .. } => Some(vec![name.clone(), known.source.id.clone()]),
            Target::Existing(_) => None,
        })
        .collect();
    rows.sort();
    sheet::write(&["name", "network_ids"], &rows, form)
}

/// Configurations to be created: what has no counterpart, and nothing that may have one (F094, F095).
pub(crate) fn creations(desk: &Desk, report: &Report, one_by_one: bool, form: Form) -> String {
    let chosen = desk.state.devices().to_create();
    let mut columns = vec!["organization_id", "source", "kind"];
    let stored = report.stored_columns();
    columns.extend(stored.iter().map(String::as_str));
    let mut rows = Vec::new();
    for organization in &report.organizations {
        for device in &organization.devices {
            let is_wanted = !one_by_one || chosen.contains(&device.entity);
            if device.state != State::New || !is_wanted {
                continue;
            }
            let mut row = vec![
                organization.id.clone(),
                device.id.clone(),
                device.kind.clone(),
            ];
            let value = |column: &String| device.record.get(column).cloned().unwrap_or_default();
            row.extend(stored.iter().map(value));
            rows.push(row);
        }
    }
    sheet::write(&columns, &rows, form)
}

/// Fields of matched configurations that differ.
pub(crate) fn changes(report: &Report, form: Form) -> String {
    let mut rows = Vec::new();
    for organization in &report.organizations {
        for device in &organization.devices {
            let Some(configuration) = &device.configuration else {
                continue;
            };
            for change in &device.changes {
                rows.push(vec![
                    organization.id.clone(),
                    configuration.id.clone(),
                    device.id.clone(),
                    change.target.clone(),
                    change.from.clone().unwrap_or_default(),
                    change.to.clone(),
                ]);
            }
        }
    }
    let columns = ["organization_id", "id", "source", "column", "from", "to"];
    sheet::write(&columns, &rows, form)
}
