//! What the documentation says of the tests, and of the deploy component, is so.

use std::fs;
use std::path::Path;

/// Further rows, in a table of their own.
const BEYOND: [&str; 11] = [
    "N11", "N12", "N15", "N16", "N17", "N22", "U08", "U10", "U11", "U14", "U26",
];

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn is_row(line: &str) -> bool {
    let mut start = line.trim_start_matches("| ").chars();
    line.starts_with("| ")
        && matches!(start.next(), Some('F' | 'N' | 'U'))
        && start.next().is_some_and(|digit| digit.is_ascii_digit())
}

/// The rows of a page's tables, each of which names tests that exist.
fn rows_of(page: &str) -> Vec<String> {
    let page = read(page);
    let mut rows = Vec::new();
    for line in page.lines().filter(|line| is_row(line)) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let mut tests = 0;
        for named in cells[3].split("<br>") {
            let parts: Vec<_> = named.split('`').collect();
            let (file, name) = (parts[1], parts[3]);
            let text = read(file);
            // A mention or a helper is no test: there has to be an attribute right before it.
            let is_test = text.split("#[").skip(1).any(|after| {
                let attribute = after.split(']').next().unwrap_or_default();
                (attribute == "test" || attribute.starts_with("tokio::test"))
                    && after.contains(&format!("fn {name}("))
            });
            assert!(is_test, "{file} has no test {name}");
            tests += 1;
        }
        assert!(tests > 0, "{line}");
        rows.push(cells[1].to_owned());
    }
    rows
}

#[test]
fn every_test_named_in_the_tables_exists_and_every_row_has_one() {
    let companion = (1..=56).map(|row| format!("F{row:03}"));
    let expected: Vec<_> = companion.chain(BEYOND.map(str::to_owned)).collect();
    assert_eq!(rows_of("docs/companion.md"), expected);
}

#[test]
fn every_test_named_in_the_table_of_the_activity_log_exists_and_every_row_has_one() {
    let activity: Vec<_> = (57..=73).map(|row| format!("F{row:03}")).collect();
    assert_eq!(rows_of("docs/activity-watch.md"), activity);
    let networks = (74..=106).map(|row| format!("F{row:03}"));
    let networks: Vec<_> = networks
        .chain(["F146", "N09", "N22"].map(str::to_owned))
        .collect();
    assert_eq!(rows_of("docs/network-sync.md"), networks);
}

#[test]
fn f016_f018_the_component_reads_the_variable_and_runs_only_a_downloader_of_the_vendor() {
    let page = read("docs/deploy.md");
    let (_, rest) = page.split_once("```powershell").expect("a script");
    let (script, _) = rest.split_once("```").expect("its end");
    let at = |part: &str| {
        script
            .find(part)
            .unwrap_or_else(|| panic!("the script lacks {part}"))
    };
    let start = at("[Diagnostics.Process]::Start(");
    let guards = [
        "Get-Service -Name",
        "$env:GravityZonePackageLink",
        "gravityzone\\.bitdefender\\.com$",
        "-ne 'https'",
        "^setupdownloader_\\[",
        "DownloadFile(",
        "Get-AuthenticodeSignature",
    ];
    for pair in guards.windows(2) {
        assert!(
            at(pair[0]) < at(pair[1]),
            "{} goes before {}",
            pair[0],
            pair[1]
        );
    }
    assert!(
        at(guards[guards.len() - 1]) < start,
        "nothing runs unchecked"
    );
    // Whoever has the link can install into the company, so no output shows it.
    for line in script.lines().filter(|line| line.contains("Write-Output")) {
        for secret in ["$link", "$uri", "$env:", "$name", "$file"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}
