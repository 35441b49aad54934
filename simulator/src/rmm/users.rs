//! Users of the portal, which only administrators may list.

use serde_json::json;

use super::Call;
use crate::server::Answer;

/// `GET /api/v2/account/users`
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Answer> {
    if !call.is_administrator() {
        return Err(call.error(403));
    }
    call.page("users", &call.state.world.account.users, |user| {
        json!({
            "firstName": user.first_name,
            "lastName": user.last_name,
            "username": user.username,
            "email": user.email,
            "telephone": user.telephone,
            "status": user.status,
            "created": user.created_ms,
            "lastAccess": user.last_access_ms,
            "disabled": user.disabled,
        })
    })
}
