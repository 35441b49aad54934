//! Creating, updating and deleting variables.

use client_core::{Call, Error, ErrorKind, Operation, Repeat};
use serde::Serialize;

use super::{VariableId, VariableValue};
use crate::Client;
use crate::sites::SiteUid;

// The vendor creates by PUT and updates by POST.
pub(crate) const CREATE_ACCOUNT: Operation =
    Operation::put("account_variables.create", "/v2/account/variable")
        .charges(&["write", "account-variable-create"]);
pub(crate) const UPDATE_ACCOUNT: Operation = Operation::post(
    "account_variables.update",
    "/v2/account/variable/{variableId}",
)
.repeat(Repeat::Idempotent)
.charges(&["write", "account-variable-update"]);
pub(crate) const DELETE_ACCOUNT: Operation = Operation::delete(
    "account_variables.delete",
    "/v2/account/variable/{variableId}",
)
.charges(&["write", "account-variable-delete"]);
pub(crate) const CREATE_SITE: Operation =
    Operation::put("site_variables.create", "/v2/site/{siteUid}/variable")
        .charges(&["write", "site-variable-create"]);
pub(crate) const UPDATE_SITE: Operation = Operation::post(
    "site_variables.update",
    "/v2/site/{siteUid}/variable/{variableId}",
)
.repeat(Repeat::Idempotent)
.charges(&["write", "site-variable-update"]);
pub(crate) const DELETE_SITE: Operation = Operation::delete(
    "site_variables.delete",
    "/v2/site/{siteUid}/variable/{variableId}",
)
.charges(&["write", "site-variable-delete"]);

/// Whose variables are meant.
#[derive(Clone, Copy)]
pub(super) enum Scope<'s> {
    Account,
    Site(&'s SiteUid),
}

/// A variable to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVariable {
    name: String,
    value: VariableValue,
    masked: bool,
}

#[derive(Serialize)]
struct Body<'v> {
    name: &'v str,
    value: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    masked: Option<bool>,
}

impl NewVariable {
    /// A variable whose value can be read back.
    #[must_use]
    pub fn new(name: impl Into<String>, value: VariableValue) -> Self {
        Self {
            name: name.into(),
            value,
            masked: false,
        }
    }

    /// Hides its value for good: it can be neither read nor compared any more.
    #[must_use]
    pub fn masked(mut self) -> Self {
        self.masked = true;
        self
    }

    pub(super) fn call(&self, scope: Scope<'_>) -> Call<()> {
        let call = match scope {
            Scope::Account => Call::unit(&CREATE_ACCOUNT, []),
            Scope::Site(site) => Call::unit(&CREATE_SITE, [site.as_str()]),
        };
        let body = Body {
            name: &self.name,
            value: self.value.expose(),
            masked: Some(self.masked),
        };
        named(call.json(&body), &self.name)
    }
}

/// Name and value of a variable, both written by an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableUpdate {
    name: String,
    value: VariableValue,
}

impl VariableUpdate {
    /// Both are written: give the old name to keep it.
    #[must_use]
    pub fn new(name: impl Into<String>, value: VariableValue) -> Self {
        Self {
            name: name.into(),
            value,
        }
    }

    pub(super) fn call(&self, scope: Scope<'_>, id: VariableId) -> Call<()> {
        let body = Body {
            name: &self.name,
            value: self.value.expose(),
            masked: None,
        };
        let call = numbered(scope, [&UPDATE_ACCOUNT, &UPDATE_SITE], id);
        named(call.json(&body), &self.name)
    }
}

fn named(call: Call<()>, name: &str) -> Call<()> {
    call.refuse_if(name.trim().is_empty(), "a variable needs a name")
}

/// The call about one variable, by one of two operations: the account's, then the site's.
fn numbered(scope: Scope<'_>, [account, of_site]: [&Operation; 2], id: VariableId) -> Call<()> {
    let id = id.to_string();
    match scope {
        Scope::Account => Call::unit(account, [&id]),
        Scope::Site(site) => Call::unit(of_site, [site.as_str(), &id]),
    }
}

/// Deletes. Gone counts as deleted if an earlier attempt may have done it.
pub(super) async fn delete(client: &Client, scope: Scope<'_>, id: VariableId) -> Result<(), Error> {
    match client.send(delete_call(scope, id)).await {
        Err(error) if error.kind() == ErrorKind::NotFound && error.is_outcome_unknown() => Ok(()),
        result => result,
    }
}

fn delete_call(scope: Scope<'_>, id: VariableId) -> Call<()> {
    numbered(scope, [&DELETE_ACCOUNT, &DELETE_SITE], id)
}

#[cfg(test)]
mod tests {
    use client_core::ErrorKind;
    use serde_json::json;

    use super::{NewVariable, Scope, VariableUpdate, delete_call};
    use crate::sites::SiteUid;
    use crate::variables::{Variable, VariableId, VariableValue};

    #[test]
    fn values_are_never_printed() {
        let value = VariableValue::new("CANARY");
        let new = NewVariable::new("n", value.clone());
        let update = VariableUpdate::new("n", value.clone());
        let read: Variable =
            serde_json::from_value(json!({"id": 1, "name": "n", "value": "CANARY"})).unwrap();
        let site = SiteUid::new("s");
        let calls = (
            new.call(Scope::Site(&site)),
            update.call(Scope::Account, read.id),
        );
        assert!(!format!("{value:?} {new:?} {update:?} {read:?} {calls:?}").contains("CANARY"));
    }

    #[test]
    fn bodies_and_paths() {
        let uid = SiteUid::new("../x%2f/y");
        let site = Scope::Site(&uid);
        let value = VariableValue::new("ünï\"code");
        let create = NewVariable::new("Tier", value.clone()).masked();
        assert_eq!(
            create.call(site).target(),
            "/v2/site/..%2Fx%252f%2Fy/variable"
        );
        assert_eq!(create.call(Scope::Account).target(), "/v2/account/variable");
        for scope in [site, Scope::Account] {
            assert_eq!(
                create.call(scope).request().json().unwrap(),
                json!({"name": "Tier", "value": "ünï\"code", "masked": true})
            );
        }
        let update = VariableUpdate::new("Tier", value);
        let id = VariableId::new(17);
        let call = update.call(site, id);
        assert_eq!(call.target(), "/v2/site/..%2Fx%252f%2Fy/variable/17");
        assert_eq!(
            call.request().json().unwrap(),
            json!({"name": "Tier", "value": "ünï\"code"})
        );
        for (call, name) in [
            (update.call(Scope::Account, id), "account_variables.update"),
            (delete_call(Scope::Account, id), "account_variables.delete"),
        ] {
            assert_eq!(
                (call.target().as_str(), call.operation().name()),
                ("/v2/account/variable/17", name)
            );
        }
        assert_eq!(
            delete_call(Scope::Site(&SiteUid::new("s")), id).target(),
            "/v2/site/s/variable/17"
        );
        for nameless in [
            NewVariable::new(" ", VariableValue::new("")).call(site),
            VariableUpdate::new("", VariableValue::new("")).call(Scope::Account, id),
        ] {
            let error = nameless.check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
        }
        for odd in ["", ".", ".."] {
            let uid = SiteUid::new(odd);
            assert!(delete_call(Scope::Site(&uid), id).check().is_err(), "{odd}");
        }
    }
}
