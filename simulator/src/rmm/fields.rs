//! User-defined fields: as text in version 2, with types in version 3.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Number, Value, json};

use super::{Call, Object};
use crate::calendar;
use crate::server::Answer;
use crate::settings::LongUdfs;
use crate::world::{ActivitySpec, Device, UdfKind};

/// Characters that a value has at most.
const LONGEST: usize = 255;

impl Call<'_> {
    fn kind(&self, number: u16) -> UdfKind {
        let definition = self.state.world.account.udfs.get(&number);
        definition.map_or(UdfKind::String, |definition| definition.kind)
    }

    /// The fields of a device as version 3 lists them.
    pub(super) fn typed_fields(&self, device: &Device) -> Vec<Value> {
        let settings = &self.state.settings.rmm;
        (1..=settings.udf_keys)
            .filter_map(|number| {
                let text = device.udfs.get(&number);
                (text.is_some() || settings.list_empty_udfs).then(|| self.typed_field(number, text))
            })
            .collect()
    }

    /// A value that does not fit its field's type stays text and is marked.
    fn typed_field(&self, number: u16, text: Option<&String>) -> Value {
        let kind = self.kind(number);
        let definition = self.state.world.account.udfs.get(&number);
        let mut item = json!({
            "ordinal": number,
            "type": kind,
            "valueBoolean": null,
            "valueString": null,
            "valueDate": null,
            "valueNumber": null,
            "label": definition.and_then(|definition| definition.label.as_ref()),
        });
        let Some(text) = text else { return item };
        if let Some((key, value)) = typed(kind, text) {
            item[key] = value;
        } else {
            item["valueString"] = json!(text);
            item["typeMisMatch"] = json!(true);
        }
        item
    }

    /// Whether a field of that number exists.
    fn is_field(&self, number: u16) -> bool {
        (1..=self.state.settings.rmm.udf_keys).contains(&number)
    }

    fn store(&mut self, mut changes: BTreeMap<u16, Option<String>>) -> Result<Answer, Answer> {
        for value in changes.values_mut().flatten() {
            let Some((end, _)) = value.char_indices().nth(LONGEST) else {
                continue;
            };
            match self.state.settings.rmm.long_udfs {
                LongUdfs::Truncate => value.truncate(end),
                LongUdfs::Refuse => return Err(self.error(400)),
                LongUdfs::Keep => {}
            }
        }
        let fields = &mut self.device_mut()?.udfs;
        for (number, value) in changes {
            match value {
                Some(value) => fields.insert(number, value),
                None => fields.remove(&number),
            };
        }
        let spec = ActivitySpec::device(self.part(0), "device", "udf.update");
        self.log(spec);
        Ok(Answer::empty(200))
    }
}

/// The member that holds a stored value of that type, with the value, if the text fits.
fn typed(kind: UdfKind, text: &str) -> Option<(&'static str, Value)> {
    match kind {
        UdfKind::String => Some(("valueString", json!(text))),
        UdfKind::Boolean => {
            let flag = text.to_lowercase().parse::<bool>().ok()?;
            Some(("valueBoolean", json!(flag)))
        }
        UdfKind::Number => {
            let number = serde_json::from_str::<Number>(text.trim()).ok()?;
            Some(("valueNumber", Value::Number(number)))
        }
        UdfKind::Date => calendar::is_date(text).then(|| ("valueDate", json!(text))),
    }
}

/// `POST /api/v2/device/{deviceUid}/udf`: what is named is set, or cleared by null or nothing in it;
/// the rest stays.
pub(super) fn set(call: &mut Call<'_>) -> Result<Answer, Answer> {
    call.device()?;
    let body: Map<String, Value> = call.body()?;
    let mut changes = BTreeMap::new();
    for (key, value) in body {
        let number = key.strip_prefix("udf").and_then(|text| text.parse().ok());
        // A number can be written in ways that no key is.
        let number =
            number.filter(|number| call.is_field(*number) && key == format!("udf{number}"));
        let value = match value {
            Value::Null => None,
            Value::String(text) => Some(text).filter(|text| !text.is_empty()),
            _ => return Err(call.error(400)),
        };
        changes.insert(number.ok_or_else(|| call.error(400))?, value);
    }
    call.store(changes)
}

#[derive(Deserialize)]
struct FieldsRequest {
    udfs: Vec<Object<FieldRequest>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FieldRequest {
    ordinal: u16,
    value_boolean: Option<bool>,
    value_string: Option<String>,
    value_date: Option<String>,
    value_number: Option<Number>,
}

impl FieldRequest {
    /// The types and texts of all values that are given.
    fn values(self) -> Vec<(UdfKind, String)> {
        [
            self.value_string.map(|text| (UdfKind::String, text)),
            self.value_boolean
                .map(|flag| (UdfKind::Boolean, flag.to_string())),
            self.value_number
                .map(|number| (UdfKind::Number, number.to_string())),
            self.value_date.map(|date| (UdfKind::Date, date)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// `POST /api/v3/device/{deviceUid}/udf`: all or nothing; one value of another type refuses the lot.
pub(super) fn set_typed(call: &mut Call<'_>) -> Result<Answer, Answer> {
    call.device()?;
    let body: FieldsRequest = call.body()?;
    let mut changes = BTreeMap::new();
    for Object(field) in body.udfs {
        let number = field.ordinal;
        let mut values = field.values();
        let (value, others) = (values.pop(), values.len());
        let fits = value
            .as_ref()
            .is_none_or(|(kind, text)| *kind == call.kind(number) && typed(*kind, text).is_some());
        if !call.is_field(number) || others > 0 || !fits {
            return Err(call.error(400));
        }
        let text = value.map(|(_, text)| text).filter(|text| !text.is_empty());
        changes.insert(number, text);
    }
    call.store(changes)
}
