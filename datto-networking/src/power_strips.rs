//! Power strips: managed power.

mod input;
mod model;
mod outlets;
mod settings;

use client_core::{Call, Error, Items, Operation, Repeat, Rows};
use serde_json::{Map, Value};

use crate::answer;
use crate::client::Client;
use crate::history::Period;
use crate::listing::{self, Absent};
use crate::networks::{NetworkId, NetworkScope};

pub use input::*;
pub use model::*;
pub use outlets::*;
pub use settings::*;

pub(crate) const CHECK_IN: Operation =
    Operation::get("power_strips.check_in", "/powerstrip/{powerstrip}/checkin")
        .repeat(Repeat::Action);
pub(crate) const CREATE: Operation =
    Operation::post("power_strips.create", "/powerstrip/network/{network}");
pub(crate) const DELETE: Operation =
    Operation::delete("power_strips.delete", "/powerstrip/{powerstrip}");
pub(crate) const ENABLE_PAIRING: Operation = Operation::get(
    "power_strips.enable_pairing",
    "/powerstrip/{powerstrip}/enable_pairing",
)
.repeat(Repeat::Action);
pub(crate) const EXPEDITE_UPGRADE: Operation = Operation::get(
    "power_strips.expedite_upgrade",
    "/powerstrip/network/{network}/expedite_upgrade",
)
.repeat(Repeat::Action);
pub(crate) const GET: Operation = Operation::get("power_strips.get", "/powerstrip/{powerstrip}");
pub(crate) const LIST: Operation =
    Operation::get("power_strips.list", "/powerstrip/network/{network}/list");
pub(crate) const REBOOT: Operation =
    Operation::get("power_strips.reboot", "/powerstrip/{powerstrip}/reboot").repeat(Repeat::Action);
pub(crate) const UPDATE: Operation =
    Operation::put("power_strips.update", "/powerstrip/{powerstrip}").repeat(Repeat::Idempotent);
pub(crate) const USAGE: Operation =
    Operation::get("power_strips.usage", "/powerstrip/{powerstrip}/usage");

client_core::id!(
    /// Identifies a power strip.
    number PowerStripId
);

/// The power strips of one network; made by [`NetworkScope::power_strips`].
#[derive(Debug, Clone, Copy)]
pub struct NetworkPowerStrips<'c> {
    client: &'c Client,
    network: NetworkId,
}

/// The endpoints of one power strip; made by [`Client::power_strip`].
#[derive(Debug, Clone, Copy)]
pub struct PowerStripScope<'c> {
    client: &'c Client,
    id: PowerStripId,
}

impl<'c> NetworkScope<'c> {
    /// The network's power strips.
    pub fn power_strips(self) -> NetworkPowerStrips<'c> {
        NetworkPowerStrips {
            client: self.client,
            network: self.id,
        }
    }
}

impl NetworkPowerStrips<'_> {
    /// Lists the network's power strips. One answer holds them all.
    ///
    /// Each has its id and the network's. How many outlets are enabled is told here only; the description, the outlets and
    /// their schedule by [`PowerStripScope::get`] only.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// for strip in client.network(204_511.into()).power_strips().list().collect_all().await? {
    ///     println!("{:?}: {:?} of {:?} outlets", strip.name, strip.enabled_ports, strip.port_count);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Networks::list`](crate::networks::Networks::list); [`NotFound`](client_core::ErrorKind::NotFound) if the key
    /// sees no such network.
    pub fn list(self) -> Items<PowerStrip> {
        self.client.rows(list(self.network))
    }

    /// Adds a power strip, or moves it here from another network of the account; see
    /// [`NewPowerStrip::confirm_transfer`].
    ///
    /// ```no_run
    /// use datto_networking::power_strips::NewPowerStrip;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let new = NewPowerStrip::new("ac:86:74:20:11:00", "Rack strip", "MP60");
    /// let id = client.network(204_511.into()).power_strips().create(&new).await?;
    /// println!("power strip {id}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Conflict`](client_core::ErrorKind::Conflict) if a network has the address already.
    pub async fn create(self, strip: &NewPowerStrip) -> Result<PowerStripId, Error> {
        self.client.call(create(self.network, strip)).await
    }

    /// The settings that the network has for its power strips.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn settings(self) -> Result<PowerStripSettings, Error> {
        self.client.call(settings::get(self.network)).await
    }

    /// Changes the settings that are set in `update`.
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) with nothing sent for an update without a field.
    pub async fn update_settings(self, update: &PowerStripSettingsUpdate) -> Result<(), Error> {
        self.client
            .call(settings::change(self.network, update))
            .await
    }

    /// Has the firmware of all the network's power strips upgraded now, outside the maintenance window, unless upgrades
    /// are disabled.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn expedite_upgrade(self) -> Result<(), Error> {
        let call = Call::unit(&EXPEDITE_UPGRADE, [&self.network.to_string()]);
        self.client.call(call).await
    }

    /// The firmware that power strips may have.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn firmware_versions(self) -> Result<Vec<PowerStripFirmware>, Error> {
        self.client
            .call(settings::firmware_versions(self.network))
            .await
    }
}

impl<'c> PowerStripScope<'c> {
    pub(crate) fn new(client: &'c Client, id: PowerStripId) -> Self {
        Self { client, id }
    }

    /// The power strip's id.
    pub fn id(self) -> PowerStripId {
        self.id
    }

    /// Everything about the power strip, but how many outlets are enabled; that is told by the listing.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let strip = client.power_strip(77.into()).get().await?;
    /// println!("{:?} {:?} V", strip.name, strip.voltage_v);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`NotFound`](client_core::ErrorKind::NotFound) if the key sees no such power strip.
    pub async fn get(self) -> Result<PowerStrip, Error> {
        self.client.call(get(self.id)).await
    }

    /// As [`get`](Self::get), with `None` for a power strip that the vendor says it does not have. A "not found" without
    /// the vendor's code, as a wrong address gives it, stays an error.
    ///
    /// # Errors
    ///
    /// Any other kind.
    pub async fn find(self) -> Result<Option<PowerStrip>, Error> {
        answer::found(self.get().await)
    }

    /// Changes what is set in `update`.
    ///
    /// ```no_run
    /// use datto_networking::power_strips::{OutletUpdate, PowerStripUpdate};
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let outlet = OutletUpdate::new(1.into()).label("Firewall").enable(true);
    /// let update = PowerStripUpdate::default().name("Rack strip").outlet(outlet);
    /// client.power_strip(77.into()).update(&update).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) with nothing sent for an update without a field.
    pub async fn update(self, update: &PowerStripUpdate) -> Result<(), Error> {
        self.client.call(change(self.id, update)).await
    }

    /// Takes the power strip out of its network.
    ///
    /// # Errors
    ///
    /// Any kind; not [`NotFound`](client_core::ErrorKind::NotFound) if an earlier attempt of this call may have taken it
    /// out.
    pub async fn delete(self) -> Result<(), Error> {
        answer::deleted(self.act(&DELETE).await)
    }

    /// What the outlets used, oldest first.
    ///
    /// ```no_run
    /// use datto_networking::history::Period;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let samples = client.power_strip(77.into()).usage(Period::TwoHours).await?;
    /// println!("{} samples", samples.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn usage(self, period: Period) -> Result<Vec<PowerUsageSample>, Error> {
        self.client.call(usage(self.id, period)).await
    }

    /// Has the power strip check in now.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn check_in(self) -> Result<(), Error> {
        self.act(&CHECK_IN).await
    }

    /// Restarts the power strip.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn reboot(self) -> Result<(), Error> {
        self.act(&REBOOT).await
    }

    /// Lets the power strip be paired with its network.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn enable_pairing(self) -> Result<(), Error> {
        self.act(&ENABLE_PAIRING).await
    }

    /// The power strip's outlets.
    pub fn outlets(self) -> Outlets<'c> {
        Outlets(self)
    }

    async fn act(self, operation: &Operation) -> Result<(), Error> {
        let call = Call::unit(operation, [&self.id.to_string()]);
        self.client.call(call).await
    }
}

pub(crate) fn list(network: NetworkId) -> Call<Rows<PowerStrip>> {
    let given = Map::from_iter([("network_id".to_owned(), Value::from(network.get()))]);
    Call::decoded_by(&LIST, [&network.to_string()], move |raw| {
        listing::rows(&raw.body, "powerstrips", Absent::Empty, &given)
    })
}

fn create(network: NetworkId, strip: &NewPowerStrip) -> Call<PowerStripId> {
    Call::decoded_by(&CREATE, [&network.to_string()], |raw| {
        answer::field(&raw.body, &["powerstrip_id"])
    })
    .json(strip)
}

fn get(id: PowerStripId) -> Call<PowerStrip> {
    Call::decoded_by(&GET, [&id.to_string()], move |raw| {
        answer::record_with(&raw.body, [("id", id.get().into())], "a power strip")
    })
}

fn change(id: PowerStripId, update: &PowerStripUpdate) -> Call<()> {
    Call::unit(&UPDATE, [&id.to_string()])
        .json(update)
        .refuse_if(update.is_empty(), "nothing to change")
}

fn usage(id: PowerStripId, period: Period) -> Call<Vec<PowerUsageSample>> {
    Call::decoded_by(&USAGE, [&id.to_string()], |raw| {
        answer::field(&raw.body, &["usage"])
    })
    .query_pair("period", period)
}

#[cfg(test)]
mod tests;
