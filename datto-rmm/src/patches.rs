//! Patches of devices and of sites. New with release 15.1.0 of the vendor's product, so not on every platform.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{null_as_default, number_or_text, text_or_number};
use client_core::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::devices::DeviceUid;
use crate::paging::{Page, Row, page};
use crate::sites::SiteUid;
use crate::time::{WireTime, lenient};

pub(crate) const LIST_DEVICE: Operation =
    Operation::get("device_patches.list", "/v2/device/{deviceUid}/patches").charges(&["read"]);
pub(crate) const LIST_SITE: Operation =
    Operation::get("site_patches.list", "/v2/site/{siteUid}/patches").charges(&["read"]);

client_core::id!(
    /// Identifies a patch.
    PatchId
);

client_core::open_enum!(
    /// Where a patch stands.
    InstallStatus {
        Installed = "INSTALLED",
        ApprovedPending = "APPROVED_PENDING",
        NotApproved = "NOT_APPROVED",
    }
);

client_core::open_enum!(
    /// What a patch is for.
    PatchType {
        Software = "SOFTWARE",
        Driver = "DRIVER",
    }
);

client_core::open_enum!(
    /// How severe the flaws are that a patch mends.
    PatchSeverity {
        Critical = "CRITICAL",
        Important = "IMPORTANT",
        Moderate = "MODERATE",
        Low = "LOW",
        Unspecified = "UNSPECIFIED",
    }
);

/// A patch on a device.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Patch {
    pub patch_id: PatchId,
    /// A list, in spite of its name.
    #[serde(default, with = "null_as_default")]
    pub category: Vec<String>,
    #[serde(default, rename = "type")]
    pub kind: Option<PatchType>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    /// In a form that is not documented.
    #[serde(default, deserialize_with = "lenient")]
    pub release_date: Option<WireTime>,
    #[serde(default)]
    pub severity: Option<PatchSeverity>,
    /// Bytes, as it seems; the unit is not documented.
    #[serde(default, with = "number_or_text")]
    pub max_size: Option<i64>,
    #[serde(default)]
    pub reboot_required: Option<bool>,
    #[serde(default)]
    pub require_user_input: Option<bool>,
    #[serde(default, with = "text_or_number")]
    pub kb_article_id: Option<String>,
    #[serde(default)]
    pub install_status: Option<InstallStatus>,
    #[serde(default)]
    pub manual_override: Option<bool>,
}

/// A patch on the devices of a site. It comes once for each status that it has on some of them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SitePatch {
    pub patch_id: PatchId,
    /// A list, in spite of its name.
    #[serde(default, with = "null_as_default")]
    pub category: Vec<String>,
    #[serde(default, rename = "type")]
    pub kind: Option<PatchType>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    /// In a form that is not documented.
    #[serde(default, deserialize_with = "lenient")]
    pub release_date: Option<WireTime>,
    #[serde(default)]
    pub severity: Option<PatchSeverity>,
    /// Bytes, as it seems; the unit is not documented.
    #[serde(default, with = "number_or_text")]
    pub max_size: Option<i64>,
    #[serde(default)]
    pub reboot_required: Option<bool>,
    #[serde(default)]
    pub require_user_input: Option<bool>,
    #[serde(default, with = "text_or_number")]
    pub kb_article_id: Option<String>,
    #[serde(default)]
    pub install_status: Option<InstallStatus>,
    /// Devices of the site that have the patch in this status.
    #[serde(default, with = "number_or_text")]
    pub total_devices: Option<i64>,
}

impl Row for Patch {
    const ID: &'static str = "patchId";

    fn key(&self) -> Option<String> {
        Some(self.patch_id.to_string())
    }
}

impl Row for SitePatch {
    const ID: &'static str = "patchId";
    const ID_IS_KEY: bool = false;

    fn key(&self) -> Option<String> {
        let status = self.install_status.as_ref();
        Some(format!(
            "{}/{}",
            self.patch_id,
            status.map_or("", InstallStatus::as_str)
        ))
    }
}

page!(PatchesPage, "patches", Patch);
page!(SitePatchesPage, "patches", SitePatch);

/// Filters for [`DeviceScope::patches`](crate::devices::DeviceScope::patches) and
/// [`SiteScope::patches`](crate::sites::SiteScope::patches); the default keeps every patch.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListPatches {
    install_status: Option<InstallStatus>,
}

impl ListPatches {
    /// Keeps patches in this status.
    #[must_use]
    pub fn install_status(mut self, status: InstallStatus) -> Self {
        self.install_status = Some(status);
        self
    }

    pub(crate) fn of_device(&self, device: &DeviceUid) -> Call<Page<Patch>> {
        Call::<PatchesPage>::new(&LIST_DEVICE, [device.as_str()])
            .query(self)
            .map(Page::from)
    }

    pub(crate) fn of_site(&self, site: &SiteUid) -> Call<Page<SitePatch>> {
        Call::<SitePatchesPage>::new(&LIST_SITE, [site.as_str()])
            .query(self)
            .map(Page::from)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Patch, SitePatch};
    use crate::paging::Row;

    #[test]
    fn a_site_has_a_patch_once_for_each_status() {
        let patch = |status: serde_json::Value| -> SitePatch {
            serde_json::from_value(json!({"patchId": "p", "installStatus": status})).unwrap()
        };
        let keys = [json!("INSTALLED"), json!("NOT_APPROVED"), json!(null)]
            .map(|status| patch(status).key());
        assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
    }

    #[test]
    fn every_field_may_be_null_or_absent() {
        let nulls = json!({"patchId": "p", "category": null, "type": null, "title": null, "description": null, "releaseDate": null,
            "severity": null, "maxSize": null, "rebootRequired": null, "requireUserInput": null, "kbArticleId": null,
            "installStatus": null, "manualOverride": null, "totalDevices": null});
        let absent = json!({"patchId": "p"});
        assert_eq!(
            serde_json::from_value::<Patch>(nulls.clone()).unwrap(),
            serde_json::from_value(absent.clone()).unwrap()
        );
        assert_eq!(
            serde_json::from_value::<SitePatch>(nulls).unwrap(),
            serde_json::from_value(absent).unwrap()
        );
    }
}
