//! What an argument means: an id, or a name if exactly one has it. What a person may not see is not found.

use examples::exit::Failure;
use reconcile::devices::{DeviceLine, Devices};
use reconcile::identity::{EntityRef, MacAddr, device_name};
use reconcile::inventory::{Index, Observation};
use reconcile::matching::Side;

use super::desk::Desk;

/// A network or a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    Network(EntityRef),
    Device(EntityRef),
}

/// The organisation that a text means.
pub(crate) fn organization(desk: &Desk, text: &str) -> Result<EntityRef, Failure> {
    listed(desk, &desk.records.observation, "organisation", text)
}

/// The network that a text means.
pub(crate) fn network(desk: &Desk, text: &str) -> Result<EntityRef, Failure> {
    let text = text.strip_prefix("network:").unwrap_or(text);
    listed(desk, &desk.networks.observation, "network", text)
}

fn listed(desk: &Desk, side: &Observation, what: &str, text: &str) -> Result<EntityRef, Failure> {
    let text = text.trim();
    let index = Index::new(side);
    let seen = || {
        index
            .organizations()
            .filter(|row| desk.view.sees(&row.entity))
    };
    if let Some(by_id) = seen().find(|row| row.entity.id == text) {
        return Ok(by_id.entity.clone());
    }
    let named: Vec<_> = seen()
        .filter(|row| row.name == text)
        .map(|row| row.entity.clone())
        .collect();
    one(what, text, named)
}

/// The device of the source that a text means: kind and id, a MAC address, or a name.
pub(crate) fn device(desk: &Desk, devices: &Devices<'_>, text: &str) -> Result<EntityRef, Failure> {
    let text = text.strip_prefix("device:").unwrap_or(text);
    found(desk, devices.source(), "device", text)
}

/// The configuration that a text means: an id, a MAC address, or a name.
pub(crate) fn configuration(
    desk: &Desk,
    devices: &Devices<'_>,
    text: &str,
) -> Result<EntityRef, Failure> {
    found(desk, devices.destination(), "configuration", text)
}

fn found(
    desk: &Desk,
    lines: Vec<DeviceLine<'_>>,
    what: &str,
    text: &str,
) -> Result<EntityRef, Failure> {
    let text = text.trim();
    let seen: Vec<_> = lines
        .into_iter()
        .filter(|line| desk.view.sees(line.organization))
        .map(|line| line.device)
        .collect();
    if let Some(by_id) = seen.iter().find(|device| {
        label(&device.entity) == text || device.entity.id == text && what == "configuration"
    }) {
        return Ok(by_id.entity.clone());
    }
    let mac: Option<MacAddr> = text.parse().ok();
    let by_mac =
        |device: &&&reconcile::inventory::Device| mac.is_some_and(|mac| device.macs.contains(&mac));
    let mut hits: Vec<_> = seen
        .iter()
        .filter(by_mac)
        .map(|device| device.entity.clone())
        .collect();
    if hits.is_empty() {
        let name = device_name(text);
        let same = seen
            .iter()
            .filter(|device| name.is_some() && device_name(&device.name) == name);
        hits.extend(same.map(|device| device.entity.clone()));
    }
    one(what, text, hits)
}

/// A device as people write it.
pub(crate) fn label(device: &EntityRef) -> String {
    format!("{}/{}", device.kind, device.id)
}

fn one(what: &str, text: &str, mut found: Vec<EntityRef>) -> Result<EntityRef, Failure> {
    match (found.pop(), found.len()) {
        (Some(one), 0) => Ok(one),
        (None, _) => Err(Failure::usage(format!(
            "no {what} has the id, address or exact name {text:?}"
        ))),
        (Some(last), _) => {
            found.push(last);
            let ids: Vec<_> = found.iter().map(label).collect();
            Err(Failure::usage(format!(
                "{} of kind {what} are called {text:?}: {}",
                ids.len(),
                ids.join(", ")
            ))
            .with_advice("give the id instead"))
        }
    }
}

/// The network or device that a text means. One of each is not guessed at.
pub(crate) fn subject(desk: &Desk, devices: &Devices<'_>, text: &str) -> Result<Subject, Failure> {
    if text.starts_with("network:") {
        return network(desk, text).map(Subject::Network);
    }
    if text.starts_with("device:") {
        return device(desk, devices, text).map(Subject::Device);
    }
    match (network(desk, text), device(desk, devices, text)) {
        (Ok(network), Err(_)) => Ok(Subject::Network(network)),
        (Err(_), Ok(device)) => Ok(Subject::Device(device)),
        (Ok(_), Ok(_)) => Err(Failure::usage(format!(
            "a network and a device are called {text:?}"
        ))
        .with_advice(format!("write network:{text} or device:{text}"))),
        (Err(_), Err(_)) => Err(Failure::usage(format!(
            "no network or device has the id, address or exact name {text:?}"
        ))
        .with_advice("devices are written as kind/id, by MAC address, or by name")),
    }
}

/// The row of a device of the source.
pub(crate) fn row(devices: &Devices<'_>, device: &EntityRef) -> Result<u32, Failure> {
    devices
        .row(Side::Left, device)
        .ok_or_else(|| Failure::usage(format!("{} is not listed", label(device))))
}
