//! How answers are written: successes in all their shapes, empty maps, loose types.

use serde_json::{Map, Value, json};

use super::codes::element;
use super::{Call, Done};
use crate::calendar;
use crate::server::Answer;
use crate::settings::{EmptyMaps, NetworkingSettings, SuccessShape};

impl Call<'_> {
    /// A body, its types as loose as the settings say.
    #[expect(clippy::unnecessary_wraps, reason = "handlers end with it")]
    pub(super) fn json(&self, mut body: Value) -> Done {
        loosen(&mut body, "", &self.state.settings.networking);
        Ok(Answer::json(200, &body))
    }

    /// A success with nothing to tell but the element 1009.
    pub(super) fn done(&self, context: &str) -> Done {
        self.success(SuccessShape::Element, context)
    }

    /// A success that is documented as `{}`.
    pub(super) fn braces(&self) -> Done {
        self.success(SuccessShape::EmptyObject, "")
    }

    /// A success of which only the status is documented.
    pub(super) fn nothing(&self) -> Done {
        self.success(SuccessShape::EmptyBody, "")
    }

    /// A success in the documented shape, unless the settings have another for all of them.
    #[expect(clippy::unnecessary_wraps, reason = "handlers end with it")]
    pub(super) fn success(&self, documented: SuccessShape, context: &str) -> Done {
        let shape = match self.state.settings.networking.success {
            SuccessShape::AsDocumented => documented,
            shape => shape,
        };
        Ok(match shape {
            SuccessShape::AsDocumented | SuccessShape::EmptyBody => Answer::empty(200),
            SuccessShape::Element => Answer::json(200, &element(1009, context, &json!({}))),
            SuccessShape::ElementWithDetails => {
                let mut element = element(1009, context, &json!({}));
                element["details"] = json!("");
                Answer::json(200, &element)
            }
            SuccessShape::EmptyObject => Answer::json(200, &json!({})),
            SuccessShape::Status => Answer::json(200, &json!({"status": 200})),
            SuccessShape::Text => Answer::text(200, "text/plain", "OK"),
        })
    }

    /// Puts a map into a body; an empty one as the settings say.
    pub(super) fn put_map(&self, body: &mut Value, name: &str, map: Map<String, Value>) {
        body[name] = match (map.is_empty(), self.state.settings.networking.empty_maps) {
            (false, _) | (true, EmptyMaps::Object) => Value::Object(map),
            (true, EmptyMaps::List) => json!([]),
            (true, EmptyMaps::Null) => Value::Null,
            (true, EmptyMaps::Absent) => {
                if let Some(body) = body.as_object_mut() {
                    body.remove(name);
                }
                return;
            }
        };
    }
}

/// An instant, or the zeros that stand for never.
pub(super) fn time_or_zeros(at_ms: Option<i64>) -> String {
    at_ms.map_or_else(|| "0000-00-00T00:00:00Z".to_owned(), calendar::rfc3339)
}

/// An instant, or the empty text that stands for never.
pub(super) fn time_or_empty(at_ms: Option<i64>) -> String {
    at_ms.map_or_else(String::new, calendar::rfc3339)
}

/// Whether a key's number is an id.
fn is_id(key: &str) -> bool {
    ["id", "nid"].contains(&key) || key.ends_with("_id")
}

fn loosen(value: &mut Value, key: &str, settings: &NetworkingSettings) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                loosen(value, key, settings);
            }
        }
        Value::Array(values) => {
            for value in values {
                loosen(value, key, settings);
            }
        }
        Value::Bool(flag) if settings.flags_as_numbers => *value = json!(i64::from(*flag)),
        Value::Number(number) => {
            let is_text = if is_id(key) {
                settings.ids_as_text
            } else {
                settings.numbers_as_text
            };
            if is_text {
                *value = json!(number.to_string());
            }
        }
        _ => {}
    }
}
