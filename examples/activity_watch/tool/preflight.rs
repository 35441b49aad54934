//! The command `preflight`: what can be found out about the account, and what only a person can check.

use datto_rmm::activity_logs::{ActivityEntity, ListActivityLogs};
use datto_rmm::{Check, Error, ErrorKind, Preflight};
use examples::console::{json, line, table};
use examples::exit::{Exit, Failure};
use serde::Serialize;

use super::cli;
use super::session::Access;

/// The document of `preflight --json`.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Whether what is asked for can be followed. Unknown is not true.
    pub(crate) ready: bool,
    pub(crate) checks: Vec<Line>,
    /// What no API tells, for a person to check.
    pub(crate) checklist: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) check: &'static str,
    pub(crate) result: Verdict,
    pub(crate) detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Ok,
    /// It can go on, but should be looked at.
    Warning,
    Failed,
    /// It cannot be found out.
    Unknown,
}

/// What must be so for both kinds of following.
const ALWAYS: [&str; 5] = [
    "API access is on (Setup, Global Settings, Access Control); that and the key cannot be told apart when a log-in is \
     refused",
    "the key belongs to a user made for this integration alone; it is generated on that user's page, where the secret is \
     shown once",
    "that user's name carries the MSP's initials, so that the log tells whose integration it was",
    "that user limits no sites: what happens in sites that it may not see is missing silently",
    "the API URL, the key and the secret are kept where only this program's user can read them: the environment of a \
     service, or a file with mode 600",
];
const ADMINISTRATOR: &str = "that user's component level is Super (5), its security level Administrator, and Administrator its default level \
     too: users' activity is for Administrators only, nothing else here is";
const LEAST: &str = "least privilege: a security level of its own that may read the account, its sites and what is done to devices, and \
     change nothing, is enough without users' activity";
const REPAIR: &str = "after a change of level nothing is connected anew: remove the old level, add the new one, and run this again; \
     connection, mapping and resume point stay";

/// Runs `preflight`.
pub(crate) async fn run(arguments: &cli::Preflight) -> Result<Exit, Failure> {
    let access = Access::prepare(&arguments.reach)?;
    let named = arguments.user.as_deref().zip(arguments.initials.as_deref());
    let report = report(&access, arguments.devices_only, named).await;
    access.remember(report.ready)?;
    if arguments.json {
        json(&report)?;
    } else {
        let rows = report.checks.iter().map(|line| {
            let result = match line.result {
                Verdict::Ok => "ok",
                Verdict::Warning => "WARNING",
                Verdict::Failed => "FAILED",
                Verdict::Unknown => "unknown",
            };
            [
                line.check.to_owned(),
                result.to_owned(),
                line.detail.clone(),
            ]
        });
        table(["Check", "Result", "Found"], rows)?;
        line("No API tells the following; please check:")?;
        for item in &report.checklist {
            line(format!("  [ ] {item}"))?;
        }
        line(if report.ready { "Ready." } else { "Not ready." })?;
    }
    let refused = access.rmm.latched();
    if refused.is_some_and(|error| error.kind() == ErrorKind::Credentials) {
        return Ok(Exit::Credentials);
    }
    Ok(if report.ready {
        Exit::Clean
    } else {
        Exit::Failed
    })
}

/// Looks at the account: for everything, or for what is done to devices only.
pub(crate) async fn report(
    access: &Access,
    devices_only: bool,
    named: Option<(&str, &str)>,
) -> Report {
    let found = access.rmm.preflight().await;
    let mut checks = of_account(&found);
    if found.log_in.passed().is_some() {
        checks.push(activity(access, ActivityEntity::Device, "activity of devices").await);
        if !devices_only {
            checks.push(activity(access, ActivityEntity::User, "activity of users").await);
        }
        if let Some((user, initials)) = named {
            checks.push(name(access, user, initials).await);
        }
    }
    let mut checklist = ALWAYS.to_vec();
    checklist.push(if devices_only { LEAST } else { ADMINISTRATOR });
    checklist.push(REPAIR);
    Report {
        ready: found.is_ready() && checks.iter().all(|line| line.result != Verdict::Failed),
        checks,
        checklist,
    }
}

fn of_account(found: &Preflight) -> Vec<Line> {
    let address = &found.address;
    let mut checks = vec![
        of("API", &found.reachable, |_| format!("{address} answers")),
        of("log-in", &found.log_in, |()| "accepted".to_owned()),
        of("account", &found.account, |account| {
            let name = account.name.as_deref().unwrap_or("untold");
            let uid = account.uid.as_ref().map_or("untold", |uid| uid.as_str());
            format!("{name}, uid {uid} on {}", address.label())
        }),
        of("limits", &found.budget, |_| "taken over".to_owned()),
    ];
    checks.push(match &found.sites_visible {
        Check::Passed(false) => Line {
            check: "sites",
            result: Verdict::Failed,
            detail: "none visible: a new account, or a user who may see none".to_owned(),
        },
        visible => of("sites", visible, |_| "visible".to_owned()),
    });
    checks
}

fn of<T>(check: &'static str, found: &Check<T>, detail: impl FnOnce(&T) -> String) -> Line {
    let (result, detail) = match found {
        Check::Passed(found) => (Verdict::Ok, detail(found)),
        Check::Failed(error) => (Verdict::Failed, error.to_string()),
        Check::Unknown(why) => (Verdict::Unknown, (*why).to_owned()),
    };
    Line {
        check,
        result,
        detail,
    }
}

/// Asks for one kind of entry by name: unasked, a user gets what the level allows, without a word.
async fn activity(access: &Access, entity: ActivityEntity, check: &'static str) -> Line {
    let is_users = entity == ActivityEntity::User;
    let filter = ListActivityLogs::default().entities([entity]);
    let page = access
        .rmm
        .activity_logs()
        .list(&filter)
        .pages()
        .next()
        .await;
    let (result, detail) = match page {
        None | Some(Ok(_)) => (Verdict::Ok, "readable".to_owned()),
        Some(Err(error)) if is_users && error.kind() == ErrorKind::Denied => {
            let why =
                format!("{error}; it is for Administrators only, and --devices-only does without");
            (Verdict::Failed, why)
        }
        Some(Err(error)) => (Verdict::Failed, error.to_string()),
    };
    Line {
        check,
        result,
        detail,
    }
}

/// Whether a user's name carries the initials by which instances are told apart (F062).
async fn name(access: &Access, user: &str, initials: &str) -> Line {
    let known = access.rmm.users().list().collect_all().await;
    let known: Result<bool, Error> = known.map(|users| {
        let mut users = users.into_iter();
        users.any(|known| known.username.as_deref() == Some(user))
    });
    let carries = user.to_lowercase().contains(&initials.to_lowercase());
    let (result, detail) = match known {
        Err(error) => (Verdict::Unknown, error.to_string()),
        Ok(false) => (Verdict::Warning, format!("the account has no user {user}")),
        Ok(true) if carries => (Verdict::Ok, format!("{user} carries {initials}")),
        Ok(true) => (
            Verdict::Warning,
            format!(
                "{user} does not carry {initials}: in the log it cannot be told from other integrations"
            ),
        ),
    };
    Line {
        check: "user's name",
        result,
        detail,
    }
}
