//! What tools print: tables, JSON documents and questions.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};

use crate::present::{WIDTH, grid};
use serde::Serialize;

use crate::exit::Failure;

/// Prints text as it is.
pub fn text(text: impl std::fmt::Display) -> Result<(), Failure> {
    Ok(write!(io::stdout().lock(), "{text}")?)
}

/// Prints one line.
pub fn line(line: impl std::fmt::Display) -> Result<(), Failure> {
    text(format_args!("{line}\n"))
}

/// Prints one JSON document.
pub fn json(document: &impl Serialize) -> Result<(), Failure> {
    line(serde_json::to_string_pretty(document)?)
}

/// Prints one JSON document as one line.
pub fn json_line(document: &impl Serialize) -> Result<(), Failure> {
    line(serde_json::to_string(document)?)
}

/// Prints a table: fitted to a terminal, otherwise one line for each row, for `grep`.
pub fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<(), Failure> {
    let rows = rows.into_iter().map(|row| row.map(|cell| clean(&cell)));
    let width = io::stdout().is_terminal().then_some(WIDTH);
    line(grid(header, rows, width))
}

/// Text on one line, with whatever could move the cursor or turn the writing direction made visible: names come from
/// the vendors' users.
pub fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns {
            // Writing to a string cannot fail.
            let _ = write!(clean, "{}", c.escape_unicode());
        } else {
            clean.push(c);
        }
    }
    clean
}

/// Asks for a plain yes on the terminal.
///
/// # Errors
///
/// A usage error where nobody can answer; `instead` says what to pass then.
pub fn confirmed(question: &str, instead: &str) -> Result<bool, Failure> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(
            Failure::usage("this has to be confirmed, and standard input is no terminal")
                .with_advice(instead),
        );
    }
    eprint!("{question} Type yes to go on: ");
    io::stderr().flush()?;
    let mut answer = String::new();
    stdin.read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}
