//! The outlets of a power strip.
#![expect(missing_docs, reason = "most field names say it all")]

use client_core::{Call, Error, Operation, Repeat};
use serde::Serialize;

use super::{PowerStripId, PowerStripScope};
use crate::lenient::{lenient, nested, record};

pub(crate) const RESET_OUTLET: Operation = Operation::get(
    "power_strips.reset_outlet",
    "/powerstrip/{powerstrip}/port/{port}/reset",
)
.repeat(Repeat::Action);

client_core::id!(
    /// Numbers an outlet of a power strip.
    number OutletId
);
lenient!(number OutletId);

record! {
    /// An outlet of a power strip.
    pub struct Outlet {
        port_id: OutletId,
        label: String,
        /// Whether it gives power.
        enable: bool,
        /// The [`ConnectionCheck`](super::ConnectionCheck) that it has.
        connection_check_name: String,
        current_a: f64,
        apparent_power_va: f64,
        active_power_w: f64,
        reactive_power_var: f64,
        power_factor: f64,
    }
}
nested!(Outlet: "port_id");

/// What to change of an outlet; what is not set stays as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutletUpdate {
    port_id: OutletId,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_check_name: Option<CheckName>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
enum CheckName {
    Is(String),
    /// `null`, which takes the check away.
    None,
}

impl OutletUpdate {
    /// A change of this outlet.
    #[must_use]
    pub fn new(outlet: OutletId) -> Self {
        Self {
            port_id: outlet,
            label: None,
            enable: None,
            connection_check_name: None,
        }
    }

    /// Labels it.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Whether it gives power.
    #[must_use]
    pub fn enable(mut self, enable: bool) -> Self {
        self.enable = Some(enable);
        self
    }

    /// Gives it a connection check, by its exact name; `None` takes it away.
    #[must_use]
    pub fn connection_check(mut self, name: Option<&str>) -> Self {
        self.connection_check_name =
            Some(name.map_or(CheckName::None, |name| CheckName::Is(name.to_owned())));
        self
    }
}

/// The outlets of one power strip; made by [`PowerStripScope::outlets`].
#[derive(Debug, Clone, Copy)]
pub struct Outlets<'c>(pub(super) PowerStripScope<'c>);

impl Outlets<'_> {
    /// Lists the outlets; reads the whole power strip. They are changed by
    /// [`PowerStripScope::update`].
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// for outlet in client.power_strip(77.into()).outlets().list().await? {
    ///     println!("{:?}: {:?} W", outlet.label, outlet.active_power_w);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Decode`](client_core::ErrorKind::Decode) if the power strip tells no outlets that can be read.
    pub async fn list(self) -> Result<Vec<Outlet>, Error> {
        let call = super::get(self.0.id).and_then(|strip| {
            strip.ports.ok_or_else(|| {
                client_core::DecodeError::new("no outlets in the answer").at("ports")
            })
        });
        self.0.client.call(call).await
    }

    /// Takes the power of an outlet away and gives it back.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn reset(self, outlet: OutletId) -> Result<(), Error> {
        self.0.client.call(reset(self.0.id, outlet)).await
    }
}

fn reset(strip: PowerStripId, outlet: OutletId) -> Call<()> {
    Call::unit(&RESET_OUTLET, [&strip.to_string(), &outlet.to_string()])
}
