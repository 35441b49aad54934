//! One rule of a field map.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Values;
use crate::identity::{MacAddr, device_name, read_ip};

/// What happens to one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    source: String,
    target: String,
    #[serde(default, skip_serializing_if = "is_default")]
    place: Place,
    #[serde(default, skip_serializing_if = "is_default")]
    kind: Kind,
    #[serde(default, skip_serializing_if = "is_default")]
    when: When,
    #[serde(default, skip_serializing_if = "is_default")]
    clears: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default: Option<String>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Whether a field is kept in the record.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "kept or only shown")]
pub enum Place {
    /// Written into the record.
    #[default]
    Stored,
    /// Shown beside the record as it is now, never written.
    Shown,
}

/// How two values of a field are compared, so that another spelling is no difference.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// As text, without the space around it.
    #[default]
    Text,
    /// As a device name: letter case does not count.
    Name,
    /// As a MAC address in any spelling.
    Mac,
    /// As an IP address in any notation.
    Ip,
    /// As a decimal number: `7` and `7.0` are one.
    Number,
    /// As yes or no: `true`, `1`, `yes`, `on` are one, and so are their opposites.
    Flag,
}

/// When a stored field is written.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the three that there are")]
pub enum When {
    /// Whenever it differs.
    #[default]
    Always,
    /// Only while the record's field is empty: what a person typed stays.
    IfEmpty,
    /// Only when the record is made.
    AtCreation,
}

impl FieldRule {
    /// Carries a field over into a field of the record.
    pub fn into(source: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            target: target.into(),
            place: Place::Stored,
            kind: Kind::default(),
            when: When::default(),
            clears: false,
            default: None,
        }
    }

    /// Shows a field under a label and stores it nowhere.
    pub fn shown(source: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            place: Place::Shown,
            ..Self::into(source, label)
        }
    }

    /// Sets how values are compared; as text by default.
    #[must_use]
    pub fn compared_as(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Sets when the field is written; whenever it differs by default.
    #[must_use]
    pub fn written(mut self, when: When) -> Self {
        self.when = when;
        self
    }

    /// Lets an empty value that the source told clear the record's field. By default it changes nothing.
    #[must_use]
    pub fn clearing(mut self) -> Self {
        self.clears = true;
        self
    }

    /// Sets the value of new records for which the source tells none.
    #[must_use]
    pub fn or(mut self, default: impl Into<String>) -> Self {
        self.default = Some(default.into());
        self
    }

    /// The field of the source.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The field of the record, or the label under which it is shown.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Whether the field is kept in the record.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The value of new records for which the source tells none.
    pub fn default(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// What the source tells of the field; `None` if it tells nothing.
    pub(super) fn told<'v>(&self, seen: &'v Values) -> Option<&'v str> {
        seen.get(&self.source).map(|value| value.trim())
    }

    /// What a record's field should become; `None` if it stays.
    pub(super) fn update<'v>(&self, seen: &'v Values, held: &str) -> Option<&'v str> {
        if self.place == Place::Shown {
            return None;
        }
        let told = self.told(seen)?;
        let is_wanted = match self.when {
            When::Always => true,
            When::IfEmpty => held.trim().is_empty(),
            When::AtCreation => false,
        };
        let says_something = !told.is_empty() || self.clears;
        (is_wanted && says_something && !self.kind.agree(told, held)).then_some(told)
    }
}

impl Kind {
    /// Whether two texts stand for one value. What cannot be read as its kind is compared as text.
    fn agree(self, one: &str, other: &str) -> bool {
        let (one, other) = (one.trim(), other.trim());
        one == other
            || self
                .read(one)
                .is_some_and(|read| self.read(other) == Some(read))
    }

    /// The one text for all spellings of a value; `None` if it cannot be read as its kind.
    fn read(self, text: &str) -> Option<Cow<'_, str>> {
        match self {
            Kind::Text => None,
            Kind::Name => device_name(text),
            Kind::Mac => {
                let mac: MacAddr = text.parse().ok()?;
                Some(mac.to_string().into())
            }
            Kind::Ip => Some(read_ip(text).ok()?.to_canonical().to_string().into()),
            Kind::Number => {
                let number: f64 = text.parse().ok()?;
                // Nothing to tell apart where a zero has a sign.
                number
                    .is_finite()
                    .then(|| (number + 0.0).to_string().into())
            }
            Kind::Flag => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Some("true".into()),
                "false" | "0" | "no" | "off" => Some("false".into()),
                _ => None,
            },
        }
    }
}
