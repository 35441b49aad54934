//! The account: its name and owner, log-ins, credentials to embed, its audit log.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, Done, Problem};
use crate::calendar;
use crate::clock::millis;
use crate::keys::NetworkingKeyKind;
use crate::settings::SuccessShape;
use crate::world::{AuditField, role};

/// Failed log-ins after which a password must be set anew.
const ATTEMPTS: u32 = 5;

impl Call<'_> {
    /// Whether the path names the account, of which there is one.
    fn check_account(&self) -> Result<(), Problem> {
        self.member()?;
        if self.id(0)? == self.state.world.networking.id {
            Ok(())
        } else {
            Err(Problem::new(404, 50_000, ""))
        }
    }
}

#[derive(Deserialize)]
struct AccountRequest {
    name: Option<String>,
}

/// `PUT /account/{account}`
pub(super) fn update(call: &mut Call<'_>) -> Done {
    call.check_account()?;
    if call.member()?.role != role::ACCOUNT_ADMIN {
        return Err(Problem::new(403, 50_001, ""));
    }
    let name = call.body::<AccountRequest>()?.name.unwrap_or_default();
    if name.trim().is_empty() {
        return Err(Problem::new(403, 50_003, "name"));
    }
    let account = &mut call.state.world.networking;
    let field = AuditField {
        field: "name".into(),
        old: std::mem::replace(&mut account.name, name.clone()),
        new: name,
    };
    let id = account.id.to_string();
    call.audit("update", "account", &id, None, vec![field]);
    call.braces()
}

/// `PUT /account/{account}/user/{user}/owner`: for the owner only, to one who can log in.
pub(super) fn set_owner(call: &mut Call<'_>) -> Done {
    call.check_account()?;
    if call.member()?.id != call.state.world.networking.owner {
        return Err(Problem::new(403, 20_040, ""));
    }
    let id = call.id(1)?;
    let user = call.user_mut(id)?;
    if !user.verified || !user.enabled {
        return Err(Problem::new(403, 20_047, ""));
    }
    user.role = role::ACCOUNT_ADMIN;
    call.audit("update", "owner", &id.to_string(), None, Vec::new());
    call.state.world.networking.owner = id;
    call.braces()
}

#[derive(Deserialize)]
struct LoginRequest {
    username: Option<String>,
    password: Option<String>,
}

/// `POST /account/login`: a key pair for a day, of the account for administrators and of the user for
/// others.
pub(super) fn log_in(call: &mut Call<'_>) -> Done {
    let body: LoginRequest = call.body()?;
    let name = body.username.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Problem::new(403, 14_000, "username"))?;
    let password = body
        .password
        .ok_or_else(|| Problem::new(403, 20_030, "password"))?;
    let mut users = call.state.world.networking.users.iter_mut();
    let user = users.find(|user| user.email.eq_ignore_ascii_case(&name));
    let user = user.ok_or_else(|| Problem::new(403, 20_004, "username"))?;
    if user.failed_logins >= ATTEMPTS {
        return Err(Problem::new(403, 20_041, "username"));
    }
    if user.password.0 != password {
        user.failed_logins += 1;
        return Err(Problem::new(403, 20_003, "password"));
    }
    if !user.enabled {
        return Err(Problem::new(403, 20_034, "username"));
    }
    if !user.verified {
        return Err(Problem::new(403, 20_002, "username"));
    }
    user.failed_logins = 0;
    let (id, is_admin) = (user.id, user.role == role::ACCOUNT_ADMIN);
    let viewer = [role::NETWORK_VIEWER];
    let mut granted = user.networks.values().chain(user.groups.values());
    let is_viewer = !is_admin && granted.all(|role| viewer.contains(role));
    let kind = if is_admin {
        NetworkingKeyKind::Account
    } else {
        NetworkingKeyKind::User(id)
    };
    let now = call.now_ms();
    let expires = now + millis(call.state.settings.networking.login_key_life);
    let (key, secret) = call.state.keys.add_networking(kind, now);
    if let Some(pair) = call.state.keys.networking.last_mut() {
        pair.expires_ms = Some(expires);
        pair.read_only = is_viewer;
    }
    let last = call.state.world.networks.first();
    call.json(json!({
        "key": key,
        "secret": secret,
        "expire": expires / 1000,
        "type": if is_admin { "master" } else { "user" },
        "type_value": if is_admin { call.state.world.networking.id } else { id }.to_string(),
        "read_only": i64::from(is_viewer),
        "last_network_name": last.map_or("", |network| &network.name),
        "last_network_id": last.map_or(0, |network| network.id),
    }))
}

/// `GET /account/credential/{network}/embed`: makes a pair, in place of the one that was there.
pub(super) fn create_embed(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?.id;
    let (now, kind) = (call.now_ms(), NetworkingKeyKind::Embed(network));
    call.act(network, None, None);
    let keys = &mut call.state.keys;
    keys.networking.retain(|pair| pair.kind != kind);
    let (key, secret) = keys.add_networking(kind, now);
    call.json(json!({"key": key, "secret": secret}))
}

/// `DELETE /account/credential/{network}/embed`
pub(super) fn delete_embed(call: &mut Call<'_>) -> Done {
    let kind = NetworkingKeyKind::Embed(call.network(0)?.id);
    let pairs = &mut call.state.keys.networking;
    let before = pairs.len();
    pairs.retain(|pair| pair.kind != kind);
    if pairs.len() == before {
        return Err(Problem::new(403, 14_002, ""));
    }
    let deleted = super::codes::element(14_001, "delete_embed_credentials", &json!({}));
    call.json(deleted)
}

/// `GET /account/service_agreement`
pub(super) fn get_agreement(call: &mut Call<'_>) -> Done {
    call.member()?;
    let valid = call.state.world.networking.service_agreement;
    call.json(json!({"valid": valid}))
}

/// `PUT /account/service_agreement`: its success has details.
pub(super) fn agree(call: &mut Call<'_>) -> Done {
    call.administrator()?;
    call.state.world.networking.service_agreement = true;
    call.success(SuccessShape::ElementWithDetails, "accept_service_agreement")
}

/// `GET /account/{account}/auditlogs`
pub(super) fn audit_logs(call: &mut Call<'_>) -> Done {
    call.check_account()?;
    call.manager()?;
    let account = &call.state.world.networking;
    let mut events: Vec<Value> = account
        .audit
        .iter()
        .map(|event| {
            let (network, name) = event.network.clone().unwrap_or_default();
            let fields: Vec<_> = event
                .fields
                .iter()
                .map(|field| {
                    json!({"field": field.field, "old_value": field.old, "new_value": field.new})
                })
                .collect();
            json!({
                "event_id": event.id,
                "date": calendar::rfc3339(event.at_ms),
                "remote_address": "198.51.100.20",
                "account_id": account.id,
                "user_id": event.user,
                "user_email": event.email,
                "support": false,
                "network_id": network,
                "network_name": name,
                "user_action": event.action,
                "target_type": event.target_type,
                "target_id": event.target_id,
                "fields": fields,
            })
        })
        .collect();
    call.tweaks.cut(&mut events);
    call.json(json!({"log_events": events}))
}
