//! Keys: the pairs of public key and secret that sign requests in a user's name.

use client_core::{Call, Error, Items, Operation, Repeat, Rows, Timestamp};
use serde::de::{Deserialize, Deserializer};
use serde_json::Map;

use crate::answer;
use crate::client::Client;
use crate::lenient::{Fields, lenient, record};
use crate::listing::{self, Absent};
use crate::secret::Secret;
use crate::users::{UserId, UserScope};

pub(crate) const LIST: Operation = Operation::get("user_keys.list", "/user/{user}/key/list");
pub(crate) const CREATE: Operation =
    Operation::post("user_keys.create", "/user/{user}/key").repeat(Repeat::Action);
pub(crate) const DELETE: Operation =
    Operation::delete("user_keys.delete", "/user/{user}/key/{key}");
pub(crate) const CREATE_OWN: Operation =
    Operation::post("own_keys.create", "/user/key").repeat(Repeat::Action);
pub(crate) const DELETE_OWN: Operation = Operation::delete("own_keys.delete", "/user/key/{key}");

client_core::id!(
    /// Identifies a key.
    number UserKeyId
);
lenient!(number UserKeyId);

record! {
    /// A pair of public key and secret. Only its creation tells both.
    pub struct UserKey [
        /// Called `user_key_id` on the wire.
        id: UserKeyId
    ] {
        /// The public key; cannot be shown again after its creation.
        key: Secret,
        /// The secret.
        secret: Secret,
        /// When it was made.
        created: Timestamp,
    }
}

impl<'de> Deserialize<'de> for UserKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::new(Map::deserialize(deserializer)?);
        let (own, id) = (fields.take("user_key_id"), fields.take("id"));
        let id = own
            .or(id)
            .ok_or_else(|| serde::de::Error::custom("a key without an id"))?;
        Ok(Self::from_fields(id, fields).0)
    }
}

/// One's own keys; made by [`Client::keys`].
#[derive(Debug, Clone, Copy)]
pub struct Keys<'c>(pub(crate) &'c Client);

/// The keys of one user; made by [`UserScope::keys`].
#[derive(Debug, Clone, Copy)]
pub struct UserKeys<'c> {
    client: &'c Client,
    user: UserId,
}

impl Client {
    /// The keys of the user whose key this client has.
    pub fn keys(&self) -> Keys<'_> {
        Keys(self)
    }
}

impl<'c> UserScope<'c> {
    /// The user's keys.
    pub fn keys(self) -> UserKeys<'c> {
        UserKeys {
            client: self.client,
            user: self.id,
        }
    }
}

impl Keys<'_> {
    /// Makes a key for oneself. A user has at most 10.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let pair = client.keys().create().await?;
    /// if let (Some(key), Some(secret)) = (pair.key, pair.secret) {
    ///     let other = datto_networking::Client::new(key, secret)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Conflict`](client_core::ErrorKind::Conflict) if there are too many; any other kind. After an error whose outcome
    /// is unknown a key may be there that nobody knows.
    pub async fn create(self) -> Result<UserKey, Error> {
        self.0.call(Call::new(&CREATE_OWN, [])).await
    }

    /// Deletes a key of one's own.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.keys().delete(5.into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; not [`NotFound`](client_core::ErrorKind::NotFound) if an earlier attempt of this call may have deleted
    /// it.
    pub async fn delete(self, key: UserKeyId) -> Result<(), Error> {
        let call = Call::unit(&DELETE_OWN, [&key.to_string()]);
        answer::deleted(self.0.call(call).await)
    }
}

impl UserKeys<'_> {
    /// Lists the user's keys: ids and secrets, without the public keys.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// for key in client.user(88.into()).keys().list().collect_all().await? {
    ///     println!("{} of {:?}", key.id, key.created);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Yields an error of any kind, then ends. A key without an id is an error of kind
    /// [`Decode`](client_core::ErrorKind::Decode); see [`Items::decoded`] to keep it beside the others.
    pub fn list(self) -> Items<UserKey> {
        self.client.rows(list(self.user))
    }

    /// Makes a key for the user. A user has at most 10.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let pair = client.user(88.into()).keys().create().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Keys::create`].
    pub async fn create(self) -> Result<UserKey, Error> {
        let call = Call::new(&CREATE, [&self.user.to_string()]);
        self.client.call(call).await
    }

    /// Deletes a key of the user.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.user(88.into()).keys().delete(5.into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Keys::delete`].
    pub async fn delete(self, key: UserKeyId) -> Result<(), Error> {
        let call = Call::unit(&DELETE, [&self.user.to_string(), &key.to_string()]);
        answer::deleted(self.client.call(call).await)
    }
}

fn list(user: UserId) -> Call<Rows<UserKey>> {
    Call::decoded_by(&LIST, [&user.to_string()], |raw| {
        listing::rows(&raw.body, "keys", Absent::Error, &Map::new())
    })
}

#[cfg(test)]
mod tests {
    use super::{UserKey, list};

    #[test]
    fn a_listing_comes_as_a_list_or_a_map() {
        for body in [
            r#"{"keys":[{"user_key_id":5,"secret":"canary","created":"2025-02-11T08:14:55Z"}]}"#,
            r#"{"keys":{"5":{"secret":"canary","created":"2025-02-11T08:14:55Z"}}}"#,
        ] {
            let keys = list(1.into())
                .decode(body.as_bytes())
                .unwrap()
                .into_strict()
                .unwrap();
            assert_eq!((keys[0].id.get(), keys[0].key.is_none()), (5, true));
            assert_eq!(keys[0].secret.as_ref().unwrap().expose(), "canary");
            assert!(keys[0].created.is_some() && !format!("{keys:?}").contains("canary"));
        }
        assert!(list(1.into()).decode(br#"{"keys":[]}"#).unwrap().is_empty());
    }

    /// A pair that cannot be read is not shown either.
    #[test]
    fn a_key_without_an_id_is_an_error_without_the_secret() {
        let body = br#"{"keys":[{"secret":"canary"}]}"#;
        let rows = list(1.into()).decode(body).unwrap();
        let shown = format!("{rows:?}");
        assert!(
            rows.into_strict().is_err() && !shown.contains("canary"),
            "{shown}"
        );
        assert!(serde_json::from_str::<UserKey>("{}").is_err());
    }
}
