//! Histories as the vendor tells them.
#![expect(missing_docs, reason = "most field names say it all")]

use std::collections::BTreeMap;

use client_core::Timestamp;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};

use crate::clients::ClientId;
use crate::lenient::{Extra, Fields, Lenient, lenient, nested, record, take_id};
use crate::nodes::NodeId;

client_core::open_enum!(
    /// What an access point was when it checked in.
    CheckinStatus { Repeater = "repeater", Gateway = "gateway", Pairing = "pairing" }
);
lenient!(text CheckinStatus);

record! {
    /// What went through a network.
    pub struct NetworkTraffic {
        /// Clients by network name, `ssid1` and so on; `all` counts each once.
        clients: BTreeMap<String, i64>,
        /// Oldest first.
        rows: Vec<TrafficRow>,
    }
}

/// What went through a network during one sample.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TrafficRow {
    /// When it began.
    pub time: Option<Timestamp>,
    /// By network name, `ssid1` and so on.
    pub ssids: BTreeMap<String, SsidTraffic>,
    /// What is neither.
    pub extra: Extra,
}

record! {
    /// What went through one network name.
    pub struct SsidTraffic {
        /// By protocol, such as `tcp` or `netbios`.
        traffic: BTreeMap<String, Traffic>,
        users: i64,
    }
}

record! {
    /// Bytes (`b`) and bytes in a second (`r`), up and down.
    pub struct Traffic {
        bup: i64,
        bdown: i64,
        rup: i64,
        rdown: i64,
    }
}

record! {
    /// What went through one client.
    pub struct ClientHistory {
        cid: ClientId,
        traffic: Vec<RateSample>,
    }
}

record! {
    /// What went through one access point.
    pub struct NodeTraffic {
        nid: NodeId,
        traffic: Vec<RateSample>,
    }
}

/// Rates during one sample.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RateSample {
    /// When it began.
    pub time: Option<Timestamp>,
    /// By network name, `ssid1` and so on.
    pub ssids: BTreeMap<String, Rate>,
    /// What is neither.
    pub extra: Extra,
}

record! {
    /// Bytes in a second, up and down.
    pub struct Rate {
        rup: i64,
        rdown: i64,
    }
}

record! {
    /// What went through an access point all in all, and how it was.
    pub struct NodeHistory [
        /// The access point.
        id: NodeId
    ] {
        /// By network name, of the last 24 hours.
        traffic: BTreeMap<String, NodeSsidTraffic>,
        /// Of the last hour; repeaters only.
        metrics: Vec<SpeedSample>,
        checkins: Vec<Checkin>,
    }
}

record! {
    /// Bytes up and down, and how many used them.
    pub struct NodeSsidTraffic {
        bup: i64,
        bdown: i64,
        users: i64,
    }
}

record! {
    /// How fast the mesh was.
    pub struct SpeedSample {
        time: Timestamp,
        /// Bytes in a second.
        speed: i64,
    }
}

record! {
    /// A time at which an access point should have checked in.
    pub struct Checkin {
        time: Timestamp,
        /// None if it did not.
        status: CheckinStatus,
    }
}
nested!(
    NetworkTraffic,
    Traffic,
    ClientHistory,
    NodeTraffic,
    Rate,
    NodeSsidTraffic,
    SpeedSample: "time",
    Checkin: "time"
);

impl Checkin {
    /// True if the access point did not check in.
    pub fn is_outage(&self) -> bool {
        self.status.is_none() && self.extra.get("status").is_none()
    }
}

/// In one of the documentation's samples the users stand among the protocols.
impl Lenient for SsidTraffic {
    fn read(value: Value) -> Result<Option<Self>, Value> {
        let mut fields = match value {
            Value::Object(fields) => fields,
            Value::Array(items) if items.is_empty() => return Ok(None),
            other => return Err(other),
        };
        if let Some(Value::Object(protocols)) = fields.get_mut("traffic") {
            let (protocols_only, others): (Map<_, _>, Map<_, _>) = std::mem::take(protocols)
                .into_iter()
                .partition(|(_, value)| value.is_object());
            *protocols = protocols_only;
            for (name, value) in others {
                fields.entry(name).or_insert(value);
            }
        }
        Ok(Some(Self::from_fields(Fields::new(fields)).0))
    }
}

/// Takes the records out of what stands beside a time, by network name.
fn by_ssid<T: Lenient>(fields: Map<String, Value>) -> (BTreeMap<String, T>, Extra) {
    let (mut ssids, mut extra) = (BTreeMap::new(), Extra::default());
    for (name, value) in fields {
        match T::read(value) {
            Ok(Some(record)) => {
                ssids.insert(name, record);
            }
            Ok(None) => {}
            Err(unfit) => extra.set(name, unfit),
        }
    }
    (ssids, extra)
}

/// A time and what stands beside it: `[time, {…}]`, or `{"time": time, …}`.
fn timed(value: Value) -> Result<(Option<Timestamp>, Map<String, Value>), Value> {
    let (time, fields) = match value {
        Value::Object(mut fields) => (fields.remove("time").unwrap_or_default(), fields),
        Value::Array(pair) => match <[Value; 2]>::try_from(pair) {
            Ok([time, Value::Object(fields)]) => (time, fields),
            Ok([time, Value::Array(none)]) if none.is_empty() => (time, Map::new()),
            Ok(pair) => return Err(Value::Array(pair.into())),
            Err(other) => return Err(Value::Array(other)),
        },
        other => return Err(other),
    };
    if time.is_null() {
        return Ok((None, fields));
    }
    let mut fields = fields;
    let time = Timestamp::read(time).unwrap_or_else(|unfit| {
        fields.insert("time".to_owned(), unfit);
        None
    });
    Ok((time, fields))
}

impl Lenient for TrafficRow {
    fn read(value: Value) -> Result<Option<Self>, Value> {
        let (time, fields) = timed(value)?;
        let (ssids, extra) = by_ssid(fields);
        Ok(Some(Self { time, ssids, extra }))
    }

    fn read_entry(time: &str, value: Value) -> Result<Option<Self>, Value> {
        Self::read(with_time(time, value))
    }
}

impl Lenient for RateSample {
    fn read(value: Value) -> Result<Option<Self>, Value> {
        let (time, fields) = timed(value)?;
        let (ssids, extra) = by_ssid(fields);
        Ok(Some(Self { time, ssids, extra }))
    }

    fn read_entry(time: &str, value: Value) -> Result<Option<Self>, Value> {
        Self::read(with_time(time, value))
    }
}

/// A sample that stood under its time, or under a number.
fn with_time(key: &str, mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value
        && key.parse::<Timestamp>().is_ok()
    {
        fields.entry("time").or_insert_with(|| key.into());
    }
    value
}

/// An object with an id and at least one field of a history.
impl<'de> Deserialize<'de> for NodeHistory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let id = take_id(&mut fields, &["id", "nid"])
            .ok_or_else(|| D::Error::custom("a history without the id of its access point"))?;
        let (history, seen) = Self::from_fields(id, Fields::new(fields));
        if seen == 0 {
            return Err(D::Error::custom("no known field of a history"));
        }
        Ok(history)
    }
}
