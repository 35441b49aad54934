//! The table of endpoints in `docs/datto-networking.md` against the operations of the crate.

use std::collections::BTreeSet;

use client_core::Repeat;
use datto_networking::{Family, OPERATIONS};

const TABLE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../docs/datto-networking.md"
));

/// The cells of the rows that begin with an operation, without the one that shows the method here.
fn rows() -> Vec<[String; 4]> {
    let rows = TABLE.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [name, endpoint, family, here, class] = cells.as_slice() else {
            panic!("not five cells: {line}")
        };
        assert!(here.contains("client."), "no method: {line}");
        [name, endpoint, family, class].map(|cell| cell.trim_matches('`').to_owned())
    })
    .collect()
}

#[test]
fn the_table_has_every_operation_and_nothing_else() {
    let known: BTreeSet<_> = OPERATIONS
        .iter()
        .map(|operation| {
            let family = match Family::of(operation.path()) {
                Family::Networks => "networks",
                Family::Accounts => "accounts",
                Family::PowerStrips => "power strips",
                other => panic!("{other:?} has no name in the table"),
            };
            let class = match operation.repeat_class() {
                Repeat::Read => "read",
                Repeat::Action => "action",
                Repeat::Idempotent | Repeat::OnlyIfUnprocessed => "write",
            };
            let endpoint = format!("{} {}", operation.method().as_str(), operation.path());
            [operation.name(), endpoint.as_str(), family, class].map(str::to_owned)
        })
        .collect();
    let rows = rows();
    let told: BTreeSet<_> = rows.iter().cloned().collect();
    let missing: Vec<_> = known.difference(&told).collect();
    let strange: Vec<_> = told.difference(&known).collect();
    assert!(
        missing.is_empty() && strange.is_empty(),
        "missing {missing:#?}, strange {strange:#?}"
    );
    assert_eq!(rows.len(), told.len(), "a row stands twice");
}
