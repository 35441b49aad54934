//! Typed async client for the Bitdefender GravityZone Public API, a JSON-RPC 2.0 API over HTTPS.
//!
//! A [`Client`] belongs to one console ([`AccessUrl`]) and one API key. Its methods are grouped by resource, a module for
//! each: [`companies`], [`network`] (the company tree, inventory and endpoints), [`packages`],
//! [`licensing`] and [`general`] (the key itself).
//!
//! ```no_run
//! use gravityzone::companies::{LicenseSubscription, NewCompany};
//! use gravityzone::licensing::ProtectionModel;
//! use gravityzone::packages::{Competitors, LinkQuery, Module, NewPackage};
//! use gravityzone::{AccessUrl, Client};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let url: AccessUrl = "cloud.gravityzone.bitdefender.com".parse()?;
//! let client = Client::builder(url, std::env::var("GRAVITYZONE_KEY")?).build()?;
//!
//! let subscription = LicenseSubscription::monthly().protection_model(ProtectionModel::MspSecure);
//! let company = client.companies().create(&NewCompany::customer("Example Ltd", subscription)).await?;
//!
//! let package = NewPackage::new("example", Competitors::Remove).company(company.clone()).modules([Module::Firewall]);
//! client.packages().create(&package).await?;
//!
//! for links in client.packages().links(&LinkQuery::of(company).package("example")).await? {
//!     println!("ready: {}", links.ready_windows_link().is_some());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What to know
//!
//! - **Keys.** A key works only on the console that issued it, and only for the APIs that were ticked when it was made;
//!   [`General::scopes`](general::General::scopes) tells which. A refused key is not tried again.
//! - **Money.** A company is created with an explicit [`LicenseSubscription`](companies::LicenseSubscription), as leaving
//!   it out makes a trial. Creations are never sent twice: an error whose
//!   [outcome is unknown](Error::is_outcome_unknown) means to look first.
//! - **Errors.** Most refusals come with HTTP status 200; [`Error::kind`] tells what they mean, [`RpcCode::of`] and
//!   [`Error::vendor_message`] what the vendor said.
//! - **Listings.** A list that ends before its own total is an error, so that nothing that is missing looks deleted. The
//!   [tree](network::Network::tree) tells list by list what was read.
//! - **Limits.** The published ones are [data](limits), kept by a budget that clones share.
//! - **Secrets.** Neither the key nor installation links nor licence keys appear in `Debug`, errors or logs.
//!
//! # Features
//!
//! - `rustls` (default), `native-tls`, `rustls-no-provider`: where TLS comes from. Without any, only `http://` to this
//!   machine works.
//! - `reconcile`: observations, probes and steps for the `reconcile` crate, in the module `reconcile`.

mod access_url;
mod client;
pub mod companies;
mod confidential;
pub mod general;
pub mod licensing;
pub mod limits;
pub mod network;
pub mod packages;
mod paging;
#[cfg(feature = "reconcile")]
pub mod reconcile;
mod rpc;
mod wire;

use client_core::Operation;

pub use crate::access_url::{AccessUrl, AccessUrlError, AccessUrlWarning};
pub use crate::client::{Client, ClientBuilder};
pub use crate::confidential::Confidential;
pub use crate::general::Service;
pub use crate::rpc::{RpcCode, call, is_license_refusal, void_call};
pub use client_core::{self, Error, ErrorKind, SecretString};

/// Every operation of this crate, for reports and tests.
pub const OPERATIONS: &[Operation] = &operations();

const COUNT: usize = companies::OPERATIONS.len()
    + general::OPERATIONS.len()
    + licensing::OPERATIONS.len()
    + network::OPERATIONS.len()
    + packages::OPERATIONS.len();

const fn operations() -> [Operation; COUNT] {
    let groups: [&[Operation]; 5] = [
        &companies::OPERATIONS,
        &general::OPERATIONS,
        &licensing::OPERATIONS,
        &network::OPERATIONS,
        &packages::OPERATIONS,
    ];
    let mut all = [companies::OPERATIONS[0]; COUNT];
    let (mut group, mut at) = (0, 0);
    while group < groups.len() {
        let mut next = 0;
        while next < groups[group].len() {
            all[at] = groups[group][next];
            next += 1;
            at += 1;
        }
        group += 1;
    }
    all
}
