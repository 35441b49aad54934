//! What a power strip drew.

use serde_json::{Map, Value, json};

use super::VOLTS;
use crate::calendar;
use crate::networking::history::{Period, wave};
use crate::networking::{Call, Done};

/// `GET /powerstrip/{powerstrip}/usage`
pub(in crate::networking) fn usage(call: &mut Call<'_>) -> Done {
    let strip = call.strip()?.1;
    let samples: Vec<_> = Period::of(call)?
        .times()
        .map(|at_ms| {
            let ports: Map<String, Value> = strip
                .outlets
                .iter()
                .map(|outlet| {
                    // Between 90 and 110 percent of what it draws now.
                    let share = f64::from(90 + wave(outlet.id, at_ms) % 21) / 100.0;
                    let amperes = if outlet.enable {
                        as_a_meter(outlet.current_a * share)
                    } else {
                        0.0
                    };
                    let sample = json!({
                        "active_power_w": as_a_meter(amperes * VOLTS),
                        "voltage_v": VOLTS,
                        "current_a": amperes,
                    });
                    (outlet.id.to_string(), sample)
                })
                .collect();
            json!({
                "time": calendar::rfc3339(at_ms),
                "ports": ports,
                "memory_available": 24_640,
                "role": if strip.ip.is_some() { "gateway" } else { "" },
            })
        })
        .collect();
    call.json(json!({"usage": samples}))
}

/// A figure with three decimals, so that it is the same as a number and as a text.
fn as_a_meter(figure: f64) -> f64 {
    (figure * 1_000.0).round() / 1_000.0
}
