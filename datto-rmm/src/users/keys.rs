//! Replacing the API keys of one's own user.

use std::fmt;

use client_core::serde::secret;
use client_core::{Call, Error, ExposeSecret, Operation, Repeat, SecretString};
use serde::Deserialize;

use crate::Client;

pub(crate) const RESET: Operation = Operation::post("user.reset_api_keys", "/v2/user/resetApiKeys")
    .repeat(Repeat::Action)
    .charges(&["write", "user-reset-keys"]);

/// Says that the caller means to replace the keys, for [`CurrentUser::reset_api_keys`]: a loop over operations cannot make
/// one by accident.
#[derive(Debug)]
pub struct ReplaceMyKeys(());

impl ReplaceMyKeys {
    /// The key pair of this client stops working at once, with all its tokens, in every integration that uses it, and the
    /// new pair is told to the caller once and to nobody else.
    #[must_use]
    pub fn and_lock_out_everything_that_uses_them() -> Self {
        Self(())
    }
}

/// A new key pair, never printed. The vendor does not tell the secret again: store it before anything else.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiKeys {
    /// The key.
    #[serde(default, with = "secret")]
    pub api_access_key: Option<SecretString>,
    /// The secret that belongs to it.
    #[serde(default, with = "secret")]
    pub api_secret_key: Option<SecretString>,
    /// Whose keys they are.
    #[serde(default)]
    pub user_name: Option<String>,
}

impl ApiKeys {
    /// Key and secret, if both were told.
    pub fn pair(&self) -> Option<(&SecretString, &SecretString)> {
        let told = |text: &&SecretString| !text.expose_secret().trim().is_empty();
        let key = self.api_access_key.as_ref().filter(told)?;
        let secret = self.api_secret_key.as_ref().filter(told)?;
        Some((key, secret))
    }
}

impl fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKeys")
            .field("user_name", &self.user_name)
            .field("has_key", &self.api_access_key.is_some())
            .field("has_secret", &self.api_secret_key.is_some())
            .finish()
    }
}

/// The user whose key this client uses; made by [`Client::user`].
#[derive(Debug, Clone, Copy)]
pub struct CurrentUser<'c>(pub(crate) &'c Client);

impl CurrentUser<'_> {
    /// Replaces the user's key pair. The old one stops working at once, everywhere.
    ///
    /// This client and its clones take the new pair and go on; calls of other tasks that are under way meanwhile may fail
    /// with `Credentials`. Should the answer lack a part of the pair, they keep the old one, which the vendor refuses from
    /// then on.
    ///
    /// # Errors
    ///
    /// `Credentials`, `Blocked`, `RateLimited`, and the kinds of transport and server failures; it is sent again only if
    /// the vendor surely did not process it. After an error whose outcome is unknown, and after `Decode` or `Malformed`, the
    /// new pair is lost, and a person has to make another one in the portal.
    ///
    /// ```no_run
    /// use datto_rmm::users::ReplaceMyKeys;
    ///
    /// # fn store(key: &datto_rmm::SecretString, secret: &datto_rmm::SecretString) {}
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let consent = ReplaceMyKeys::and_lock_out_everything_that_uses_them();
    /// let keys = client.user().reset_api_keys(consent).await?;
    /// if let Some((key, secret)) = keys.pair() {
    ///     store(key, secret);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn reset_api_keys(self, consent: ReplaceMyKeys) -> Result<ApiKeys, Error> {
        let ReplaceMyKeys(()) = consent;
        let keys: ApiKeys = self.0.send(Call::new(&RESET, [])).await?;
        if let Some((key, secret)) = keys.pair() {
            self.0.set_credentials(key.clone(), secret.clone());
        }
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use client_core::ExposeSecret;
    use serde_json::json;

    use super::ApiKeys;

    fn keys(json: serde_json::Value) -> ApiKeys {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_pair_is_key_and_secret() {
        let both = keys(json!({
            "apiAccessKey": "CANARY-1", "apiSecretKey": "CANARY-2", "userName": "ada", "new": 1,
        }));
        let (key, secret) = both.pair().unwrap();
        assert_eq!(
            (key.expose_secret(), secret.expose_secret()),
            ("CANARY-1", "CANARY-2")
        );
        assert!(!format!("{both:?}").contains("CANARY"));
        for half in [
            json!({}),
            json!({"apiAccessKey": null, "apiSecretKey": null, "userName": null}),
            json!({"apiAccessKey": "CANARY-1"}),
            json!({"apiAccessKey": " ", "apiSecretKey": "CANARY-2"}),
        ] {
            assert!(keys(half).pair().is_none());
        }
    }
}
