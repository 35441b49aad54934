//! Key pairs of users.

use serde_json::json;

use crate::calendar;
use crate::keys::{NetworkingKey, NetworkingKeyKind};
use crate::networking::{Call, Done, Problem};
use crate::world::role;

/// More than these are refused.
const MOST: usize = 10;

impl Call<'_> {
    fn pairs_of(&self, user: i64) -> impl Iterator<Item = &NetworkingKey> {
        let is_own = move |pair: &&NetworkingKey| pair.kind == NetworkingKeyKind::User(user);
        self.state.keys.networking.iter().filter(is_own)
    }
}

/// `POST /user/key`
pub(in crate::networking) fn create_own(call: &mut Call<'_>) -> Done {
    let user = call.member()?.id;
    make(call, user)
}

/// `POST /user/{user}/key`: of others only for administrators.
pub(in crate::networking) fn create(call: &mut Call<'_>) -> Done {
    let (own, is_admin) = (
        call.member()?.id,
        call.member()?.role == role::ACCOUNT_ADMIN,
    );
    let user = call.named_user(0)?.id;
    if user != own && !is_admin {
        return Err(Problem::new(403, 20_029, ""));
    }
    make(call, user)
}

/// A new pair; its key is never shown again.
fn make(call: &mut Call<'_>, user: i64) -> Done {
    if !call.user_mut(user)?.enabled {
        return Err(Problem::new(403, 20_034, ""));
    }
    if call.pairs_of(user).count() >= MOST {
        return Err(Problem::new(403, 20_044, ""));
    }
    let now = call.now_ms();
    let (key, secret) = call
        .state
        .keys
        .add_networking(NetworkingKeyKind::User(user), now);
    let id = call.state.keys.networking.last().map(|pair| pair.id);
    call.audit(
        "create",
        "user_key",
        &id.unwrap_or_default().to_string(),
        None,
        Vec::new(),
    );
    call.json(json!({
        "user_key_id": id,
        "key": key,
        "secret": secret,
        "created": calendar::rfc3339(now),
    }))
}

/// `GET /user/{user}/key/list`: secrets, not keys.
pub(in crate::networking) fn list(call: &mut Call<'_>) -> Done {
    call.administrator()?;
    let user = call.named_user(0)?.id;
    let pairs: Vec<_> = call
        .pairs_of(user)
        .map(|pair| {
            json!({
                "user_key_id": pair.id,
                "secret": pair.secret,
                "created": calendar::rfc3339(pair.created_ms),
            })
        })
        .collect();
    call.json(json!({"keys": pairs}))
}

fn remove(call: &mut Call<'_>, user: i64, key: i64) -> Done {
    let pairs = &call.state.keys.networking;
    let pair = pairs.iter().find(|pair| pair.id == key);
    let pair = pair.ok_or_else(|| Problem::new(404, 20_013, ""))?;
    if pair.kind != NetworkingKeyKind::User(user) {
        return Err(Problem::new(403, 20_043, ""));
    }
    call.audit("delete", "user_key", &key.to_string(), None, Vec::new());
    call.state.keys.networking.retain(|pair| pair.id != key);
    call.braces()
}

/// `DELETE /user/key/{key}`
pub(in crate::networking) fn delete_own(call: &mut Call<'_>) -> Done {
    let (user, key) = (call.member()?.id, call.id(0)?);
    remove(call, user, key)
}

/// `DELETE /user/{user}/key/{key}`
pub(in crate::networking) fn delete(call: &mut Call<'_>) -> Done {
    call.administrator()?;
    let (user, key) = (call.named_user(0)?.id, call.id(1)?);
    remove(call, user, key)
}
