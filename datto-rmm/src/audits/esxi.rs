//! The audit of an `ESXi` host.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{null_as_default, number_or_text, text_or_number};
use serde::Deserialize;

use super::PhysicalMemory;

/// What an `ESXi` host is made of, and its guests.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EsxiHostAudit {
    #[serde(default, with = "text_or_number")]
    pub portal_url: Option<String>,
    #[serde(default)]
    pub system_info: Option<EsxiSystemInfo>,
    #[serde(default, with = "null_as_default")]
    pub guests: Vec<EsxiGuest>,
    #[serde(default, with = "null_as_default")]
    pub processors: Vec<EsxiProcessor>,
    #[serde(default, with = "null_as_default")]
    pub nics: Vec<EsxiNic>,
    #[serde(default, with = "null_as_default")]
    pub physical_memory: Vec<PhysicalMemory>,
    #[serde(default, with = "null_as_default")]
    pub datastores: Vec<EsxiDatastore>,
}

/// The host as a whole.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EsxiSystemInfo {
    #[serde(default, with = "text_or_number")]
    pub manufacturer: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub model: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub name: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub number_of_snapshots: Option<i64>,
    #[serde(default, with = "text_or_number")]
    pub service_tag: Option<String>,
}

/// A guest of the host.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EsxiGuest {
    #[serde(default, with = "text_or_number")]
    pub guest_name: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub processor_speed_total: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub memory_size_total: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub number_of_snapshots: Option<i64>,
    /// One text, not a list.
    #[serde(default, with = "text_or_number")]
    pub datastores: Option<String>,
}

/// A processor of the host.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EsxiProcessor {
    #[serde(default, with = "number_or_text")]
    pub frequency: Option<f64>,
    #[serde(default, with = "text_or_number")]
    pub name: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub number_of_cores: Option<i64>,
}

/// A network card of the host.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EsxiNic {
    #[serde(default, with = "text_or_number")]
    pub name: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub ipv4: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub ipv6: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub mac_address: Option<String>,
    /// A number, as text.
    #[serde(default, with = "text_or_number")]
    pub speed: Option<String>,
    #[serde(default, rename = "type", with = "text_or_number")]
    pub kind: Option<String>,
}

/// A store for disks of guests.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EsxiDatastore {
    #[serde(default, with = "text_or_number")]
    pub datastore_name: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub subscription_percent: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub free_space: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub size: Option<i64>,
    #[serde(default, with = "text_or_number")]
    pub file_system: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub status: Option<String>,
    #[serde(default, with = "null_as_default")]
    pub data_extents: Vec<EsxiDataExtent>,
}

/// A part of a store.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EsxiDataExtent {
    #[serde(default, with = "text_or_number")]
    pub name: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub size: Option<i64>,
    #[serde(default, with = "text_or_number")]
    pub media_type: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub status: Option<String>,
}
