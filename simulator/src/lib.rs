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
    EmptyMaps, GravityZoneLimits, GravityZoneSettings, MacStyle, NetworkingSettings, Ports, Rate,
    RmmActivity, RmmJobs, RmmLimits, RmmSettings, Settings, SuccessShape, ThrottleBody,
    UnlicensedModules, WrongKey,
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
