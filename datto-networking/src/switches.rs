//! Switches, with their ports, the power that they give and their access lists.

mod acls;
mod input;
mod model;
mod poe;
mod ports;
mod settings;

use std::collections::BTreeMap;

use client_core::{Call, Error, Items, Operation, Repeat, Rows};
use serde_json::{Map, Value};

use crate::answer;
use crate::client::Client;
use crate::listing::{self, Absent};
use crate::networks::{NetworkId, NetworkScope};

pub use acls::*;
pub use input::*;
pub use model::*;
pub use poe::*;
pub use ports::*;
pub use settings::*;

pub(crate) const CREATE: Operation =
    Operation::post("switches.create", "/switch/network/{network}");
pub(crate) const DELETE: Operation = Operation::delete("switches.delete", "/switch/{switch}");
pub(crate) const ENABLE_PAIRING: Operation =
    Operation::get("switches.enable_pairing", "/switch/{switch}/enable_pairing")
        .repeat(Repeat::Action);
pub(crate) const EXPEDITE_UPGRADE: Operation = Operation::get(
    "switches.expedite_upgrade",
    "/switch/{switch}/expedite_upgrade",
)
.repeat(Repeat::Action);
pub(crate) const GET: Operation = Operation::get("switches.get", "/switch/{switch}");
pub(crate) const LIST: Operation =
    Operation::get("switches.list", "/switch/network/{network}/list");
pub(crate) const REBOOT: Operation =
    Operation::get("switches.reboot", "/switch/{switch}/reboot").repeat(Repeat::Action);
pub(crate) const SNMP_TRAPS: Operation =
    Operation::get("switches.snmp_traps", "/switch/{switch}/snmp_traps");
pub(crate) const UPDATE: Operation =
    Operation::put("switches.update", "/switch/{switch}").repeat(Repeat::Idempotent);
pub(crate) const UPDATE_SNMP_TRAPS: Operation =
    Operation::put("switches.update_snmp_traps", "/switch/{switch}/snmp_traps")
        .repeat(Repeat::Idempotent);

client_core::id!(
    /// Identifies a switch.
    number SwitchId
);

/// The switches of one network; made by [`NetworkScope::switches`].
#[derive(Debug, Clone, Copy)]
pub struct NetworkSwitches<'c> {
    client: &'c Client,
    network: NetworkId,
}

/// The endpoints of one switch; made by [`Client::switch`].
#[derive(Debug, Clone, Copy)]
pub struct SwitchScope<'c> {
    client: &'c Client,
    id: SwitchId,
}

impl<'c> NetworkScope<'c> {
    /// The network's switches.
    pub fn switches(self) -> NetworkSwitches<'c> {
        NetworkSwitches {
            client: self.client,
            network: self.id,
        }
    }
}

impl NetworkSwitches<'_> {
    /// Lists the network's switches. One answer holds them all.
    ///
    /// Each has its id, the network's, what it is and the power that it has; the rest is told by [`SwitchScope::get`].
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// for switch in client.network(204_511.into()).switches().list().collect_all().await? {
    ///     let info = switch.summary_info.unwrap_or_default();
    ///     println!("{:?}: {:?} of {:?} ports", info.name, info.active_ports, info.total_ports);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Networks::list`](crate::networks::Networks::list); [`NotFound`](client_core::ErrorKind::NotFound) if the key
    /// sees no such network.
    pub fn list(self) -> Items<Switch> {
        self.client.rows(list(self.network))
    }

    /// Adds a switch, or moves it here from another network of the account; see
    /// [`NewSwitch::confirm_transfer`].
    ///
    /// ```no_run
    /// use datto_networking::switches::NewSwitch;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let new = NewSwitch::new("88:DC:96:00:10:2F", "Rack 1", "OMS24");
    /// let id = client.network(204_511.into()).switches().create(&new).await?;
    /// println!("switch {id}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Conflict`](client_core::ErrorKind::Conflict) if a network has the address already.
    pub async fn create(self, switch: &NewSwitch) -> Result<SwitchId, Error> {
        self.client.call(create(self.network, switch)).await
    }

    /// The settings that the network has for its switches. The vendor calls them deprecated.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn settings(self) -> Result<SwitchSettings, Error> {
        self.client.call(settings::get(self.network)).await
    }

    /// Changes the settings that are set in `update`. The vendor calls them deprecated.
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) with nothing sent for an update without a field.
    pub async fn update_settings(self, update: &SwitchSettingsUpdate) -> Result<(), Error> {
        self.client
            .call(settings::change(self.network, update))
            .await
    }

    /// The firmware that switches may have, by model.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn allowed_firmware(self) -> Result<AllowedFirmware, Error> {
        self.client
            .call(settings::allowed_firmware(self.network))
            .await
    }
}

impl<'c> SwitchScope<'c> {
    pub(crate) fn new(client: &'c Client, id: SwitchId) -> Self {
        Self { client, id }
    }

    /// The switch's id.
    pub fn id(self) -> SwitchId {
        self.id
    }

    /// Everything about the switch.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let switch = client.switch(777.into()).get().await?;
    /// for port in switch.ports.unwrap_or_default() {
    ///     println!("{:?} {:?}", port.id, port.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`NotFound`](client_core::ErrorKind::NotFound) if the key sees no such switch.
    pub async fn get(self) -> Result<Switch, Error> {
        self.client.call(get(self.id)).await
    }

    /// As [`get`](Self::get), with `None` for a switch that the vendor says it does not have. A "not found" without the
    /// vendor's code, as a wrong address gives it, stays an error.
    ///
    /// # Errors
    ///
    /// Any other kind.
    pub async fn find(self) -> Result<Option<Switch>, Error> {
        answer::found(self.get().await)
    }

    /// Changes what is set in `update`.
    ///
    /// ```no_run
    /// use datto_networking::switches::{PortUpdate, SwitchUpdate};
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let port = PortUpdate::new("9").enable(true).vlan_id(12);
    /// let update = SwitchUpdate::default().description("Rack 1").port(port);
    /// client.switch(777.into()).update(&update).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) with nothing sent for an update without a field.
    pub async fn update(self, update: &SwitchUpdate) -> Result<(), Error> {
        self.client.call(change(self.id, update)).await
    }

    /// Takes the switch out of its network.
    ///
    /// # Errors
    ///
    /// Any kind; not [`NotFound`](client_core::ErrorKind::NotFound) if an earlier attempt of this call may have taken it
    /// out.
    pub async fn delete(self) -> Result<(), Error> {
        answer::deleted(self.act(&DELETE).await)
    }

    /// Restarts the switch.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn reboot(self) -> Result<(), Error> {
        self.act(&REBOOT).await
    }

    /// Lets the switch be paired with its network.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn enable_pairing(self) -> Result<(), Error> {
        self.act(&ENABLE_PAIRING).await
    }

    /// Has the firmware upgraded now, outside the maintenance window, unless upgrades are disabled.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn expedite_upgrade(self) -> Result<(), Error> {
        self.act(&EXPEDITE_UPGRADE).await
    }

    /// The switch's ports.
    pub fn ports(self) -> SwitchPorts<'c> {
        SwitchPorts(self)
    }

    /// The switch's access lists.
    pub fn acls(self) -> SwitchAcls<'c> {
        SwitchAcls(self)
    }

    /// Where the switch sends its SNMP traps.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn snmp_traps(self) -> Result<Vec<SnmpTrap>, Error> {
        self.client.call(snmp_traps(self.id)).await
    }

    /// Sets where the switch sends its SNMP traps.
    ///
    /// ```no_run
    /// use datto_networking::switches::NewSnmpTrap;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let trap = NewSnmpTrap::new("10.8.0.5", "the community").version("v2c");
    /// client.switch(777.into()).update_snmp_traps(&[trap]).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn update_snmp_traps(self, traps: &[NewSnmpTrap]) -> Result<(), Error> {
        for trap in traps {
            self.client.keep(trap.community());
        }
        self.client.call(update_snmp_traps(self.id, traps)).await
    }

    async fn act(self, operation: &Operation) -> Result<(), Error> {
        let call = Call::unit(operation, [&self.id.to_string()]);
        self.client.call(call).await
    }
}

pub(crate) fn list(network: NetworkId) -> Call<Rows<Switch>> {
    let given = Map::from_iter([("network_id".to_owned(), Value::from(network.get()))]);
    Call::decoded_by(&LIST, [&network.to_string()], move |raw| {
        listing::rows(&raw.body, "switches", Absent::Empty, &given)
    })
}

fn create(network: NetworkId, switch: &NewSwitch) -> Call<SwitchId> {
    Call::decoded_by(&CREATE, [&network.to_string()], |raw| {
        answer::field(&raw.body, &["switch_id"])
    })
    .json(switch)
}

fn get(id: SwitchId) -> Call<Switch> {
    Call::decoded_by(&GET, [&id.to_string()], move |raw| {
        answer::record_with(&raw.body, [("id", id.get().into())], "a switch")
    })
}

fn change(id: SwitchId, update: &SwitchUpdate) -> Call<()> {
    Call::unit(&UPDATE, [&id.to_string()])
        .json(update)
        .refuse_if(update.is_empty(), "nothing to change")
        .refuse_if(!update.is_possible(), "a limit of power that is none")
}

fn snmp_traps(id: SwitchId) -> Call<Vec<SnmpTrap>> {
    Call::decoded_by(&SNMP_TRAPS, [&id.to_string()], |raw| {
        answer::field(&raw.body, &["traps"])
    })
}

fn update_snmp_traps(id: SwitchId, traps: &[NewSnmpTrap]) -> Call<()> {
    let body = BTreeMap::from([("traps", traps)]);
    Call::unit(&UPDATE_SNMP_TRAPS, [&id.to_string()]).json(&body)
}

#[cfg(test)]
mod tests;
