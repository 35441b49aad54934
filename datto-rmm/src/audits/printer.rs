//! The audit of a printer.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{null_as_default, number_or_text, text_or_number};
use serde::Deserialize;

use super::SnmpInfo;
use crate::devices::NetworkInterface;

/// What a printer tells of itself.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PrinterAudit {
    #[serde(default, with = "text_or_number")]
    pub portal_url: Option<String>,
    #[serde(default)]
    pub snmp_info: Option<SnmpInfo>,
    #[serde(default, with = "null_as_default")]
    pub printer_marker_supplies: Vec<PrinterMarkerSupply>,
    #[serde(default)]
    pub printer: Option<Printer>,
    #[serde(default)]
    pub system_info: Option<PrinterSystemInfo>,
    #[serde(default, with = "null_as_default")]
    pub nics: Vec<NetworkInterface>,
}

/// What was printed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Printer {
    #[serde(default, with = "number_or_text")]
    pub printed_page_count: Option<i64>,
}

/// Toner, ink or the like.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PrinterMarkerSupply {
    #[serde(default, with = "text_or_number")]
    pub description: Option<String>,
    /// A number, as text.
    #[serde(default, with = "text_or_number")]
    pub max_capacity: Option<String>,
    /// A number, as text.
    #[serde(default, with = "text_or_number")]
    pub supplies_level: Option<String>,
}

/// The printer as a whole.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PrinterSystemInfo {
    #[serde(default, with = "text_or_number")]
    pub manufacturer: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub model: Option<String>,
}
