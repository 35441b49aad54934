//! The audit of a computer.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{null_as_default, number_or_text, text_or_number};
use serde::Deserialize;

use super::{PhysicalMemory, SnmpInfo};
use crate::devices::NetworkInterface;
use crate::paging::Row;
use crate::time::{WireTime, lenient};

/// What a computer is made of.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeviceAudit {
    #[serde(default, with = "text_or_number")]
    pub portal_url: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub web_remote_url: Option<String>,
    #[serde(default)]
    pub system_info: Option<SystemInfo>,
    #[serde(default, with = "null_as_default")]
    pub nics: Vec<NetworkInterface>,
    #[serde(default)]
    pub bios: Option<Bios>,
    #[serde(default)]
    pub base_board: Option<BaseBoard>,
    #[serde(default, with = "null_as_default")]
    pub displays: Vec<Display>,
    #[serde(default, with = "null_as_default")]
    pub logical_disks: Vec<LogicalDisk>,
    /// A list, in spite of its name.
    #[serde(default, with = "null_as_default")]
    pub mobile_info: Vec<MobileInfo>,
    #[serde(default, with = "null_as_default")]
    pub processors: Vec<Processor>,
    #[serde(default, with = "null_as_default")]
    pub video_boards: Vec<VideoBoard>,
    #[serde(default, with = "null_as_default")]
    pub attached_devices: Vec<AttachedDevice>,
    #[serde(default)]
    pub snmp_info: Option<SnmpInfo>,
    #[serde(default, with = "null_as_default")]
    pub physical_memory: Vec<PhysicalMemory>,
}

/// The machine as a whole.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SystemInfo {
    #[serde(default, with = "text_or_number")]
    pub manufacturer: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub model: Option<String>,
    /// Bytes, as it seems; the unit is not documented.
    #[serde(default, with = "number_or_text")]
    pub total_physical_memory: Option<i64>,
    #[serde(default, with = "text_or_number")]
    pub username: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub dot_net_version: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub total_cpu_cores: Option<i64>,
}

/// The BIOS.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Bios {
    #[serde(default, with = "text_or_number")]
    pub instance: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub release_date: Option<WireTime>,
    /// The machine's serial number; the only place where it is told.
    #[serde(default, with = "text_or_number")]
    pub serial_number: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub sm_bios_version: Option<String>,
}

/// The main board.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BaseBoard {
    #[serde(default, with = "text_or_number")]
    pub manufacturer: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub product: Option<String>,
}

/// A screen.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Display {
    #[serde(default, with = "text_or_number")]
    pub instance: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub screen_height: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub screen_width: Option<i64>,
}

/// A volume.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LogicalDisk {
    #[serde(default, with = "text_or_number")]
    pub description: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub disk_identifier: Option<String>,
    /// Bytes, as it seems; the unit is not documented.
    #[serde(default, with = "number_or_text")]
    pub freespace: Option<i64>,
    /// As `freespace`.
    #[serde(default, with = "number_or_text")]
    pub size: Option<i64>,
}

/// A mobile connection.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MobileInfo {
    #[serde(default, with = "text_or_number")]
    pub iccid: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub imei: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub number: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub operator: Option<String>,
}

/// A processor.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Processor {
    #[serde(default, with = "text_or_number")]
    pub name: Option<String>,
}

/// A graphics card.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VideoBoard {
    #[serde(default, with = "text_or_number")]
    pub display_adapter: Option<String>,
}

/// Something that is plugged in.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AttachedDevice {
    #[serde(default, with = "text_or_number")]
    pub device_name: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub device_type: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub driver_file: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub driver_file_last_modified: Option<WireTime>,
    #[serde(default, with = "text_or_number")]
    pub driver_manufacturer: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub driver_name: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub driver_version: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub port_name: Option<String>,
}

/// An installed program.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Software {
    #[serde(default, with = "text_or_number")]
    pub name: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub version: Option<String>,
}

impl Row for Software {
    const ID: &'static str = "name";
    const ID_IS_KEY: bool = false;

    fn key(&self) -> Option<String> {
        // One program of one version can be installed twice, and nothing tells the two apart.
        None
    }
}
