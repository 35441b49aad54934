//! Ports of switches.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::networking::bodies::{flag, limits};
use crate::networking::codes::Problem;
use crate::networking::devices::set;
use crate::world::{Switch, SwitchPort};

pub(super) fn wire(port: &SwitchPort) -> Value {
    let counted = |bytes: i64| json!({"all": bytes, "ucast": bytes, "nucast": 0, "discard": 0, "mcast": 0, "bcast": 0});
    let mut wire = json!({
        "id": port.id,
        "type": port.kind,
        "enable": port.enable,
        "enable_isolation": port.enable_isolation,
        "enable_flow_control": port.enable_flow_control,
        "enable_voice_vlan": port.enable_voice_vlan,
        "uplink": port.uplink,
        "status": if port.up { "up" } else { "down" },
        "description": port.description,
        "vlan_id": port.vlan_id,
        "tagged_vlans": port.tagged_vlans,
        "untagged_vlans": port.untagged_vlans,
        "link_speed_mode": 0,
        "link_speed_neg": i64::from(port.up),
        "voice_cos_mode": 0,
        "acl_mac": port.acl_mac,
        "acl_ipv4": port.acl_ipv4,
        "qos": {"trust": true, "cos_value": 0},
        "statistics": {"rx_bytes": counted(port.rx_bytes), "tx_bytes": counted(port.tx_bytes)},
        "connected_device_mac_list": port
            .connected
            .iter()
            .map(|mac| mac.spelled(":").to_uppercase())
            .collect::<Vec<_>>(),
    });
    if port.kind == "trunk" {
        wire["aggregation"] = json!({"port_ids": port.members});
    } else {
        wire["rate_limit"] = json!({
            "enable_tx": false, "enable_rx": false, "tx_limit_kbps": 0, "rx_limit_kbps": 0,
        });
        wire["mirror"] = json!({
            "enable_ingress_state": false, "enable_session_state": false,
            "tx_port_ids": [], "rx_port_ids": [],
        });
    }
    if let Some(poe) = &port.poe {
        wire["poe"] = json!({
            "enable": poe.enable,
            "priority": poe.priority,
            "power_limit_type": poe.limit_type,
            "power_limit_user_w": poe.limit_w,
            "power_draw_w": poe.draw_w,
            "status": poe.status(),
        });
    }
    wire
}

/// What may be changed of a port.
#[derive(Deserialize)]
pub(super) struct PortRequest {
    id: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    enable: Option<bool>,
    description: Option<String>,
    vlan_id: Option<i64>,
    tagged_vlans: Option<String>,
    untagged_vlans: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    enable_isolation: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    enable_flow_control: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    enable_voice_vlan: Option<bool>,
    acl_mac: Option<String>,
    acl_ipv4: Option<String>,
    aggregation: Option<AggregationRequest>,
    poe: Option<PoeRequest>,
}

#[derive(Deserialize)]
struct AggregationRequest {
    port_ids: Vec<String>,
}

#[derive(Deserialize)]
struct PoeRequest {
    #[serde(default, deserialize_with = "flag")]
    enable: Option<bool>,
    priority: Option<String>,
    power_limit_type: Option<String>,
    power_limit_user_w: Option<f64>,
}

impl PortRequest {
    /// Changes the port of a switch.
    pub(super) fn apply(self, switch: &mut Switch) -> Result<(), Problem> {
        let id = self.id.ok_or_else(|| Problem::new(403, 12_011, "ports"))?;
        for (list, names, field) in [
            (&self.acl_mac, &switch.acls.mac, "acl_mac"),
            (&self.acl_ipv4, &switch.acls.ipv4, "acl_ipv4"),
        ] {
            if list
                .as_ref()
                .is_some_and(|list| !list.is_empty() && !names.contains(list))
            {
                return Err(Problem::new(403, 1017, field));
            }
        }
        let known: Vec<_> = switch.ports.iter().map(|port| port.id.clone()).collect();
        let port = switch.ports.iter_mut().find(|port| port.id == id);
        let port = port.ok_or_else(|| Problem::new(403, 12_012, "ports"))?;
        if self.vlan_id.is_some_and(|vlan| !(1..=4094).contains(&vlan)) {
            return Err(limits(12_004, "vlan_id", 1, 4094));
        }
        set(
            &mut port.tagged_vlans,
            ranges("tagged_vlans", self.tagged_vlans)?,
        );
        set(
            &mut port.untagged_vlans,
            ranges("untagged_vlans", self.untagged_vlans)?,
        );
        set(&mut port.vlan_id, self.vlan_id);
        set(&mut port.enable, self.enable);
        set(&mut port.description, self.description);
        set(&mut port.enable_isolation, self.enable_isolation);
        set(&mut port.enable_flow_control, self.enable_flow_control);
        set(&mut port.enable_voice_vlan, self.enable_voice_vlan);
        set(&mut port.acl_mac, self.acl_mac);
        set(&mut port.acl_ipv4, self.acl_ipv4);
        if let Some(aggregation) = self.aggregation.filter(|_| port.kind == "trunk") {
            if let Some(missing) = aggregation.port_ids.iter().find(|id| !known.contains(id)) {
                return Err(Problem::new(403, 12_012, missing));
            }
            port.members = aggregation.port_ids;
        }
        let (Some(poe), Some(request)) = (&mut port.poe, self.poe) else {
            return Ok(());
        };
        let is_one_of = |value: &Option<String>, known: &[&str]| {
            value.as_deref().is_none_or(|value| known.contains(&value))
        };
        if !is_one_of(&request.priority, &["low", "medium", "high", "critical"]) {
            return Err(Problem::new(403, 12_002, "priority"));
        }
        if !is_one_of(&request.power_limit_type, &["auto", "manual"]) {
            return Err(Problem::new(403, 12_002, "power_limit_type"));
        }
        if request
            .power_limit_user_w
            .is_some_and(|limit| !(0.0..=30.0).contains(&limit))
        {
            return Err(limits(12_004, "power_limit_user_w", 0, 30));
        }
        set(&mut poe.enable, request.enable);
        set(&mut poe.priority, request.priority);
        set(&mut poe.limit_type, request.power_limit_type);
        set(&mut poe.limit_w, request.power_limit_user_w);
        if !poe.enable {
            poe.draw_w = 0.0;
        }
        Ok(())
    }
}

/// A list of VLANs with neighbours drawn together: `1,2,3,12` is `1-3,12`.
fn ranges(name: &str, text: Option<String>) -> Result<Option<String>, Problem> {
    let Some(text) = text else {
        return Ok(None);
    };
    let wrong = || limits(12_004, name, 1, 4094);
    let number = |text: &str| -> Result<i64, Problem> {
        let number: i64 = text.trim().parse().map_err(|_| wrong())?;
        if (1..=4094).contains(&number) {
            Ok(number)
        } else {
            Err(wrong())
        }
    };
    let mut spans = Vec::new();
    for part in text.split(',').filter(|part| !part.trim().is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return Err(wrong());
        }
        spans.push((first, last));
    }
    spans.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (first, last) in spans {
        match joined.last_mut() {
            Some(span) if first <= span.1 + 1 => span.1 = span.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    let texts: Vec<_> = joined
        .into_iter()
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            }
        })
        .collect();
    Ok(Some(texts.join(",")))
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn vlans_are_drawn_together() {
        let of = |text: &str| {
            ranges("tagged_vlans", Some(text.to_owned()))
                .unwrap()
                .unwrap()
        };
        assert_eq!(of("3,1,2,12"), "1-3,12");
        assert_eq!(of("1-4, 4-9,20"), "1-9,20");
        assert_eq!(of(""), "");
        for wrong in ["0", "4095", "5-2", "a", "1-"] {
            assert!(
                ranges("tagged_vlans", Some(wrong.to_owned())).is_err(),
                "{wrong}"
            );
        }
    }
}
