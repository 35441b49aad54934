//! Typed client for the Datto Networking API: the signed HTTP API behind Datto Network Manager, formerly CloudTrax.
//!
//! ```no_run
//! use datto_networking::Client;
//!
//! # async fn run() -> Result<(), client_core::Error> {
//! let client = Client::new("the public key", "the secret key")?;
//! println!("{}", client.time().get().await?);
//! for network in client.networks().list().collect_all().await? {
//!     for node in client.network(network.id).nodes().collect_all().await? {
//!         println!("{:?} {:?} {:?}", network.name, node.name, node.mac);
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Each resource has its module: [`networks`], [`nodes`], [`time`]; [`Client::send`] reaches the endpoints that have none
//! yet.
//!
//! # What to expect
//!
//! - **Signatures** are made anew for every attempt, over exactly what is sent; see [`signing`]. A clock that is wrong
//!   is corrected from the vendor's, a refused nonce is replaced.
//! - **Reading only** is the default, because this vendor has `GET`s that start things; see
//!   [`ClientBuilder::allow_writes`].
//! - **Fields** are all optional and read leniently, because the vendor's documentation is samples; what does not fit
//!   is kept in [`Extra`].
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
mod builder;
mod client;
mod code;
mod dialect;
mod errors;
mod host;
mod lenient;
mod listing;
mod skew;

pub mod lifecycle;
pub mod networks;
pub mod nodes;
#[cfg(feature = "reconcile")]
pub mod reconcile;
pub mod signing;
pub mod time;

pub use crate::builder::ClientBuilder;
pub use crate::client::Client;
pub use crate::code::{Class, Code, UnknownCode};
pub use crate::host::{Family, Host};
pub use crate::lenient::Extra;
pub use client_core::{self, Error, ErrorKind, SecretString};
