//! Access lists of switches.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::detail;
use crate::networking::bodies::missing;
use crate::networking::{Call, Done, Problem};
use crate::world::{AclEntry, Switch};

/// `GET /switch/{switch}/acl`
pub(in crate::networking) fn get(call: &mut Call<'_>) -> Done {
    let switch = call.switch()?.1;
    let entries = |entries: &[AclEntry]| -> Vec<Value> {
        entries
            .iter()
            .map(|entry| {
                let mut wire = entry.fields.clone();
                wire.insert("acl_name".into(), json!(entry.acl));
                wire.insert("id".into(), json!(entry.id));
                Value::Object(wire)
            })
            .collect()
    };
    let lists = |names: &[String]| -> Vec<Value> {
        names
            .iter()
            .map(|name| json!({"name": name, "assigned": is_assigned(switch, name)}))
            .collect()
    };
    let body = json!({
        "mac_acl": lists(&switch.acls.mac),
        "ipv4_acl": lists(&switch.acls.ipv4),
        "mac_ace": entries(&switch.acls.mac_entries),
        "ipv4_ace": entries(&switch.acls.ipv4_entries),
    });
    call.json(body)
}

fn is_assigned(switch: &Switch, name: &str) -> bool {
    switch
        .ports
        .iter()
        .any(|port| port.acl_mac == name || port.acl_ipv4 == name)
}

#[derive(Deserialize)]
struct AclsRequest {
    #[serde(default)]
    mac_acl: Vec<ListRequest>,
    #[serde(default)]
    ipv4_acl: Vec<ListRequest>,
    #[serde(default)]
    mac_ace: Vec<EntryRequest>,
    #[serde(default)]
    ipv4_ace: Vec<EntryRequest>,
}

#[derive(Deserialize)]
struct ListRequest {
    name: String,
}

#[derive(Deserialize)]
struct EntryRequest {
    id: Option<i64>,
    acl_name: Option<String>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// Lists and entries of one kind, with what was sent for them.
type Part<'a> = (
    &'a mut Vec<String>,
    &'a mut Vec<AclEntry>,
    Vec<ListRequest>,
    Vec<EntryRequest>,
);

/// Both kinds of lists.
fn parts(switch: &mut Switch, body: AclsRequest) -> [Part<'_>; 2] {
    let acls = &mut switch.acls;
    [
        (
            &mut acls.mac,
            &mut acls.mac_entries,
            body.mac_acl,
            body.mac_ace,
        ),
        (
            &mut acls.ipv4,
            &mut acls.ipv4_entries,
            body.ipv4_acl,
            body.ipv4_ace,
        ),
    ]
}

/// Changes a copy of the switch, so that it is all or nothing.
fn change(
    call: &mut Call<'_>,
    change: fn(&mut Switch, AclsRequest) -> Result<(), Problem>,
) -> Done {
    let switch = call.switch()?.1;
    let (mut changed, before) = (switch.clone(), detail(switch, false));
    let body: AclsRequest = call.body()?;
    change(&mut changed, body)?;
    *call.switch_mut()? = changed;
    call.audit_switch(&before)?;
    call.nothing()
}

/// `POST /switch/{switch}/acl`
pub(in crate::networking) fn create(call: &mut Call<'_>) -> Done {
    change(call, |switch, body| {
        let acls = &switch.acls;
        let entries = acls.mac_entries.iter().chain(&acls.ipv4_entries);
        let mut last = entries.map(|entry| entry.id).max().unwrap_or(0);
        for (lists, entries, new_lists, new_entries) in parts(switch, body) {
            for ListRequest { name } in new_lists {
                if name.is_empty() {
                    return Err(missing("name"));
                }
                if lists.contains(&name) {
                    return Err(Problem::new(403, 12_022, &name));
                }
                lists.push(name);
            }
            for entry in new_entries {
                let acl = entry.acl_name.ok_or_else(|| missing("acl_name"))?;
                if !lists.contains(&acl) {
                    return Err(Problem::new(403, 1017, &acl));
                }
                last += 1;
                entries.push(AclEntry {
                    id: last,
                    acl,
                    fields: entry.fields,
                });
            }
        }
        Ok(())
    })
}

/// `PUT /switch/{switch}/acl`: entries by id; lists have nothing to change.
pub(in crate::networking) fn update(call: &mut Call<'_>) -> Done {
    change(call, |switch, body| {
        for (lists, entries, named, changed) in parts(switch, body) {
            if let Some(unknown) = named.iter().find(|list| !lists.contains(&list.name)) {
                return Err(Problem::new(403, 1017, &unknown.name));
            }
            for request in changed {
                let id = request.id.ok_or_else(|| Problem::new(403, 12_011, "id"))?;
                let entry = entries.iter_mut().find(|entry| entry.id == id);
                let entry = entry.ok_or_else(|| Problem::new(403, 12_012, "id"))?;
                if let Some(acl) = request.acl_name {
                    if !lists.contains(&acl) {
                        return Err(Problem::new(403, 1017, &acl));
                    }
                    entry.acl = acl;
                }
                entry.fields.extend(request.fields);
            }
        }
        Ok(())
    })
}

/// `DELETE /switch/{switch}/acl`, with a body that names what is to go: lists with all their entries,
/// or entries by id. A list that a port uses stays.
pub(in crate::networking) fn delete(call: &mut Call<'_>) -> Done {
    change(call, |switch, body| {
        let mut names = body.mac_acl.iter().chain(&body.ipv4_acl);
        if let Some(used) = names.find(|list| is_assigned(switch, &list.name)) {
            return Err(Problem::new(403, 12_029, &used.name));
        }
        for (lists, entries, gone, gone_entries) in parts(switch, body) {
            for ListRequest { name } in gone {
                let place = lists.iter().position(|list| *list == name);
                lists.remove(place.ok_or_else(|| Problem::new(404, 1017, &name))?);
                entries.retain(|entry| entry.acl != name);
            }
            for entry in gone_entries {
                let id = entry.id.ok_or_else(|| Problem::new(403, 12_011, "id"))?;
                let place = entries.iter().position(|entry| entry.id == id);
                entries.remove(place.ok_or_else(|| Problem::new(404, 12_012, "id"))?);
            }
        }
        Ok(())
    })
}
