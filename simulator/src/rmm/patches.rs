//! Patches of a device, and of a site with the number of its devices.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::Call;
use super::paging::Style;
use crate::server::Answer;
use crate::world::{InstallStatus, Patch};

fn status(status: InstallStatus) -> &'static str {
    match status {
        InstallStatus::Installed => "INSTALLED",
        InstallStatus::ApprovedPending => "APPROVED_PENDING",
        InstallStatus::NotApproved => "NOT_APPROVED",
    }
}

/// What both listings say of a patch.
fn wire(patch: &Patch, install_status: InstallStatus) -> Value {
    json!({
        "patchId": patch.id,
        "category": patch.categories,
        "type": patch.kind,
        "title": patch.title,
        "description": patch.description,
        "releaseDate": patch.release_date,
        "severity": patch.severity,
        "maxSize": patch.max_size,
        "rebootRequired": patch.reboot_required,
        "requireUserInput": false,
        "kbArticleId": patch.kb_article,
        "installStatus": status(install_status),
    })
}

impl Call<'_> {
    /// The one status that is asked for.
    fn install_status(&self) -> Result<Option<InstallStatus>, Answer> {
        self.query("installStatus", |text| {
            use InstallStatus::{ApprovedPending, Installed, NotApproved};
            [Installed, ApprovedPending, NotApproved]
                .into_iter()
                .find(|known| status(*known) == text)
        })
    }

    fn catalogue(&self) -> HashMap<&str, &Patch> {
        let patches = self.state.world.account.patches.iter();
        patches.map(|patch| (patch.id.as_str(), patch)).collect()
    }
}

/// `GET /api/v2/device/{deviceUid}/patches`
pub(super) fn list_device(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (wanted, catalogue) = (call.install_status()?, call.catalogue());
    let (_, device) = call.device()?;
    let rows: Vec<_> = device
        .patches
        .iter()
        .filter(|row| wanted.is_none_or(|wanted| row.status == wanted))
        .filter_map(|row| Some((row, *catalogue.get(row.patch.as_str())?)))
        .collect();
    call.page_in(Style::Strict, "patches", &rows, |(row, patch)| {
        let mut wire = wire(patch, row.status);
        wire["manualOverride"] = json!(row.manual_override);
        wire
    })
}

/// `GET /api/v2/site/{siteUid}/patches`: a patch comes once for each status that it has somewhere.
pub(super) fn list_site(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (wanted, catalogue) = (call.install_status()?, call.catalogue());
    let mut counts: BTreeMap<(&str, InstallStatus), usize> = BTreeMap::new();
    for row in call
        .site()?
        .devices
        .iter()
        .flat_map(|device| &device.patches)
    {
        *counts.entry((&row.patch, row.status)).or_default() += 1;
    }
    let rows: Vec<_> = counts
        .into_iter()
        .filter(|((_, status), _)| wanted.is_none_or(|wanted| *status == wanted))
        .filter_map(|((id, status), count)| Some((*catalogue.get(id)?, status, count)))
        .collect();
    call.page_in(Style::Strict, "patches", &rows, |(patch, status, count)| {
        let mut wire = wire(patch, *status);
        wire["totalDevices"] = json!(count);
        wire
    })
}
