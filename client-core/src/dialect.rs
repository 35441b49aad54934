//! How one vendor's requests are wrapped, signed and answered.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::disposition::{Disposition, Reply};
use crate::error::Error;
use crate::outgoing::Outgoing;
use crate::request::Request;
use crate::token::TokenCache;

/// One vendor's manners. The client asks it for every attempt: [`before`](Self::before) the wait for a place in the
/// budget, then [`prepare`](Self::prepare), then [`sign`](Self::sign) at the last moment, then
/// [`classify`](Self::classify).
///
/// Every method has a default, so a dialect says only what is special about its vendor.
#[async_trait]
pub trait Dialect: Send + Sync + 'static {
    /// Does what must come first, such as taking the limits from the account before anything is charged to them. A
    /// request with credentials waits for it, log-in done, until its deadline at most.
    ///
    /// What this sends itself comes here too.
    async fn before(&self, request: &Request) {
        let _ = request;
    }

    /// Wraps the request: envelope, version headers. Runs once per attempt, before signing.
    ///
    /// # Errors
    ///
    /// Any; nothing is sent then.
    fn prepare(&self, request: &Request, out: &mut Outgoing) -> Result<(), Error> {
        let _ = (request, out);
        Ok(())
    }

    /// The tokens of this vendor, where it has a log-in.
    ///
    /// The client then fetches, renews and, after a refusal, replaces the token, and hands it to
    /// [`sign`](Self::sign).
    fn tokens(&self) -> Option<&TokenCache> {
        None
    }

    /// Adds credentials or signature. `out` is final: URL and body are sent as they are seen here, directly after.
    ///
    /// # Errors
    ///
    /// Any; nothing is sent then.
    fn sign(&self, token: Option<&SecretString>, out: &mut Outgoing) -> Result<(), Error> {
        match token {
            Some(token) => out.set_bearer(token),
            None => Ok(()),
        }
    }

    /// Says what an answer means.
    fn classify(&self, reply: &Reply<'_>) -> Disposition {
        Disposition::by_status(reply)
    }

    /// After an answer marked [`credentials_refused`](crate::Failure::credentials_refused): true if a fresh signature
    /// may be taken, for instance because the clock was corrected. Not asked where [`tokens`](Self::tokens) are used.
    async fn recover(&self, reply: &Reply<'_>) -> bool {
        let _ = reply;
        false
    }
}

/// A dialect that its client keeps a hand on.
#[async_trait]
impl<D: Dialect + ?Sized> Dialect for std::sync::Arc<D> {
    async fn before(&self, request: &Request) {
        (**self).before(request).await;
    }

    fn prepare(&self, request: &Request, out: &mut Outgoing) -> Result<(), Error> {
        (**self).prepare(request, out)
    }

    fn tokens(&self) -> Option<&TokenCache> {
        (**self).tokens()
    }

    fn sign(&self, token: Option<&SecretString>, out: &mut Outgoing) -> Result<(), Error> {
        (**self).sign(token, out)
    }

    fn classify(&self, reply: &Reply<'_>) -> Disposition {
        (**self).classify(reply)
    }

    async fn recover(&self, reply: &Reply<'_>) -> bool {
        (**self).recover(reply).await
    }
}

/// The dialect of a vendor without manners: no credentials, status codes as usual.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "a unit")]
pub struct Plain;

impl Dialect for Plain {}
