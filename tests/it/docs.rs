//! What the documentation says of the tests is so.

use std::fs;
use std::path::Path;

#[test]
fn every_test_named_in_the_table_exists_and_every_row_has_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let table = fs::read_to_string(root.join("docs/companion.md")).expect("readable");
    let mut rows = Vec::new();
    for line in table.lines().filter(|line| line.starts_with("| F")) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let mut tests = 0;
        for named in cells[3].split("<br>") {
            let parts: Vec<_> = named.split('`').collect();
            let (file, name) = (parts[1], parts[3]);
            let text = fs::read_to_string(root.join(file))
                .unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(
                text.contains(&format!("fn {name}(")),
                "{file} has no test {name}"
            );
            tests += 1;
        }
        assert!(tests > 0, "{line}");
        rows.push(cells[1].to_owned());
    }
    let expected: Vec<_> = (26..=56).map(|row| format!("F{row:03}")).collect();
    assert_eq!(rows, expected);
}
