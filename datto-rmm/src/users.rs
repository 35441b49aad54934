//! Users of the portal, and the API keys of the one whose key is used.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::{Call, Items, Operation};
use serde::Deserialize;

use crate::Client;
use crate::paging::{Page, Row, page};
use crate::time::{WireTime, lenient};

pub(crate) mod keys;

pub use keys::{ApiKeys, CurrentUser, ReplaceMyKeys};

pub(crate) const LIST: Operation =
    Operation::get("users.list", "/v2/account/users").charges(&["read"]);

/// A user of the portal: a person, so most of this is personal data.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AuthUser {
    #[serde(default)]
    pub first_name: Option<String>,
    #[serde(default)]
    pub last_name: Option<String>,
    /// The name for the log-in.
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub telephone: Option<String>,
    /// Free text, without a list of values.
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub created: Option<WireTime>,
    /// Absent for one who never logged in.
    #[serde(default, deserialize_with = "lenient")]
    pub last_access: Option<WireTime>,
    #[serde(default)]
    pub disabled: Option<bool>,
}

impl Row for AuthUser {
    const ID: &'static str = "username";

    fn key(&self) -> Option<String> {
        // Users have no id.
        self.username.clone()
    }
}

page!(UsersPage, "users", AuthUser);

fn list() -> Call<Page<AuthUser>> {
    Call::<UsersPage>::new(&LIST, []).map(Page::from)
}

/// The account's users; made by [`Client::users`].
#[derive(Debug, Clone, Copy)]
pub struct Users<'c>(pub(crate) &'c Client);

impl Users<'_> {
    /// Lists the users of the portal, whether they use the API or not.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// for user in client.users().list().collect_all().await? {
    ///     println!("{:?} {:?}", user.username, user.disabled);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(self) -> Items<AuthUser> {
        self.0.listing(list())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::AuthUser;
    use crate::paging::Row;

    fn user(json: serde_json::Value) -> AuthUser {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn every_field_may_be_null_or_absent() {
        let nulls = json!({
            "firstName": null, "lastName": null, "username": null, "email": null, "telephone": null, "status": null,
            "created": null, "lastAccess": null, "disabled": null, "new": [],
        });
        assert_eq!(user(nulls), user(json!({})));
    }

    #[test]
    fn users_are_told_apart_by_their_names() {
        let ada = user(json!({"username": "ada", "email": "a@example.com"}));
        assert_eq!(ada.key(), user(json!({"username": "ada"})).key());
        let nameless = user(json!({"email": "a@example.com"}));
        assert_eq!(nameless.key(), None, "it counts each time");
    }
}
