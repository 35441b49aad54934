//! The service `general`.

use serde_json::{Value, json};

use super::Call;
use super::envelope::Failure;
use crate::calendar;

/// `getApiKeyDetails`
#[expect(clippy::unnecessary_wraps, reason = "handlers share one signature")]
pub(super) fn api_key_details(call: &mut Call<'_>) -> Result<Value, Failure> {
    let key = call.key();
    Ok(json!({"enabledApis": key.apis, "createdAt": calendar::date_time(key.created_ms)}))
}
