//! An alert's record.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{null_as_default, number_or_text, text_or_number};
use serde::Deserialize;

use super::{AlertContext, AlertUid};
use crate::ScriptOutput;
use crate::devices::DeviceUid;
use crate::paging::Row;
use crate::sites::SiteUid;
use crate::time::{WireTime, lenient};

client_core::open_enum!(
    /// How urgent an alert is.
    AlertPriority {
        Critical = "Critical",
        High = "High",
        Moderate = "Moderate",
        Low = "Low",
        Information = "Information",
        /// The vendor's own word for one that it cannot tell.
        Unclassified = "Unknown",
    }
);

client_core::open_enum!(
    /// What was done about an alert.
    ResponseActionType {
        EmailSent = "EMAIL_SENT",
        EmailSendError = "EMAIL_SEND_ERROR",
        TicketPending = "TICKET_PENDING",
        TicketCreated = "TICKET_CREATED",
        TicketCreationError = "TICKET_CREATION_ERROR",
        TicketClosedCall = "TICKET_CLOSED_CALL",
        Component = "COMPONENT",
        WebhookExecuted = "WEBHOOK_EXECUTED",
        WebhookExecutionError = "WEBHOOK_EXECUTION_ERROR",
    }
);

/// An alert.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Alert {
    pub alert_uid: AlertUid,
    #[serde(default)]
    pub priority: Option<AlertPriority>,
    /// Text of many lines, often what a component printed.
    #[serde(default)]
    pub diagnostics: Option<ScriptOutput>,
    #[serde(default)]
    pub resolved: Option<bool>,
    #[serde(default, with = "text_or_number")]
    pub resolved_by: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub resolved_on: Option<WireTime>,
    /// A relic: muting has no function any more.
    #[serde(default)]
    pub muted: Option<bool>,
    #[serde(default, with = "text_or_number")]
    pub ticket_number: Option<String>,
    /// When it was raised.
    #[serde(default, deserialize_with = "lenient")]
    pub timestamp: Option<WireTime>,
    #[serde(default)]
    pub alert_monitor_info: Option<AlertMonitorInfo>,
    /// What it is about.
    #[serde(default)]
    pub alert_context: Option<AlertContext>,
    #[serde(default)]
    pub alert_source_info: Option<AlertSourceInfo>,
    #[serde(default, with = "null_as_default")]
    pub response_actions: Vec<ResponseAction>,
    /// Minutes until it resolves by itself; absent or 0 if it does not.
    #[serde(default, with = "number_or_text")]
    pub autoresolve_mins: Option<i64>,
}

/// What the monitor does besides raising the alert.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AlertMonitorInfo {
    #[serde(default)]
    pub sends_emails: Option<bool>,
    #[serde(default)]
    pub creates_ticket: Option<bool>,
}

/// Where an alert comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AlertSourceInfo {
    #[serde(default)]
    pub device_uid: Option<DeviceUid>,
    #[serde(default)]
    pub device_name: Option<String>,
    #[serde(default)]
    pub site_uid: Option<SiteUid>,
    #[serde(default)]
    pub site_name: Option<String>,
}

/// Something that was done about an alert.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResponseAction {
    #[serde(default, deserialize_with = "lenient")]
    pub action_time: Option<WireTime>,
    #[serde(default)]
    pub action_type: Option<ResponseActionType>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub action_reference: Option<String>,
    /// Text, in spite of its name.
    #[serde(default, with = "text_or_number")]
    pub action_reference_int: Option<String>,
}

impl Row for Alert {
    const ID: &'static str = "alertUid";

    fn key(&self) -> Option<String> {
        Some(self.alert_uid.to_string())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Alert, AlertPriority, ResponseActionType};
    use crate::alerts::ContextDetail;

    const FIELDS: &[&str] = &[
        "priority",
        "diagnostics",
        "resolved",
        "resolvedBy",
        "resolvedOn",
        "muted",
        "ticketNumber",
        "timestamp",
        "alertMonitorInfo",
        "alertContext",
        "alertSourceInfo",
        "responseActions",
        "autoresolveMins",
    ];

    #[test]
    fn every_field_may_be_null_or_absent() {
        let absent: Alert = serde_json::from_value(json!({"alertUid": "a"})).unwrap();
        let mut nulls = json!({"alertUid": "a"});
        for field in FIELDS {
            nulls[field] = Value::Null;
        }
        assert_eq!(serde_json::from_value::<Alert>(nulls).unwrap(), absent);
        assert!(serde_json::from_value::<Alert>(json!({"alertUid": null})).is_err());
    }

    /// U16: values of tomorrow do not lose an alert.
    #[test]
    fn unknown_values_are_kept() {
        let alert: Alert = serde_json::from_value(json!({
            "alertUid": "a", "priority": "Apocalyptic", "timestamp": "soon", "alertContext": {"@class": "brand_new_ctx", "x": [1]},
            "responseActions": [{"actionType": "PIGEON_SENT", "actionReferenceInt": 7}], "unheardOf": {},
        }))
        .unwrap();
        assert_eq!(
            alert.priority.as_ref().map(AlertPriority::as_str),
            Some("Apocalyptic")
        );
        let action = &alert.response_actions[0];
        assert_eq!(
            action.action_type.as_ref().map(ResponseActionType::as_str),
            Some("PIGEON_SENT")
        );
        assert_eq!(action.action_reference_int.as_deref(), Some("7"));
        let context = alert.alert_context.unwrap();
        assert_eq!(context.class(), Some("brand_new_ctx"));
        assert_eq!(context.detail(), &ContextDetail::UnknownClass);
        assert_eq!(context.raw()["x"][0], 1);
    }
}
