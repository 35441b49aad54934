//! The account: its record, and everything that is listed account-wide.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::number_or_text;
use client_core::{Call, Delivery, Error, ErrorKind, Items, Operation};
use serde::Deserialize;

use crate::Client;
use crate::devices::AccountDevices;
use crate::dnet_site_mappings::{self, DnetSiteMapping};
use crate::variables::AccountVariables;

pub(crate) const GET: Operation = Operation::get("account.get", "/v2/account").charges(&["read"]);

client_core::id!(
    /// Identifies an account; short and alphanumeric, no GUID. Unique on its platform only.
    AccountUid
);

/// An account.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Account {
    #[serde(default, with = "number_or_text")]
    pub id: Option<i64>,
    #[serde(default)]
    pub uid: Option<AccountUid>,
    #[serde(default)]
    pub name: Option<String>,
    /// An ISO code in lower case.
    #[serde(default)]
    pub currency: Option<String>,
    #[serde(default)]
    pub descriptor: Option<AccountDescriptor>,
    #[serde(default)]
    pub devices_status: Option<AccountDevicesStatus>,
}

/// What an account has agreed upon.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccountDescriptor {
    // The vendor's spelling; the right one is taken too, for the day it is mended.
    #[serde(default, rename = "bilingEmail", alias = "billingEmail")]
    pub billing_email: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub device_limit: Option<i64>,
    /// Free text.
    #[serde(default)]
    pub time_zone: Option<String>,
}

/// Counts of an account's devices.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccountDevicesStatus {
    #[serde(default, with = "number_or_text")]
    pub number_of_devices: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub number_of_online_devices: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub number_of_offline_devices: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub number_of_on_demand_devices: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub number_of_managed_devices: Option<i64>,
}

/// The account's endpoints; made by [`Client::account`].
#[derive(Debug, Clone, Copy)]
pub struct AccountScope<'c>(pub(crate) &'c Client);

impl<'c> AccountScope<'c> {
    /// Reads the account's record.
    ///
    /// # Errors
    ///
    /// `Credentials`, `Denied`, `Blocked`, `RateLimited`, and the kinds of transport and server failures.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// println!("{:?}", client.account().get().await?.uid);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get(self) -> Result<Account, Error> {
        self.0.send(Call::new(&GET, [])).await
    }

    /// Reads the account, which must tell its uid: without it, it cannot be told from others.
    pub(crate) async fn identified(self) -> Result<(Account, AccountUid), Error> {
        let account = self.get().await?;
        match account
            .uid
            .clone()
            .filter(|uid| !uid.as_str().trim().is_empty())
        {
            Some(uid) => Ok((account, uid)),
            None => Err(Error::new(ErrorKind::Decode, "the account tells no uid")
                .with_operation(GET.name())
                .with_decode_path("uid")
                .with_delivery(Delivery::Refused)),
        }
    }

    /// All devices of the account.
    #[must_use]
    pub fn devices(self) -> AccountDevices<'c> {
        AccountDevices(self.0)
    }

    /// The account's own variables, which hold for every site that has none of the same name.
    #[must_use]
    pub fn variables(self) -> AccountVariables<'c> {
        AccountVariables(self.0)
    }

    /// Lists sites with the ids of the Datto Networking networks that they are mapped to, if any.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// for mapping in client.account().dnet_site_mappings().collect_all().await? {
    ///     println!("{} {:?}", mapping.uid, mapping.network_ids);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn dnet_site_mappings(self) -> Items<DnetSiteMapping> {
        self.0.listing(dnet_site_mappings::list())
    }
}

#[cfg(test)]
mod tests {
    use super::Account;

    #[test]
    fn both_spellings_of_the_billing_address() {
        for key in ["bilingEmail", "billingEmail"] {
            let account: Account =
                serde_json::from_str(&format!(r#"{{"descriptor":{{"{key}":"a@example.com"}}}}"#))
                    .unwrap();
            assert_eq!(
                account.descriptor.unwrap().billing_email.as_deref(),
                Some("a@example.com")
            );
        }
    }

    #[test]
    fn every_field_may_be_null_or_absent() {
        let account = |json: &str| serde_json::from_str::<Account>(json).unwrap();
        let nulls = r#"{"id":null,"uid":null,"name":null,"currency":null,"descriptor":null,"devicesStatus":null,"new":{}}"#;
        assert_eq!(account(nulls), account("{}"));
        let inner = r#"{"descriptor":{"bilingEmail":null,"deviceLimit":null,"timeZone":null},"devicesStatus":{
            "numberOfDevices":null,"numberOfOnlineDevices":null,"numberOfOfflineDevices":null,
            "numberOfOnDemandDevices":null,"numberOfManagedDevices":null}}"#;
        assert_eq!(
            account(inner),
            account(r#"{"descriptor":{},"devicesStatus":{}}"#)
        );
    }
}
