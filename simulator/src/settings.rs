//! How the vendors behave where their documentation leaves it open, and how fast.

use std::collections::BTreeMap;
use std::time::Duration;

/// Everything that can be set, with the vendors' published or measured behaviour as default.
///
/// The fields can be changed before the start and, through
/// [`Simulator::update_settings`](crate::Simulator::update_settings), at any time.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Settings {
    /// Datto RMM.
    pub rmm: RmmSettings,
    /// Bitdefender GravityZone.
    pub gravityzone: GravityZoneSettings,
    /// Datto Networking.
    pub networking: NetworkingSettings,
    /// Where to listen on 127.0.0.1; 0 takes any free port.
    pub ports: Ports,
}

impl Settings {
    /// The defaults without any rate limit or slow-down: for tests that are not about limits.
    pub fn unlimited() -> Self {
        let mut settings = Self::default();
        settings.rmm.limits.enabled = false;
        settings.gravityzone.limits.enabled = false;
        settings
    }
}

/// The ports of the servers.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Ports {
    /// Datto RMM.
    pub rmm: u16,
    /// GravityZone.
    pub gravityzone: u16,
    /// Datto Networking.
    pub networking: u16,
    /// The HTTP control port; none leaves it closed.
    pub control: Option<u16>,
}

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
        }
    }
}

/// The RMM's rolling windows: reads, writes, and writes of each kind.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RmmLimits {
    /// Off lets everything through, and still counts.
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
            cut_off_ratio: 0.9,
            slow_down: Duration::from_secs(1),
            block_after: 50,
            block_for: Duration::from_mins(5),
            retry_after: None,
        }
    }
}

impl RmmLimits {
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

/// The body of GravityZone's 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ThrottleBody {
    /// The gateway's page.
    Html,
    /// A JSON-RPC error, -32003.
    Json,
}

/// What happens to modules that a company's subscription does not include.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnlicensedModules {
    /// The package is made without them.
    Drop,
    /// The call fails with a licence error.
    Refuse,
}

/// Bitdefender GravityZone.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GravityZoneSettings {
    /// Rate limits.
    pub limits: GravityZoneLimits,
    /// How long a created company or package stays out of listings, searches and details.
    pub visibility_delay: Duration,
    /// How long a kit is being built; its links exist all the while.
    pub kit_build: Duration,
    /// What happens to modules without a licence.
    pub unlicensed_modules: UnlicensedModules,
    /// Error code for an id that does not exist or cannot be seen: -32602, -32001 or -32002.
    pub missing_code: i64,
    /// Whether an API missing on the key is refused with HTTP 200 and -32001, not 403 and -32000.
    pub denied_inside_ok: bool,
    /// Whether parameters that a method does not know are refused; most are ignored.
    pub refuse_unknown_parameters: bool,
    /// Whether `getCompaniesList` of a partner also lists the companies in its folders.
    pub list_through_folders: bool,
    /// Whether `getLicenseInfo` answers with a list, as documented, not with an object.
    pub licence_as_list: bool,
    /// Whether company details carry `parentCompanyId`.
    pub send_parent_company: bool,
    /// `details` of the error for a company name that is taken anywhere on the platform.
    pub duplicate_name: String,
    /// The package setting when a request does not say.
    pub remove_competitors_by_default: bool,
}

impl Default for GravityZoneSettings {
    fn default() -> Self {
        Self {
            limits: GravityZoneLimits::default(),
            visibility_delay: Duration::ZERO,
            kit_build: Duration::ZERO,
            unlicensed_modules: UnlicensedModules::Drop,
            missing_code: -32_602,
            denied_inside_ok: false,
            refuse_unknown_parameters: false,
            list_through_folders: false,
            licence_as_list: false,
            send_parent_company: true,
            duplicate_name: "A company with this name already exists.".into(),
            remove_competitors_by_default: false,
        }
    }
}

/// So many calls in any stretch of so long.
pub type Rate = (usize, Duration);

/// GravityZone's limits for each key and method.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GravityZoneLimits {
    /// Off lets everything through.
    pub enabled: bool,
    /// What holds for methods that `methods` does not name: 10 in a second.
    pub default: Vec<Rate>,
    /// Methods, such as `companies.deleteCompany`, with rates of their own; all of them hold at once.
    pub methods: BTreeMap<String, Vec<Rate>>,
    /// `Retry-After` of a 429; `60, 60` has been seen too.
    pub retry_after: Option<String>,
    /// Body of a 429.
    pub body: ThrottleBody,
}

impl Default for GravityZoneLimits {
    fn default() -> Self {
        let second = Duration::from_secs(1);
        let slow = vec![(5, second)];
        let task = vec![(10, second), (30, second * 60)];
        let mut methods = BTreeMap::new();
        for name in [
            "licensing.getLicenseInfo",
            "companies.deleteCompany",
            "companies.updateCompanyDetails",
            "companies.suspendCompany",
            "companies.activateCompany",
            "network.getNetworkInventoryItems",
        ] {
            methods.insert(name.to_owned(), slow.clone());
        }
        methods.insert("network.moveCompanyOrCompanyFolder".to_owned(), task);
        Self {
            enabled: true,
            default: vec![(10, second)],
            methods,
            retry_after: Some("60".into()),
            body: ThrottleBody::Html,
        }
    }
}

impl GravityZoneLimits {
    /// The same numbers in windows `divisor` times as short: for tests in real time. `Retry-After`
    /// becomes `1`, the shortest that the header can say.
    #[must_use]
    pub fn faster(mut self, divisor: u32) -> Self {
        let divisor = divisor.max(1);
        for (_, window) in self
            .default
            .iter_mut()
            .chain(self.methods.values_mut().flatten())
        {
            *window /= divisor;
        }
        self.retry_after = self.retry_after.map(|_| "1".into());
        self
    }
}

/// Datto Networking.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NetworkingSettings {
    /// How far a timestamp may be off, either way; 15 minutes.
    pub clock_tolerance: Duration,
    /// How long a nonce is remembered; 30 minutes.
    pub nonce_window: Duration,
    /// Longest nonce; the vendor's figure is not published.
    pub max_nonce: usize,
    /// HTTP status of authentication errors, which is not documented; 403.
    pub refusal_status: u16,
    /// Whether a request without a version header is served, as version 0.
    pub allow_no_version: bool,
    /// Whether `/time` needs a signature.
    pub sign_time: bool,
    /// Whether an empty map of nodes is written `[]`, as PHP does.
    pub empty_map_as_list: bool,
}

impl Default for NetworkingSettings {
    fn default() -> Self {
        Self {
            clock_tolerance: Duration::from_mins(15),
            nonce_window: Duration::from_mins(30),
            max_nonce: 32,
            refusal_status: 403,
            allow_no_version: true,
            sign_time: true,
            empty_map_as_list: false,
        }
    }
}
