//! A typed client for the REST API of Datto RMM.
//!
//! [`Client`] is where everything starts; each resource has its module, named as the vendor names it: [`account`],
//! [`sites`], [`devices`], [`filters`], [`variables`], [`alerts`], [`audits`], [`patches`], [`components`], [`jobs`],
//! [`activity_logs`], [`users`], [`dnet_site_mappings`], [`system`].
//!
//! ```no_run
//! use datto_rmm::sites::ListSites;
//! use datto_rmm::{ApiUrl, Client};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! // A platform's name, the API URL of the user page, or the address of the portal.
//! let address: ApiUrl = "https://merlot-api.centrastage.net".parse()?;
//! let client = Client::builder(address, "EXAMPLE-KEY", "EXAMPLE-SECRET").build()?;
//!
//! for site in client.sites().list(&ListSites::default()).collect_all().await? {
//!     let variables = client.site(&site.uid).variables().list().collect_all().await?;
//!     println!("{:?}: {} variables", site.name, variables.as_slice().len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What to expect
//!
//! - **Limits.** The vendor counts per account, all integrations together: reads, writes, and each kind of write in a
//!   rolling minute. Every call waits for its place. The real figures are taken from the account before the first
//!   request, and kept fresh as the [`CalibrationPolicy`] says. A 429 pauses its kind of request, a block by the vendor's gateway (403
//!   without JSON) everything for five minutes, for all clones, and with [`ClientBuilder::budget_file`] for all processes.
//! - **Listings.** Only a listing that was read to its end and adds up is
//!   [`Complete`](client_core::Complete); a page that fails is an error, never a short list.
//! - **Writes.** After an error, [`Error::delivery`] tells whether the vendor may have done it. Reads and idempotent
//!   writes are repeated, creations only if the vendor surely did not process them.
//! - **Credentials.** A refused log-in is remembered, and nothing more is sent until
//!   [`Client::set_credentials`]: the vendor may lock users out.
//! - **Unknown values.** Enums keep values of tomorrow, and a row that cannot be read is an error that names it, or stands
//!   beside the good ones with [`Items::decoded`](client_core::Items::decoded).
//! - **Secrets.** Keys, tokens, variable values, user-defined fields and proxy passwords are in no log, error or `Debug`.
//!
//! # Features
//!
//! `rustls` (default), `native-tls` and `rustls-no-provider` choose the TLS; `reconcile` adds the module of that name.

mod auth;
mod budget;
mod builder;
mod classify;
mod client;
mod operations;
mod output;
mod paging;
mod platform;
mod preflight;
mod time;

pub mod account;
pub mod activity_logs;
pub mod alerts;
pub mod audits;
pub mod components;
pub mod devices;
pub mod dnet_site_mappings;
pub mod filters;
pub mod jobs;
pub mod patches;
#[cfg(feature = "reconcile")]
pub mod reconcile;
pub mod sites;
pub mod system;
pub mod users;
pub mod variables;

pub use crate::budget::{Calibration, CalibrationPolicy};
pub use crate::builder::ClientBuilder;
pub use crate::client::Client;
pub use crate::operations::OPERATIONS;
pub use crate::output::ScriptOutput;
pub use crate::platform::{ApiUrl, ApiUrlError, Platform};
pub use crate::preflight::{Check, Preflight};
pub use crate::time::WireTime;
pub use client_core::{self, Error, ErrorKind, SecretString};
