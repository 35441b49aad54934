//! Users of the account.

pub(super) mod grants;
pub(super) mod keys;
pub(super) mod own;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, Done, Problem};
use crate::calendar;
use crate::keys::NetworkingKeyKind;
use crate::world::{NetworkUser, role};

impl Call<'_> {
    /// The user that a part of the path names.
    fn named_user(&self, position: usize) -> Result<&NetworkUser, Problem> {
        let user = self.state.world.networking.user(self.id(position)?);
        user.ok_or_else(|| Problem::new(404, 20_004, ""))
    }

    /// The user with that id, to change it.
    pub(super) fn user_mut(&mut self, id: i64) -> Result<&mut NetworkUser, Problem> {
        let mut users = self.state.world.networking.users.iter_mut();
        let user = users.find(|user| user.id == id);
        user.ok_or_else(|| Problem::new(404, 20_004, ""))
    }

    /// The user that the path names, for a caller who manages users. Only administrators touch
    /// administrators.
    fn managed_user(&self) -> Result<&NetworkUser, Problem> {
        let manager = self.manager()?;
        let user = self.named_user(0)?;
        if user.role == role::ACCOUNT_ADMIN && manager.role != role::ACCOUNT_ADMIN {
            return Err(Problem::new(403, 20_029, ""));
        }
        Ok(user)
    }

    /// Ends the key pairs of a user.
    fn drop_keys_of(&mut self, user: i64) {
        // Positions of key pairs are kept only while a request is carried out.
        let is_own = |kind| kind == NetworkingKeyKind::User(user);
        self.state.keys.networking.retain(|pair| !is_own(pair.kind));
    }
}

/// Whether an e-mail address can be one.
fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    }) && !text.contains(char::is_whitespace)
}

/// `GET /user/list`
pub(super) fn list(call: &mut Call<'_>) -> Done {
    call.manager()?;
    let mut rows: Vec<_> = call
        .state
        .world
        .networking
        .users
        .iter()
        .map(|user| {
            // The lower the number, the more an editor or viewer may.
            let highest = user.networks.values().chain(user.groups.values()).min();
            let mut wire = json!({
                "user_id": user.id,
                "email": user.email,
                "name": user.name,
                "notes": user.notes,
                "verified": user.verified,
                "enabled": user.enabled,
                "role_id": user.role,
                "created": calendar::rfc3339(user.created_ms),
            });
            if let Some(highest) = highest {
                wire["highest_network_role_id"] = json!(highest);
            }
            wire
        })
        .collect();
    call.tweaks.cut(&mut rows);
    call.json(json!({"users": rows}))
}

#[derive(Deserialize)]
struct UserRequest {
    email: Option<String>,
    name: Option<String>,
    role_id: Option<i64>,
    notes: Option<String>,
}

/// `POST /user`: the new user has to verify the address, with the token.
pub(super) fn create(call: &mut Call<'_>) -> Done {
    let manager_role = call.manager()?.role;
    let body: UserRequest = call.body()?;
    let mut problems = Vec::new();
    let email = body.email.unwrap_or_default();
    let users = &call.state.world.networking.users;
    if email.is_empty() {
        problems.push(Problem::new(403, 20_037, "email"));
    } else if !is_email(&email) {
        problems.push(Problem::new(403, 20_010, "email"));
    } else if users
        .iter()
        .any(|user| user.email.eq_ignore_ascii_case(&email))
    {
        problems.push(Problem::new(403, 20_000, "email"));
    }
    let name = body.name.unwrap_or_default();
    if name.trim().is_empty() {
        problems.push(Problem::new(403, 20_036, "name"));
    }
    match body.role_id {
        None => problems.push(Problem::new(403, 20_014, "role_id")),
        Some(number) if !role::is_of_account(number) => {
            problems.push(Problem::new(403, 30_000, "role_id"));
        }
        Some(role::ACCOUNT_ADMIN) if manager_role != role::ACCOUNT_ADMIN => {
            problems.push(Problem::new(403, 20_015, "role_id"));
        }
        Some(_) => {}
    }
    Problem::all(problems)?;
    let role = body.role_id.unwrap_or(role::NETWORK_USER);
    call.state.world.now_ms = call.now_ms();
    let id = call.state.world.add_networking_user(&email, &name, role);
    let token = call.state.world.networking_ids.alphanumeric(32);
    let user = call.user_mut(id)?;
    user.verified = false;
    user.notes = body.notes.unwrap_or_default();
    call.audit("create", "user", &id.to_string(), None, Vec::new());
    call.json(json!({
        "user_id": id,
        "account_id": call.state.world.networking.id,
        "token": token,
        "email": email,
        "name": name,
        "role_id": role,
    }))
}

/// `GET /user/{user}`
pub(super) fn get(call: &mut Call<'_>) -> Done {
    let user = call.managed_user()?;
    let world = &call.state.world;
    let networks: Vec<Value> = world
        .networks
        .iter()
        .filter_map(|network| {
            let role = super::access::role_of(user, network)?;
            Some(json!({"network_id": network.id, "role_id": role}))
        })
        .collect();
    let assigned: Vec<Value> = user
        .networks
        .iter()
        .map(|(network, role)| json!({"network_id": network, "role_id": role}))
        .collect();
    let groups: Vec<Value> = user
        .groups
        .iter()
        .map(|(group, role)| json!({"networkgroup_id": group, "role_id": role}))
        .collect();
    call.json(json!({
        "email": user.email,
        "name": user.name,
        "notes": user.notes,
        "role_id": user.role,
        "account_id": world.networking.id,
        "enabled": user.enabled,
        "verified": user.verified,
        "permissions": {
            "all_networks": networks,
            "assigned_networks": assigned,
            "assigned_networkgroups": groups,
        },
    }))
}

/// `PUT /user/{user}`
pub(super) fn update(call: &mut Call<'_>) -> Done {
    let id = call.managed_user()?.id;
    let body: UserRequest = call.body()?;
    if body
        .name
        .as_deref()
        .is_some_and(|name| name.trim().is_empty())
    {
        return Err(Problem::new(403, 20_036, "name"));
    }
    let user = call.user_mut(id)?;
    super::devices::set(&mut user.name, body.name);
    super::devices::set(&mut user.notes, body.notes);
    call.audit("update", "user", &id.to_string(), None, Vec::new());
    call.braces()
}

/// `DELETE /user/{user}`: one who still may see networks stays.
pub(super) fn delete(call: &mut Call<'_>) -> Done {
    let own = call.manager()?.id;
    let user = call.managed_user()?;
    let id = user.id;
    let code = if id == call.state.world.networking.owner {
        Some(20_035)
    } else if id == own {
        Some(20_024)
    } else if user.networks.is_empty() && user.groups.is_empty() {
        None
    } else {
        Some(20_025)
    };
    if let Some(code) = code {
        return Err(Problem::new(403, code, ""));
    }
    call.audit("delete", "user", &id.to_string(), None, Vec::new());
    call.state
        .world
        .networking
        .users
        .retain(|user| user.id != id);
    call.drop_keys_of(id);
    call.braces()
}

/// `PUT /user/{user}/disable`: the user's key pairs are gone for good.
pub(super) fn disable(call: &mut Call<'_>) -> Done {
    let own = call.manager()?.id;
    let id = call.managed_user()?.id;
    if id == own {
        return Err(Problem::new(403, 20_024, ""));
    }
    call.user_mut(id)?.enabled = false;
    call.audit("disable", "user", &id.to_string(), None, Vec::new());
    call.drop_keys_of(id);
    call.braces()
}

/// `PUT /user/{user}/enable`
pub(super) fn enable(call: &mut Call<'_>) -> Done {
    let id = call.managed_user()?.id;
    let user = call.user_mut(id)?;
    (user.enabled, user.failed_logins) = (true, 0);
    call.audit("enable", "user", &id.to_string(), None, Vec::new());
    call.braces()
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn addresses_have_a_form() {
        assert!(is_email("sam@lighthouse.example"));
        for wrong in ["", "sam", "@a.b", "sam@", "sam@host", "a b@c.d", "sam@.d"] {
            assert!(!is_email(wrong), "{wrong}");
        }
    }
}
