//! The command `connect`: an RMM account and the MSP's own organisation, and the editing of that connection.

use std::fs;
use std::path::Path;

use examples::console::line;
use examples::exit::{Exit, Failure};
use examples::store::Store;
use jiff::Timestamp;
use reconcile::bind;
use reconcile::identity::Instance;

use super::cli::Connect;
use super::host::{self, Host};
use super::session::{Access, Connection, ORGANIZATIONS};

/// Runs `connect`.
pub(crate) async fn run(arguments: &Connect) -> Result<Exit, Failure> {
    let by = arguments.who.name()?;
    let store = &arguments.reach.store;
    let organizations = std::path::absolute(&arguments.organizations)?;
    let given = arguments
        .own_id
        .as_deref()
        .zip(arguments.own_name.as_deref());
    let access = Access::prepare(&arguments.reach)?;
    let source = access.source().await?;
    let rmm = source.instance();
    let is_new = !store.try_exists()? || Store::read(store)?.binding().is_none();
    if is_new && !arguments.second_integration {
        refuse_second(store, rmm)?;
    }
    // All is checked before the host's file is touched.
    let mut host = Host::read_or_none(&organizations)?;
    let (own, is_new_there) = host.require_own(given)?;
    let (mut log, mut state) = Store::open(store)?;
    if let Some(binding) = state.binding() {
        let found = host::instance(&own.id);
        if (&binding.source, &binding.destination) != (rmm, &found) {
            return Err(Failure::usage(format!(
                "{} connects {} with {}, and this would be {rmm} with {found}",
                store.display(),
                binding.source,
                binding.destination
            ))
            .with_advice("another account, or another MSP, has a --store of its own"));
        }
    }
    // The connection hangs on the MSP's own organisation, so that comes first (F066).
    if is_new_there {
        host.add_own(&own)?;
        line(format!(
            "Added {} ({}) as the MSP's own organisation.",
            own.name, own.id
        ))?;
    }
    bind(
        &mut state,
        &mut log,
        rmm,
        &host::instance(&own.id),
        &by,
        Timestamp::now(),
    )
    .await?;
    log.put_setting(ORGANIZATIONS, &organizations.to_string_lossy())?;
    let mapped = state.associations().count();
    let what = if is_new {
        "Connected"
    } else {
        "The connection stays:"
    };
    line(format!("{what} {rmm} to {} ({}).", own.name, own.id))?;
    line(format!(
        "{} organisations, {mapped} sites mapped. Next, and again whenever the mapping is to change: suggest, assign, map.",
        host.organizations.len()
    ))?;
    Ok(Exit::Clean)
}

/// How the names of files end that lie beside a store and are none.
const BESIDE: [&str; 6] = [".lock", "-wal", "-shm", "-journal", ".progress", ".refused"];

/// Refuses to connect an account that is connected already, as far as that can be known: by a store in the same folder
/// (F068). Another account of the same partner is welcome (F069).
fn refuse_second(store: &Path, rmm: &Instance) -> Result<(), Failure> {
    let own = std::path::absolute(store)?;
    let Some(folder) = own.parent() else {
        return Ok(());
    };
    for entry in fs::read_dir(folder)? {
        let other = entry?.path();
        let name = other.to_string_lossy();
        let is_beside = BESIDE.iter().any(|ending| name.ends_with(ending));
        if is_beside || other.file_name() == own.file_name() || !other.is_file() {
            continue;
        }
        // What holds no connection, or is damaged, is no reason not to make one.
        if Connection::read(&other).is_ok_and(|connection| connection.rmm == *rmm) {
            let other = other.display();
            return Err(Failure::usage(format!("{rmm} is connected already, by {other}")).with_advice(
                format!(
                    "two integrations tell everything twice: pass --store {other}, or --second-integration to go on all \
                     the same"
                ),
            ));
        }
    }
    Ok(())
}
