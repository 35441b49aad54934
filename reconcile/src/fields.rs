//! Which field of a device goes into which field of the host's record, and what differs.
//!
//! A [`FieldMap`] is a list of [`FieldRule`]s, one for every field that is carried over or shown, in one list for all
//! records or with a list of its own for a type of asset. A field without a rule is neither written nor shown. From
//! the map come the values of a new record, the changes of an existing one, and the overlay: what is only shown beside
//! the record and never stored.
//!
//! What the source did not tell is unknown and changes nothing; what it told as empty clears a field only where the rule
//! says so.
//!
//! ```
//! use reconcile::fields::{FieldMap, FieldRule, Kind, Values};
//!
//! let map = FieldMap::new(vec![
//!     FieldRule::into("name", "Name"),
//!     FieldRule::into("mac", "MAC Address").compared_as(Kind::Mac),
//!     FieldRule::into("model", "Model").or("unknown"),
//!     FieldRule::shown("firmware", "Firmware"),
//! ])?;
//! let seen = Values::from([
//!     ("name".to_owned(), "ap-hall".to_owned()),
//!     ("mac".to_owned(), "00:1b:21:00:00:01".to_owned()),
//!     ("firmware".to_owned(), "7.1".to_owned()),
//! ]);
//! let record = Values::from([
//!     ("Name".to_owned(), "old name".to_owned()),
//!     ("MAC Address".to_owned(), "001B.2100.0001".to_owned()),
//!     ("Model".to_owned(), "typed by hand".to_owned()),
//! ]);
//! // The address is the same in another spelling, and what is unknown does not replace what a person typed.
//! let changes = map.changes(None, &seen, &record);
//! assert_eq!(changes.len(), 1);
//! assert_eq!(changes[0].to_string(), r#"Name: "old name" -> "ap-hall""#);
//! assert_eq!(map.record(None, &seen)["Model"], "unknown");
//! assert_eq!(map.overlay(None, &seen), [("Firmware", "7.1")]);
//! # Ok::<(), reconcile::fields::FieldMapError>(())
//! ```

use std::collections::{BTreeMap, BTreeSet};

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::inventory::Device;

mod rule;

#[cfg(test)]
mod tests;

pub use rule::{FieldRule, Kind, Place, When};

/// Values by field name.
pub type Values = BTreeMap<String, String>;

/// The rules for all records, and for those of a type of asset.
///
/// A list for a type replaces single rules of the common one: those with the same target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct FieldMap {
    rules: Vec<FieldRule>,
    types: BTreeMap<String, Vec<FieldRule>>,
}

/// A map as a file holds it: a list of rules, or an object of both lists.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Unchecked {
    Flat(Vec<FieldRule>),
    Layered(Layered),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layered {
    #[serde(default)]
    rules: Vec<FieldRule>,
    #[serde(default)]
    types: BTreeMap<String, Vec<FieldRule>>,
}

/// By its form, so that an error is about the rule that is wrong and not about both forms.
impl<'de> Deserialize<'de> for Unchecked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;

        impl<'de> Visitor<'de> for Form {
            type Value = Unchecked;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of rules, or an object with rules and types")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, rules: A) -> Result<Unchecked, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(rules)).map(Unchecked::Flat)
            }

            fn visit_map<A: MapAccess<'de>>(self, lists: A) -> Result<Unchecked, A::Error> {
                Layered::deserialize(MapAccessDeserializer::new(lists)).map(Unchecked::Layered)
            }
        }

        deserializer.deserialize_any(Form)
    }
}

impl TryFrom<Unchecked> for FieldMap {
    type Error = FieldMapError;

    fn try_from(unchecked: Unchecked) -> Result<Self, Self::Error> {
        let (rules, types) = match unchecked {
            Unchecked::Flat(rules) => (rules, BTreeMap::new()),
            Unchecked::Layered(lists) => (lists.rules, lists.types),
        };
        types
            .into_iter()
            .try_fold(FieldMap::new(rules)?, |map, (asset_type, rules)| {
                map.with_type(asset_type, rules)
            })
    }
}

impl From<FieldMap> for Unchecked {
    fn from(map: FieldMap) -> Self {
        if map.types.is_empty() {
            Unchecked::Flat(map.rules)
        } else {
            Unchecked::Layered(Layered {
                rules: map.rules,
                types: map.types,
            })
        }
    }
}

/// Why a field map cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldMapError {
    /// A rule without a source or a target.
    #[error("rule {number} of {list} names no {what}")]
    Unnamed {
        /// The list.
        list: List,
        /// The rule, from 1.
        number: usize,
        /// `source` or `target`.
        what: &'static str,
    },
    /// Two rules of one list fill the same field.
    #[error("rule {number} of {list} fills {target:?} again")]
    FilledTwice {
        /// The list.
        list: List,
        /// The rule, from 1.
        number: usize,
        /// The field.
        target: String,
    },
    /// Two lists for one type.
    #[error("the type {0:?} has two lists of rules")]
    TypeTwice(String),
    /// A field of the map that the type of asset does not have, so that its records would not show.
    #[error("the type {asset_type:?} has no field {target:?}")]
    NoSuchField {
        /// The type.
        asset_type: String,
        /// The field.
        target: String,
    },
    /// A list for a type that the host does not have.
    #[error("the host has no type {0:?}")]
    NoSuchType(String),
}

/// One of a map's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum List {
    /// That for all records.
    Common,
    /// That of a type.
    Type(String),
}

impl std::fmt::Display for List {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            List::Common => f.write_str("the common list"),
            List::Type(name) => write!(f, "the list of type {name:?}"),
        }
    }
}

/// What a record should change into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "a difference has two sides")]
pub struct FieldChange {
    /// The field of the record.
    pub target: String,
    /// What it holds; `None` if it is absent.
    pub from: Option<String>,
    /// What it should hold; empty if it should be cleared.
    pub to: String,
}

impl std::fmt::Display for FieldChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let from = self.from.as_deref().unwrap_or_default();
        write!(f, "{}: {from:?} -> {:?}", self.target, self.to)
    }
}

fn checked(list: &List, rules: &[FieldRule]) -> Result<(), FieldMapError> {
    let mut filled = BTreeSet::new();
    for (number, rule) in (1..).zip(rules) {
        for (what, name) in [("source", rule.source()), ("target", rule.target())] {
            if name.trim().is_empty() {
                let list = list.clone();
                return Err(FieldMapError::Unnamed { list, number, what });
            }
        }
        if !filled.insert((rule.place(), rule.target())) {
            return Err(FieldMapError::FilledTwice {
                list: list.clone(),
                number,
                target: rule.target().to_owned(),
            });
        }
    }
    Ok(())
}

impl FieldMap {
    /// A map with one list for all records.
    ///
    /// # Errors
    ///
    /// A rule without names, or two that fill the same field.
    pub fn new(rules: Vec<FieldRule>) -> Result<Self, FieldMapError> {
        checked(&List::Common, &rules)?;
        Ok(Self {
            rules,
            types: BTreeMap::new(),
        })
    }

    /// Adds the list of a type of asset.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new), and a type that has a list already.
    pub fn with_type(
        mut self,
        asset_type: impl Into<String>,
        rules: Vec<FieldRule>,
    ) -> Result<Self, FieldMapError> {
        let asset_type = asset_type.into();
        checked(&List::Type(asset_type.clone()), &rules)?;
        if self.types.contains_key(&asset_type) {
            return Err(FieldMapError::TypeTwice(asset_type));
        }
        self.types.insert(asset_type, rules);
        Ok(self)
    }

    /// The rules for a record of a type, those of the type first.
    pub fn rules<'m>(&'m self, asset_type: Option<&str>) -> impl Iterator<Item = &'m FieldRule> {
        let own: &[FieldRule] = asset_type
            .and_then(|asset_type| self.types.get(asset_type))
            .map_or(&[], Vec::as_slice);
        let common = self.rules.iter().filter(|rule| {
            !own.iter()
                .any(|own| own.place() == rule.place() && own.target() == rule.target())
        });
        own.iter().chain(common)
    }

    /// Checks the map against the fields that the host's types of asset have. A field that is missing on a type hides the
    /// record in some hosts, so it is found here rather than there.
    ///
    /// # Errors
    ///
    /// The first list for a type that does not exist, or field that its type does not have.
    pub fn check(&self, types: &BTreeMap<String, BTreeSet<String>>) -> Result<(), FieldMapError> {
        if let Some(unknown) = self.types.keys().find(|name| !types.contains_key(*name)) {
            return Err(FieldMapError::NoSuchType(unknown.clone()));
        }
        for (asset_type, fields) in types {
            let mut stored = self
                .rules(Some(asset_type))
                .filter(|rule| rule.place() == Place::Stored);
            if let Some(rule) = stored.find(|rule| !fields.contains(rule.target())) {
                return Err(FieldMapError::NoSuchField {
                    asset_type: asset_type.clone(),
                    target: rule.target().to_owned(),
                });
            }
        }
        Ok(())
    }

    /// The values of a new record: what was seen, and defaults for what was not.
    pub fn record(&self, asset_type: Option<&str>, seen: &Values) -> Values {
        self.rules(asset_type)
            .filter(|rule| rule.place() == Place::Stored)
            .filter_map(|rule| {
                let told = rule.told(seen).filter(|value| !value.is_empty());
                let value = told.or(rule.default())?;
                Some((rule.target().to_owned(), value.to_owned()))
            })
            .collect()
    }

    /// What an existing record should change into, ordered by field. Defaults are for new records and change nothing.
    pub fn changes(
        &self,
        asset_type: Option<&str>,
        seen: &Values,
        record: &Values,
    ) -> Vec<FieldChange> {
        let mut changes: Vec<_> = self
            .rules(asset_type)
            .filter_map(|rule| {
                let held = record.get(rule.target()).map(String::as_str);
                let to = rule.update(seen, held.unwrap_or_default())?;
                Some(FieldChange {
                    target: rule.target().to_owned(),
                    from: held.map(str::to_owned),
                    to: to.to_owned(),
                })
            })
            .collect();
        changes.sort_by(|a, b| a.target.cmp(&b.target));
        changes
    }

    /// What is shown beside a record and not stored, in the order of the rules: label and value.
    pub fn overlay<'v>(
        &'v self,
        asset_type: Option<&str>,
        seen: &'v Values,
    ) -> Vec<(&'v str, &'v str)> {
        self.rules(asset_type)
            .filter(|rule| rule.place() == Place::Shown)
            .filter_map(|rule| {
                let told = rule.told(seen).filter(|value| !value.is_empty());
                Some((rule.target(), told.or(rule.default())?))
            })
            .collect()
    }
}

/// What was seen of a device, by field name: `name`, `mac` (its first address), `ip` (its first address), `serial`, and
/// its further fields under the names that the vendor crate gives them. A field that was not seen is absent.
pub fn values(device: &Device) -> Values {
    let first_mac = device.macs.first().map(ToString::to_string);
    let first_ip = device.ips.first().map(ToString::to_string);
    let name = (!device.name.trim().is_empty()).then(|| device.name.clone());
    let own = [
        ("name", name),
        ("mac", first_mac),
        ("ip", first_ip),
        ("serial", device.serial.clone()),
    ];
    let mut values = device.fields.clone();
    values.extend(
        own.into_iter()
            .filter_map(|(field, value)| Some((field.to_owned(), value?))),
    );
    values
}

/// As [`values`], but in the address that a record of the device holds already, if it is one of the device's: which of
/// several addresses a record shows is no difference.
///
/// ```
/// use reconcile::fields::values_beside;
/// use reconcile::identity::{Instance, Kind, Vendor};
/// use reconcile::inventory::Device;
///
/// let read = |vendor: &'static str, ips: &[&str]| Device {
///     entity: Instance::new(Vendor::new(vendor), "example").entity(Kind::DEVICE, "1"),
///     name: "ap-hall".to_owned(),
///     macs: vec!["00:1b:21:00:00:01".parse().unwrap()],
///     ips: ips.iter().map(|ip| ip.parse().unwrap()).collect(),
///     serial: None,
///     fields: Default::default(),
/// };
/// let device = read("datto-networking", &["10.31.0.2", "192.168.4.9"]);
/// assert_eq!(values_beside(&device, &read("our-records", &["192.168.4.9"]))["ip"], "192.168.4.9");
/// assert_eq!(values_beside(&device, &read("our-records", &["192.168.4.8"]))["ip"], "10.31.0.2");
/// ```
pub fn values_beside(device: &Device, record: &Device) -> Values {
    let mut values = values(device);
    if let Some(held) = record.macs.iter().find(|mac| device.macs.contains(mac)) {
        values.insert("mac".to_owned(), held.to_string());
    }
    if let Some(held) = record.ips.iter().find(|ip| device.ips.contains(ip)) {
        values.insert("ip".to_owned(), held.to_string());
    }
    values
}
