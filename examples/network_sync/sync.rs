//! `sync`: everything that needs no person, and a list of what does (F084, F086, F096).

use examples::console::{json, line};
use examples::exit::{Exit, Failure};
use examples::who::name_of;

use super::cli::Sync;
use super::decide;
use super::desk::Desk;
use super::output;
use super::report::{self, Report};
use super::status::Status;

/// Runs `sync`.
pub(crate) async fn run(arguments: &Sync) -> Result<Exit, Failure> {
    let by = name_of(arguments.who.by.as_deref())?;
    let writes = !arguments.who.dry_run;
    let mut desk = Desk::open(&arguments.reach, by, writes, true).await?;
    for accepted in &arguments.accept {
        desk.mapping.accept.extend(accepted.kinds());
    }
    match pass(&mut desk, arguments).await {
        Ok(report) => {
            desk.put(&Status::ok(report.sum().to_string()))?;
            tell(&report, arguments.format.json)?;
            Ok(if report.sum().waits() {
                Exit::Held
            } else {
                Exit::Clean
            })
        }
        Err(failure) => {
            desk.put(&Status::of_failure(&failure))?;
            Err(failure)
        }
    }
}

async fn pass(desk: &mut Desk, arguments: &Sync) -> Result<Report, Failure> {
    if let Some(path) = &arguments.decisions {
        decide::take_file(desk, path).await?;
    }
    discover(desk, &arguments.reach.as_manager_of).await?;
    let report = report::build(desk)?;
    if writes(arguments) {
        output::write(desk, &report, &arguments.write, arguments.one_by_one)?;
    }
    Ok(report)
}

/// A dry run writes nothing.
fn writes(arguments: &Sync) -> bool {
    !arguments.who.dry_run
}

/// Matches what can be matched, and sees as before.
pub(crate) async fn discover(desk: &mut Desk, seen_as: &[String]) -> Result<(), Failure> {
    let (made, taken) = desk.discover().await?;
    desk.see_as(seen_as)?;
    for (count, what) in [
        (
            made,
            "networks got the organisation that was created for them",
        ),
        (taken, "networks got their organisation by evidence"),
    ] {
        if count > 0 {
            eprintln!("{count} {what}");
        }
    }
    Ok(())
}

fn tell(report: &Report, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return json(report);
    }
    report.print_organizations()?;
    report.print_waiting()?;
    report.print_remarks();
    line(report.sum())
}
