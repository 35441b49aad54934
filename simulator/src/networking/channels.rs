//! Channels that a country allows.

use serde_json::{Value, json};

use super::{Call, Done, Problem};
use crate::world::{Network, NetworkDeviceKind};

/// Countries that the simulator knows.
const COUNTRIES: [&str; 24] = [
    "AT", "AU", "BE", "BR", "CA", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "JP",
    "MX", "NL", "NO", "NZ", "PL", "PT", "SE", "US",
];
pub(super) const HT_MODES: [&str; 7] = [
    "HT20", "HT40+", "HT40-", "HT80+", "HT80-", "HT160+", "HT160-",
];
const FIVE: [i64; 9] = [36, 40, 44, 48, 149, 153, 157, 161, 165];

pub(super) fn is_country(code: &str) -> bool {
    COUNTRIES.contains(&code)
}

/// The channels of 2.4 and 5 GHz; America has fewer of the first and more of the second.
fn channels(country: &str) -> (i64, &'static [i64]) {
    if ["US", "CA", "MX"].contains(&country) {
        (11, &FIVE)
    } else {
        (13, &FIVE[..4])
    }
}

pub(super) fn is_channel(country: &str, band: &str, channel: i64) -> bool {
    let (most, five) = channels(country);
    match band {
        "2_4GHz" => (1..=most).contains(&channel),
        "5GHz" => five.contains(&channel),
        _ => false,
    }
}

/// `GET /network/{network}/allowed_channels`
pub(super) fn of_network(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    answer(call, network)
}

/// `GET /node/{node}/allowed_channels`
pub(super) fn of_node(call: &mut Call<'_>) -> Done {
    let (network, _) = call.holder(NetworkDeviceKind::AccessPoint)?;
    answer(call, network)
}

fn answer(call: &Call<'_>, network: &Network) -> Done {
    let own = network.settings.0.pointer("/network/radio/country_code");
    let country = call.request.parameter("country");
    let country = country
        .as_deref()
        .or(own.and_then(Value::as_str))
        .unwrap_or_default();
    if !is_country(country) {
        return Err(Problem::new(403, 12_005, "country"));
    }
    let (most, five) = channels(country);
    // In no order.
    let low: Vec<_> = (1..=most)
        .rev()
        .map(|channel| {
            let mut modes = vec!["HT20"];
            if channel <= most - 4 {
                modes.push("HT40+");
            }
            if channel > 4 {
                modes.push("HT40-");
            }
            json!({"channel": channel, "ht_modes": modes})
        })
        .collect();
    let high: Vec<_> = five
        .iter()
        .map(|channel| json!({"channel": channel, "ht_modes": ["HT20", "HT40+", "HT80+"]}))
        .collect();
    call.json(json!({"channels": {"2_4GHz": low, "5GHz": high}}))
}
