//! Entries of the log.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::DecodeError;
use client_core::serde::{number_or_text, text_or_number};
use serde::Deserialize;

use super::ActivityDetails;
use crate::time::{WireTime, lenient};

client_core::id!(
    /// Identifies an entry of the activity log.
    ActivityLogId
);

client_core::open_enum!(
    /// What an entry is about.
    ActivityEntity {
        Device = "DEVICE",
        User = "USER",
    }
);

/// An entry of the activity log.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ActivityLog {
    #[serde(default)]
    pub id: Option<ActivityLogId>,
    #[serde(default)]
    pub entity: Option<ActivityEntity>,
    /// Such as `job`, `remote` or `device`; the vendor has no list of them.
    #[serde(default)]
    pub category: Option<String>,
    /// Such as `deployment`, `create` or `move.device`; the vendor has no list of them.
    #[serde(default)]
    pub action: Option<String>,
    /// When it was created, to the microsecond.
    #[serde(default, deserialize_with = "lenient")]
    pub date: Option<WireTime>,
    #[serde(default)]
    pub site: Option<ActivitySite>,
    /// The device's number ([`Device::id`](crate::devices::Device::id)); absent for what users did without one.
    #[serde(default, with = "number_or_text")]
    pub device_id: Option<i64>,
    #[serde(default)]
    pub hostname: Option<String>,
    #[serde(default)]
    pub user: Option<ActivityUser>,
    /// JSON inside of the text; see [`parsed_details`](Self::parsed_details).
    #[serde(default)]
    pub details: Option<String>,
    #[serde(default)]
    pub has_std_out: Option<bool>,
    #[serde(default)]
    pub has_std_err: Option<bool>,
}

/// The site of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ActivitySite {
    /// The site's number ([`Site::id`](crate::sites::Site::id)).
    #[serde(default, with = "number_or_text")]
    pub id: Option<i64>,
    #[serde(default)]
    pub name: Option<String>,
}

/// The user who did it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ActivityUser {
    /// The user's number, which [`ListActivityLogs::user_ids`](super::ListActivityLogs::user_ids) takes.
    #[serde(default, with = "number_or_text")]
    pub id: Option<i64>,
    #[serde(default, with = "text_or_number")]
    pub user_name: Option<String>,
    #[serde(default)]
    pub first_name: Option<String>,
    #[serde(default)]
    pub last_name: Option<String>,
}

impl ActivityLog {
    /// The details as they were meant; `None` if there are none.
    ///
    /// # Errors
    ///
    /// Details that are no JSON object; the text stays in [`details`](Self::details).
    pub fn parsed_details(&self) -> Result<Option<ActivityDetails>, DecodeError> {
        let details = self.details.as_deref().map(str::trim);
        details
            .filter(|text| !text.is_empty())
            .map(ActivityDetails::parse)
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ActivityEntity, ActivityLog};
    use crate::WireTime;

    const FIELDS: &[&str] = &[
        "id",
        "entity",
        "category",
        "action",
        "date",
        "site",
        "deviceId",
        "hostname",
        "user",
        "details",
        "hasStdOut",
        "hasStdErr",
    ];

    #[test]
    fn every_field_may_be_null_or_absent() {
        let mut nulls = json!({});
        for field in FIELDS {
            nulls[field] = Value::Null;
        }
        assert_eq!(
            serde_json::from_value::<ActivityLog>(nulls).unwrap(),
            serde_json::from_value(json!({})).unwrap()
        );
    }

    #[test]
    fn dates_are_seconds_with_a_fraction() {
        let entry: ActivityLog = serde_json::from_str(
            r#"{"date":1689072497.714,"entity":"ROBOT","details":"no json","new":[]}"#,
        )
        .unwrap();
        let at = entry.date.as_ref().and_then(WireTime::timestamp).unwrap();
        assert_eq!(at.to_string(), "2023-07-11T10:48:17.714Z");
        assert_eq!(
            entry.entity.as_ref().map(ActivityEntity::as_str),
            Some("ROBOT")
        );
        assert!(entry.parsed_details().is_err());
        let empty: ActivityLog = serde_json::from_str(r#"{"details":" "}"#).unwrap();
        assert_eq!(empty.parsed_details(), Ok(None));
    }
}
