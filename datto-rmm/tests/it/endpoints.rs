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
fn every_operation_stands_in_the_table() {
    let rows = rows();
    for operation in OPERATIONS {
        // Log-ins are the one thing outside of the API's base.
        let base = if operation.name() == "auth.token" {
            "/auth"
        } else {
            ""
        };
        let line = format!(
            "`{} {base}{}`",
            operation.method().as_str(),
            operation.path()
        );
        let Some((here, charges)) = rows.get(&line) else {
            panic!("{} has no row {line}", operation.name())
        };
        assert!(here.starts_with("`client.") || base == "/auth", "{line}");
        let names: Vec<_> = operation
            .charge_names()
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        assert_eq!(*charges, names.join(", "), "{line}");
    }
}

#[test]
fn the_table_has_all_that_the_vendor_documents() {
    let rows = rows();
    let count = |prefix: &str| {
        let path = |line: &&String| {
            line.split_once(' ')
                .is_some_and(|(_, path)| path.starts_with(prefix))
        };
        rows.keys().filter(path).count()
    };
    assert_eq!((count("/v2/"), count("/v3/")), (59, 6));
    assert_eq!(rows.len(), 66, "and the log-in");
}
