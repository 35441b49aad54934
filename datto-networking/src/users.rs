//! Users: people and programs, their roles and their passwords.
//!
//! Roles of an account are those of an admin, of a manager of groups and of a user of networks; roles in networks and in
//! groups those of an editor, of a viewer and of an editor of vouchers. The vendor does not publish their numbers.

mod model;

use client_core::{Call, Error, Items, Operation, Repeat, Rows};
use serde::Serialize;
use serde_json::Map;

use crate::answer;
use crate::client::Client;
use crate::listing::{self, Absent};
use crate::networks::{NetworkId, RoleId};
use crate::secret::Secret;

pub use model::*;

pub(crate) const LIST: Operation = Operation::get("users.list", "/user/list");
pub(crate) const GET: Operation = Operation::get("users.get", "/user/{user}");
pub(crate) const CREATE: Operation = Operation::post("users.create", "/user");
pub(crate) const UPDATE: Operation =
    Operation::put("users.update", "/user/{user}").repeat(Repeat::Idempotent);
pub(crate) const DELETE: Operation = Operation::delete("users.delete", "/user/{user}");
pub(crate) const DISABLE: Operation =
    Operation::put("users.disable", "/user/{user}/disable").repeat(Repeat::Idempotent);
pub(crate) const ENABLE: Operation =
    Operation::put("users.enable", "/user/{user}/enable").repeat(Repeat::Idempotent);
// The second time the current password is another one.
pub(crate) const UPDATE_PASSWORD: Operation =
    Operation::put("users.update_password", "/user/{user}/password");
pub(crate) const PASSWORD_TOKEN: Operation =
    Operation::post("users.password_token", "/user/{user}/password_set").repeat(Repeat::Action);
pub(crate) const NETWORK_ROLE: Operation =
    Operation::get("users.network_role", "/user/{user}/network/{network}");
pub(crate) const ACCOUNT: Operation = Operation::get("users.account", "/user/{user}/account");
pub(crate) const SERVICE_AGREEMENT: Operation =
    Operation::get("users.service_agreement", "/user/{user}/service_agreement");
pub(crate) const ACCEPT_SERVICE_AGREEMENT: Operation = Operation::put(
    "users.accept_service_agreement",
    "/user/{user}/service_agreement",
)
.repeat(Repeat::Idempotent);

/// A user to be created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewUser {
    email: String,
    name: String,
    role_id: RoleId,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
}

impl NewUser {
    /// A user with a role in the account.
    #[must_use]
    pub fn new(email: impl Into<String>, name: impl Into<String>, role: RoleId) -> Self {
        Self {
            email: email.into(),
            name: name.into(),
            role_id: role,
            notes: None,
        }
    }

    /// Adds notes.
    #[must_use]
    pub fn notes(mut self, notes: impl Into<String>) -> Self {
        self.notes = Some(notes.into());
        self
    }
}

/// What to change of a user; what is not set stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UserUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
}

impl UserUpdate {
    /// Sets the name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the notes; an empty text empties them.
    #[must_use]
    pub fn notes(mut self, notes: impl Into<String>) -> Self {
        self.notes = Some(notes.into());
        self
    }
}

/// A role to be given.
#[derive(Serialize)]
pub(crate) struct RoleBody {
    pub(crate) role_id: RoleId,
}

#[derive(Serialize)]
struct PasswordBody<'p> {
    password_current: &'p str,
    password_new: &'p str,
}

/// The endpoints of all users; made by [`Client::users`].
#[derive(Debug, Clone, Copy)]
pub struct Users<'c>(pub(crate) &'c Client);

/// The endpoints of one user; made by [`Client::user`].
#[derive(Debug, Clone, Copy)]
pub struct UserScope<'c> {
    pub(crate) client: &'c Client,
    pub(crate) id: UserId,
}

impl Client {
    /// The users of the account.
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// One user.
    pub fn user(&self, id: UserId) -> UserScope<'_> {
        UserScope { client: self, id }
    }
}

impl Users<'_> {
    /// Lists the users of the account; for admins and managers of groups. One answer holds them all.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// for user in client.users().list().collect_all().await? {
    ///     println!("{}: {:?}, enabled: {:?}", user.id, user.email, user.enabled);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Yields an error of any kind, then ends. A user without an id is an error of kind
    /// [`Decode`](client_core::ErrorKind::Decode); see [`Items::decoded`] to keep it beside the others.
    pub fn list(self) -> Items<User> {
        self.0.rows(list())
    }

    /// Looks for a user by e-mail address, without regard to the case of ASCII letters.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let user = client.users().find("ada@example.com").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list); [`Conflict`](client_core::ErrorKind::Conflict) if two have the address.
    pub async fn find(self, email: &str) -> Result<Option<User>, Error> {
        let wanted = |user: &User| {
            let address = user.email.as_deref();
            address.is_some_and(|address| address.eq_ignore_ascii_case(email))
        };
        listing::only(self.list(), wanted, || {
            format!("users of the address {email:?}")
        })
        .await
    }

    /// Creates a user, who cannot log in before setting a password with the token of the answer.
    ///
    /// ```no_run
    /// use datto_networking::users::NewUser;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let user = NewUser::new("ada@example.com", "Ada", 7.into()).notes("reads only");
    /// let id = client.users().create(&user).await?.id;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput), with nothing sent for a blank address or name;
    /// [`Conflict`](client_core::ErrorKind::Conflict) for an address that is taken; any other kind. After an error whose
    /// outcome is unknown, look before creating again.
    pub async fn create(self, user: &NewUser) -> Result<CreatedUser, Error> {
        self.0.call(create(user)).await
    }
}

impl UserScope<'_> {
    /// The user's id.
    pub fn id(self) -> UserId {
        self.id
    }

    /// The user with all permissions.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let permissions = client.user(88.into()).get().await?.permissions;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`NotFound`](client_core::ErrorKind::NotFound) if there is no such user.
    pub async fn get(self) -> Result<User, Error> {
        self.client.call(get(self.id)).await
    }

    /// As [`get`](Self::get), with `None` for a user that the vendor says it does not have.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let gone = client.user(88.into()).find().await?.is_none();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any other kind.
    pub async fn find(self) -> Result<Option<User>, Error> {
        answer::found(self.get().await)
    }

    /// Changes name and notes, as far as they are given.
    ///
    /// ```no_run
    /// use datto_networking::users::UserUpdate;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.user(88.into()).update(&UserUpdate::default().name("Ada L.")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput), with nothing sent for a blank name and for no change at
    /// all; any other kind.
    pub async fn update(self, update: &UserUpdate) -> Result<(), Error> {
        self.client.call(change(self.id, update)).await
    }

    /// Deletes the user.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.user(88.into()).delete().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Conflict`](client_core::ErrorKind::Conflict) for oneself, for the creator of the account and for a user who
    /// reaches networks of others; any other kind, but not [`NotFound`](client_core::ErrorKind::NotFound) if an earlier
    /// attempt of this call may have deleted the user.
    pub async fn delete(self) -> Result<(), Error> {
        let call = Call::unit(&DELETE, [&self.id.to_string()]);
        answer::deleted(self.client.call(call).await)
    }

    /// Locks the user out and removes the user's keys for good.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.user(88.into()).disable().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn disable(self) -> Result<(), Error> {
        let call = Call::unit(&DISABLE, [&self.id.to_string()]);
        self.client.call(call).await
    }

    /// Lets the user in again. Keys have to be made anew.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.user(88.into()).enable().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn enable(self) -> Result<(), Error> {
        let call = Call::unit(&ENABLE, [&self.id.to_string()]);
        self.client.call(call).await
    }

    /// Changes one's own password; the new one has 8 to 50 characters.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let (old, new) = ("the old password".into(), "the new password".into());
    /// client.user(88.into()).update_password(&old, &new).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput) for a wrong old password, with nothing sent for a new one of
    /// another length; [`Denied`](client_core::ErrorKind::Denied) for somebody else's; any other kind.
    pub async fn update_password(self, current: &Secret, new: &Secret) -> Result<(), Error> {
        // A refusal may quote what it refuses.
        self.client.keep(current);
        self.client.keep(new);
        self.client.call(password(self.id, current, new)).await
    }

    /// Makes a token with which the user can set a password without the old one. A user has at most 10.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let token = client.user(88.into()).password_token().await?.token;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn password_token(self) -> Result<PasswordToken, Error> {
        let call = Call::decoded_by(&PASSWORD_TOKEN, [&self.id.to_string()], |raw| {
            answer::record(&raw.body, "a password token")
        });
        self.client.call(call).await
    }

    /// One's own role in a network.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let role = client.user(88.into()).network_role(204_511.into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Denied`](client_core::ErrorKind::Denied) for somebody else's.
    pub async fn network_role(self, network: NetworkId) -> Result<RoleId, Error> {
        let path = [&self.id.to_string()[..], &network.to_string()];
        let call = Call::decoded_by(&NETWORK_ROLE, path, |raw| {
            answer::field(&raw.body, &["role_id"])
        });
        self.client.call(call).await
    }

    /// One's own account and the role in it.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let account = client.user(88.into()).account().await?.account_id;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Denied`](client_core::ErrorKind::Denied) for somebody else's.
    pub async fn account(self) -> Result<UserAccount, Error> {
        let call = Call::decoded_by(&ACCOUNT, [&self.id.to_string()], |raw| {
            answer::record(&raw.body, "a user's account")
        });
        self.client.call(call).await
    }

    /// Whether one agreed to the vendor's service agreement as it is now.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let agreed = client.user(88.into()).service_agreement().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Denied`](client_core::ErrorKind::Denied) for somebody else's.
    pub async fn service_agreement(self) -> Result<bool, Error> {
        let call = Call::decoded_by(&SERVICE_AGREEMENT, [&self.id.to_string()], |raw| {
            answer::field(&raw.body, &["valid"])
        });
        self.client.call(call).await
    }

    /// Agrees to the vendor's service agreement as it is now.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.user(88.into()).accept_service_agreement().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Denied`](client_core::ErrorKind::Denied) for somebody else.
    pub async fn accept_service_agreement(self) -> Result<(), Error> {
        let call = Call::unit(&ACCEPT_SERVICE_AGREEMENT, [&self.id.to_string()]);
        self.client.call(call).await
    }
}

fn list() -> Call<Rows<User>> {
    Call::decoded_by(&LIST, [], |raw| {
        listing::rows(&raw.body, "users", Absent::Error, &Map::new())
    })
}

/// The answer has no id, so that of the question is put in.
fn get(id: UserId) -> Call<User> {
    Call::decoded_by(&GET, [&id.to_string()], move |raw| {
        answer::record_with(&raw.body, [("user_id", id.get().into())], "a user")
    })
}

fn create(user: &NewUser) -> Call<CreatedUser> {
    Call::new(&CREATE, [])
        .json(user)
        .refuse_if(
            user.email.trim().is_empty(),
            "a user needs an e-mail address",
        )
        .refuse_if(user.name.trim().is_empty(), "a user needs a name")
}

fn change(id: UserId, update: &UserUpdate) -> Call<()> {
    let blank = |name: &String| name.trim().is_empty();
    Call::unit(&UPDATE, [&id.to_string()])
        .json(update)
        .refuse_if(
            *update == UserUpdate::default(),
            "there is nothing to change",
        )
        .refuse_if(
            update.name.as_ref().is_some_and(blank),
            "a user needs a name",
        )
}

fn password(id: UserId, current: &Secret, new: &Secret) -> Call<()> {
    let body = PasswordBody {
        password_current: current.expose(),
        password_new: new.expose(),
    };
    Call::unit(&UPDATE_PASSWORD, [&id.to_string()])
        .json(&body)
        .refuse_if(
            !(8..=50).contains(&new.expose().chars().count()),
            "a password has 8 to 50 characters",
        )
}

#[cfg(test)]
mod tests;
