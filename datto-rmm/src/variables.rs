//! Variables of the account and of sites, which components and installers on the devices read.
//!
//! A site's variable hides the account's variable of the same name. Masking is chosen at creation and stays; a masked
//! variable comes with a placeholder for its value, which is dropped here so that it can never be written back.

use std::fmt;

use client_core::serde::text_or_number;
use client_core::{
    Call, Decoded, Delivery, Error, ErrorKind, ExposeSecret, Items, Operation, SecretString,
};
use serde::{Deserialize, Deserializer};

use crate::Client;
use crate::paging::{Page, Row, page};
use crate::sites::SiteUid;

pub(crate) mod change;
mod compare;

use change::Scope;

pub use change::{NewVariable, VariableUpdate};
pub use compare::Swap;

pub(crate) const LIST_ACCOUNT: Operation =
    Operation::get("account_variables.list", "/v2/account/variables").charges(&["read"]);
pub(crate) const LIST_SITE: Operation =
    Operation::get("site_variables.list", "/v2/site/{siteUid}/variables").charges(&["read"]);

client_core::id!(
    /// Identifies a variable.
    number VariableId
);

/// The value of a variable. Values hold keys and installation links, so it is never printed.
#[derive(Clone)]
pub struct VariableValue(SecretString);

impl VariableValue {
    /// Takes a value into custody.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The value itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for VariableValue {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for VariableValue {}

impl fmt::Debug for VariableValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[value]")
    }
}

/// For `#[serde(default, deserialize_with = "optional_value")]`: values of components, which come as text or number.
pub(crate) fn optional_value<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<VariableValue>, D::Error> {
    let text: Option<String> = text_or_number::deserialize(deserializer)?;
    Ok(text.map(VariableValue::new))
}

/// A variable as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Wire")]
#[non_exhaustive]
pub struct Variable {
    /// Needed to update and delete it.
    pub id: VariableId,
    /// Unique within its account or site. A row without one is listed, and is never what a name stands for.
    pub name: Option<String>,
    /// `None` if it is masked or the vendor sent none.
    pub value: Option<VariableValue>,
    /// Whether its value is hidden. What an absent one means is not documented; here it is taken for no.
    pub masked: Option<bool>,
}

#[derive(Deserialize)]
struct Wire {
    id: VariableId,
    #[serde(default)]
    name: Option<String>,
    #[serde(default, with = "text_or_number")]
    value: Option<String>,
    #[serde(default)]
    masked: Option<bool>,
}

impl From<Wire> for Variable {
    fn from(wire: Wire) -> Self {
        let value = wire
            .value
            .filter(|_| wire.masked != Some(true))
            .map(VariableValue::new);
        Self {
            id: wire.id,
            name: wire.name,
            value,
            masked: wire.masked,
        }
    }
}

impl Variable {
    /// Whether its value is hidden.
    pub fn is_masked(&self) -> bool {
        self.masked == Some(true)
    }
}

impl Row for Variable {
    const ID: &'static str = "id";

    fn key(&self) -> Option<String> {
        Some(self.id.to_string())
    }
}

page!(VariablesPage, "variables", Variable);

fn list_account() -> Call<Page<Variable>> {
    Call::<VariablesPage>::new(&LIST_ACCOUNT, []).map(Page::from)
}

fn list_site(site: &SiteUid) -> Call<Page<Variable>> {
    Call::<VariablesPage>::new(&LIST_SITE, [site.as_str()]).map(Page::from)
}

/// The variable of this name, from all pages. `None` is certain: a row that cannot be read might be the one.
async fn find_in(items: Items<Variable>, name: &str) -> Result<Option<Variable>, Error> {
    let (mut found, mut unread) = (None, None);
    for row in items.decoded().collect_all().await? {
        match row {
            Decoded::Item(variable) if variable.name.as_deref() == Some(name) => {
                if found.replace(variable).is_some() {
                    let error = Error::new(
                        ErrorKind::Conflict,
                        format!("there are two variables of the name {name:?}"),
                    );
                    return Err(error.with_delivery(Delivery::Refused));
                }
            }
            Decoded::Item(_) => {}
            Decoded::Bad(bad) => unread = unread.or(Some(bad)),
        }
    }
    match (found, unread) {
        (None, Some(bad)) => {
            let error = Error::new(
                ErrorKind::Decode,
                format!("{bad}, so the name {name:?} may be there or not"),
            );
            Err(error.with_delivery(Delivery::Refused))
        }
        (found, _) => Ok(found),
    }
}

/// The account's variables; made by [`AccountScope::variables`](crate::account::AccountScope::variables).
#[derive(Debug, Clone, Copy)]
pub struct AccountVariables<'c>(pub(crate) &'c Client);

impl AccountVariables<'_> {
    /// Lists the account's variables, in no particular order.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let variables = client.account().variables().list().collect_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(self) -> Items<Variable> {
        self.0.listing(list_account())
    }

    /// Looks for a variable by its exact name, over all pages.
    ///
    /// # Errors
    ///
    /// `Paging` or `Decode` if the listing cannot be trusted; `Conflict` for two of that name; `Denied`, `Credentials`,
    /// `Blocked`, `RateLimited`, and the kinds of transport and server failures.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let hides = client.account().variables().find("GravityZonePackageLink").await?.is_some();
    /// # Ok(())
    /// # }
    /// ```
    pub async fn find(self, name: &str) -> Result<Option<Variable>, Error> {
        find_in(self.list(), name).await
    }

    /// Creates a variable, for all sites that have none of that name. The vendor gives no id: [`find`](Self::find) it
    /// afterwards.
    ///
    /// # Errors
    ///
    /// `InvalidInput` or `Conflict` for a name that exists (which of the two is not documented); the other kinds of
    /// [`find`](Self::find). After an error whose outcome is unknown, look before creating again.
    ///
    /// ```no_run
    /// use datto_rmm::variables::{NewVariable, VariableValue};
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let variable = NewVariable::new("Tier", VariableValue::new("gold"));
    /// client.account().variables().create(&variable).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create(self, variable: &NewVariable) -> Result<(), Error> {
        self.0.send(variable.call(Scope::Account)).await
    }

    /// Writes name and value of a variable, whatever they were.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown variable; `InvalidInput` or `Conflict` for a name that another one has; the other kinds of
    /// [`find`](Self::find).
    ///
    /// ```no_run
    /// use datto_rmm::variables::{VariableId, VariableUpdate, VariableValue};
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let update = VariableUpdate::new("Tier", VariableValue::new("silver"));
    /// client.account().variables().update(VariableId::new(17), &update).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn update(self, id: VariableId, update: &VariableUpdate) -> Result<(), Error> {
        self.0.send(update.call(Scope::Account, id)).await
    }

    /// Deletes a variable, whatever its value, from every site that it shows in.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown variable, but not if an earlier attempt of this call may have deleted it; the other kinds
    /// of [`find`](Self::find).
    ///
    /// ```no_run
    /// use datto_rmm::variables::VariableId;
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// client.account().variables().delete(VariableId::new(17)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn delete(self, id: VariableId) -> Result<(), Error> {
        change::delete(self.0, Scope::Account, id).await
    }
}

/// A site's own variables; made by [`SiteScope::variables`](crate::sites::SiteScope::variables).
#[derive(Debug, Clone, Copy)]
pub struct SiteVariables<'c> {
    pub(crate) client: &'c Client,
    pub(crate) site: &'c SiteUid,
}

impl SiteVariables<'_> {
    /// Lists the site's variables, in no particular order.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// let variables = client.site(&site).variables().list().collect_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(self) -> Items<Variable> {
        self.client.listing(list_site(self.site))
    }

    /// Looks for a variable by its exact name, over all pages.
    ///
    /// # Errors
    ///
    /// `Paging` or `Decode` if the listing cannot be trusted; `Conflict` for two of that name; `NotFound` for an unknown
    /// site; `Denied`, `Credentials`, `Blocked`, `RateLimited`, and the kinds of transport and server failures.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// let variable = client.site(&site).variables().find("GravityZonePackageLink").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn find(self, name: &str) -> Result<Option<Variable>, Error> {
        find_in(self.list(), name).await
    }

    /// Creates a variable. The vendor gives no id: [`find`](Self::find) it afterwards.
    ///
    /// # Errors
    ///
    /// `InvalidInput` or `Conflict` for a name that exists (which of the two is not documented); `NotFound` for an unknown
    /// site; the other kinds of [`find`](Self::find). After an error whose outcome is unknown, look before creating again.
    ///
    /// ```no_run
    /// use datto_rmm::variables::{NewVariable, VariableValue};
    ///
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// let variable = NewVariable::new("Tier", VariableValue::new("gold"));
    /// client.site(&site).variables().create(&variable).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create(self, variable: &NewVariable) -> Result<(), Error> {
        self.client
            .send(variable.call(Scope::Site(self.site)))
            .await
    }

    /// Writes name and value of a variable, whatever they were.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown site or variable; `InvalidInput` or `Conflict` for a name that another one has; the other
    /// kinds of [`find`](Self::find).
    ///
    /// ```no_run
    /// use datto_rmm::variables::{VariableId, VariableUpdate, VariableValue};
    ///
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// let update = VariableUpdate::new("Tier", VariableValue::new("silver"));
    /// client.site(&site).variables().update(VariableId::new(17), &update).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn update(self, id: VariableId, update: &VariableUpdate) -> Result<(), Error> {
        self.client
            .send(update.call(Scope::Site(self.site), id))
            .await
    }

    /// Deletes a variable, whatever its value.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown site or variable, but not if an earlier attempt of this call may have deleted it; the other
    /// kinds of [`find`](Self::find).
    ///
    /// ```no_run
    /// use datto_rmm::variables::VariableId;
    ///
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// client.site(&site).variables().delete(VariableId::new(17)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn delete(self, id: VariableId) -> Result<(), Error> {
        change::delete(self.client, Scope::Site(self.site), id).await
    }

    /// Sets the variable `name` to `value`, but only if it is what `expected` says: of that value, or absent for `None`.
    ///
    /// The vendor has no such operation: this reads all variables, compares, and writes. Another writer in between is not
    /// noticed. A variable that has `value` already is left alone.
    ///
    /// # Errors
    ///
    /// `Conflict`, with nothing sent, if the variable has another value, is masked, or is there or absent against
    /// expectation; the kinds of [`create`](Self::create) and [`update`](Self::update).
    ///
    /// ```no_run
    /// use datto_rmm::variables::VariableValue;
    ///
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// let (old, new) = (VariableValue::new("silver"), VariableValue::new("gold"));
    /// client.site(&site).variables().compare_and_set("Tier", Some(&old), &new).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn compare_and_set(
        self,
        name: &str,
        expected: Option<&VariableValue>,
        value: &VariableValue,
    ) -> Result<Swap, Error> {
        compare::compare_and_set(self, name, expected, value).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Variable, VariableId, VariableValue};

    fn variable(json: serde_json::Value) -> Variable {
        serde_json::from_value(json).unwrap()
    }

    /// U28, N23: the placeholder of a masked variable is no value.
    #[test]
    fn a_masked_value_is_dropped() {
        let masked = variable(json!({"id": 1, "name": "Key", "value": "********", "masked": true}));
        assert!(masked.is_masked());
        assert_eq!(masked.value, None);
        let open =
            variable(json!({"id": "2", "name": "Tier", "value": "gold", "masked": null, "new": 1}));
        assert!(!open.is_masked());
        assert_eq!(
            (open.id, open.value.as_ref().map(VariableValue::expose)),
            (VariableId::new(2), Some("gold"))
        );
        assert_eq!(
            variable(json!({"id": 3, "name": "N", "value": null})).value,
            None
        );
    }

    #[test]
    fn only_the_id_is_needed() {
        let bare = variable(json!({"id": 4}));
        assert_eq!((&bare.name, &bare.value, bare.masked), (&None, &None, None));
        let nulls = json!({"id": 4, "name": null, "value": null, "masked": null});
        assert_eq!(variable(nulls), bare);
    }
}
