//! Cells that no spreadsheet runs or rewrites, and back.
//!
//! A guard is an apostrophe in front. Text that looks guarded already gets another one, so that every text comes back
//! as it was.

/// What begins a formula; the last four are the wide forms of the others, which some programs take for them.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// What may begin a cell in a program that expects another separator than ours.
const SEPARATORS: [char; 5] = [',', ';', '\t', '\r', '\n'];

/// The text as a cell.
pub(super) fn guard(text: &str) -> String {
    let inside = map_pieces(text, |piece| add(piece, begins_formula));
    add(&inside, is_rewritten)
}

/// The text as a cell that no spreadsheet runs, but for the rest as it is: for programs that take a number for a number.
pub(crate) fn guard_formula(text: &str) -> String {
    let inside = map_pieces(text, |piece| add(piece, begins_formula));
    add(&inside, |text| {
        begins_formula(text) || text.starts_with(['\t', '\r', '\n'])
    })
}

/// The text of a cell. One that was typed by hand is taken as it is.
pub(crate) fn restore(cell: &str) -> String {
    let inside = remove(cell, is_rewritten);
    map_pieces(inside, |piece| remove(piece, begins_formula).to_owned())
}

/// Changes what follows each separator.
fn map_pieces(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut pieces = text.split_inclusive(SEPARATORS);
    let mut result = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        result.push_str(&change(piece));
    }
    result
}

fn add(text: &str, is_risky: impl Fn(&str) -> bool + Copy) -> String {
    if needs_guard(text, is_risky) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn remove(text: &str, is_risky: impl Fn(&str) -> bool + Copy) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if needs_guard(rest, is_risky) => rest,
        _ => text,
    }
}

/// Whether text is risky, or would be after some of its apostrophes are taken off.
fn needs_guard(text: &str, is_risky: impl Fn(&str) -> bool) -> bool {
    is_risky(text.trim_start_matches('\''))
}

fn begins_formula(text: &str) -> bool {
    text.trim_start().starts_with(FORMULA)
}

/// Whether a spreadsheet would run the cell, or show and save something else in its place.
fn is_rewritten(text: &str) -> bool {
    begins_formula(text) || text.starts_with(['\t', '\r', '\n']) || is_value(text)
}

/// Whether text is taken for a number, date, time or truth that is then written in another way, as `0017`, `12e5`,
/// `1/2` and 20 digits are.
fn is_value(text: &str) -> bool {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return true;
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = digits == text.len() && digits <= 15 && (digits == 1 || !text.starts_with('0'));
    let of_value = |c: char| c.is_ascii_digit() || " .,:/-+%eE".contains(c);
    digits > 0 && !plain && text.chars().all(of_value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{guard, restore};

    #[test]
    fn formulas_and_values_are_guarded_and_ordinary_text_is_not() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-x", "'-x"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("  =1", "'  =1"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("'=1", "''=1"),
            ("A;=1", "A;'=1"),
            ("A\n=1", "A\n'=1"),
            ("A; '=1", "A; '=1"),
            ("A;'=1", "A;''=1"),
            ("0017", "'0017"),
            ("12e5", "'12e5"),
            ("1/2", "'1/2"),
            ("12345678901234567890", "'12345678901234567890"),
            ("True", "'True"),
            ("17", "17"),
            ("0", "0"),
            ("'n Bakkery", "'n Bakkery"),
            ("A-B = C", "A-B = C"),
            ("3M", "3M"),
            ("", ""),
        ] {
            assert_eq!(guard(text), cell, "{text:?}");
            assert_eq!(restore(cell), text, "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "['=+@; ,\\t\\r\\n0e1a-]{0,12}|\\PC{0,12}|(?s:.{0,12})") {
            let cell = guard(&text);
            prop_assert_eq!(restore(&cell), text);
            for piece in cell.split([',', ';', '\t', '\r', '\n']) {
                prop_assert!(!piece.trim_start().starts_with(['=', '+', '-', '@']), "{:?}", cell);
            }
        }
    }
}
