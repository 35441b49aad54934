//! What the documentation says of the tests, and of the deploy component, is so.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Further rows, in a table of their own.
const BEYOND: [&str; 11] = [
    "N11", "N12", "N15", "N16", "N17", "N22", "U08", "U10", "U11", "U14", "U26",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(file: &str) -> String {
    let path = root().join(file);
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

#[test]
fn the_front_page_of_a_client_names_each_of_its_modules() {
    for page in ["datto-networking/src/lib.rs", "gravityzone/src/lib.rs"] {
        let text = read(page);
        let about: Vec<_> = text
            .lines()
            .filter(|line| line.starts_with("//!"))
            .collect();
        let about = about.join("\n");
        let modules = text
            .lines()
            .filter_map(|line| line.strip_prefix("pub mod "));
        for module in modules.map(|module| module.trim_end_matches(';')) {
            let is_named = [format!("`{module}`"), format!("]({module})")]
                .iter()
                .any(|link| about.contains(link));
            assert!(is_named, "{page} lists no {module}");
        }
    }
}

/// The page that says what every number means.
const PROMISES: &str = "docs/promises.md";

/// Whether a word is a number of a row, as `F001`, `U01` or `N01`.
fn is_number(word: &str) -> bool {
    let digits = match word.chars().next() {
        Some('F') => 3,
        Some('U' | 'N') => 2,
        _ => return false,
    };
    let rest = &word[1..];
    rest.len() == digits && rest.bytes().all(|byte| byte.is_ascii_digit())
}

/// The numbers in a text, and those in the names of its functions. A text of its own in quotes is data.
fn cited_in(text: &str) -> BTreeSet<String> {
    let mut numbers = BTreeSet::new();
    for line in text.lines() {
        let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '"' && c != '_');
        let mut before = "";
        for word in words {
            let is_data = word.len() > 1 && word.starts_with('"') && word.ends_with('"');
            let plain = word.trim_matches('"');
            if is_number(plain) && !is_data {
                numbers.insert(plain.to_owned());
            }
            if before == "fn" {
                let parts = word
                    .split('_')
                    .filter(|part| !["u16", "u32", "u64"].contains(part));
                let parts = parts.map(str::to_uppercase);
                numbers.extend(parts.filter(|part| is_number(part)));
            }
            before = word;
        }
    }
    numbers
}

/// The files below a folder, but what is built and what is hidden.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        if name.starts_with('.') || name == "target" {
            continue;
        }
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The numbers that pages have a row for.
fn numbered(page: &str) -> BTreeSet<String> {
    let page = read(page);
    let rows = page.lines().filter(|line| is_row(line));
    let numbers = rows.filter_map(|line| line.split('|').nth(1));
    let numbers = numbers.map(|number| number.trim().to_owned());
    numbers.filter(|number| is_number(number)).collect()
}

#[test]
fn every_number_that_is_cited_has_a_row_that_says_what_it_means() {
    let mut found = Vec::new();
    files(&root(), &mut found);
    let mut cited: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut in_code = BTreeSet::new();
    for path in found {
        let extension = path.extension().unwrap_or_default();
        if path.ends_with(PROMISES) || !(extension == "rs" || extension == "md") {
            continue;
        }
        let numbers = cited_in(&fs::read_to_string(&path).expect("text"));
        if extension == "rs" && !path.ends_with(file!()) {
            in_code.extend(numbers.iter().cloned());
        }
        cited.extend(numbers.into_iter().map(|number| (number, path.clone())));
    }
    let promises = numbered(PROMISES);
    let tables = [
        "docs/companion.md",
        "docs/activity-watch.md",
        "docs/network-sync.md",
    ];
    let of_tables: BTreeSet<_> = tables.iter().flat_map(|page| numbered(page)).collect();
    for (number, path) in &cited {
        let is_known =
            promises.contains(number) || (number.starts_with('F') && of_tables.contains(number));
        assert!(is_known, "{} cites {number}", path.display());
    }
    // What nothing cites is nothing that is proved.
    let unproved: Vec<_> = promises
        .iter()
        .filter(|number| !number.starts_with('F') && !in_code.contains(*number))
        .collect();
    assert!(unproved.is_empty(), "no code cites {unproved:?}");
    for page in tables {
        assert!(read(page).contains("(promises.md)"), "{page}");
    }
}

#[test]
fn a_number_is_told_from_data_and_from_types() {
    let text = r#"
        /// U16, N20: a row.
        fn u01_f043_moved_and_u32_n17(text: &str) -> u64 { assert_eq!(x, 1, "N14: kept"); f("N32", "bios:N320") }
    "#;
    let numbers: Vec<_> = cited_in(text).into_iter().collect();
    assert_eq!(numbers, ["F043", "N14", "N17", "N20", "U01", "U16"]);
}
