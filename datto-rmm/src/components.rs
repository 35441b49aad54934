//! Components: the scripts and programs that jobs run.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{null_as_default, number_or_text};
use client_core::{Call, Items, Operation};
use serde::Deserialize;

use crate::Client;
use crate::paging::{Page, Row, page};
use crate::variables::{VariableValue, optional_value};

pub(crate) const LIST: Operation =
    Operation::get("components.list", "/v2/account/components").charges(&["read"]);

client_core::id!(
    /// Identifies a component.
    ComponentUid
);

/// A component of the account's library.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Component {
    pub uid: ComponentUid,
    #[serde(default, with = "number_or_text")]
    pub id: Option<i64>,
    #[serde(default)]
    pub credentials_required: Option<bool>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    /// Free text.
    #[serde(default)]
    pub category_code: Option<String>,
    #[serde(default, with = "null_as_default")]
    pub variables: Vec<ComponentVariable>,
}

/// A variable that a component takes or gives.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ComponentVariable {
    #[serde(default)]
    pub name: Option<String>,
    /// Text for flags and numbers too.
    #[serde(default, deserialize_with = "optional_value")]
    pub default_val: Option<VariableValue>,
    /// Free text.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// True for one that the component takes, false for one that it gives.
    #[serde(default)]
    pub direction: Option<bool>,
    #[serde(default)]
    pub description: Option<String>,
    /// Its place in the portal's form.
    #[serde(default, with = "number_or_text")]
    pub variables_idx: Option<i64>,
}

impl Row for Component {
    const ID: &'static str = "uid";

    fn key(&self) -> Option<String> {
        Some(self.uid.to_string())
    }
}

page!(ComponentsPage, "components", Component);

fn list() -> Call<Page<Component>> {
    Call::<ComponentsPage>::new(&LIST, []).map(Page::from)
}

/// The component endpoints; made by [`Client::components`].
#[derive(Debug, Clone, Copy)]
pub struct Components<'c>(pub(crate) &'c Client);

impl Components<'_> {
    /// Lists the components that the key's user may use, asking for each page as the stream reaches it.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// for component in client.components().list().collect_all().await? {
    ///     println!("{} {:?}", component.uid, component.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(self) -> Items<Component> {
        self.0.listing(list())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Component;

    #[test]
    fn every_field_may_be_null_or_absent() {
        let nulls = json!({"uid": "c", "id": null, "credentialsRequired": null, "name": null, "description": null,
            "categoryCode": null, "variables": null});
        assert_eq!(
            serde_json::from_value::<Component>(nulls).unwrap(),
            serde_json::from_value(json!({"uid": "c"})).unwrap()
        );
        let component: Component = serde_json::from_value(json!({"uid": "c", "variables": [
            {"name": null, "defaultVal": null, "type": null, "direction": null, "description": null, "variablesIdx": null},
            {"name": "Key", "defaultVal": "CANARY", "type": "map", "direction": true, "variablesIdx": 1, "x": 1},
            {"name": "Count", "defaultVal": 7},
        ]}))
        .unwrap();
        assert!(!format!("{component:?}").contains("CANARY"));
        let values: Vec<_> = component
            .variables
            .iter()
            .map(|variable| {
                variable
                    .default_val
                    .as_ref()
                    .map(|value| value.expose().to_owned())
            })
            .collect();
        assert_eq!(values, [None, Some("CANARY".into()), Some("7".into())]);
    }
}
