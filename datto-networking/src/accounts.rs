//! Accounts: log-in, owner, service agreement, audit log, credentials for embedding.

mod embed;
mod model;

use client_core::{Call, Error, Items, Operation, Repeat, Rows};
use serde::Serialize;
use serde_json::{Map, json};

use crate::answer;
use crate::client::Client;
use crate::listing::{self, Absent};
use crate::secret::Secret;
use crate::users::{AccountId, UserId};

pub use embed::Embed;
pub(crate) use embed::{CREATE_EMBED, DELETE_EMBED};
pub use model::*;

pub(crate) const UPDATE: Operation =
    Operation::put("accounts.update", "/account/{account}").repeat(Repeat::Idempotent);
pub(crate) const UPDATE_OWNER: Operation = Operation::put(
    "accounts.update_owner",
    "/account/{account}/user/{user}/owner",
)
.repeat(Repeat::Idempotent);
pub(crate) const LOGIN: Operation =
    Operation::post("accounts.login", "/account/login").repeat(Repeat::Action);
pub(crate) const SERVICE_AGREEMENT: Operation =
    Operation::get("accounts.service_agreement", "/account/service_agreement");
pub(crate) const ACCEPT_SERVICE_AGREEMENT: Operation = Operation::put(
    "accounts.accept_service_agreement",
    "/account/service_agreement",
)
.repeat(Repeat::Idempotent);
pub(crate) const AUDIT_LOG: Operation =
    Operation::get("accounts.audit_log", "/account/{account}/auditlogs");

#[derive(Serialize)]
struct LoginBody<'l> {
    username: &'l str,
    password: &'l str,
}

/// The endpoints of accounts; made by [`Client::accounts`].
#[derive(Debug, Clone, Copy)]
pub struct Accounts<'c>(pub(crate) &'c Client);

/// The endpoints of one account; made by [`Client::account`].
#[derive(Debug, Clone, Copy)]
pub struct AccountScope<'c> {
    client: &'c Client,
    id: AccountId,
}

impl Client {
    /// Log-in, and the account of the key.
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts(self)
    }

    /// One account.
    pub fn account(&self, id: AccountId) -> AccountScope<'_> {
        AccountScope { client: self, id }
    }
}

impl Accounts<'_> {
    /// Trades a user's name and password for a pair of keys; needs an application key. Wrong passwords are counted, and
    /// lock the user out in the end.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let login = client.accounts().login("ada@example.com", &"the password".into()).await?;
    /// if let (Some(key), Some(secret)) = (login.key, login.secret) {
    ///     let hers = datto_networking::Client::new(key, secret)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput) for a wrong password; any other kind.
    pub async fn login(self, username: &str, password: &Secret) -> Result<Login, Error> {
        // A refusal may quote what it refuses.
        self.0.keep(password);
        self.0.call(login(username, password)).await
    }

    /// Whether the account agreed to the vendor's service agreement as it is now.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let agreed = client.accounts().service_agreement().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn service_agreement(self) -> Result<bool, Error> {
        let call = Call::decoded_by(&SERVICE_AGREEMENT, [], |raw| {
            answer::field(&raw.body, &["valid"])
        });
        self.0.call(call).await
    }

    /// Agrees to the vendor's service agreement as it is now.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.accounts().accept_service_agreement().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn accept_service_agreement(self) -> Result<(), Error> {
        self.0.call(Call::unit(&ACCEPT_SERVICE_AGREEMENT, [])).await
    }
}

impl AccountScope<'_> {
    /// The account's id.
    pub fn id(self) -> AccountId {
        self.id
    }

    /// Renames the account.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.account(9.into()).update("Example MSP").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput), with nothing sent for a blank name;
    /// [`Conflict`](client_core::ErrorKind::Conflict) for a name that is taken; any other kind.
    pub async fn update(self, name: &str) -> Result<(), Error> {
        self.client.call(update(self.id, name)).await
    }

    /// Makes a user the owner of the account, who has to be able to log in.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.account(9.into()).update_owner(88.into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Conflict`](client_core::ErrorKind::Conflict) if the user cannot log in; any other kind.
    pub async fn update_owner(self, user: UserId) -> Result<(), Error> {
        let call = Call::unit(&UPDATE_OWNER, [&self.id.to_string(), &user.to_string()]);
        self.client.call(call.json(&json!({}))).await
    }

    /// Lists who did what in the account.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// for event in client.account(9.into()).audit_log().collect_all().await? {
    ///     println!("{:?} {:?} {:?}", event.date, event.user_email, event.user_action);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Yields an error of any kind, then ends. An event without an id is an error of kind
    /// [`Decode`](client_core::ErrorKind::Decode); see [`Items::decoded`] to keep it beside the others.
    pub fn audit_log(self) -> Items<AuditEvent> {
        self.client.rows(audit_log(self.id))
    }
}

fn login(username: &str, password: &Secret) -> Call<Login> {
    Call::decoded_by(&LOGIN, [], |raw| answer::record(&raw.body, "a log-in"))
        .json(&LoginBody {
            username,
            password: password.expose(),
        })
        .refuse_if(
            username.trim().is_empty() || password.expose().is_empty(),
            "a log-in needs a name and a password",
        )
}

fn update(id: AccountId, name: &str) -> Call<()> {
    Call::unit(&UPDATE, [&id.to_string()])
        .json(&json!({ "name": name }))
        .refuse_if(name.trim().is_empty(), "an account needs a name")
}

fn audit_log(id: AccountId) -> Call<Rows<AuditEvent>> {
    Call::decoded_by(&AUDIT_LOG, [&id.to_string()], |raw| {
        listing::rows(&raw.body, "log_events", Absent::Error, &Map::new())
    })
}

#[cfg(test)]
mod tests;
