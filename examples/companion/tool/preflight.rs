//! The command `preflight`: what can be found out about both accounts, and what only a person can check.

use datto_rmm::{Check, ErrorKind};
use gravityzone::companies::CompanyType;
use gravityzone::general::{Access as KeyAccess, ApiKeyDetails, Service};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::cli;
use super::exit::{Exit, Failure};
use super::policy::Document;
use super::present::{json, line, table};
use super::session::{Clients, must_match};
use super::store;

/// The document of `preflight --json`: what can be found out about both accounts, and what only a person can check.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "preflight")]
pub(crate) struct Report {
    /// Whether planning and applying can work. Unknown is not true.
    ready: bool,
    /// What was looked at.
    checks: Vec<Line>,
    /// What no API tells, for a person to check.
    checklist: &'static [&'static str],
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    /// `rmm`, `gravityzone`, `policy` or `store`.
    of: &'static str,
    /// What was checked.
    check: String,
    /// How it went.
    result: Verdict,
    /// What was found.
    detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Ok,
    /// It can go on, but should be looked at.
    Warning,
    Failed,
    /// It was not, or cannot be, found out.
    Unknown,
}

const RMM: &str = "rmm";
const GRAVITYZONE: &str = "gravityzone";
/// How checks of the APIs of a key begin.
const API: &str = "API ";
/// The number of the role Partner.
const PARTNER: i64 = 4;
/// For how long a password lasts.
const PASSWORD_LASTS: SignedDuration = SignedDuration::from_hours(24 * 90);

const ACTIVITY_LOG: &str = "activity log";

/// What no API tells, in the order in which the two products are set up.
const CHECKLIST: &[&str] = &[
    "Datto RMM: API access is on (Setup, Global Settings, Access Control); that and the key cannot be told apart when a \
     log-in is refused",
    "Datto RMM: the key belongs to a user made for this integration, whose name carries the MSP's initials; it is \
     generated on that user's page, where the secret is shown once",
    "Datto RMM: administrators who work on the same account each have a key of their own; they can share this store",
    "Datto RMM: that user's security level and default level are Administrator and its component level is Super (5); it \
     limits no sites, since sites that it may not see are missing silently",
    "Datto RMM: least privilege: what is used here is reading the account, its sites and variables, and writing site \
     variables; `deploy` also reads devices and components and starts quick jobs, and alone reads the activity log, which \
     calls for an Administrator: without it, a person looks up a job whose answer was lost",
    "GravityZone: the access URL was copied from the account's page (My Account), where the key is made too; making one \
     takes administrator rights",
    "GravityZone: the key was made by a dedicated account, so that nobody changes or removes it by accident; the \
     account belongs to the own company and has the role Partner (where Partner is not offered, it was made under the \
     wrong company)",
    "GravityZone: that account may manage companies, users, the company and networks; its target is the root, or chosen \
     companies with Network ticked as well; what is no target is not seen and looks as if it were not there",
    "GravityZone: least privilege: the APIs Companies, Licensing, Network and Packages; others may ask for more, nothing \
     here does",
    "GravityZone: the account's mailbox is reachable; its password expires after 90 days and five wrong attempts lock it",
    "GravityZone: what is in the policy is what new companies are to be billed for; add-on modules need their \
     subscription",
    "GravityZone: nobody renames the packages that are made here, nor the site variable; modules may be edited in the \
     console and count for later installations only",
    "Both: keys were copied whole, and nothing with them",
    "Both: a component on the devices reads the site variable and runs the installer that it leads to, a small one that \
     fetches the rest",
];

impl Line {
    /// Whether nothing can work like this. An API that may be missing is not one that is there.
    fn is_in_the_way(&self) -> bool {
        self.result == Verdict::Failed
            || (self.result == Verdict::Unknown && self.check.starts_with(API))
    }
}

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
        self.add(RMM, check, result, detail);
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
    check_store(&arguments.reach, &clients, &mut checks).await;
    let is_ready = !checks.0.iter().any(Line::is_in_the_way);
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
    let is_refused = |error: datto_rmm::Error| error.kind() == ErrorKind::Credentials;
    if clients.latched().is_some_and(is_refused) {
        return Ok(Exit::Credentials);
    }
    Ok(if is_ready { Exit::Clean } else { Exit::Failed })
}

async fn check_rmm(clients: &Clients, document: &Document, checks: &mut Checks) {
    let found = clients.rmm.preflight().await;
    let address = &found.address;
    let (result, detail) = address.platform().map_or_else(
        || {
            let detail = format!("{address} is no address of a platform that is known here");
            (Verdict::Unknown, detail)
        },
        |platform| (Verdict::Ok, platform.as_str().to_owned()),
    );
    checks.add(RMM, "platform", result, detail);
    checks.rmm("API", &found.reachable, |_| {
        (Verdict::Ok, format!("{address} answers"))
    });
    match &found.log_in {
        Check::Failed(error) if error.kind() == ErrorKind::Credentials => {
            let detail = format!(
                "{error}; the key is wrong, or of another platform, or API access is off (Setup, Global Settings, Access \
                 Control)"
            );
            checks.add(RMM, "log-in", Verdict::Failed, detail);
        }
        log_in => checks.rmm("log-in", log_in, |()| (Verdict::Ok, "accepted".to_owned())),
    }
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
    match &found.activity_log {
        Check::Failed(error) if error.kind() == ErrorKind::Denied => {
            let detail = "not readable: the key's user is no Administrator, which is enough; only `deploy` would read it, to \
                settle by itself whether a quick job was started whose answer was lost";
            checks.add(RMM, ACTIVITY_LOG, Verdict::Ok, detail);
        }
        Check::Failed(error) => {
            checks.add(RMM, ACTIVITY_LOG, Verdict::Unknown, error.to_string());
        }
        log => checks.rmm(ACTIVITY_LOG, log, |()| {
            let detail = "readable: the key's user is an Administrator; only `deploy` reads it, to settle whether a quick job \
                was started whose answer was lost";
            (Verdict::Ok, detail.to_owned())
        }),
    }
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
        Err(error) => checks.add(RMM, check, Verdict::Unknown, error.to_string()),
        Ok(all)
            if all
                .as_slice()
                .iter()
                .any(|variable| variable.name.as_deref() == Some(name)) =>
        {
            let shines = format!(
                "the account has a variable {name}: it holds for every site without one of its own, and shows again \
                 where a site's is deleted"
            );
            checks.add(RMM, check, Verdict::Warning, shines);
        }
        Ok(_) => checks.add(
            RMM,
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
    let scopes = match client.general().scopes().await {
        Ok(scopes) => scopes,
        Err(error) => {
            checks.add(OF, "key", Verdict::Failed, error.to_string());
            return;
        }
    };
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
        checks.add(OF, format!("{API}{service}"), result, detail);
    }
    check_key(scopes.details.as_ref(), checks);
    match client.companies().own().await {
        Err(error) => checks.add(OF, "company", Verdict::Failed, error.to_string()),
        Ok(own) if own.company_type == CompanyType::Partner => {
            let detail = format!("a partner's key: {}, id {}", own.name, own.id);
            checks.add(OF, "company", Verdict::Ok, detail);
        }
        Ok(own) => {
            let detail = format!(
                "a customer's key: {} is no partner, so no company can be seen or made below it",
                own.name
            );
            checks.add(OF, "company", Verdict::Warning, detail);
        }
    }
    match client.licensing().own().await {
        Err(error) => checks.add(OF, "licence", Verdict::Unknown, error.to_string()),
        Ok(license) => {
            let ends = license.end_subscription.or(license.expiry_date);
            let renews = license.auto_renew_period.is_some_and(|months| months > 0);
            let (result, detail) = match ends {
                None => (Verdict::Ok, "without an end".to_owned()),
                Some(time) if renews => (Verdict::Ok, format!("renews itself at {time}")),
                Some(time) if time < Timestamp::now() => {
                    (Verdict::Warning, format!("ended at {time}"))
                }
                Some(time) => (Verdict::Ok, format!("until {time}")),
            };
            checks.add(OF, "licence", result, detail);
        }
    }
}

/// Who made the key, when, and what more it may do than is needed.
fn check_key(details: Option<&ApiKeyDetails>, checks: &mut Checks) {
    const OF: &str = GRAVITYZONE;
    let Some(details) = details else {
        let detail = "a key without the API General cannot be asked who made it, when, and what more it may do";
        checks.add(OF, "key", Verdict::Unknown, detail);
        return;
    };
    let is_asked_for = |api: &&String| {
        Service::NEEDED
            .iter()
            .chain([&Service::General])
            .any(|service| service.is_named(api))
    };
    let more: Vec<_> = details
        .enabled_apis
        .iter()
        .filter(|api| !is_asked_for(api))
        .collect();
    if more.is_empty() {
        checks.add(
            OF,
            "least privilege",
            Verdict::Ok,
            "the key may use nothing else",
        );
    } else {
        let more: Vec<_> = more.into_iter().map(String::as_str).collect();
        let detail = format!(
            "the key may also use what nothing here needs: {}",
            more.join(", ")
        );
        checks.add(OF, "least privilege", Verdict::Warning, detail);
    }
    let (result, detail) = match details.role {
        Some(PARTNER) => (Verdict::Ok, "Partner".to_owned()),
        Some(other) => (
            Verdict::Warning,
            format!("{other}, and Partner is {PARTNER}"),
        ),
        None => (
            Verdict::Unknown,
            "the console does not tell the role of the key's account".to_owned(),
        ),
    };
    checks.add(OF, "role", result, detail);
    let (result, detail) = match details.created_at {
        None => (
            Verdict::Unknown,
            "the console does not tell when the key was made".to_owned(),
        ),
        Some(time) if Timestamp::now().duration_since(time) > PASSWORD_LASTS => (
            Verdict::Warning,
            format!(
                "made at {time}: its account's password has expired since, unless it was changed"
            ),
        ),
        Some(time) => (Verdict::Ok, format!("made at {time}")),
    };
    checks.add(OF, "age", result, detail);
}

/// Whether the store is the one of these tenants, if there is one.
async fn check_store(reach: &cli::Reach, clients: &Clients, checks: &mut Checks) {
    const OF: &str = "store";
    let path = &reach.at.store;
    let check = "tenants";
    let state = match store::read(path) {
        Ok(state) => state,
        Err(failure) => {
            checks.add(OF, check, Verdict::Failed, failure.in_one_line());
            return;
        }
    };
    let Ok(vendors) = clients.connect().await else {
        checks.add(OF, check, Verdict::Unknown, "the tenants are not known");
        return;
    };
    let (ours, theirs) = (vendors.source.instance(), vendors.destination.instance());
    let found = match state.binding() {
        Some(binding) => must_match(path, binding, ours, theirs),
        None => store::refuse_second(path, ours, theirs),
    };
    match found {
        Err(failure) => checks.add(OF, check, Verdict::Failed, failure.in_one_line()),
        Ok(()) => checks.add(OF, check, Verdict::Ok, format!("{ours} and {theirs}")),
    }
}

fn check_policy(document: &Document, checks: &mut Checks) {
    const OF: &str = "policy";
    let (result, detail) = if document.has_subscription() {
        (Verdict::Ok, "stated")
    } else {
        let none = "none: no company is created, whatever is decided";
        (Verdict::Warning, none)
    };
    checks.add(OF, "subscription", result, detail);
    let dropped: Vec<_> = document.dropped_modules().into_iter().collect();
    let (result, detail) = if !dropped.is_empty() {
        let detail = format!("the subscription lacks: {}", dropped.join(", "));
        (Verdict::Warning, detail)
    } else if document.has_modules() {
        let detail = "the subscription covers the default modules".to_owned();
        (Verdict::Ok, detail)
    } else {
        let detail = "none: packages are made with antimalware alone".to_owned();
        (Verdict::Warning, detail)
    };
    checks.add(OF, "modules", result, detail);
}
