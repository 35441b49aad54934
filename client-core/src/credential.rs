//! Where tokens come from.

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;

use crate::error::Error;

/// A log-in: yields a token that is good for a while. [`TokenCache`](crate::TokenCache) decides when to ask.
#[async_trait]
pub trait Credential: Send + Sync + 'static {
    /// Logs in.
    ///
    /// # Errors
    ///
    /// An error of kind [`Credentials`](crate::ErrorKind::Credentials) or [`Scope`](crate::ErrorKind::Scope) means that
    /// asking again is pointless: the cache asks no more until it gets another credential. Any other error is passed on,
    /// and the next caller tries again.
    async fn fetch(&self) -> Result<Token, Error>;
}

/// A token and its end.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Token {
    /// The secret text.
    pub secret: SecretString,
    /// When it stops working; `None` if the vendor does not tell, and it is used until it is refused.
    pub expires_at: Option<Timestamp>,
}

impl Token {
    /// A token that is used until it is refused.
    pub fn new(secret: SecretString) -> Self {
        Self {
            secret,
            expires_at: None,
        }
    }

    /// Sets when it stops working.
    #[must_use]
    pub fn expires_at(mut self, at: Timestamp) -> Self {
        self.expires_at = Some(at);
        self
    }
}
