//! Groups of networks.

use serde::Deserialize;
use serde_json::json;

use super::{Call, Done, Problem};
use crate::world::{AuditField, NetworkGroup, role, same_name};

/// Longer names are refused.
const MAX_NAME: usize = 100;

impl Call<'_> {
    /// The group that the path names first.
    pub(super) fn group(&self) -> Result<&NetworkGroup, Problem> {
        let user = self.member()?;
        let group = self.state.world.networking.group(self.id(0)?);
        let group = group.ok_or_else(|| Problem::new(404, 40_003, ""))?;
        if user.role == role::ACCOUNT_ADMIN || user.groups.contains_key(&group.id) {
            Ok(group)
        } else {
            Err(Problem::new(403, 40_006, ""))
        }
    }
}

#[derive(Deserialize)]
struct GroupRequest {
    name: Option<String>,
}

/// The name of the body, which no group but `own` may have.
fn name(call: &Call<'_>, own: Option<i64>) -> Result<String, Problem> {
    let name = call.body::<GroupRequest>()?.name.unwrap_or_default();
    let name = name.trim().to_owned();
    if !(1..=MAX_NAME).contains(&name.chars().count()) {
        return Err(Problem::with(
            403,
            40_008,
            "name",
            &json!({"min": "1", "max": MAX_NAME.to_string()}),
        ));
    }
    let mut groups = call.state.world.networking.groups.iter();
    if groups.any(|group| Some(group.id) != own && same_name(&group.name, &name)) {
        return Err(Problem::new(403, 40_005, "name"));
    }
    Ok(name)
}

/// `POST /networkgroup`
pub(super) fn create(call: &mut Call<'_>) -> Done {
    let creator = call.administrator()?.id;
    let name = name(call, None)?;
    let id = call.state.world.add_network_group(&name);
    if let Some(group) = call.state.world.networking.groups.last_mut() {
        group.creator = creator;
    }
    call.audit("create", "networkgroup", &id.to_string(), None, Vec::new());
    call.json(json!({"networkgroup_id": id}))
}

/// `GET /networkgroup/{group}`
pub(super) fn get(call: &mut Call<'_>) -> Done {
    let group = call.group()?;
    let world = &call.state.world;
    let networks: Vec<_> = world
        .networks
        .iter()
        .filter(|network| network.group == group.id)
        .map(|network| json!({"network_id": network.id, "name": network.name}))
        .collect();
    call.json(json!({
        "networkgroup_id": group.id,
        "creator_user_id": group.creator,
        "name": group.name,
        "account_id": world.networking.id,
        "networks": networks,
    }))
}

/// `GET /networkgroup/list`
pub(super) fn list(call: &mut Call<'_>) -> Done {
    let user = call.member()?;
    let is_admin = user.role == role::ACCOUNT_ADMIN;
    let groups: Vec<_> = call
        .state
        .world
        .networking
        .groups
        .iter()
        .filter_map(|group| {
            let own = user.groups.get(&group.id).copied();
            let role = own.or(is_admin.then_some(role::NETWORK_EDITOR))?;
            Some(json!({"networkgroup_id": group.id, "name": group.name, "role_id": role}))
        })
        .collect();
    call.json(json!({"networkgroups": groups}))
}

/// `PUT /networkgroup/{group}`
pub(super) fn update(call: &mut Call<'_>) -> Done {
    call.administrator()?;
    let group = call.group()?;
    let (id, old) = (group.id, group.name.clone());
    let new = name(call, Some(id))?;
    let groups = &mut call.state.world.networking.groups;
    if let Some(group) = groups.iter_mut().find(|group| group.id == id) {
        new.clone_into(&mut group.name);
    }
    let field = AuditField {
        field: "name".into(),
        old,
        new,
    };
    call.audit("update", "networkgroup", &id.to_string(), None, vec![field]);
    call.braces()
}

/// `DELETE /networkgroup/{group}`
pub(super) fn delete(call: &mut Call<'_>) -> Done {
    call.administrator()?;
    let id = call.group()?.id;
    let world = &mut call.state.world;
    if world.networks.iter().any(|network| network.group == id) {
        return Err(Problem::new(403, 40_004, ""));
    }
    world.networking.groups.retain(|group| group.id != id);
    for user in &mut world.networking.users {
        user.groups.remove(&id);
    }
    call.audit("delete", "networkgroup", &id.to_string(), None, Vec::new());
    call.braces()
}

/// `PUT /networkgroup/{group}/network/{network}`
pub(super) fn move_network(call: &mut Call<'_>) -> Done {
    call.administrator()?;
    let group = call.id(0)?;
    if call.state.world.networking.group(group).is_none() {
        return Err(Problem::new(404, 40_000, ""));
    }
    let id = call.id(1)?;
    let network = call.state.world.network_mut(id);
    network.map_err(|_| Problem::new(404, 40_002, ""))?.group = group;
    call.audit("move", "network", &id.to_string(), Some(id), Vec::new());
    call.braces()
}
