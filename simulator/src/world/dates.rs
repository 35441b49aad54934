//! Moving a built world to the day on which it is started.

use super::build::BUILT_MS;
use super::{
    Account, Alert, Company, DeviceLifecycle, DeviceSubscription, Network, NetworkingAccount, Site,
    World,
};

/// What is done to a date.
type Move<'a> = &'a mut dyn FnMut(&mut i64);

impl World {
    /// Makes a world that nobody has started before one of now: all its dates move by the same time.
    pub(crate) fn begin(&mut self, now_ms: i64) {
        if self.now_ms == BUILT_MS {
            let by_ms = now_ms.saturating_sub(BUILT_MS);
            self.each_date(&mut |date| *date = date.saturating_add(by_ms));
        }
        self.now_ms = now_ms;
    }

    fn each_date(&mut self, shift: Move<'_>) {
        account(&mut self.account, shift);
        for site in &mut self.sites {
            devices(site, shift);
        }
        for one in self.companies.values_mut() {
            company(one, shift);
        }
        for one in &mut self.networks {
            network(one, shift);
        }
        networking_account(&mut self.networking, shift);
    }
}

fn maybe(date: &mut Option<i64>, shift: Move<'_>) {
    date.iter_mut().for_each(shift);
}

fn account(account: &mut Account, shift: Move<'_>) {
    for user in &mut account.users {
        shift(&mut user.created_ms);
        maybe(&mut user.last_access_ms, shift);
    }
    for filter in &mut account.filters {
        shift(&mut filter.created_ms);
        shift(&mut filter.updated_ms);
    }
    for one in &mut account.alerts {
        alert(one, shift);
    }
    for job in &mut account.jobs {
        shift(&mut job.created_ms);
        shift(&mut job.expires_at_ms);
        maybe(&mut job.runs_at_ms, shift);
        maybe(&mut job.done_at_ms, shift);
        if let Some(end) = &mut job.end {
            shift(&mut end.at_ms);
        }
    }
    for entry in &mut account.activity {
        shift(&mut entry.date_ms);
        shift(&mut entry.visible_from_ms);
    }
}

fn alert(alert: &mut Alert, shift: Move<'_>) {
    shift(&mut alert.raised_ms);
    if let Some(resolution) = &mut alert.resolution {
        shift(&mut resolution.on_ms);
    }
    for action in alert.response_actions.iter_mut().flatten() {
        if let Some(mut at_ms) = action["actionTime"].as_i64() {
            shift(&mut at_ms);
            action["actionTime"] = at_ms.into();
        }
    }
}

fn devices(site: &mut Site, shift: Move<'_>) {
    for device in &mut site.devices {
        shift(&mut device.created_ms);
        maybe(&mut device.last_seen_ms, shift);
        maybe(&mut device.last_reboot_ms, shift);
        maybe(&mut device.last_audit_ms, shift);
    }
}

fn company(company: &mut Company, shift: Move<'_>) {
    shift(&mut company.created_ms);
    shift(&mut company.visible_from_ms);
    for endpoint in &mut company.endpoints {
        shift(&mut endpoint.last_seen_ms);
    }
    for package in &mut company.packages {
        shift(&mut package.created_ms);
        shift(&mut package.visible_from_ms);
        shift(&mut package.built_at_ms);
    }
}

fn terms(
    lifecycle: &mut Option<DeviceLifecycle>,
    subscription: &mut Option<DeviceSubscription>,
    shift: Move<'_>,
) {
    if let Some(lifecycle) = lifecycle {
        maybe(&mut lifecycle.end_of_sale_ms, shift);
        maybe(&mut lifecycle.end_of_life_ms, shift);
    }
    if let Some(subscription) = subscription {
        shift(&mut subscription.start_ms);
        maybe(&mut subscription.end_ms, shift);
    }
}

fn network(network: &mut Network, shift: Move<'_>) {
    for node in &mut network.nodes {
        shift(&mut node.first_added_ms);
        maybe(&mut node.last_checkin_ms, shift);
        terms(&mut node.lifecycle, &mut node.subscription, shift);
    }
    for switch in &mut network.switches {
        shift(&mut switch.first_added_ms);
        maybe(&mut switch.last_checkin_ms, shift);
        terms(&mut switch.lifecycle, &mut switch.subscription, shift);
    }
    for strip in &mut network.power_strips {
        shift(&mut strip.created_ms);
        shift(&mut strip.modified_ms);
        maybe(&mut strip.last_checkin_ms, shift);
        terms(&mut strip.lifecycle, &mut strip.subscription, shift);
    }
    for router in &mut network.routers {
        maybe(&mut router.last_checkin_ms, shift);
    }
    for client in &mut network.clients {
        maybe(&mut client.last_seen_ms, shift);
    }
    for voucher in &mut network.vouchers {
        shift(&mut voucher.created_ms);
        maybe(&mut voucher.started_ms, shift);
        maybe(&mut voucher.deleted_ms, shift);
    }
    maybe(&mut network.survey.asked_ms, shift);
    maybe(&mut network.survey.ended_ms, shift);
}

fn networking_account(account: &mut NetworkingAccount, shift: Move<'_>) {
    for user in &mut account.users {
        shift(&mut user.created_ms);
    }
    for event in &mut account.audit {
        shift(&mut event.at_ms);
    }
    for action in &mut account.actions {
        shift(&mut action.at_ms);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::world::build::BUILT_MS;
    use crate::world::{ActivityDay, World, WorldSpec};

    /// All dates by their place.
    fn dates(value: &Value, place: &str, found: &mut Vec<(String, i64)>) {
        let is_date = place.ends_with("_ms") || place.ends_with("actionTime");
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    dates(field, &format!("{place}/{name}"), found);
                }
            }
            Value::Array(rows) => {
                for row in rows {
                    dates(row, place, found);
                }
            }
            Value::Number(number) if is_date => {
                found.push((place.to_owned(), number.as_i64().unwrap()));
            }
            _ => {}
        }
    }

    fn dates_of(world: &World) -> Vec<(String, i64)> {
        let mut found = Vec::new();
        dates(&json!(world), "", &mut found);
        found
    }

    #[test]
    fn every_date_of_a_built_world_moves_with_the_others_and_once() {
        let mut world = World::generate(&WorldSpec::new(3));
        world.simulate_activity(&ActivityDay::new(3));
        let before = dates_of(&world);
        world.begin(BUILT_MS + 5_000);
        let after = dates_of(&world);
        assert_eq!(before.len(), after.len());
        for ((place, before), (_, after)) in before.iter().zip(&after) {
            assert_eq!(before + 5_000, *after, "{place}");
        }
        world.begin(BUILT_MS + 9_000);
        assert_eq!(dates_of(&world), after, "it was started before");
    }
}
