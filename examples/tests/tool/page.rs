//! What `docs/deploy.md` says, so that it is held against what the program does.

use std::fs;
use std::path::Path;

/// What stands below a heading, up to the next one of its level or above.
pub(crate) fn section(heading: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/deploy.md");
    let page = fs::read_to_string(path).expect("the page is there");
    let level = heading.bytes().take_while(|byte| *byte == b'#').count();
    let mut lines = page.lines().skip_while(|line| *line != heading);
    assert!(lines.next().is_some(), "the page has no {heading}");
    let mut is_code = false;
    let inside = lines.take_while(|line| {
        is_code ^= line.starts_with("```");
        let marks = line.bytes().take_while(|byte| *byte == b'#').count();
        is_code || marks == 0 || marks > level
    });
    inside.flat_map(|line| [line, "\n"]).collect()
}

/// The first block of code in a language.
pub(crate) fn block(section: &str, language: &str) -> String {
    let start = format!("```{language}\n");
    let (_, rest) = section.split_once(&start).expect("a block");
    rest.split("```").next().unwrap_or_default().to_owned()
}

/// The cells of the rows whose first cell begins with code.
pub(crate) fn rows(section: &str) -> Vec<Vec<String>> {
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

/// What stands in backticks. A fence has three of them, which change nothing.
pub(crate) fn quoted(text: &str) -> Vec<String> {
    let plain = text.replace("```", "");
    let parts = plain.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}
