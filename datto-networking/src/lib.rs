//! Typed client for the Datto Networking API: the signed HTTP API behind Datto Network Manager, formerly CloudTrax.
//!
//! ```no_run
//! use datto_networking::Client;
//!
//! # async fn run() -> Result<(), client_core::Error> {
//! let client = Client::new("the public key", "the secret key")?;
//! println!("{}", client.time().get().await?);
//! for network in client.networks().list().collect_all().await? {
//!     for node in client.network(network.id).nodes().list().collect_all().await? {
//!         println!("{:?} {:?} {:?}", network.name, node.name, node.mac);
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Each resource has its module: [`networks`] with their [`settings`], [`files`], [`groups`] and [`vouchers`]; [`nodes`],
//! [`switches`] and [`power_strips`], which [`devices`] shows alike, and [`routers`], whose path the host has to know; the
//! [`channels`] that a country allows and the [`lifecycle`] of a device; [`clients`], [`history`], [`site_survey`]; [`users`], [`keys`],
//! [`accounts`]; [`time`]. [`OPERATIONS`] lists every endpoint, [`Client::send`] reaches those that have no
//! method.
//!
//! # What to expect
//!
//! - **Signatures** are made anew for every attempt, over exactly what is sent; see [`signing`]. A clock that is wrong
//!   is corrected from the vendor's, a refused nonce is replaced.
//! - **Reading only** is the default, because this vendor has `GET`s that start things; see
//!   [`ClientBuilder::allow_writes`].
//! - **Fields** are all optional and read leniently, because the vendor's documentation is samples; what does not fit
//!   is kept in [`Extra`]. An edit of settings writes what differs from what was read, and nothing else.
//! - **Secrets** such as passphrases, passwords and vouchers' codes are [`Secret`]s, and reach no log and no error.
//! - **Errors** are [`Error`]s, classified by the vendor's [`Code`] first and by the status second. Refused
//!   credentials stop the client until [`Client::unlatch`].
//! - **Listings** come whole. A record that cannot be read is an error that names it, or stands beside the good ones
//!   with [`Items::decoded`](client_core::Items::decoded).
//! - **Limits.** None are published; the client keeps to two requests a second and two under way.
//!
//! # Features
//!
//! - `rustls` (default), `native-tls`, `rustls-no-provider`: the TLS to use.
//! - `reconcile`: what was read as observations for the crate `reconcile`.

mod access;
mod answer;
mod builder;
mod client;
mod code;
mod dialect;
mod errors;
mod host;
mod lenient;
mod listing;
mod operations;
mod secret;
mod skew;
mod written;

pub mod accounts;
pub mod channels;
pub mod clients;
pub mod devices;
pub mod files;
pub mod groups;
pub mod history;
pub mod keys;
pub mod lifecycle;
pub mod networks;
pub mod nodes;
pub mod power_strips;
#[cfg(feature = "reconcile")]
pub mod reconcile;
pub mod routers;
pub mod settings;
pub mod signing;
pub mod site_survey;
pub mod switches;
pub mod time;
pub mod users;
pub mod vouchers;

pub use crate::builder::ClientBuilder;
pub use crate::client::Client;
pub use crate::code::{Class, Code, UnknownCode};
pub use crate::host::{Family, Host};
pub use crate::lenient::Extra;
pub use crate::operations::OPERATIONS;
pub use crate::secret::{Secret, SecretValue};
pub use client_core::{self, Error, ErrorKind, SecretString};
