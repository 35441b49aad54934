//! Stateful stand-ins for Datto RMM, Bitdefender GravityZone and Datto Networking.
//!
//! Three servers speak the vendors' protocols over real HTTP on loopback, oddities included, and
//! show one [`World`] each in its own way. They check credentials, scopes, signatures, rate limits,
//! paging and uniqueness. A [`Simulator`] handle starts them, changes the world behind a client's
//! back, injects faults, moves the vendors' clock and counts what was asked.
//!
//! Nothing here is shared with the client crates: where a client and this crate agree about the
//! wire, they do so independently.
//!
//! # Use
//!
//! ```
//! use msp_simulator::{Fault, FaultAction, Settings, Simulator, World};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let simulator = Simulator::start_blocking(World::demo(), Settings::unlimited())?;
//! // Point the clients at `rmm_url()`, `gravityzone_url()` and `networking_url()`, then…
//! let bakery = simulator.company_id("Bluebird Bakery")?;
//! simulator.move_company_out(&bakery)?;
//! simulator.inject(Fault::on("companies.createCompany", FaultAction::CloseAfter));
//! // … and at the end:
//! assert_eq!(simulator.writes(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! The binary `msp-simulator` runs the same behind fixed ports, with a control port for programs in
//! any language.
//!
//! # Control port
//!
//! JSON over HTTP. `GET /` tells addresses and credentials, `GET /counts` and `GET /requests` what was
//! asked, `GET /world` everything that exists, `GET /records` a host's records of it. `POST /commands`
//! takes one command or a list of them and answers `{"result": …}` with what each gave; an error is
//! `{"error": "…"}` with status 400 for what cannot be and 404 for what does not exist, and the
//! commands after it are not carried out. A command is an object with its name as `op` and its fields:
//!
//! ```json
//! [{"op": "inject", "operation": "companies.createCompany", "action": "close-after"},
//!  {"op": "rename-site", "site": "…", "name": "Bluebird Bakery Ltd"}]
//! ```
//!
//! Sites, devices, users' names and alerts are named as the RMM does, companies and packages by their
//! ids, networks and their devices by number. Worlds, settings other than the latency, and further
//! keys of the RMM and GravityZone are for the [`Simulator`] handle only. The commands with their
//! fields:
//!
//! `delete-site` (`site`), `rename-site` (`site`, `name`), `set-on-demand` (`site`, `on`),
//! `set-variable` (`site`, `name`, `value`), `set-masked` (`site`, `name`, `on`),
//! `remove-variable` (`site`, `name`), `set-account-variable` (`name`, `value`),
//! `add-association-evidence` (`site`, `company`), `remove-association-evidence` (`site`),
//! `set-online` (`device`, `on`), `move-device` (`device`, `site`), `delete-device` (`device`),
//! `add-alert` (`device`, `priority`, `context`), `resolve-alert` (`alert`, `by`), `script-jobs`
//! (`component`, `device`, `script`), `clear-job-scripts`, `add-activity`, `simulate-activity`,
//! `add-rmm-user` (`username`, `level`), `set-user-level` (`username`, `level`), `restrict-user`
//! (`username`, `sites`), `delete-company` (`company`), `move-company` (`company`, `parent`),
//! `move-company-out` (`company`), `rename-company` (`company`, `name`), `take-company-name`
//! (`name`), `set-suspended` (`company`, `on`), `set-managed-by-above` (`company`, `on`),
//! `rename-package` (`package`, `name`), `set-module` (`package`, `module`, `on`),
//! `delete-package` (`package`), `remove-gravityzone-api` (`api`), `add-gravityzone-api`
//! (`api`), `restrict-gravityzone-key` (`target`), `rehome-gravityzone-key` (`company`),
//! `add-network` (`name`), `rename-network` (`network`, `name`), `delete-network` (`network`),
//! `set-network-mapping` (`site`, `network`, `on`), `add-network-device` (`kind`, `network`,
//! `name`, `ip`), `rename-network-device` (`kind`, `id`, `name`), `move-network-device` (`kind`,
//! `id`, `network`), `delete-network-device` (`kind`, `id`), `set-network-device-down` (`kind`,
//! `id`, `on`), `set-network-device-ip` (`kind`, `id`, `ip`), `add-networking-key` (`kind`),
//! `set-networking-key-kind` (`kind`), `set-networking-read-only` (`on`),
//! `expire-networking-key`, `revoke-key` (`vendor`), `restore-keys`, `expire-tokens`, `advance`
//! (`seconds`), `set-latency` (`milliseconds`), `inject` (`operation`, `vendor`, `action`,
//! `writes-only`, `page`, `nth`, `times`, `always`), `inject-seeded` (`seed`, `per-mille`,
//! `actions`), `unfired-faults`, `clear-faults`, `reset-counts`.
//!
//! # What is simulated
//!
//! | Vendor | Endpoints |
//! |---|---|
//! | RMM | token and all of Build 235: 59 operations of version 2, 6 of version 3 |
//! | GravityZone | `general.getApiKeyDetails`; companies: create, details, update, delete, find, suspend, activate; network: companies, folders, inventory, endpoints, move; packages: create, list, details, delete, links; `licensing.getLicenseInfo` |
//! | Networking | all 103 of the reference: time, networks, groups, access points, switches, managed power, clients, history, site survey, vouchers, users and keys, accounts |

mod base64;
mod calendar;
mod clock;
mod control;
mod control_port;
mod faults;
mod gravityzone;
mod keys;
mod limits;
mod networking;
mod record;
pub mod records;
mod rmm;
mod server;
mod settings;
mod simulator;
mod state;
mod world;

pub use self::faults::{Fault, FaultAction};
pub use self::keys::NetworkingKeyKind;
pub use self::record::{Phase, RequestInfo, RequestRecord, Vendor};
pub use self::settings::{
    EmptyMaps, GravityZoneLimits, GravityZoneSettings, LongUdfs, MacStyle, NetworkingSettings,
    Ports, Rate, RmmActivity, RmmJobs, RmmLimits, RmmSettings, Settings, SuccessShape,
    ThrottleBody, UnlicensedModules, WrongKey,
};
pub use self::simulator::{Simulator, WeakSimulator};
pub use self::world::{
    AGENT_COMPONENT, Account, AclEntry, Activity, ActivityDay, ActivityEntity, ActivitySite,
    ActivitySpec, ActivityUser, Alert, AuditEvent, AuditField, Company, CompanyKind, Component,
    ComponentVariable, ConnectionCheck, Contact, Device, DeviceClass, DeviceLifecycle, DevicePatch,
    DeviceSubscription, Endpoint, Filter, FilterRule, FilterScope, Folder, Group, InstallStatus,
    Interface, Job, JobEnd, JobOutcome, JobScript, JobVariable, LINK_VARIABLE, MacAddress,
    MailRecipient, Network, NetworkAction, NetworkDevice, NetworkDeviceKind, NetworkGroup,
    NetworkSettings, NetworkUser, NetworkingAccount, Node, Outlet, OutletSchedule, Package,
    PackageSpec, Patch, PortPoe, PowerSettings, PowerStrip, Proxy, PsaCompany, Resolution, Router,
    Secret, SecurityLevel, Site, SiteKind, SiteSurvey, SnmpTrap, Software, Subscription,
    SurveyedAccessPoint, Switch, SwitchAcls, SwitchPort, UdfDefinition, UdfKind, Unknown, User,
    Variable, Voucher, WirelessClient, World, WorldSpec, role as networking_role,
};
