//! Faults as commands give them.

use serde::Deserialize;

use super::Refusal;
use crate::faults::{Fault, FaultAction};
use crate::record::Vendor;
use crate::world::Unknown;
use crate::{gravityzone, networking, rmm};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::control_port) enum VendorName {
    Rmm,
    GravityZone,
    Networking,
}

impl From<VendorName> for Vendor {
    fn from(name: VendorName) -> Self {
        match name {
            VendorName::Rmm => Self::Rmm,
            VendorName::GravityZone => Self::GravityZone,
            VendorName::Networking => Self::Networking,
        }
    }
}

/// A fault; without `operation` it hits any, without `nth`, `times` or `always` the next request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::control_port) struct Rule {
    operation: Option<String>,
    vendor: Option<VendorName>,
    action: FaultAction,
    #[serde(default)]
    writes_only: bool,
    page: Option<u64>,
    nth: Option<u32>,
    times: Option<u32>,
    #[serde(default)]
    always: bool,
}

/// Whether requests can be of that operation, named with or without the vendor.
fn exists(operation: &str, only: Option<Vendor>) -> bool {
    let vendors = [Vendor::Rmm, Vendor::GravityZone, Vendor::Networking];
    vendors.into_iter().any(|vendor| {
        let bare = operation.strip_prefix(&format!("{vendor} "));
        let bare = bare.unwrap_or(operation);
        only.is_none_or(|only| only == vendor)
            && match vendor {
                Vendor::Rmm => rmm::has_operation(bare),
                Vendor::GravityZone => gravityzone::has_operation(bare),
                Vendor::Networking => networking::has_operation(bare),
            }
    })
}

impl Rule {
    /// The fault, unless it could never hit: a misspelt operation shows here and not in a test that
    /// passes for the wrong reason.
    pub(super) fn fault(self) -> Result<Fault, Refusal> {
        let said = [self.always, self.nth.is_some(), self.times.is_some()];
        if said.into_iter().filter(|said| *said).count() > 1 {
            return Err(Refusal::Bad(
                "only one of `always`, `nth` and `times`".into(),
            ));
        }
        let vendor = self.vendor.map(Vendor::from);
        let mut fault = match self.operation {
            Some(operation) if !exists(&operation, vendor) => {
                return Err(Unknown::new("operation", operation).into());
            }
            Some(operation) => Fault::on(operation, self.action).of(vendor),
            None => Fault::any(vendor, self.action),
        };
        if self.writes_only {
            fault = fault.writes_only();
        }
        if let Some(page) = self.page {
            fault = fault.page(page);
        }
        Ok(match (self.always, self.nth, self.times) {
            (true, ..) => fault.always(),
            (_, Some(nth), _) => fault.nth(nth),
            (_, _, Some(times)) => fault.times(times),
            _ => fault,
        })
    }
}
