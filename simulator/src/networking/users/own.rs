//! What only the user may ask for and change.

use serde::Deserialize;
use serde_json::json;

use crate::networking::access::role_of;
use crate::networking::{Call, Done, Problem};
use crate::world::{NetworkUser, Secret};

/// More tokens are refused.
const TOKENS: u32 = 10;

impl Call<'_> {
    /// The caller, who must be the user that the path names.
    fn oneself(&self, code: i64) -> Result<&NetworkUser, Problem> {
        let user = self.member()?;
        if self.named_user(0)?.id == user.id {
            Ok(user)
        } else {
            Err(Problem::new(403, code, ""))
        }
    }
}

#[derive(Deserialize)]
struct PasswordRequest {
    password_current: Option<String>,
    password_new: Option<String>,
}

/// `PUT /user/{user}/password`
pub(in crate::networking) fn change_password(call: &mut Call<'_>) -> Done {
    let user = call.oneself(20_031)?;
    let id = user.id;
    let body: PasswordRequest = call.body()?;
    let (Some(current), Some(new)) = (body.password_current, body.password_new) else {
        return Err(Problem::new(403, 20_030, ""));
    };
    if current != user.password.0 {
        return Err(Problem::new(403, 20_003, "password_current"));
    }
    if !(8..=50).contains(&new.chars().count()) {
        return Err(Problem::new(403, 20_007, "password_new"));
    }
    call.user_mut(id)?.password = Secret(new);
    call.audit("update", "password", &id.to_string(), None, Vec::new());
    call.braces()
}

/// `POST /user/{user}/password_set`
pub(in crate::networking) fn make_password_token(call: &mut Call<'_>) -> Done {
    let id = call.managed_user()?.id;
    let user = call.user_mut(id)?;
    if user.password_tokens >= TOKENS {
        return Err(Problem::new(403, 20_033, ""));
    }
    user.password_tokens += 1;
    // Setting a password is the way out of too many failed log-ins.
    user.failed_logins = 0;
    let token = call.state.world.networking_ids.alphanumeric(32);
    call.json(json!({"user_id": id, "token": token}))
}

/// `GET /user/{user}/network/{network}`
pub(in crate::networking) fn role_in_network(call: &mut Call<'_>) -> Done {
    let user = call.oneself(20_029)?;
    let network = call.network(1)?;
    let role = role_of(user, network).ok_or_else(|| Problem::new(403, 12_047, ""))?;
    call.json(json!({"role_id": role}))
}

/// `GET /user/{user}/account`
pub(in crate::networking) fn role_in_account(call: &mut Call<'_>) -> Done {
    let user = call.oneself(20_029)?;
    let account = call.state.world.networking.id;
    call.json(json!({"account_id": account, "role_id": user.role}))
}

/// `GET /user/{user}/service_agreement`
pub(in crate::networking) fn get_agreement(call: &mut Call<'_>) -> Done {
    let valid = call.oneself(20_029)?.service_agreement;
    call.json(json!({"valid": valid}))
}

/// `PUT /user/{user}/service_agreement`
pub(in crate::networking) fn agree(call: &mut Call<'_>) -> Done {
    let id = call.oneself(20_029)?.id;
    call.user_mut(id)?.service_agreement = true;
    call.braces()
}
