//! The table of endpoints says what the crate does.

use std::collections::BTreeMap;

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

#[test]
fn the_table_has_all_that_the_vendor_documents() {
    let rows = rows();
    let count = |version: &str| {
        let of_version = rows.keys().filter(|line| line.contains(version));
        of_version.count()
    };
    assert_eq!((count(" /v2/"), count(" /v3/")), (59, 6));
    assert_eq!(rows.len(), 66, "and the log-in");
}
