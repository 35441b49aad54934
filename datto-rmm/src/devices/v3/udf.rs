//! User-defined fields with types.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use std::collections::BTreeMap;
use std::fmt;

use client_core::serde::{flag, number_or_text, text_or_number};
use client_core::{Call, Date, ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Number;

use super::SET_UDF;
use crate::devices::DeviceUid;
use crate::devices::udf::numbered;
use crate::time;

client_core::open_enum!(
    /// The type that the account gives a user-defined field.
    UdfType {
        Text = "STRING",
        Boolean = "BOOLEAN",
        Number = "NUMBER",
        Date = "DATE",
    }
);

/// Text of a user-defined field. Fields often hold recovery keys and tokens, so it is never printed.
#[derive(Clone)]
pub struct UdfText(SecretString);

impl UdfText {
    /// The text itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for UdfText {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl fmt::Debug for UdfText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[text]")
    }
}

/// A user-defined field of a device. `Debug` shows which values it has, and none of them.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UdfItem {
    /// 1 to 300.
    #[serde(default, with = "number_or_text")]
    pub ordinal: Option<i64>,
    #[serde(default, rename = "type")]
    pub kind: Option<UdfType>,
    #[serde(default, with = "flag")]
    pub value_boolean: Option<bool>,
    #[serde(default, deserialize_with = "text")]
    pub value_string: Option<UdfText>,
    /// A day, `yyyy-MM-dd`, as the vendor writes it.
    #[serde(default, deserialize_with = "text")]
    pub value_date: Option<UdfText>,
    /// With all its digits; see [`number`](Self::number).
    #[serde(default, deserialize_with = "number")]
    pub value_number: Option<Number>,
    /// The account's name for the field.
    #[serde(default)]
    pub label: Option<String>,
    /// True if the field holds a value of another type, set by version 2 or in the portal.
    #[serde(default, rename = "typeMisMatch")]
    pub type_mismatch: Option<bool>,
}

impl UdfItem {
    /// The value of a field of the type NUMBER, rounded if it has more digits than an `f64`.
    pub fn number(&self) -> Option<f64> {
        self.value_number.as_ref()?.as_f64()
    }
}

/// A number, or text of one; empty text is none.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Number>, D::Error> {
    let text: Option<String> = text_or_number::deserialize(deserializer)?;
    let text = text.as_deref().map(str::trim);
    text.filter(|text| !text.is_empty())
        .map(str::parse)
        .transpose()
        .map_err(|_| serde::de::Error::custom("a text that is no number"))
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UdfText>, D::Error> {
    let text: Option<String> = text_or_number::deserialize(deserializer)?;
    Ok(text.map(|text| UdfText(SecretString::from(text))))
}

impl fmt::Debug for UdfItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdfItem")
            .field("ordinal", &self.ordinal)
            .field("kind", &self.kind)
            .field("label", &self.label)
            .field("type_mismatch", &self.type_mismatch)
            .field("has_boolean", &self.value_boolean.is_some())
            .field("has_string", &self.value_string.is_some())
            .field("has_date", &self.value_date.is_some())
            .field("has_number", &self.value_number.is_some())
            .finish()
    }
}

/// Typed user-defined fields to be set. Fields that it does not name stay as they are.
///
/// The vendor refuses a value of another type than the account gives the field. Numbers of fields are 1 to 300; a field that
/// is named twice gets the later value.
#[derive(Clone, Default)]
pub struct UdfUpdateV3(BTreeMap<u16, Value>);

#[derive(Clone)]
enum Value {
    Text(SecretString),
    Boolean(bool),
    Number(f64),
    Date(Date),
    Nothing,
}

#[derive(Serialize)]
struct Body<'u> {
    udfs: Vec<Item<'u>>,
}

/// Only one of the values may be there; if none is, the field is cleared.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'u> {
    ordinal: u16,
    value_boolean: Option<bool>,
    value_string: Option<&'u str>,
    value_date: Option<String>,
    value_number: Option<Number>,
}

impl UdfUpdateV3 {
    /// An update that names no field yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn with(mut self, ordinal: u16, value: Value) -> Self {
        self.0.insert(ordinal, value);
        self
    }

    /// Sets a field of the type STRING.
    #[must_use]
    pub fn text(self, ordinal: u16, text: impl Into<SecretString>) -> Self {
        self.with(ordinal, Value::Text(text.into()))
    }

    /// Sets a field of the type BOOLEAN.
    #[must_use]
    pub fn boolean(self, ordinal: u16, value: bool) -> Self {
        self.with(ordinal, Value::Boolean(value))
    }

    /// Sets a field of the type NUMBER; it must be finite. Whole numbers are written as such, as far as an `f64` is exact.
    #[must_use]
    pub fn number(self, ordinal: u16, number: f64) -> Self {
        self.with(ordinal, Value::Number(number))
    }

    /// Sets a field of the type DATE; the day must lie between the years 1 and 9999.
    #[must_use]
    pub fn date(self, ordinal: u16, day: Date) -> Self {
        self.with(ordinal, Value::Date(day))
    }

    /// Takes a field's value away.
    #[must_use]
    pub fn clear(self, ordinal: u16) -> Self {
        self.with(ordinal, Value::Nothing)
    }

    pub(super) fn call(&self, device: &DeviceUid) -> Call<()> {
        let items = self.0.iter().map(|(ordinal, value)| item(*ordinal, value));
        let body = Body {
            udfs: items.collect(),
        };
        let unwritable = self.0.iter().find(|(_, value)| match value {
            Value::Number(number) => !number.is_finite(),
            Value::Date(day) => !time::is_writable(*day),
            _ => false,
        });
        let call = Call::unit(&SET_UDF, [device.as_str()]).json(&body);
        let call = numbered(call, self.0.keys().copied());
        match unwritable {
            Some((ordinal, _)) => call.refuse_if(
                true,
                &format!("the value of user-defined field {ordinal} cannot be written"),
            ),
            None => call,
        }
    }
}

fn item(ordinal: u16, value: &Value) -> Item<'_> {
    let mut item = Item {
        ordinal,
        ..Item::default()
    };
    match value {
        Value::Text(text) => item.value_string = Some(text.expose_secret()),
        Value::Boolean(value) => item.value_boolean = Some(*value),
        Value::Number(number) => item.value_number = written(*number),
        Value::Date(day) => item.value_date = Some(day.to_string()),
        Value::Nothing => {}
    }
    item
}

/// Whole numbers without a fraction: `4`, not `4.0`.
fn written(number: f64) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
        return Some((number as i64).into());
    }
    Number::from_f64(number)
}

impl fmt::Debug for UdfUpdateV3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UdfUpdateV3({:?})", self.0.keys())
    }
}

#[cfg(test)]
mod tests {
    use client_core::{Date, ErrorKind};
    use serde_json::json;

    use super::{UdfItem, UdfText, UdfType, UdfUpdateV3};
    use crate::devices::DeviceUid;

    fn item(json: serde_json::Value) -> UdfItem {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn fields_of_every_type_are_read_and_never_printed() {
        let nulls = item(json!({
            "ordinal": null, "type": null, "valueBoolean": null, "valueString": null, "valueDate": null, "valueNumber": null,
            "label": null, "typeMisMatch": null,
        }));
        assert_eq!(nulls, item(json!({})));
        let text = item(
            json!({"ordinal": 300, "type": "STRING", "valueString": "CANARY", "label": "Key"}),
        );
        assert_eq!(
            (text.ordinal, &text.kind),
            (Some(300), &Some(UdfType::Text))
        );
        assert_eq!(
            text.value_string.as_ref().map(UdfText::expose),
            Some("CANARY")
        );
        let number = item(json!({"ordinal": "9", "type": "NUMBER", "valueNumber": 31337.5}));
        assert_eq!(number.number(), Some(31337.5));
        let flag = item(json!({"ordinal": 8, "type": "BOOLEAN", "valueBoolean": true}));
        assert_eq!(flag.value_boolean, Some(true));
        // A mismatch, in whichever member the vendor puts the value.
        let day = item(json!({
            "ordinal": 7, "type": "DATE", "valueDate": "2027-06-30", "valueString": "CANARY", "typeMisMatch": true, "new": 1,
        }));
        assert_eq!(
            day.value_date.as_ref().map(UdfText::expose),
            Some("2027-06-30")
        );
        assert_eq!(day.type_mismatch, Some(true));
        let odd = item(json!({"ordinal": 1, "type": "COLOUR"}));
        assert_eq!(odd.kind.as_ref().map(UdfType::as_str), Some("COLOUR"));
        let printed = format!("{text:?} {number:?} {day:?} {:?}", text.value_string);
        for hidden in ["CANARY", "31337", "2027"] {
            assert!(!printed.contains(hidden), "{printed}");
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        for (wire, digits) in [
            (json!(9_007_199_254_740_993_i64), Some("9007199254740993")),
            (json!("9007199254740993"), Some("9007199254740993")),
            (json!(-4), Some("-4")),
            (json!(4.25), Some("4.25")),
            (json!(" "), None),
            (json!(null), None),
        ] {
            let read = item(json!({"ordinal": -1, "valueNumber": wire}));
            let kept = read.value_number.as_ref().map(ToString::to_string);
            assert_eq!(
                (kept.as_deref(), read.ordinal),
                (digits, Some(-1)),
                "{wire}"
            );
        }
        let error = serde_json::from_value::<UdfItem>(json!({"valueNumber": "CANARY"}));
        assert!(!error.unwrap_err().to_string().contains("CANARY"));
    }

    #[test]
    fn whole_numbers_are_written_as_such() {
        for (number, written) in [
            (4.0, "4"),
            (-0.0, "0"),
            (-9_007_199_254_740_992.0, "-9007199254740992"),
            (4.5, "4.5"),
            (1e20, "1e20"),
        ] {
            let call = UdfUpdateV3::new()
                .number(1, number)
                .call(&DeviceUid::new("d"));
            let body = call.request().json().unwrap();
            let value = &body["udfs"][0]["valueNumber"];
            assert_eq!(value.to_string().replace('+', ""), written);
        }
    }

    #[test]
    fn an_update_has_one_value_for_each_field_or_none() {
        let update = UdfUpdateV3::new()
            .clear(5)
            .date(4, Date::constant(2027, 6, 3))
            .number(3, 4.5)
            .boolean(2, false)
            .text(1, "old")
            .text(1, "CANARY");
        let call = update.call(&DeviceUid::new("a/b"));
        call.check().unwrap();
        assert_eq!(call.target(), "/v3/device/a%2Fb/udf");
        let field = |ordinal: u16, key: &str, value: serde_json::Value| {
            let mut item = json!({
                "ordinal": ordinal, "valueBoolean": null, "valueString": null, "valueDate": null, "valueNumber": null,
            });
            item[key] = value;
            item
        };
        assert_eq!(
            call.request().json().unwrap(),
            json!({"udfs": [
                field(1, "valueString", json!("CANARY")),
                field(2, "valueBoolean", json!(false)),
                field(3, "valueNumber", json!(4.5)),
                field(4, "valueDate", json!("2027-06-03")),
                field(5, "valueString", json!(null)),
            ]})
        );
        assert_eq!(format!("{update:?}"), "UdfUpdateV3([1, 2, 3, 4, 5])");
        assert!(!format!("{call:?}").contains("CANARY"));
    }

    #[test]
    fn what_cannot_be_written_is_refused_by_number() {
        let new = UdfUpdateV3::new;
        for (update, named) in [
            (new(), "no user-defined field"),
            (new().clear(0), "field 0;"),
            (new().clear(301), "field 301;"),
            (new().number(3, f64::NAN), "field 3 "),
            (new().number(4, f64::INFINITY), "field 4 "),
            (new().date(5, Date::constant(0, 1, 1)), "field 5 "),
        ] {
            let error = update.call(&DeviceUid::new("d")).check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains(named), "{error}");
        }
    }
}
