//! Tests of matching: the rules one by one, then properties against a slow, direct matcher.

use std::net::IpAddr;

use super::DeviceRow;
use crate::identity::MacAddr;

mod cascade;
mod explained;
mod hygiene;
mod oracle;
mod properties;

/// A device of a test.
#[derive(Debug, Clone, Default, PartialEq)]
struct Device {
    organization: Option<u32>,
    macs: Vec<MacAddr>,
    ips: Vec<IpAddr>,
    name: String,
    serial: Option<String>,
    tag: Option<String>,
    excluded: Option<String>,
}

impl DeviceRow for Device {
    fn organization(&self) -> Option<u32> {
        self.organization
    }

    fn macs(&self) -> impl Iterator<Item = MacAddr> {
        self.macs.iter().copied()
    }

    fn ips(&self) -> impl Iterator<Item = IpAddr> {
        self.ips.iter().copied()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn serial(&self) -> Option<&str> {
        self.serial.as_deref()
    }

    fn field(&self, number: u8) -> Option<&str> {
        self.tag.as_deref().filter(|_| number == 0)
    }

    fn excluded(&self) -> Option<&str> {
        self.excluded.as_deref()
    }
}

/// A device of organisation 1, its addresses written in one text each.
fn device(macs: &str, ips: &str, name: &str) -> Device {
    Device {
        organization: Some(1),
        macs: macs
            .split_whitespace()
            .map(|mac| mac.parse().unwrap())
            .collect(),
        ips: ips
            .split_whitespace()
            .map(|ip| ip.parse().unwrap())
            .collect(),
        name: name.to_owned(),
        ..Device::default()
    }
}

impl Device {
    fn at(mut self, organization: u32) -> Self {
        self.organization = Some(organization);
        self
    }

    fn serial(mut self, serial: &str) -> Self {
        self.serial = Some(serial.to_owned());
        self
    }

    fn tag(mut self, tag: &str) -> Self {
        self.tag = Some(tag.to_owned());
        self
    }
}
