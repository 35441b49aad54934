//! The vendor's published limits as data: which methods share which budget.
//!
//! Limits count per API key. What the page does not list falls under the general limit; a note on it speaks of 10 a
//! minute where its table says 10 a second, and the table is what is used here. A limit that turns out to be lower is
//! waited out as the vendor asks, and can be set with [`Limits::set`] or [`Limits::set_charge`] at any time.

use std::time::Duration;

use client_core::{Limits, LimitsBuilder};

/// A budget that several methods share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// The name of its bucket.
    pub name: &'static str,
    /// Requests within the window.
    pub limit: u32,
    /// The rolling window.
    pub window: Duration,
}

/// 10 a second: everything that has no other budget.
pub const GENERAL: Budget = Budget {
    name: "gravityzone.general",
    limit: 10,
    window: Duration::from_secs(1),
};
/// 5 a second: licences and most changes of companies.
pub const COMPANY: Budget = Budget {
    name: "gravityzone.company",
    limit: 5,
    window: Duration::from_secs(1),
};
/// 30 a minute with bursts of at most 10, hence 10 in 20 seconds: tasks and moves.
pub const TASK: Budget = Budget {
    name: "gravityzone.task",
    limit: 10,
    window: Duration::from_secs(20),
};
/// 5 a minute without bursts, hence one in 12 seconds: settings.
pub const SETTING: Budget = Budget {
    name: "gravityzone.setting",
    limit: 1,
    window: Duration::from_secs(12),
};
/// 3 a minute: the list of incidents.
pub const INCIDENTS: Budget = Budget {
    name: "gravityzone.incidents",
    limit: 3,
    window: Duration::from_mins(1),
};

/// Every budget.
pub const BUDGETS: &[Budget] = &[GENERAL, COMPANY, TASK, SETTING, INCIDENTS];

/// The methods that do not fall under [`GENERAL`], as `service.method`: the name of the charge of their operation.
pub const METHODS: &[(&str, Budget)] = &[
    ("accounts.configureNotificationsSettings", TASK),
    ("accounts.createAccount", TASK),
    ("accounts.deleteAccount", TASK),
    ("accounts.getNotificationsSettings", TASK),
    ("accounts.updateAccount", TASK),
    ("companies.activateCompany", COMPANY),
    // Older pages list these two here and newer ones do not.
    ("companies.createCompany", COMPANY),
    ("companies.createCustomFieldDefinition", COMPANY),
    ("companies.deleteCompany", COMPANY),
    ("companies.deleteCustomFieldDefinition", COMPANY),
    ("companies.getCompanyDetails", COMPANY),
    ("companies.getCustomFieldsDefinitions", COMPANY),
    ("companies.suspendCompany", COMPANY),
    ("companies.updateCompanyDetails", COMPANY),
    ("companies.updateCustomFieldDefinition", COMPANY),
    ("incidents.addToBlocklist", SETTING),
    ("incidents.createCustomRule", SETTING),
    ("incidents.deleteCustomRule", SETTING),
    ("incidents.getIncidentsList", INCIDENTS),
    ("incidents.removeFromBlocklist", SETTING),
    (
        "integrations.configureAmazonEC2IntegrationUsingCrossAccountRole",
        TASK,
    ),
    ("licensing.addProductKey", COMPANY),
    ("licensing.getLicenseInfo", COMPANY),
    ("licensing.getMonthlyUsage", COMPANY),
    ("licensing.getMonthlyUsagePerProductType", COMPANY),
    ("licensing.removeProductKey", COMPANY),
    ("licensing.setLicenseKey", COMPANY),
    ("licensing.setMonthlySubscription", TASK),
    ("maintenanceWindows.deleteMaintenanceWindow", SETTING),
    (
        "maintenanceWindows.updatePatchManagementMaintenanceWindow",
        SETTING,
    ),
    ("network.assignPolicy", SETTING),
    ("network.createReconfigureClientTask", TASK),
    ("network.createScanTask", TASK),
    ("network.createScanTaskByMac", TASK),
    ("network.createSubmitToSandboxAnalyzerTask", TASK),
    ("network.deleteEndpoint", TASK),
    ("network.getNetworkInventoryItems", COMPANY),
    ("network.killProcess", TASK),
    ("network.moveCompanyOrCompanyFolder", TASK),
    ("network.moveEndpointsBetweenCompanies", TASK),
    ("push.getPushEventSettings", SETTING),
    ("push.getPushEventStats", SETTING),
    ("push.resetPushEventStats", SETTING),
    ("push.sendTestPushEvent", SETTING),
    ("push.setPushEventSettings", SETTING),
    ("quarantine.createAddFileToQuarantineTask", TASK),
    ("quarantine.createEmptyQuarantineTask", TASK),
    ("quarantine.createRemoveQuarantineItemTask", TASK),
    ("quarantine.createRestoreQuarantineExchangeItemTask", TASK),
    ("quarantine.createRestoreQuarantineItemTask", TASK),
    ("reports.createReport", TASK),
];

/// The published limits, to change some before [`LimitsBuilder::build`].
///
/// ```
/// use std::time::Duration;
///
/// // This console said 429 to everything above 10 a minute.
/// let limits = gravityzone::limits::published()
///     .bucket(gravityzone::limits::GENERAL.name, 10, Duration::from_secs(60))
///     .build();
/// # let _ = limits;
/// ```
pub fn published() -> LimitsBuilder {
    let mut builder = Limits::builder();
    for budget in BUDGETS {
        builder = builder.bucket(budget.name, budget.limit, budget.window);
    }
    for (method, budget) in METHODS {
        builder = builder.charge(*method, &[budget.name]);
    }
    builder.fallback(GENERAL.name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{BUDGETS, METHODS};

    /// U15: each method has one budget.
    #[test]
    fn every_method_is_listed_once_and_in_order() {
        let names: Vec<_> = METHODS.iter().map(|(name, _)| *name).collect();
        let sorted: Vec<_> = names
            .iter()
            .copied()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        assert_eq!(names, sorted);
        assert!(METHODS.iter().all(|(_, budget)| BUDGETS.contains(budget)));
    }

    /// What the crate charges for is `service.method` of the operation itself, so that the table applies.
    #[test]
    fn operations_are_charged_by_their_method() {
        for operation in crate::OPERATIONS {
            let service = operation.path().rsplit("/jsonrpc/").next().unwrap();
            let charge = format!("{}.{}", service, operation.rpc_method().unwrap());
            assert_eq!(
                operation.charge_names(),
                [charge.as_str()],
                "{}",
                operation.name()
            );
        }
    }
}
