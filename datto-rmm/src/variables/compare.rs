//! Setting a variable only if it is what one thinks it is.

use client_core::{Delivery, Error, ErrorKind};

use super::{NewVariable, SiteVariables, Variable, VariableId, VariableUpdate, VariableValue};

/// What [`SiteVariables::compare_and_set`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every way it can succeed")]
pub enum Swap {
    /// The variable was made.
    Created,
    /// The variable of this id was changed.
    Updated(VariableId),
    /// The variable of this id had the value already; nothing was sent.
    Unchanged(VariableId),
}

/// What to do about a variable.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Create,
    Update(VariableId),
    Leave(VariableId),
    Refuse(&'static str),
}

fn judge(
    found: Option<&Variable>,
    expected: Option<&VariableValue>,
    value: &VariableValue,
) -> Verdict {
    let Some(found) = found else {
        return match expected {
            None => Verdict::Create,
            Some(_) => Verdict::Refuse("the variable is gone"),
        };
    };
    match (&found.value, expected) {
        _ if found.is_masked() => {
            Verdict::Refuse("the variable is masked, so nothing can be said of its value")
        }
        (Some(current), _) if current == value => Verdict::Leave(found.id),
        (Some(current), Some(expected)) if current == expected => Verdict::Update(found.id),
        (None, Some(expected)) if expected.expose().is_empty() => Verdict::Update(found.id),
        (_, Some(_)) => Verdict::Refuse("the variable has another value than expected"),
        (_, None) => Verdict::Refuse("the variable exists already, with another value"),
    }
}

pub(super) async fn compare_and_set(
    variables: SiteVariables<'_>,
    name: &str,
    expected: Option<&VariableValue>,
    value: &VariableValue,
) -> Result<Swap, Error> {
    let found = variables.find(name).await?;
    match judge(found.as_ref(), expected, value) {
        Verdict::Create => {
            variables
                .create(&NewVariable::new(name, value.clone()))
                .await?;
            Ok(Swap::Created)
        }
        Verdict::Update(id) => {
            variables
                .update(id, &VariableUpdate::new(name, value.clone()))
                .await?;
            Ok(Swap::Updated(id))
        }
        Verdict::Leave(id) => Ok(Swap::Unchanged(id)),
        Verdict::Refuse(why) => {
            let error = Error::new(ErrorKind::Conflict, format!("{name:?}: {why}"));
            Err(error
                .with_operation("site_variables.compare_and_set")
                .with_delivery(Delivery::NotSent))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Verdict, judge};
    use crate::variables::{Variable, VariableId, VariableValue};

    #[test]
    fn every_case() {
        let id = VariableId::new(1);
        let new = VariableValue::new("new");
        let old = VariableValue::new("old");
        let empty = VariableValue::new("");
        let found = |value: serde_json::Value, masked: bool| -> Variable {
            serde_json::from_value(json!({"id": 1, "name": "n", "value": value, "masked": masked}))
                .unwrap()
        };
        let refused = |verdict| matches!(verdict, Verdict::Refuse(_));
        assert_eq!(judge(None, None, &new), Verdict::Create);
        assert!(refused(judge(None, Some(&old), &new)));
        assert_eq!(
            judge(Some(&found(json!("old"), false)), Some(&old), &new),
            Verdict::Update(id)
        );
        assert_eq!(
            judge(Some(&found(json!("new"), false)), Some(&old), &new),
            Verdict::Leave(id)
        );
        assert_eq!(
            judge(Some(&found(json!("new"), false)), None, &new),
            Verdict::Leave(id)
        );
        assert!(refused(judge(
            Some(&found(json!("other"), false)),
            Some(&old),
            &new
        )));
        assert!(refused(judge(
            Some(&found(json!("other"), false)),
            None,
            &new
        )));
        assert!(refused(judge(
            Some(&found(json!("new"), true)),
            Some(&old),
            &new
        )));
        assert!(refused(judge(
            Some(&found(json!("old"), true)),
            Some(&old),
            &new
        )));
        assert_eq!(
            judge(Some(&found(json!(null), false)), Some(&empty), &new),
            Verdict::Update(id)
        );
        assert!(refused(judge(
            Some(&found(json!(null), false)),
            Some(&old),
            &new
        )));
        assert!(refused(judge(Some(&found(json!(null), false)), None, &new)));
    }
}
