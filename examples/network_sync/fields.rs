//! Which field of a device goes into which column of a configuration, and what is only shown.

use std::path::Path;

use examples::exit::Failure;
use reconcile::fields::{FieldMap, FieldMapError, FieldRule, Kind};

/// What is stored of every kind: field, column, and how values are compared (F101).
const STORED: [(&str, &str, Kind); 6] = [
    ("name", "name", Kind::Name),
    ("mac", "mac_address", Kind::Mac),
    ("ip", "ip_address", Kind::Ip),
    ("status", "status", Kind::Text),
    ("model", "model", Kind::Text),
    ("serial", "serial_number", Kind::Text),
];

/// What is shown of every kind: field and label (F102).
const SHOWN: [(&str, &str); 4] = [
    ("firmware", "Firmware"),
    ("last_checkin", "Last check-in"),
    ("uptime_seconds", "Uptime (s)"),
    ("description", "Description"),
];

/// What is shown of one kind (F103 to F106).
const SHOWN_OF: [(&str, &[(&str, &str)]); 4] = [
    (
        "access point",
        &[
            ("clients", "Clients"),
            ("latitude", "Latitude"),
            ("longitude", "Longitude"),
        ],
    ),
    (
        "switch",
        &[
            ("active_ports", "Active ports"),
            ("total_ports", "Ports"),
            ("available_power_w", "Available power (W)"),
            ("total_power_w", "Total power (W)"),
            ("power_draw_w", "Power drawn (W)"),
            ("gateway_ip", "Gateway"),
        ],
    ),
    (
        "managed power",
        &[
            ("surge_protection", "Surge protection"),
            ("enabled_ports", "Enabled ports"),
            ("port_count", "Ports"),
            ("connection_type", "Connection"),
            // What comes nearest to a connection type where none is told.
            ("role", "Role"),
        ],
    ),
    ("router", &[("lte_status", "LTE status")]),
];

/// The map that is used unless another one is given.
///
/// # Errors
///
/// None: the rules have names, and fill each field once.
pub(crate) fn built_in() -> Result<FieldMap, FieldMapError> {
    let stored =
        STORED.map(|(field, column, kind)| FieldRule::into(field, column).compared_as(kind));
    let shown = SHOWN.map(|(field, label)| FieldRule::shown(field, label));
    let map = FieldMap::new(stored.into_iter().chain(shown).collect())?;
    SHOWN_OF.into_iter().try_fold(map, |map, (kind, shown)| {
        let rules = shown
            .iter()
            .map(|(field, label)| FieldRule::shown(*field, *label));
        map.with_type(kind, rules.collect())
    })
}

/// The map in a file, or the built-in one.
pub(crate) fn read(path: Option<&Path>) -> Result<FieldMap, Failure> {
    let Some(path) = path else {
        return Ok(built_in()?);
    };
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("{shown} cannot be read: {error}")))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("{shown} is no field map: {error}")))
}

#[cfg(test)]
mod tests {
    #[test]
    fn f101_to_f106_the_built_in_map_is_sound() {
        let map = super::built_in().expect("sound");
        assert_eq!(map.rules(Some("router")).count(), 11);
    }
}
