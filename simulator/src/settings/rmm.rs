//! Datto RMM's settings.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::world::AGENT_COMPONENT;

/// How the RMM answers a wrong key pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WrongKey {
    /// 400 with OAuth JSON.
    BadRequest,
    /// 401 with the text `Unauthorized`.
    Unauthorized,
}

/// How the RMM spells hardware addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MacStyle {
    /// `AC:86:74:1F:00:A8`
    Colons,
    /// `ac-86-74-1f-00-a8`
    Dashes,
    /// `AC86741F00A8`
    Bare,
}

/// What becomes of a user-defined field's value of more than 255 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LongUdfs {
    /// The first 255 characters are kept.
    Truncate,
    /// 400.
    Refuse,
    /// It is kept whole.
    Keep,
}

/// Datto RMM.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RmmSettings {
    /// Life of a token; 100 hours.
    pub token_lifetime: Duration,
    /// Whether the token's answer tells its life.
    pub send_expires_in: bool,
    /// The answer to a wrong key pair.
    pub wrong_key: WrongKey,
    /// Rate limits.
    pub limits: RmmLimits,
    /// Default and largest page; 250. Larger ones are cut to it.
    pub page_size: usize,
    /// Whether `nextPageUrl` repeats the filters of the request; the vendor's can lose them.
    pub next_page_keeps_filters: bool,
    /// Stands in for the own origin in `nextPageUrl`: for clients that must not follow it.
    pub next_page_origin: Option<String>,
    /// Spelling of hardware addresses.
    pub mac_style: MacStyle,
    /// Status for a variable name that exists: 400 or 409.
    pub duplicate_variable_status: u16,
    /// What a masked variable's value reads back as.
    pub masked_placeholder: String,
    /// How many `udf` keys a device carries, most of them null; 300.
    pub udf_keys: u16,
    /// What becomes of a value that is too long, which the vendor does not say; refused.
    pub long_udfs: LongUdfs,
    /// Whether a v2 device carries `udf`, which the document of Build 235 lacks.
    pub send_udf: bool,
    /// Whether a v3 device lists fields without a value too.
    pub list_empty_udfs: bool,
    /// The platform's build: below 235 there are no patches and there is no version 3.
    pub build: u16,
    /// Status for a body that does not say `application/json`, such as 415; none takes it all the same.
    pub other_content_type_status: Option<u16>,
    /// Status for a hardware address in a path that is not 12 hex digits: 400 or 404.
    pub malformed_mac_status: u16,
    /// Status for an alert that does not exist.
    pub unknown_alert_status: u16,
    /// Whether listings of open alerts tell `totalCount`.
    pub count_open_alerts: bool,
    /// Whether a proxy's password reads back in clear, not as `masked_placeholder`.
    pub show_proxy_password: bool,
    /// How quick jobs run.
    pub jobs: RmmJobs,
    /// What the activity log leaves open.
    pub activity: RmmActivity,
}

/// How quick jobs run, on the vendors' clock.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RmmJobs {
    /// From creation, or from when the device can be reached, to the start; 2 seconds. It starts anew
    /// for a device that could not be reached in between.
    pub wait: Duration,
    /// From the start to the end; 5 seconds.
    pub run: Duration,
    /// From creation to when a job that could not start is given up; 24 hours. Devices that are
    /// offline or in an OnDemand site cannot be reached.
    pub expiry: Duration,
    /// The component, by name, whose success installs the GravityZone agent of the package that the
    /// variable `GravityZonePackageLink` of the device's site, or else of the account, links to.
    pub agent_component: String,
}

impl Default for RmmJobs {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(2),
            run: Duration::from_secs(5),
            expiry: Duration::from_hours(24),
            agent_component: AGENT_COMPONENT.into(),
        }
    }
}

/// What the activity log leaves open.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RmmActivity {
    /// The stretch before now that is listed without `from`; 15 minutes.
    pub default_range: Duration,
    /// Older entries are gone; 180 days.
    pub retention: Duration,
    /// Whether every page with entries links to a next one, the last page too.
    pub endless_links: bool,
    /// Whether links repeat the key `searchAfter` where they else join its two values with a comma.
    pub repeat_cursor_key: bool,
    /// The log's database is down: status 200, no entries, and this as `error`.
    pub error: Option<String>,
}

impl Default for RmmActivity {
    fn default() -> Self {
        Self {
            default_range: Duration::from_mins(15),
            retention: Duration::from_hours(180 * 24),
            endless_links: true,
            repeat_cursor_key: false,
            error: None,
        }
    }
}

impl Default for RmmSettings {
    fn default() -> Self {
        Self {
            token_lifetime: Duration::from_hours(100),
            send_expires_in: true,
            wrong_key: WrongKey::BadRequest,
            limits: RmmLimits::default(),
            page_size: 250,
            next_page_keeps_filters: false,
            next_page_origin: None,
            mac_style: MacStyle::Colons,
            duplicate_variable_status: 400,
            masked_placeholder: "********".into(),
            udf_keys: 300,
            long_udfs: LongUdfs::Refuse,
            send_udf: true,
            list_empty_udfs: false,
            build: 235,
            other_content_type_status: None,
            malformed_mac_status: 400,
            unknown_alert_status: 404,
            count_open_alerts: false,
            show_proxy_password: false,
            jobs: RmmJobs::default(),
            activity: RmmActivity::default(),
        }
    }
}

/// The RMM's rolling windows: reads, writes, and writes of each kind.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RmmLimits {
    /// Off lets everything through, and still counts and tells the limits below, which clients may keep.
    pub enabled: bool,
    /// 60 seconds.
    pub window: Duration,
    /// 600.
    pub reads: usize,
    /// 600 over all kinds.
    pub writes: usize,
    /// 100 for each kind that `operations` does not name.
    pub per_operation: usize,
    /// Kinds with a limit of their own: `device-udf-set` has 600.
    pub operations: BTreeMap<String, usize>,
    /// An old account: one bucket (`reads`) for everything, no write figures in `request_rate`.
    pub single_bucket: bool,
    /// Whether log-ins count, as a read and as a write; the vendor does not say, and clients assume it.
    pub count_log_ins: bool,
    /// From this share of a limit on, answers are held back by `slow_down`; 0.9.
    pub cut_off_ratio: f32,
    /// One second.
    pub slow_down: Duration,
    /// After this many refusals in one window the address is blocked with a 403 page; 50.
    pub block_after: usize,
    /// Five minutes.
    pub block_for: Duration,
    /// `Retry-After` of a 429, which the vendor does not document.
    pub retry_after: Option<String>,
}

impl Default for RmmLimits {
    fn default() -> Self {
        Self {
            enabled: true,
            window: Duration::from_mins(1),
            reads: 600,
            writes: 600,
            per_operation: 100,
            operations: BTreeMap::from([("device-udf-set".to_owned(), 600)]),
            single_bucket: false,
            count_log_ins: true,
            cut_off_ratio: 0.9,
            slow_down: Duration::from_secs(1),
            block_after: 50,
            block_for: Duration::from_mins(5),
            retry_after: None,
        }
    }
}

impl RmmLimits {
    /// Everything is let through, and the limits that are told are a million each.
    #[must_use]
    pub fn unlimited() -> Self {
        const MANY: usize = 1_000_000;
        Self {
            enabled: false,
            reads: MANY,
            writes: MANY,
            per_operation: MANY,
            operations: BTreeMap::new(),
            ..Self::default()
        }
    }

    /// The same numbers in times `divisor` times as short: for tests in real time. `request_rate`
    /// tells windows in whole seconds, at least one.
    #[must_use]
    pub fn faster(mut self, divisor: u32) -> Self {
        let divisor = divisor.max(1);
        self.window /= divisor;
        self.slow_down /= divisor;
        self.block_for /= divisor;
        self
    }
}
