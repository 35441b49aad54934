//! Networks to be created.

use client_core::{Call, Error};
use serde::Serialize;

use super::{CREATE, CREATE_IN_GROUP, NetworkGroupId, NetworkId};
use crate::answer;
use crate::client::Client;
use crate::secret::Secret;

/// A network to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNetwork {
    name: String,
    password: Secret,
    timezone: String,
    country_code: String,
    email: Option<String>,
    location: Option<String>,
}

#[derive(Serialize)]
struct Body<'n> {
    name: &'n str,
    password: &'n str,
    timezone: &'n str,
    country_code: &'n str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'n str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'n str>,
}

impl NewNetwork {
    /// A network with a name of up to 100 characters, a password of at least 8, a time zone of the time zone database
    /// and a country of two letters.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        password: impl Into<Secret>,
        timezone: impl Into<String>,
        country_code: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            password: password.into(),
            timezone: timezone.into(),
            country_code: country_code.into(),
            email: None,
            location: None,
        }
    }

    /// Sets where alerts go.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Sets where it is, in words.
    #[must_use]
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    pub(crate) async fn send(
        &self,
        client: &Client,
        group: Option<NetworkGroupId>,
    ) -> Result<NetworkId, Error> {
        // A refusal may quote what it refuses.
        client.keep(&self.password);
        client.call(self.call(group)).await
    }

    fn call(&self, group: Option<NetworkGroupId>) -> Call<NetworkId> {
        let read = |raw: &client_core::Raw| answer::field(&raw.body, &["id", "network_id"]);
        let call = match group {
            Some(group) => Call::decoded_by(&CREATE_IN_GROUP, [&group.to_string()], read),
            None => Call::decoded_by(&CREATE, [], read),
        };
        let blank = |text: &str| text.trim().is_empty();
        call.json(&Body {
            name: &self.name,
            password: self.password.expose(),
            timezone: &self.timezone,
            country_code: &self.country_code,
            email: self.email.as_deref(),
            location: self.location.as_deref(),
        })
        .refuse_if(blank(&self.name), "a network needs a name")
        .refuse_if(
            self.password.expose().chars().count() < 8,
            "the password of a network has at least 8 characters",
        )
        .refuse_if(blank(&self.timezone), "a network needs a time zone")
        .refuse_if(blank(&self.country_code), "a network needs a country")
    }
}

#[cfg(test)]
mod tests {
    use super::NewNetwork;

    #[test]
    fn unusable_networks_are_refused() {
        let check = |name: &str, password: &str, timezone: &str, country: &str| {
            let network = NewNetwork::new(name, password, timezone, country);
            assert!(!format!("{network:?}").contains("canary"));
            network
                .call(None)
                .check()
                .map_err(|error| error.to_string())
        };
        assert_eq!(check("a", "canary-8", "Europe/Berlin", "DE"), Ok(()));
        for (name, password, timezone, country, about) in [
            (" ", "canary-8", "UTC", "DE", "name"),
            ("a", "canary7", "UTC", "DE", "password"),
            ("a", "canary-8", "", "DE", "time zone"),
            ("a", "canary-8", "UTC", "", "country"),
        ] {
            let error = check(name, password, timezone, country).unwrap_err();
            assert!(
                error.contains(about) && !error.contains("canary"),
                "{error}"
            );
        }
    }
}
