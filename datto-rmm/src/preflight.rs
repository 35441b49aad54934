//! Whether an account can be worked with, checked step by step.

use std::fmt;

use client_core::{Error, ErrorKind};

use crate::Client;
use crate::account::Account;
use crate::budget::Calibration;
use crate::platform::ApiUrl;
use crate::sites::ListSites;
use crate::system::Status;

/// What one check found.
#[derive(Debug, Clone)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a check passes, fails, or cannot be made"
)]
pub enum Check<T> {
    /// It passed.
    Passed(T),
    /// It failed.
    Failed(Error),
    /// It was not or cannot be made; says why. Never a "yes".
    Unknown(&'static str),
}

impl<T> Check<T> {
    /// What was found, if it passed.
    pub fn passed(&self) -> Option<&T> {
        match self {
            Self::Passed(found) => Some(found),
            Self::Failed(_) | Self::Unknown(_) => None,
        }
    }

    /// Why it failed.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Failed(error) => Some(error),
            Self::Passed(_) | Self::Unknown(_) => None,
        }
    }

    fn of(result: Result<T, Error>) -> Self {
        match result {
            Ok(found) => Self::Passed(found),
            Err(error) => Self::Failed(error),
        }
    }
}

/// What [`Client::preflight`] found. Prints itself, one line for each check.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Preflight {
    /// The address that was asked.
    pub address: ApiUrl,
    /// The API answers at this address.
    pub reachable: Check<Status>,
    /// The log-in was accepted. A refusal does not tell a wrong key from a wrong platform or from an API that is
    /// switched off in the account's settings.
    pub log_in: Check<()>,
    /// The account can be read, and which one it is.
    pub account: Check<Account>,
    /// Whether at least one site is visible: a key of another region or of a restricted user may log in and see nothing.
    pub sites_visible: Check<bool>,
    /// The activity log can be read, which needs a key whose user is an Administrator. Only for hosts that use the log:
    /// least privilege is to do without.
    pub activity_log: Check<()>,
    /// The account's limits, taken over into the budget.
    pub budget: Check<Calibration>,
    /// What the key may do. The vendor has no way to ask.
    pub rights: Check<()>,
}

impl Preflight {
    /// True if the API answers, the log-in works, the account tells its uid and a site is visible. Unknown is not true.
    ///
    /// The activity log is not asked for; see [`activity_log`](Self::activity_log).
    pub fn is_ready(&self) -> bool {
        self.reachable.passed().is_some()
            && self.log_in.passed().is_some()
            && self.account.passed().is_some()
            && self.sites_visible.passed() == Some(&true)
    }

    /// What to tell of a key that sees no site, or of one that sees some.
    fn sites(&self) -> String {
        if self.sites_visible.passed() == Some(&true) {
            return "visible".to_owned();
        }
        let counts = self
            .account
            .passed()
            .and_then(|account| account.devices_status.as_ref());
        let devices = counts
            .and_then(|counts| counts.number_of_devices)
            .filter(|devices| *devices > 0);
        match devices {
            Some(devices) => format!(
                "none visible, although the account has {devices} devices: the key's user may see no site"
            ),
            None => "none visible: a key of another platform, a user who may see none, or an account whose sites are all gone"
                .to_owned(),
        }
    }
}

const NOT_ASKED: &str = "not asked, because an earlier check failed";
const ADMINISTRATOR: &str = "it needs a key whose user has the security level Administrator, also as the default level; \
    nothing else here does";
const UNTOLD: &str = "the vendor does not tell the rights of a key; sites that its user may not see are missing silently";

pub(crate) async fn run(client: &Client) -> Preflight {
    let mut preflight = Preflight {
        address: client.address().clone(),
        reachable: Check::of(client.system().status().await),
        log_in: Check::Unknown(NOT_ASKED),
        account: Check::Unknown(NOT_ASKED),
        sites_visible: Check::Unknown(NOT_ASKED),
        activity_log: Check::Unknown(NOT_ASKED),
        budget: Check::Unknown(NOT_ASKED),
        rights: Check::Unknown(UNTOLD),
    };
    if preflight.reachable.passed().is_none() {
        return preflight;
    }
    preflight.log_in = Check::of(client.0.tokens.token().await.map(drop));
    if preflight.log_in.passed().is_none() {
        return preflight;
    }
    preflight.budget = Check::of(client.calibrate().await);
    preflight.account = Check::of(
        client
            .account()
            .identified()
            .await
            .map(|(account, _)| account),
    );
    preflight.sites_visible = Check::of(sites_visible(client).await);
    preflight.activity_log = Check::of(client.activity_logs().check().await);
    preflight
}

async fn sites_visible(client: &Client) -> Result<bool, Error> {
    let mut pages = client.sites().list(&ListSites::default()).pages();
    while let Some(page) = pages.next().await {
        // A row that cannot be read is a site all the same.
        if page?
            .iter()
            .any(|row| row.as_item().is_none_or(|site| !site.is_pseudo()))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

struct Line<'l, T>(&'static str, &'l Check<T>, String);

impl<T> fmt::Display for Line<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(what, check, found) = self;
        match check {
            Check::Passed(_) => writeln!(f, "ok       {what}: {found}"),
            Check::Failed(error) => writeln!(f, "failed   {what}: {error}"),
            Check::Unknown(why) => writeln!(f, "unknown  {what}: {why}"),
        }
    }
}

impl fmt::Display for Preflight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: Option<&String>| text.map_or("untold", String::as_str).to_owned();
        let version = text(
            self.reachable
                .passed()
                .and_then(|status| status.version.as_ref()),
        );
        Line(
            "API",
            &self.reachable,
            format!("{} answers, version {version}", self.address),
        )
        .fmt(f)?;
        Line("log-in", &self.log_in, "accepted".to_owned()).fmt(f)?;
        let account = self.account.passed();
        let uid = account
            .and_then(|account| account.uid.as_ref())
            .map_or("untold", |uid| uid.as_str());
        let name = text(account.and_then(|account| account.name.as_ref()));
        Line(
            "account",
            &self.account,
            format!("{name}, uid {uid} on {}", self.address.label()),
        )
        .fmt(f)?;
        match self.sites_visible.passed() {
            Some(false) => writeln!(f, "failed   sites: {}", self.sites())?,
            _ => Line("sites", &self.sites_visible, self.sites()).fmt(f)?,
        }
        match self.activity_log.error() {
            Some(error) if error.kind() == ErrorKind::Denied => {
                writeln!(f, "failed   activity log: {error}; {ADMINISTRATOR}")?;
            }
            _ => Line("activity log", &self.activity_log, "readable".to_owned()).fmt(f)?,
        }
        let budget = self.budget.passed().map(|found| {
            let number = |number: Option<i64>| {
                number.map_or_else(|| "untold".to_owned(), |number| number.to_string())
            };
            let reported = &found.reported;
            let reads = format!(
                "{} of {} reads",
                number(reported.account_count),
                number(reported.account_rate_limit)
            );
            if found.single_bucket {
                return format!("{reads}, writes counted among them");
            }
            let (count, limit) = (
                reported.account_write_count,
                reported.account_write_rate_limit,
            );
            format!(
                "{reads} and {} of {} writes used",
                number(count),
                number(limit)
            )
        });
        Line("budget", &self.budget, budget.unwrap_or_default()).fmt(f)?;
        Line("rights", &self.rights, String::new()).fmt(f)
    }
}
