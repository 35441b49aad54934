//! Credentials that show the dashboard of one network on another page.

use client_core::{Call, Error, Operation, Repeat};

use super::EmbedCredentials;
use crate::answer;
use crate::client::Client;
use crate::networks::{NetworkId, NetworkScope};

// It makes what it gets.
pub(crate) const CREATE_EMBED: Operation = Operation::get(
    "embed_credentials.create",
    "/account/credential/{network}/embed",
)
.repeat(Repeat::Action);
pub(crate) const DELETE_EMBED: Operation = Operation::delete(
    "embed_credentials.delete",
    "/account/credential/{network}/embed",
);

/// The embedding of one network's dashboard; made by [`NetworkScope::embed`].
#[derive(Debug, Clone, Copy)]
pub struct Embed<'c> {
    client: &'c Client,
    network: NetworkId,
}

impl<'c> NetworkScope<'c> {
    /// Credentials that show the network's dashboard on another page.
    pub fn embed(self) -> Embed<'c> {
        Embed {
            client: self.client,
            network: self.id,
        }
    }
}

impl Embed<'_> {
    /// Makes credentials.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let credentials = client.network(204_511.into()).embed().create().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind. After an error whose outcome is unknown, credentials may be there that nobody knows; deleting removes
    /// them.
    pub async fn create(self) -> Result<EmbedCredentials, Error> {
        let call = Call::decoded_by(&CREATE_EMBED, [&self.network.to_string()], |raw| {
            answer::record(&raw.body, "credentials")
        });
        self.client.call(call).await
    }

    /// Deletes the credentials.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.network(204_511.into()).embed().delete().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Vendor`](client_core::ErrorKind::Vendor) if the vendor says that it did not delete them.
    pub async fn delete(self) -> Result<(), Error> {
        let call = Call::unit(&DELETE_EMBED, [&self.network.to_string()]);
        answer::deleted(self.client.call(call).await)
    }
}
