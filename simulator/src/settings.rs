//! How the vendors behave where their documentation leaves it open, and how fast.

mod networking;
mod rmm;

use std::collections::BTreeMap;
use std::time::Duration;

pub use self::networking::{EmptyMaps, NetworkingSettings, SuccessShape};
pub use self::rmm::{LongUdfs, MacStyle, RmmActivity, RmmJobs, RmmLimits, RmmSettings, WrongKey};

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
    /// Every answer of every vendor is held back for so long, in real time; nothing.
    pub latency: Duration,
    /// What the vendors' clock shows at the start, in epoch milliseconds; none: real time, to which
    /// the dates of a world that was not started before are moved.
    pub clock_ms: Option<i64>,
}

impl Settings {
    /// The defaults without any rate limit or slow-down, also for clients that ask the account for its limits: for tests
    /// that are not about limits.
    pub fn unlimited() -> Self {
        let mut settings = Self::default();
        settings.rmm.limits = RmmLimits::unlimited();
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
