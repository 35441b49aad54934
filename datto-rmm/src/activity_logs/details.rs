//! The details of an entry: JSON inside of a text, with dots in its keys.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::{DecodeError, decode_json};
use serde_json::{Map, Value};

use super::ActivityEntity;
use crate::devices::DeviceUid;
use crate::jobs::JobUid;
use crate::time::{WireTime, lenient};

/// The details of an entry, a field for each known key (`device.hostname` is `device_hostname`).
///
/// What is unknown, or has another type than expected, stays in `rest`.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ActivityDetails {
    pub uid: Option<String>,
    pub entity: Option<ActivityEntity>,
    pub event_action: Option<String>,
    pub event_category: Option<String>,
    pub device_hostname: Option<String>,
    pub device_uid: Option<DeviceUid>,
    pub site_name: Option<String>,
    pub user_id: Option<i64>,
    pub user_username: Option<String>,
    pub user_firstname: Option<String>,
    pub user_lastname: Option<String>,
    pub user_email: Option<String>,
    pub job_id: Option<i64>,
    pub job_uid: Option<JobUid>,
    pub job_name: Option<String>,
    pub job_status: Option<String>,
    pub job_deployment_id: Option<i64>,
    pub job_scheduled_job_id: Option<i64>,
    pub job_scheduled_job_uid: Option<JobUid>,
    pub job_date_created: Option<WireTime>,
    pub remote_session_id: Option<String>,
    pub remote_session_type: Option<String>,
    pub remote_session_start_date: Option<WireTime>,
    pub remote_session_details: Option<String>,
    pub source_forwarded_ip: Option<String>,
    pub note: Option<String>,
    /// Everything else, by its key.
    pub rest: Map<String, Value>,
}

impl ActivityDetails {
    /// Reads the text of [`ActivityLog::details`](super::ActivityLog::details).
    ///
    /// # Errors
    ///
    /// A text that is no JSON object.
    pub fn parse(details: &str) -> Result<Self, DecodeError> {
        let mut keys = Keys(decode_json(details.as_bytes())?);
        Ok(Self {
            uid: keys.text("uid"),
            entity: keys.text("entity").map(|text| {
                // In lower case here and there, unlike in the entry itself.
                ActivityEntity::from(text.to_ascii_uppercase().as_str())
            }),
            event_action: keys.text("event.action"),
            event_category: keys.text("event.category"),
            device_hostname: keys.text("device.hostname"),
            device_uid: keys.text("device.uid").map(DeviceUid::from),
            site_name: keys.text("site.name"),
            user_id: keys.number("user.id"),
            user_username: keys.text("user.username"),
            user_firstname: keys.text("user.firstname"),
            user_lastname: keys.text("user.lastname"),
            user_email: keys.text("user.email"),
            job_id: keys.number("job.id"),
            job_uid: keys.text("job.uid").map(JobUid::from),
            job_name: keys.text("job.name"),
            job_status: keys.text("job.status"),
            job_deployment_id: keys.number("job.deployment_id"),
            job_scheduled_job_id: keys.number("job.scheduled_job_id"),
            job_scheduled_job_uid: keys.text("job.scheduled_job_uid").map(JobUid::from),
            job_date_created: keys.time("job.date_created"),
            remote_session_id: keys.text("remote_session.id"),
            remote_session_type: keys.text("remote_session.type"),
            remote_session_start_date: keys.time("remote_session.start_date"),
            remote_session_details: keys.text("remote_session.details"),
            source_forwarded_ip: keys.text("source.forwarded_ip"),
            note: keys.text("note"),
            rest: keys.0,
        })
    }
}

/// Keys that were not taken yet. A value of another type is not taken.
struct Keys(Map<String, Value>);

impl Keys {
    fn take<T>(&mut self, key: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.0.get(key)?;
        let found = if value.is_null() {
            None
        } else {
            Some(read(value)?)
        };
        self.0.remove(key);
        found
    }

    fn text(&mut self, key: &str) -> Option<String> {
        self.take(key, |value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    fn number(&mut self, key: &str) -> Option<i64> {
        self.take(key, |value| match value {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_i64(),
        })
    }

    fn time(&mut self, key: &str) -> Option<WireTime> {
        self.take(key, |value| {
            let time = lenient(value).ok().flatten()?;
            time.timestamp().is_some().then_some(time)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::ActivityDetails;
    use crate::WireTime;
    use crate::activity_logs::ActivityEntity;

    #[test]
    fn known_keys_have_fields_and_nothing_is_lost() {
        let wire = json!({
            "uid": "a-1", "entity": "device", "event.action": "deployment", "event.category": "job", "device.hostname": "NB-1",
            "device.uid": "d-1", "site.name": "Acme", "user.id": 7, "user.username": "ada", "user.firstname": "Ada",
            "user.lastname": "L", "user.email": "ada@example.com", "job.id": "12", "job.uid": "j-1", "job.name": "Clean up",
            "job.status": "completed", "job.deployment_id": 3, "job.scheduled_job_id": 4, "job.scheduled_job_uid": "j-2",
            "job.date_created": 1_767_225_600_000_i64, "remote_session.id": 99, "remote_session.type": "web",
            "remote_session.start_date": 1_767_225_600_000_i64, "remote_session.details": "{}",
            "source.forwarded_ip": "198.51.100.7", "note": null, "brand.new": {"a": 1},
        });
        let details = ActivityDetails::parse(&wire.to_string()).unwrap();
        assert_eq!(details.entity, Some(ActivityEntity::Device));
        assert_eq!(
            (details.user_id, details.job_id, details.job_deployment_id),
            (Some(7), Some(12), Some(3))
        );
        assert_eq!(details.device_uid.as_ref().unwrap().as_str(), "d-1");
        assert_eq!(details.job_uid.as_ref().unwrap().as_str(), "j-1");
        assert_eq!(details.remote_session_id.as_deref(), Some("99"));
        for time in [
            &details.job_date_created,
            &details.remote_session_start_date,
        ] {
            let at = time.as_ref().and_then(WireTime::timestamp).unwrap();
            assert_eq!(at.to_string(), "2026-01-01T00:00:00Z");
        }
        assert_eq!(details.note, None);
        assert_eq!(json!(details.rest), json!({"brand.new": {"a": 1}}));
    }

    #[test]
    fn values_of_other_types_stay_in_the_rest() {
        let details = ActivityDetails::parse(
            r#"{"user.id":"many","job.name":["a"],"remote_session.details":{"a":1},"job.date_created":"soon",
            "remote_session.start_date":{"at":1}}"#,
        )
        .unwrap();
        assert_eq!((details.user_id, details.job_name), (None, None));
        assert_eq!(
            (
                &details.job_date_created,
                &details.remote_session_start_date
            ),
            (&None, &None)
        );
        assert_eq!(
            json!(details.rest),
            json!({
                "user.id": "many", "job.name": ["a"], "remote_session.details": {"a": 1}, "job.date_created": "soon",
                "remote_session.start_date": {"at": 1},
            })
        );
    }

    #[test]
    fn what_is_no_object_is_an_error_without_its_text() {
        for text in ["CANARY", "[\"CANARY\"]", "\"CANARY\"", "{\"CANARY\":"] {
            let error = ActivityDetails::parse(text).unwrap_err();
            assert!(!error.to_string().contains("CANARY"), "{error}");
        }
    }
}
