//! Tokens: the password grant with the public client, and what a bearer token opens.

use std::time::Duration;

use serde_json::json;

use super::Call;
use super::limits::{self, Charge};
use crate::clock::millis;
use crate::server::{Answer, Incoming};
use crate::settings::WrongKey;
use crate::state::State;
use crate::world::ActivitySpec;

/// A token that was handed out.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// The position of its key pair.
    key: usize,
    expires_ms: i64,
}

/// `POST /auth/oauth/token`
pub(super) fn token(state: &mut State, request: &Incoming) -> Answer {
    if let Err(blocked) = limits::check_block(state) {
        return blocked;
    }
    if request.basic() != Some(("public-client".to_owned(), "public".to_owned())) {
        let body = json!({"error": "unauthorized", "error_description": "Full authentication is required"});
        return Answer::json(401, &body).with("www-authenticate", "Basic realm=\"oauth2/client\"");
    }
    let is_form = request
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let form = std::str::from_utf8(&request.body).unwrap_or_default();
    let field = |name: &str| {
        crate::server::form_pairs(form)
            .find_map(|(key, value)| (is_form && key == name).then_some(value))
            .unwrap_or_default()
    };
    if field("grant_type") != "password" {
        let body = json!({"error": "unsupported_grant_type", "error_description": "Unsupported grant type"});
        return Answer::json(400, &body);
    }
    let (key, secret) = (field("username"), field("password"));
    let known = state
        .keys
        .rmm
        .iter()
        .position(|pair| pair.key == key && pair.secret == secret && !pair.revoked);
    let Some(key) = known else {
        return match state.settings.rmm.wrong_key {
            WrongKey::BadRequest => Answer::json(
                400,
                &json!({"error": "invalid_grant", "error_description": "Bad credentials"}),
            ),
            WrongKey::Unauthorized => Answer::text(401, "text/plain", "Unauthorized"),
        };
    };
    // Before the pair is known there is no account to count for.
    let mut delay = Duration::ZERO;
    if state.settings.rmm.limits.count_log_ins {
        match limits::take(state, request, Charge::LogIn) {
            Ok(held_back) => delay = held_back,
            Err(refusal) => return refusal,
        }
    }
    let lifetime = state.settings.rmm.token_lifetime;
    let now = state.clock.now_ms();
    // In three parts like a JWT, and of no other meaning.
    let token = format!(
        "sim.{}.{}",
        state.world.ids.alphanumeric(40),
        state.world.ids.alphanumeric(40)
    );
    let users = &mut state.world.account.users;
    if let Some(user) = users.iter_mut().find(|user| user.key == Some(key)) {
        user.last_access_ms = Some(now);
    }
    state.rmm.tokens.retain(|_, token| token.expires_ms > now);
    state.rmm.tokens.insert(
        token.clone(),
        Token {
            key,
            expires_ms: now.saturating_add(millis(lifetime)),
        },
    );
    let mut body = json!({
        "access_token": token,
        "token_type": "bearer",
        "refresh_token": format!("sim.refresh.{}", state.world.ids.alphanumeric(40)),
        "scope": "read write",
        "jti": state.world.ids.guid(),
    });
    if state.settings.rmm.send_expires_in {
        body["expires_in"] = json!(lifetime.as_secs());
    }
    let mut answer = Answer::json(200, &body);
    answer.delay = delay;
    answer
}

/// The position of the key pair that a request's token comes from. Refuses one without a token that
/// is known, alive and of a key that is.
pub(super) fn check(state: &State, request: &Incoming) -> Result<usize, Answer> {
    let bearer = request.header("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then_some(token.trim())
    });
    let token = bearer.and_then(|bearer| state.rmm.tokens.get(bearer));
    let alive = token.filter(|token| {
        let pair = state.keys.rmm.get(token.key);
        token.expires_ms > state.clock.now_ms() && pair.is_some_and(|pair| !pair.revoked)
    });
    alive
        .map(|token| token.key)
        .ok_or_else(|| super::error(state, request, 401))
}

/// `POST /api/v2/user/resetApiKeys`: the caller's old pair and every token made from it end at once.
pub(super) fn reset_keys(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let ids = &mut call.state.world.rmm_ids;
    let key = format!("SIMULATEDRMMKEY{}", ids.alphanumeric(8).to_uppercase());
    let secret = format!("simulated-rmm-secret-{}+/=", ids.alphanumeric(12));
    let missing = call.error(401);
    let pair = call.state.keys.rmm.get_mut(call.key).ok_or(missing)?;
    key.clone_into(&mut pair.key);
    secret.clone_into(&mut pair.secret);
    let position = call.key;
    call.state
        .rmm
        .tokens
        .retain(|_, token| token.key != position);
    call.log(ActivitySpec::user(
        call.username(),
        "user",
        "reset.api.keys",
    ));
    let body = json!({"apiAccessKey": key, "apiSecretKey": secret, "userName": call.username()});
    Ok(Answer::json(200, &body))
}
