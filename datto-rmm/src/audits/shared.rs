//! What audits of several kinds have in common.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{number_or_text, text_or_number};
use serde::Deserialize;

/// A memory module.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PhysicalMemory {
    #[serde(default, with = "text_or_number")]
    pub module: Option<String>,
    /// The unit is not documented.
    #[serde(default, with = "number_or_text")]
    pub size: Option<i64>,
    #[serde(default, rename = "type", with = "text_or_number")]
    pub kind: Option<String>,
    /// A number, as text.
    #[serde(default, with = "text_or_number")]
    pub speed: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub serial_number: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub part_number: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub bank: Option<String>,
}

/// What a device tells of itself by SNMP.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SnmpInfo {
    #[serde(default, with = "text_or_number")]
    pub snmp_name: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub snmp_contact: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub snmp_description: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub snmp_location: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub snmp_uptime: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub nic_manufacturer: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub object_id: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub snmp_serial: Option<String>,
}
