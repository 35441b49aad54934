//! What the vendor clients share: calls as data, retry, rolling rate limits, credentials, paging and errors.
//!
//! A vendor crate describes each endpoint by an [`Operation`], builds a [`Call`] from it (plain data, nothing is sent),
//! and teaches one [`Dialect`] how its vendor signs, wraps and refuses requests. A [`Client`] sends the calls:
//!
//! operation deadline → retry → token → what comes first → rate limit → signature → send → capped read → classify →
//! decode.
//!
//! ```no_run
//! use client_core::{Call, Client, Operation, Plain};
//! use serde::Deserialize;
//!
//! const GET: Operation = Operation::get("sites.get", "/v2/site/{siteUid}").charges(&["read"]);
//!
//! #[derive(Deserialize)]
//! struct Site {
//!     name: String,
//! }
//!
//! # async fn run() -> Result<(), client_core::Error> {
//! let client = Client::builder("https://api.example.com", Plain).build()?;
//! let site: Site = client.send(Call::new(&GET, ["8b0c"])).await?;
//! println!("{}", site.name);
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here knows a vendor's facts or keeps a global, and only a budget shared with other processes spawns tasks: short
//! ones, to look at its file.

mod body;
mod budget;
mod builder;
mod call;
mod client;
mod clock;
mod complete;
mod credential;
mod decode;
mod decoded;
mod dialect;
mod disposition;
mod encode;
mod error;
mod hint;
mod id;
mod items;
mod limits;
mod observe;
mod open_enum;
mod operation;
mod outgoing;
mod pager;
mod pipeline;
mod query;
pub mod redact;
mod request;
mod retry;
pub mod serde;
mod token;
mod window;

pub use crate::builder::ClientBuilder;
pub use crate::call::Call;
pub use crate::client::{Client, Raw};
pub use crate::clock::{Clock, ManualClock, SystemClock};
pub use crate::complete::{Complete, Gathered};
pub use crate::credential::{Credential, Token};
pub use crate::decode::{DecodeError, decode_json};
pub use crate::decoded::{BadItem, Decoded, Rows};
pub use crate::dialect::{Dialect, Plain};
pub use crate::disposition::{Disposition, Failure, Reply, Throttle};
pub use crate::error::{Delivery, Error, ErrorKind};
pub use crate::hint::retry_after;
pub use crate::items::{DecodedItems, Items, Pages};
pub use crate::limits::{BudgetFile, Limits, LimitsBuilder, Sharing, Usage};
pub use crate::observe::{AttemptReport, Observer};
pub use crate::open_enum::UnknownText;
pub use crate::operation::{Method, Operation, Repeat};
pub use crate::outgoing::{Outgoing, base64};
pub use crate::pager::{Next, OnePage, Pager, PagerFn, Turn};
pub use crate::redact::Redactor;
pub use crate::request::{Body, Request};
pub use crate::retry::{Attempt, Decision, Failed, RetryPolicy, Stop, decide};
pub use crate::token::TokenCache;

// Types of other crates that our own signatures show.
pub use jiff::{Timestamp, civil::Date};
pub use reqwest;
pub use secrecy::{ExposeSecret, SecretString};
pub use url::Url;

#[doc(hidden)]
pub mod __private {
    //! What the exported macros expand to; not part of the API.
    pub use crate::id::{number_from_wire, text_from_wire};
    pub use crate::open_enum::{UnknownNumber, integer_from_wire};
    pub use ::serde;
}
