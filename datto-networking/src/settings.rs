//! The settings of a network and of its SSIDs.
//!
//! The vendor merges what is written into what is there, and says "done" to names that it does not know: see
//! [`Settings::edit`], which writes differences only and reads them back.

mod model;
mod ssid;

use client_core::{Call, Error, Operation, Redactor, Repeat};
use secrecy::SecretString;
use serde_json::Value;

use crate::client::Client;
use crate::networks::{NetworkId, NetworkScope};
use crate::written::{Write as _, difference, unlike};

pub use model::*;
pub use ssid::*;

pub(crate) const GET: Operation =
    Operation::get("network_settings.get", "/network/{network}/settings");
pub(crate) const UPDATE: Operation =
    Operation::put("network_settings.update", "/network/{network}/settings")
        .repeat(Repeat::Idempotent);

/// The settings of one network; made by [`NetworkScope::settings`].
#[derive(Debug, Clone, Copy)]
pub struct Settings<'c> {
    client: &'c Client,
    network: NetworkId,
}

/// What [`Settings::edit`] did.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Edited {
    /// The settings as they are now.
    pub settings: NetworkSettings,
    /// What was written and does not read back, such as `network.general.location`: the vendor ignores names that it
    /// does not know, and may hide secrets.
    pub ignored: Vec<String>,
}

impl<'c> NetworkScope<'c> {
    /// The network's settings, with those of its SSIDs.
    pub fn settings(self) -> Settings<'c> {
        Settings {
            client: self.client,
            network: self.id,
        }
    }
}

impl Settings<'_> {
    /// Reads all settings, passphrases included.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let settings = client.network(204_511.into()).settings().get().await?;
    /// for (number, ssid) in settings.ssids.unwrap_or_default() {
    ///     let name = ssid.general.as_ref().and_then(|general| general.wifi_name.as_deref());
    ///     println!("{number}: {name:?}, a shared key: {}", ssid.personal_key().is_some());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`NotFound`](client_core::ErrorKind::NotFound) if the key sees no such network.
    pub async fn get(self) -> Result<NetworkSettings, Error> {
        self.client.call(get(self.network)).await
    }

    /// Writes what `settings` has; what it has not stays as it is.
    ///
    /// ```no_run
    /// use datto_networking::settings::{General, Network, NetworkSettings};
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let mut general = General::default();
    /// general.location = Some("Harbour 7".to_owned());
    /// let mut network = Network::default();
    /// network.general = Some(general);
    /// let mut settings = NetworkSettings::default();
    /// settings.network = Some(network);
    /// client.network(204_511.into()).settings().update(&settings).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput) for a value that the vendor refuses, with nothing sent if
    /// there is nothing to write; any other kind. Names that the vendor does not know are no error to it.
    pub async fn update(self, settings: &NetworkSettings) -> Result<(), Error> {
        self.write(&settings.write()).await
    }

    /// Reads the settings, lets `change` alter them, writes what differs, and reads again.
    ///
    /// Nothing is written if nothing differs. What `change` removes is not removed: the vendor keeps what it is not told.
    /// Another writer in between is overwritten in the same settings only.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let edited = client
    ///     .network(204_511.into())
    ///     .settings()
    ///     .edit(|settings| {
    ///         let general = settings.network.as_mut().and_then(|network| network.general.as_mut());
    ///         if let Some(general) = general {
    ///             general.location = Some("Harbour 7".to_owned());
    ///         }
    ///     })
    ///     .await?;
    /// assert!(edited.ignored.is_empty(), "not taken: {:?}", edited.ignored);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get) and [`update`](Self::update).
    pub async fn edit(self, change: impl FnOnce(&mut NetworkSettings)) -> Result<Edited, Error> {
        let old = self.get().await?;
        let mut settings = old.clone();
        change(&mut settings);
        let Some(changes) = difference(&old.write(), &settings.write()) else {
            return Ok(Edited {
                settings: old,
                ignored: Vec::new(),
            });
        };
        self.write(&changes).await?;
        let settings = self.get().await?;
        let ignored = unlike(&changes, &settings.write());
        // A new SSID gets a number of its own.
        let ignored = ignored
            .into_iter()
            .filter(|path| !path.starts_with("ssids.0."))
            .collect();
        Ok(Edited { settings, ignored })
    }

    async fn write(self, changes: &Value) -> Result<(), Error> {
        // A refusal may quote what it refuses.
        keep_secret(self.client.redactor(), changes);
        self.client.call(update(self.network, changes)).await
    }
}

fn get(network: NetworkId) -> Call<NetworkSettings> {
    Call::decoded_by(&GET, [&network.to_string()], |raw| {
        NetworkSettings::from_answer(&raw.body)
    })
}

fn update(network: NetworkId, changes: &Value) -> Call<()> {
    let nothing = changes.as_object().is_none_or(serde_json::Map::is_empty);
    Call::unit(&UPDATE, [&network.to_string()])
        .json(changes)
        .refuse_if(nothing, "there is no setting to write")
}

/// Lets the redactor know the secrets among `changes`.
fn keep_secret(redactor: &Redactor, changes: &Value) {
    let Value::Object(fields) = changes else {
        return;
    };
    for (name, value) in fields {
        match value {
            Value::String(text) if is_secret(name) => {
                redactor.learn_secret(&SecretString::from(text.as_str()));
            }
            other => keep_secret(redactor, other),
        }
    }
}

fn is_secret(name: &str) -> bool {
    ["password", "secret", "pdt_key"]
        .iter()
        .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests;
