//! The table of endpoints says what the crate does.

use std::collections::{BTreeMap, BTreeSet};

use datto_rmm::OPERATIONS;

const TABLE: &str = include_str!("../../../docs/datto-rmm.md");

/// Method and charges by method and path of each row.
fn rows() -> BTreeMap<String, (String, String)> {
    let mut rows = BTreeMap::new();
    for line in TABLE.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, operation, here, charges, _] = cells[..] else {
            panic!("three columns: {line}")
        };
        let row = (here.to_owned(), charges.to_owned());
        let other = rows.insert(operation.to_owned(), row);
        assert_eq!(other, None, "{operation} stands there twice");
    }
    rows
}

#[test]
fn every_row_has_an_operation_and_every_operation_a_row() {
    let mut operations = BTreeMap::new();
    for operation in OPERATIONS {
        // Log-ins are the one thing outside of the API's base.
        let base = if operation.name() == "auth.token" {
            "/auth"
        } else {
            ""
        };
        let (method, path) = (operation.method().as_str(), operation.path());
        let names = operation.charge_names().iter();
        let charges: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        let other = operations.insert(format!("`{method} {base}{path}`"), charges.join(", "));
        assert_eq!(other, None, "{} is not the only one", operation.name());
    }
    let rows = rows();
    for (line, (here, _)) in &rows {
        assert!(
            here.starts_with("`client.") || line.contains("/auth"),
            "{line}"
        );
    }
    let charges: BTreeMap<_, _> = rows
        .into_iter()
        .map(|(line, (_, charges))| (line, charges))
        .collect();
    assert_eq!(charges, operations);
}

/// What the vendor's description of Build 235 lists.
const DOCUMENTED: [&str; 65] = [
    "GET /v2/account",
    "GET /v2/account/alerts/open",
    "GET /v2/account/alerts/resolved",
    "GET /v2/account/components",
    "GET /v2/account/devices",
    "GET /v2/account/dnet-site-mappings",
    "GET /v2/account/sites",
    "GET /v2/account/users",
    "PUT /v2/account/variable",
    "POST /v2/account/variable/{variableId}",
    "DELETE /v2/account/variable/{variableId}",
    "GET /v2/account/variables",
    "GET /v2/activity-logs",
    "GET /v2/alert/{alertUid}",
    "POST /v2/alert/{alertUid}/mute",
    "POST /v2/alert/{alertUid}/resolve",
    "POST /v2/alert/{alertUid}/unmute",
    "GET /v2/audit/device/macAddress/{macAddress}",
    "GET /v2/audit/device/{deviceUid}",
    "GET /v2/audit/device/{deviceUid}/software",
    "GET /v2/audit/esxihost/{deviceUid}",
    "GET /v2/audit/printer/{deviceUid}",
    "GET /v2/device/id/{deviceId}",
    "GET /v2/device/macAddress/{macAddress}",
    "GET /v2/device/{deviceUid}",
    "GET /v2/device/{deviceUid}/alerts/open",
    "GET /v2/device/{deviceUid}/alerts/resolved",
    "GET /v2/device/{deviceUid}/patches",
    "PUT /v2/device/{deviceUid}/quickjob",
    "PUT /v2/device/{deviceUid}/site/{siteUid}",
    "POST /v2/device/{deviceUid}/udf",
    "POST /v2/device/{deviceUid}/warranty",
    "GET /v2/filter/custom-filters",
    "GET /v2/filter/default-filters",
    "GET /v2/job/{jobUid}",
    "GET /v2/job/{jobUid}/components",
    "GET /v2/job/{jobUid}/results/{deviceUid}",
    "GET /v2/job/{jobUid}/results/{deviceUid}/stderr",
    "GET /v2/job/{jobUid}/results/{deviceUid}/stdout",
    "PUT /v2/site",
    "GET /v2/site/{siteUid}",
    "POST /v2/site/{siteUid}",
    "GET /v2/site/{siteUid}/alerts/open",
    "GET /v2/site/{siteUid}/alerts/resolved",
    "GET /v2/site/{siteUid}/devices",
    "GET /v2/site/{siteUid}/devices/network-interface",
    "GET /v2/site/{siteUid}/filters",
    "GET /v2/site/{siteUid}/patches",
    "GET /v2/site/{siteUid}/settings",
    "POST /v2/site/{siteUid}/settings/proxy",
    "DELETE /v2/site/{siteUid}/settings/proxy",
    "PUT /v2/site/{siteUid}/variable",
    "POST /v2/site/{siteUid}/variable/{variableId}",
    "DELETE /v2/site/{siteUid}/variable/{variableId}",
    "GET /v2/site/{siteUid}/variables",
    "GET /v2/system/pagination",
    "GET /v2/system/request_rate",
    "GET /v2/system/status",
    "POST /v2/user/resetApiKeys",
    "GET /v3/account/devices",
    "GET /v3/device/id/{deviceId}",
    "GET /v3/device/macAddress/{macAddress}",
    "GET /v3/device/{deviceUid}",
    "POST /v3/device/{deviceUid}/udf",
    "GET /v3/site/{siteUid}/devices",
];

#[test]
fn the_crate_has_all_that_the_vendor_documents() {
    let log_in = "auth.token";
    let operations = OPERATIONS
        .iter()
        .filter(|operation| operation.name() != log_in)
        .map(|operation| format!("{} {}", operation.method().as_str(), operation.path()));
    let documented: BTreeSet<_> = DOCUMENTED.iter().map(ToString::to_string).collect();
    assert_eq!(documented.len(), DOCUMENTED.len());
    assert_eq!(operations.collect::<BTreeSet<_>>(), documented);
    assert_eq!(rows().len(), DOCUMENTED.len() + 1, "and the log-in");
}
