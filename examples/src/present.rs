//! Headings, tables and progress bars.

use std::io::IsTerminal as _;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use indicatif::{ProgressBar, ProgressStyle};

/// Prints a heading, in bold where that is a terminal.
pub fn heading(text: &str) {
    if std::io::stdout().is_terminal() {
        println!("\n\x1b[1m{text}\x1b[0m");
    } else {
        println!("\n{text}");
    }
}

/// How wide a table may be on a terminal.
pub const WIDTH: u16 = 116;

/// A table, at most so wide with long cells wrapped, or with one line for each row.
pub fn grid<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
    width: Option<u16>,
) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header);
    match width {
        Some(width) => table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    table.add_rows(rows);
    table
}

/// Prints a table that fits the usual terminal.
pub fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) {
    println!("{}", grid(header, rows, Some(WIDTH)));
}

/// A progress bar on standard error; silent where that is no terminal.
pub fn progress(what: &'static str, length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:<28} {bar:40} {pos}/{len}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length)
        .with_style(style)
        .with_message(what)
}
