//! Telling another system of events, for example so that a PSA opens a ticket: each change at least once, in order.
//!
//! [`Notices`] follows the log and makes a [`Notice`] of each change of an event. A host keeps notices in an
//! [`Outbox`] until they are delivered, and calls [`pump`] from time to time with an [`EventSink`], for which there is
//! a [`Webhook`]. A receiver that is down loses nothing: what failed is tried again, less and less often, and when is
//! kept in the outbox, so that a restart does not hammer it. A receiver may get a notice more than once and drops
//! repetitions by [`Notice::id`].
//!
//! `docs/deploy.md` says for those who write a receiver what the webhook posts, and in which order.
//!
//! The signature covers the body and so the id. A receiver checks it with [`is_signed`] or the like before it reads
//! the body, and answers with a status from 200 to 299 only once it has kept the notice.

mod notice;
mod outbox;
mod pump;
mod store_outbox;
mod webhook;

#[cfg(test)]
mod tests;

use std::error::Error;

use async_trait::async_trait;
use jiff::SignedDuration;

pub use notice::{Change, Notice, Notices, Party};
pub use outbox::{Hold, MemoryOutbox, Outbox, OutboxError};
pub use pump::{Backoff, PumpReport, pump, pump_with};
pub use store_outbox::StoreOutbox;
pub use webhook::{Webhook, WebhookError, is_signed};

/// Where notices go.
#[async_trait]
pub trait EventSink: Send + Sync {
    /// Hands a notice over. When this returns well, the receiver has it and keeps it.
    ///
    /// # Errors
    ///
    /// A [`DeliveryError`] without secrets; the notice is then handed over again later.
    async fn deliver(&self, notice: &Notice) -> Result<(), DeliveryError>;
}

/// Why a notice was not delivered, as far as is known. Shows no secret, and of an address only the host.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// No connection came about, so nothing was sent.
    #[error("{receiver} cannot be reached")]
    Unreachable {
        /// The receiver.
        receiver: String,
        /// What the connection says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Something was sent and no answer came in time, so the receiver may have the notice.
    #[error("{receiver} gave no answer, so it may have the notice or not")]
    NoAnswer {
        /// The receiver.
        receiver: String,
        /// What the connection says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The receiver wants the notice to go elsewhere, which it does not.
    #[error("{receiver} answered {status}, a redirect, which is not followed: correct the address")]
    Redirected {
        /// The receiver.
        receiver: String,
        /// The status.
        status: u16,
    },
    /// The receiver does not take the notice.
    #[error("{receiver} answered {status}")]
    Refused {
        /// The receiver.
        receiver: String,
        /// The status.
        status: u16,
        /// How long it asks to be left alone.
        retry_after: Option<SignedDuration>,
    },
    /// The notice cannot be sent by this sink.
    #[error("the notice cannot be sent")]
    Unsendable {
        /// What is wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl DeliveryError {
    /// How long the receiver asks to be left alone, if it does.
    pub fn retry_after(&self) -> Option<SignedDuration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
