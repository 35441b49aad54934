//! The command `preflight`: what can be found out about both accounts, and what only a person can check.

use datto_rmm::{Check, ErrorKind};
use gravityzone::companies::CompanyType;
use gravityzone::general::{Access as KeyAccess, Service};
use serde::Serialize;

use super::cli;
use super::exit::{Exit, Failure};
use super::policy::Document;
use super::present::{json, line, table};
use super::session::Clients;

/// The document of `preflight --json`.
#[derive(Debug, Serialize)]
struct Report {
    /// Whether planning and applying can work. Unknown is not true.
    ready: bool,
    checks: Vec<Line>,
    /// What no API tells, for a person to check.
    checklist: &'static [&'static str],
}

#[derive(Debug, Serialize)]
struct Line {
    /// `rmm`, `gravityzone` or `policy`.
    of: &'static str,
    check: String,
    result: Verdict,
    detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Ok,
    /// It can go on, but should be looked at.
    Warning,
    Failed,
    /// It was not, or cannot be, found out.
    Unknown,
}

const GRAVITYZONE: &str = "gravityzone";

const CHECKLIST: &[&str] = &[
    "Datto RMM: the key belongs to a user made for this integration, whose name carries the MSP's initials",
    "Datto RMM: that user's security level is Administrator and limits no sites; sites that it may not see are missing \
     silently",
    "Datto RMM: least privilege: sites and site variables read and written; the activity log is not needed",
    "GravityZone: the key was made by a dedicated account of the own company, with the role Partner",
    "GravityZone: least privilege: the APIs Companies, Licensing, Network and Packages",
    "GravityZone: the account's mailbox is reachable; its password expires after 90 days and five wrong attempts lock it",
    "Both: a component on the devices reads the site variable and runs the installer",
];

/// The checks so far.
#[derive(Debug, Default)]
struct Checks(Vec<Line>);

impl Checks {
    fn add(
        &mut self,
        of: &'static str,
        check: impl Into<String>,
        result: Verdict,
        detail: impl Into<String>,
    ) {
        self.0.push(Line {
            of,
            check: check.into(),
            result,
            detail: detail.into(),
        });
    }

    fn rmm<T>(
        &mut self,
        check: &str,
        found: &Check<T>,
        detail: impl FnOnce(&T) -> (Verdict, String),
    ) {
        let (result, detail) = match found {
            Check::Passed(found) => detail(found),
            Check::Failed(error) => (Verdict::Failed, error.to_string()),
            Check::Unknown(why) => (Verdict::Unknown, (*why).to_owned()),
        };
        self.add("rmm", check, result, detail);
    }
}

/// Runs `preflight`.
pub(crate) async fn run(arguments: &cli::Preflight) -> Result<Exit, Failure> {
    let document = Document::read(arguments.reach.policy.as_deref())?;
    let clients = Clients::prepare(&arguments.reach, &document)?;
    let mut checks = Checks::default();
    check_rmm(&clients, &document, &mut checks).await;
    check_gravityzone(&clients, &mut checks).await;
    check_policy(&document, &mut checks);
    // An API that may be missing is not one that is there.
    let is_ready = !checks.0.iter().any(|line| {
        line.result == Verdict::Failed
            || (line.of == GRAVITYZONE && line.result == Verdict::Unknown)
    });
    clients.remember(is_ready)?;

    let report = Report {
        ready: is_ready,
        checks: checks.0,
        checklist: CHECKLIST,
    };
    if arguments.format.json {
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
                line.of.to_owned(),
                line.check.clone(),
                result.to_owned(),
                line.detail.clone(),
            ]
        });
        table(["Of", "Check", "Result", "Found"], rows)?;
        line("No API tells the following; please check:")?;
        for item in report.checklist {
            line(format!("  [ ] {item}"))?;
        }
        line(if is_ready { "Ready." } else { "Not ready." })?;
    }
    let latched = [clients.rmm.latched(), clients.gravityzone.core().latched()];
    let is_refused = |error: &datto_rmm::Error| error.kind() == ErrorKind::Credentials;
    if latched.iter().flatten().any(is_refused) {
        return Ok(Exit::Credentials);
    }
    Ok(if is_ready { Exit::Clean } else { Exit::Failed })
}

async fn check_rmm(clients: &Clients, document: &Document, checks: &mut Checks) {
    let found = clients.rmm.preflight().await;
    let address = &found.address;
    checks.rmm("API", &found.reachable, |_| {
        (Verdict::Ok, format!("{address} answers"))
    });
    checks.rmm("log-in", &found.log_in, |()| {
        (Verdict::Ok, "accepted".to_owned())
    });
    checks.rmm("account", &found.account, |account| {
        let name = account.name.as_deref().unwrap_or("untold");
        let uid = account.uid.as_ref().map_or("untold", |uid| uid.as_str());
        (
            Verdict::Ok,
            format!("{name}, uid {uid} on {}", address.label()),
        )
    });
    checks.rmm("sites", &found.sites_visible, |visible| {
        if *visible {
            (Verdict::Ok, "visible".to_owned())
        } else {
            let none = "none visible: a new account, or a key whose user may see none";
            (Verdict::Warning, none.to_owned())
        }
    });
    checks.rmm("limits", &found.budget, |budget| {
        let bucket = if budget.single_bucket {
            "reads and writes share one limit"
        } else {
            "reads and writes have limits of their own"
        };
        (Verdict::Ok, bucket.to_owned())
    });
    checks.rmm("rights", &found.rights, |()| (Verdict::Ok, String::new()));
    if found.account.passed().is_none() {
        return;
    }
    let name = document.variable();
    let check = "account variable";
    match clients.rmm.account().variables().list().collect_all().await {
        Err(error) => checks.add("rmm", check, Verdict::Unknown, error.to_string()),
        Ok(all) if all.as_slice().iter().any(|variable| variable.name == name) => {
            let shines = format!(
                "the account has a variable {name}: it holds for every site without one of its own, and shows again \
                 where a site's is deleted"
            );
            checks.add("rmm", check, Verdict::Warning, shines);
        }
        Ok(_) => checks.add(
            "rmm",
            check,
            Verdict::Ok,
            format!("the account has no variable {name}"),
        ),
    }
}

async fn check_gravityzone(clients: &Clients, checks: &mut Checks) {
    const OF: &str = GRAVITYZONE;
    let client = &clients.gravityzone;
    for warning in client.access_url().warnings() {
        checks.add(OF, "access URL", Verdict::Warning, warning.to_string());
    }
    match client.general().scopes().await {
        Err(error) => {
            checks.add(OF, "key", Verdict::Failed, error.to_string());
            return;
        }
        Ok(scopes) => {
            for service in Service::NEEDED {
                let (result, detail) = match scopes.access(*service) {
                    KeyAccess::Enabled => (Verdict::Ok, "enabled".to_owned()),
                    KeyAccess::NotEnabled => (
                        Verdict::Failed,
                        "the key was made without this API".to_owned(),
                    ),
                    KeyAccess::Unknown(Some(error)) => (Verdict::Unknown, error.to_string()),
                    _ => (Verdict::Unknown, "the console did not tell".to_owned()),
                };
                checks.add(OF, format!("API {service}"), result, detail);
            }
        }
    }
    match client.companies().own().await {
        Err(error) => checks.add(OF, "company", Verdict::Failed, error.to_string()),
        Ok(own) if own.company_type == CompanyType::Partner => {
            checks.add(
                OF,
                "company",
                Verdict::Ok,
                format!("partner {}, id {}", own.name, own.id),
            );
        }
        Ok(own) => {
            let detail = format!(
                "{} is no partner: no company can be made below it",
                own.name
            );
            checks.add(OF, "company", Verdict::Warning, detail);
        }
    }
}

fn check_policy(document: &Document, checks: &mut Checks) {
    const OF: &str = "policy";
    if !document.has_subscription() {
        let detail = "none: no company is created, whatever is decided";
        checks.add(OF, "subscription", Verdict::Warning, detail);
        return;
    }
    checks.add(OF, "subscription", Verdict::Ok, "stated");
    let dropped: Vec<_> = document.dropped_modules().into_iter().collect();
    if dropped.is_empty() {
        checks.add(
            OF,
            "modules",
            Verdict::Ok,
            "the subscription covers the default modules",
        );
    } else {
        let detail = format!("the subscription lacks: {}", dropped.join(", "));
        checks.add(OF, "modules", Verdict::Warning, detail);
    }
}
