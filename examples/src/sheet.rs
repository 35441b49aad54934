//! Rows and columns of other programs: read from CSV or JSON, with whatever is wrong by row, column and value, and
//! written back.
//!
//! The first row of a CSV file names the columns; commas, semicolons and tabs separate cells, as in
//! [`mapping_csv`](crate::mapping_csv). A JSON file holds an array of objects of texts, numbers, truths and nulls. A file
//! is JSON if its name says so.
//!
//! ```
//! use examples::sheet::{Form, parse};
//!
//! let rows = parse("id,name\n7,Acme\n", Form::Csv, &["id", "name"]).unwrap();
//! assert_eq!((rows[0].number, rows[0].text("name")), (2, "Acme"));
//! let wrong = parse("id,title\n7,Acme\n", Form::Csv, &["id", "name"]).unwrap_err();
//! assert_eq!(wrong[0].to_string(), "row 1, name: the column is missing");
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use crate::exit::Failure;
use crate::mapping_csv::{guard_formula, records, restore};

/// How a file holds rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "one of the two")]
pub enum Form {
    /// As RFC 4180 has it.
    Csv,
    /// As an array of objects.
    Json,
}

impl Form {
    /// The form that a file's name asks for.
    pub fn of(path: &Path) -> Self {
        let is_json = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        if is_json { Form::Json } else { Form::Csv }
    }
}

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As a spreadsheet counts: the headings of a CSV file are row 1. Objects of a JSON file are counted from 1.
    pub number: usize,
    cells: BTreeMap<String, String>,
}

impl Row {
    /// The text of a cell without the space around it; empty if there is no such column.
    pub fn text(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", |text| text.trim())
    }

    /// All cells, by column.
    pub fn cells(&self) -> &BTreeMap<String, String> {
        &self.cells
    }

    /// Says what is wrong with a cell of this row.
    pub fn wrong(&self, column: &str, why: impl fmt::Display) -> CellError {
        CellError {
            row: self.number,
            column: column.to_owned(),
            value: self.text(column).to_owned(),
            why: why.to_string(),
        }
    }
}

/// What is wrong with one cell, or with a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct CellError {
    /// The row, as [`Row::number`] counts; 0 if it is about the file.
    pub row: usize,
    /// The column; empty if it is about the row.
    pub column: String,
    /// What is in the cell.
    pub value: String,
    /// What is wrong.
    pub why: String,
}

/// How much of a cell an error shows.
const SHOWN: usize = 80;

impl CellError {
    /// Says what is wrong with a cell, where the row itself is not at hand.
    pub fn in_row(row: usize, column: &str, value: &str, why: impl fmt::Display) -> Self {
        Self {
            row,
            column: column.to_owned(),
            value: value.to_owned(),
            why: why.to_string(),
        }
    }

    fn of_row(row: usize, why: impl fmt::Display) -> Self {
        Self {
            row,
            column: String::new(),
            value: String::new(),
            why: why.to_string(),
        }
    }
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.row > 0 {
            write!(f, "row {}", self.row)?;
            if !self.column.is_empty() {
                write!(f, ", {}", self.column)?;
            }
            if !self.value.is_empty() {
                let shown: String = self.value.chars().take(SHOWN).collect();
                let rest = if shown.len() < self.value.len() {
                    ".."
                } else {
                    ""
                };
                write!(f, " {shown:?}{rest}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.why)
    }
}

/// How many errors of a file are spelled out; the rest is counted.
const SPELLED: usize = 12;

/// Everything that is wrong with a file, as one failure.
pub fn refused(path: &Path, errors: &[CellError]) -> Failure {
    let spelled: Vec<_> = errors
        .iter()
        .take(SPELLED)
        .map(ToString::to_string)
        .collect();
    let rest = match errors.len().saturating_sub(SPELLED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    Failure::usage(format!("{}: {}{rest}", path.display(), spelled.join("; ")))
}

/// Reads a file whose rows have at least these columns.
///
/// # Errors
///
/// A usage error with everything that is wrong with the file.
pub fn read(path: &Path, required: &[&str]) -> Result<Vec<Row>, Failure> {
    let bytes = fs::read(path)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", path.display())))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::usage(format!("{} is not UTF-8", path.display())))?;
    parse(&text, Form::of(path), required).map_err(|errors| refused(path, &errors))
}

/// Reads rows that have at least these columns. Blank rows say nothing.
///
/// # Errors
///
/// Everything that is wrong.
pub fn parse(text: &str, form: Form, required: &[&str]) -> Result<Vec<Row>, Vec<CellError>> {
    match form {
        Form::Csv => of_csv(text, required),
        Form::Json => of_json(text, required),
    }
}

fn missing(row: usize, column: &str) -> CellError {
    CellError {
        row,
        column: column.to_owned(),
        value: String::new(),
        why: "the column is missing".to_owned(),
    }
}

fn of_csv(text: &str, required: &[&str]) -> Result<Vec<Row>, Vec<CellError>> {
    let read = records(text).map_err(|errors| {
        let error =
            |error: &crate::mapping_csv::RowError| CellError::of_row(error.row, &error.problem);
        errors.iter().map(error).collect::<Vec<_>>()
    })?;
    let mut read = read.into_iter();
    let (first, header) = read.next().unwrap_or((1, csv::StringRecord::new()));
    let columns: Vec<String> = header
        .iter()
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let mut errors: Vec<_> = required
        .iter()
        .filter(|name| !columns.iter().any(|column| column == *name))
        .map(|name| missing(first, name))
        .collect();
    for (at, column) in columns.iter().enumerate() {
        if !column.is_empty() && columns[..at].contains(column) {
            errors.push(CellError {
                row: first,
                column: column.clone(),
                value: String::new(),
                why: "the column is there twice".to_owned(),
            });
        }
    }
    let mut rows = Vec::new();
    for (number, record) in read {
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let mut cells = BTreeMap::new();
        for (at, cell) in record.iter().enumerate() {
            match columns.get(at) {
                Some(column) if !column.is_empty() => {
                    cells.insert(column.clone(), restore(cell));
                }
                _ if cell.trim().is_empty() => {}
                _ => errors.push(CellError {
                    row: number,
                    column: format!("number {}", at + 1),
                    value: cell.to_owned(),
                    why: "the cell belongs to no column".to_owned(),
                }),
            }
        }
        rows.push(Row { number, cells });
    }
    if errors.is_empty() {
        Ok(rows)
    } else {
        Err(errors)
    }
}

fn of_json(text: &str, required: &[&str]) -> Result<Vec<Row>, Vec<CellError>> {
    let objects: Vec<Map<String, Value>> = serde_json::from_str(text).map_err(|error| {
        vec![CellError::of_row(
            0,
            format!("no JSON array of objects: {error}"),
        )]
    })?;
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    for (number, object) in (1..).zip(objects) {
        let mut cells = BTreeMap::new();
        for (column, value) in object {
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text,
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                Value::Array(_) | Value::Object(_) => {
                    errors.push(CellError {
                        row: number,
                        column,
                        value: value.to_string(),
                        why: "this is no single value".to_owned(),
                    });
                    continue;
                }
            };
            let name = column.trim().to_ascii_lowercase();
            if cells.insert(name.clone(), text).is_some() {
                errors.push(CellError::of_row(number, format!("{name} is there twice")));
            }
        }
        errors.extend(
            required
                .iter()
                .filter(|name| !cells.contains_key(**name))
                .map(|name| missing(number, name)),
        );
        rows.push(Row { number, cells });
    }
    if errors.is_empty() {
        Ok(rows)
    } else {
        Err(errors)
    }
}

/// Rows as a file of these columns. In CSV, text that a spreadsheet would run as a formula gets an apostrophe in front,
/// which [`parse`] takes off again.
pub fn write(columns: &[&str], rows: &[Vec<String>], form: Form) -> String {
    match form {
        Form::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            // Writing to memory does not fail, and rows are as long as the header.
            let _ = writer.write_record(columns);
            for row in rows {
                let _ = writer.write_record(row.iter().map(|cell| guard_formula(cell)));
            }
            let bytes = writer.into_inner().unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        Form::Json => {
            let object = |row: &Vec<String>| -> Value {
                columns
                    .iter()
                    .zip(row)
                    .map(|(column, cell)| ((*column).to_owned(), Value::from(cell.as_str())))
                    .collect::<Map<_, _>>()
                    .into()
            };
            let rows: Vec<Value> = rows.iter().map(object).collect();
            format!("{:#}\n", Value::from(rows))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, parse, write};

    fn said(text: &str, form: Form) -> Vec<String> {
        let errors = parse(text, form, &["id", "name"]).expect_err("it is wrong");
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_wrong_is_named_by_row_column_and_value() {
        assert_eq!(
            said("id\n1\n", Form::Csv),
            ["row 1, name: the column is missing"]
        );
        assert_eq!(said("", Form::Csv).len(), 2);
        assert_eq!(
            said("id,name,id\n1,a,2\n", Form::Csv),
            ["row 1, id: the column is there twice"]
        );
        assert_eq!(
            said("id,name\n1,a,b\n", Form::Csv),
            [r#"row 2, number 3 "b": the cell belongs to no column"#]
        );
        assert_eq!(
            said(r#"[{"id":1,"name":"a"},{"id":2}]"#, Form::Json),
            ["row 2, name: the column is missing"]
        );
        assert_eq!(
            said(r#"[{"id":[1],"name":"a"}]"#, Form::Json),
            [
                r#"row 1, id "[1]": this is no single value"#,
                "row 1, id: the column is missing"
            ]
        );
        assert!(said("{}", Form::Json)[0].starts_with("no JSON array of objects"));
    }

    #[test]
    fn what_is_written_is_read_back_and_no_spreadsheet_runs_it() {
        let rows = vec![
            vec!["1".to_owned(), "=HYPERLINK(\"x\")".to_owned()],
            vec!["10.0.0.5".to_owned(), "a, \"b\"\nc".to_owned()],
        ];
        for form in [Form::Csv, Form::Json] {
            let text = write(&["id", "name"], &rows, form);
            let read = parse(&text, form, &["id", "name"]).expect("it is right");
            for (row, expected) in read.iter().zip(&rows) {
                assert_eq!(row.cells()["id"], expected[0]);
                assert_eq!(row.cells()["name"], expected[1]);
            }
        }
        let csv = write(&["id", "name"], &rows, Form::Csv);
        assert!(
            csv.contains("'=HYPERLINK") && csv.contains("\n10.0.0.5,"),
            "{csv}"
        );
    }
}
