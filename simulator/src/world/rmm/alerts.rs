//! Alerts of devices.

use serde::Serialize;
use serde_json::Value;

use crate::world::{Unknown, World};

/// Who resolved an alert, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Resolution {
    pub by: String,
    pub on_ms: i64,
}

/// An alert of a device.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Alert {
    pub uid: String,
    /// The device's uid; the alert goes with it to another site.
    pub device: String,
    /// `Critical`, `High`, `Moderate`, `Low`, `Information` or `Unknown`.
    pub priority: String,
    pub diagnostics: Option<String>,
    pub raised_ms: i64,
    pub resolution: Option<Resolution>,
    pub muted: bool,
    pub ticket_number: Option<String>,
    pub sends_emails: bool,
    pub creates_ticket: bool,
    /// As the wire shows it, with `@class` and whatever else.
    pub context: Option<Value>,
    /// As the wire shows them; none is written null.
    pub response_actions: Option<Vec<Value>>,
    pub autoresolve_minutes: Option<i32>,
    /// Whether the wire names the device and its site besides their uids.
    pub names_source: bool,
}

impl World {
    /// Raises an alert of a device with this context, such as
    /// `{"@class": "comp_script_ctx", "samples": {"Status": "x"}}`, and gives its uid.
    ///
    /// # Errors
    ///
    /// When there is no such device.
    pub fn add_alert(
        &mut self,
        device: &str,
        priority: &str,
        context: Option<Value>,
    ) -> Result<String, Unknown> {
        self.device_mut(device)?;
        Ok(self.push_alert(device, priority, context).uid.clone())
    }

    /// Raises an alert of a device that exists.
    pub(in crate::world) fn push_alert(
        &mut self,
        device: &str,
        priority: &str,
        context: Option<Value>,
    ) -> &mut Alert {
        let alerts = &mut self.account.alerts;
        let place = alerts.len();
        alerts.push(Alert {
            uid: self.rmm_ids.guid(),
            device: device.to_owned(),
            priority: priority.to_owned(),
            diagnostics: None,
            raised_ms: self.now_ms,
            resolution: None,
            muted: false,
            ticket_number: None,
            sends_emails: true,
            creates_ticket: false,
            context,
            response_actions: None,
            autoresolve_minutes: None,
            names_source: true,
        });
        &mut alerts[place]
    }

    /// Resolves an alert; one that is resolved stays as it is.
    ///
    /// # Errors
    ///
    /// When there is no such alert.
    pub fn resolve_alert(&mut self, uid: &str, by: &str) -> Result<(), Unknown> {
        let now = self.now_ms;
        let alert = self.alert_mut(uid)?;
        alert.resolution.get_or_insert_with(|| Resolution {
            by: by.to_owned(),
            on_ms: now,
        });
        Ok(())
    }

    /// The alert with that uid, to change it.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn alert_mut(&mut self, uid: &str) -> Result<&mut Alert, Unknown> {
        let alerts = &mut self.account.alerts;
        alerts
            .iter_mut()
            .find(|alert| alert.uid == uid)
            .ok_or_else(|| Unknown::new("alert", uid))
    }
}
