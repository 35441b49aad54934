//! What access points, switches and power strips have in common: adding, deleting, actions.

use serde_json::{Value, json};

use super::bodies::NewDevice;
use super::{Call, Done, Problem};
use crate::calendar;
use crate::keys::NetworkingKeyKind;
use crate::world::{
    DeviceLifecycle, DeviceSubscription, MacAddress, NetworkDeviceKind, Unknown, World,
};

pub(super) fn lifecycle(lifecycle: Option<&DeviceLifecycle>) -> Value {
    lifecycle.map_or(Value::Null, |lifecycle| {
        json!({
            "end_of_sale": lifecycle.end_of_sale_ms.map(calendar::rfc3339),
            "end_of_life": lifecycle.end_of_life_ms.map(calendar::rfc3339),
        })
    })
}

pub(super) fn subscription(subscription: Option<&DeviceSubscription>) -> Value {
    subscription.map_or(Value::Null, |subscription| {
        json!({
            "is_active": subscription.active,
            "start_date": calendar::rfc3339(subscription.start_ms),
            "end_date": subscription.end_ms.map(calendar::rfc3339),
            "term": subscription.term,
            "term_length": subscription.term_months,
            "is_evergreen": subscription.evergreen,
        })
    })
}

type Add = fn(&mut World, i64, &str, MacAddress) -> Result<i64, Unknown>;

impl Call<'_> {
    /// Adds a device to the network of the path, or moves the one with that address there from
    /// another network if the body confirms it. Gives its id and whether it is new.
    pub(super) fn add_device(
        &mut self,
        kind: NetworkDeviceKind,
        body: &NewDevice,
        add: Add,
    ) -> Result<(i64, bool), Problem> {
        let network = self.network(0)?.id;
        let (mac, name) = body.identity()?;
        if self.state.world.networking.foreign_macs.contains(&mac) {
            return Err(Problem::new(403, 17_002, "mac"));
        }
        let devices = self.state.world.network_devices();
        let Some(known) = devices.into_iter().find(|device| device.mac == mac) else {
            let added = add(&mut self.state.world, network, &name, mac);
            let id = added.map_err(|_| Problem::new(404, 12_000, ""))?;
            self.audit(
                "create",
                target(kind),
                &id.to_string(),
                Some(network),
                Vec::new(),
            );
            return Ok((id, true));
        };
        if known.network == network {
            return Err(Problem::new(403, 17_000, "mac"));
        }
        if matches!(self.key_kind(), NetworkingKeyKind::Network(_)) {
            return Err(Problem::new(403, 1001, "mac"));
        }
        if body.confirm_transfer != Some(true) || known.kind != kind {
            return Err(Problem::new(403, 17_001, "mac"));
        }
        self.network_with(known.network)?;
        self.state
            .world
            .move_network_device(kind, known.id, network)
            .map_err(|_| Problem::new(404, 1017, ""))?;
        self.audit(
            "move",
            target(kind),
            &known.id.to_string(),
            Some(network),
            Vec::new(),
        );
        Ok((known.id, false))
    }

    /// Deletes the device that the path names.
    pub(super) fn delete_device(&mut self, kind: NetworkDeviceKind) -> Result<(), Problem> {
        let (network, id) = self.holder(kind)?;
        let network = network.id;
        self.audit(
            "delete",
            target(kind),
            &id.to_string(),
            Some(network),
            Vec::new(),
        );
        self.state
            .world
            .delete_network_device(kind, id)
            .map_err(|_| Problem::new(404, 1017, ""))
    }

    /// Whether the device of the path can be told anything: the vendor reaches only what is up.
    pub(super) fn reach(&self, is_up: bool) -> Result<(), Problem> {
        let code = match self.last {
            _ if is_up => return Ok(()),
            "reset_encrypt_key" => 17_005,
            "enable_pairing" => 17_006,
            "expedite_upgrade" => 17_007,
            _ => 17_004,
        };
        Err(Problem::new(400, code, self.last))
    }
}

/// What the audit log calls a kind of device.
pub(super) fn target(kind: NetworkDeviceKind) -> &'static str {
    match kind {
        NetworkDeviceKind::AccessPoint => "node",
        NetworkDeviceKind::Switch => "switch",
        NetworkDeviceKind::PowerStrip => "powerstrip",
        NetworkDeviceKind::Router => "router",
    }
}

/// A name that is given must say something.
pub(super) fn check_name(name: Option<&str>) -> Result<(), Problem> {
    match name {
        Some(name) if name.trim().is_empty() => Err(Problem::new(403, 1005, "name")),
        _ => Ok(()),
    }
}

/// Puts a value in a place, if there is one.
pub(super) fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// The answer to a device that was added.
pub(super) fn added(call: &Call<'_>, name: &str, id: i64) -> Done {
    let mut body = json!({});
    body[name] = json!(id);
    call.json(body)
}
