//! Rows and columns, before anything is made of them.

use csv::{ReaderBuilder, StringRecord};

use super::error::{Problem, RowError};
use super::{MARK, cell};

/// A column of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the format has these")]
pub enum Column {
    /// The site's id.
    SiteId,
    /// The site's name.
    SiteName,
    /// What the site was mapped to at the export.
    State,
    /// What to do.
    Decision,
    /// The company's id.
    CompanyId,
    /// The company's name.
    CompanyName,
    /// The name of a company to be created.
    NewName,
}

impl Column {
    /// All of them, in the order of an export.
    pub const ALL: [Self; 7] = [
        Self::SiteId,
        Self::SiteName,
        Self::State,
        Self::Decision,
        Self::CompanyId,
        Self::CompanyName,
        Self::NewName,
    ];

    /// What the first row says.
    pub fn name(self) -> &'static str {
        match self {
            Self::SiteId => "site_id",
            Self::SiteName => "site_name",
            Self::State => "state",
            Self::Decision => "decision",
            Self::CompanyId => "company_id",
            Self::CompanyName => "company_name",
            Self::NewName => "new_name",
        }
    }
}

/// A row with something in it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// As a spreadsheet counts: the first line is 1, blank lines count, and a cell of several lines is one row.
    pub(super) number: usize,
    cells: [String; Column::ALL.len()],
}

impl Row {
    /// The text of a cell, verbatim.
    pub(super) fn text(&self, column: Column) -> &str {
        &self.cells[column as usize]
    }

    /// The text of a cell without the space around it; `None` if there is no other.
    pub(super) fn filled(&self, column: Column) -> Option<&str> {
        let text = self.text(column).trim();
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn error(&self, column: Column, problem: Problem) -> RowError {
        RowError {
            row: self.number,
            column: column.name().to_owned(),
            value: self.text(column).to_owned(),
            problem: problem.into(),
        }
    }
}

/// The rows of a file, without blank ones.
pub(super) fn read(text: &str) -> Result<Vec<Row>, Vec<RowError>> {
    let mut records = records(text)?.into_iter();
    let (first, header) = records.next().unwrap_or((1, StringRecord::new()));
    let layout = Layout::of(first, &header)?;
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    for (number, record) in records {
        match layout.row(number, &record) {
            Ok(row) => rows.extend(row),
            Err(more) => errors.extend(more),
        }
    }
    if errors.is_empty() {
        Ok(rows)
    } else {
        Err(errors)
    }
}

/// The records with their rows.
pub(crate) fn records(text: &str) -> Result<Vec<(usize, StringRecord)>, Vec<RowError>> {
    let text = text.strip_prefix(MARK).unwrap_or(text);
    let (separator, skipped, body) = match text.strip_prefix("sep=").and_then(first_line) {
        Some((line, rest)) if line.len() == 1 => (line.as_bytes()[0], 1, rest),
        _ => (separator_of(text), 0, text),
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(body.as_bytes());
    let (mut records, mut number) = (Vec::new(), skipped);
    for record in reader.records() {
        let record = record.map_err(|error| {
            vec![RowError::of_row(
                number + 1,
                Problem::Unreadable(error.to_string()),
            )]
        })?;
        let start = record.position().map_or(0, csv::Position::byte);
        number += 1 + blank_lines(body, usize::try_from(start).unwrap_or(usize::MAX));
        records.push((number, record));
    }
    // Every quotation mark has its second one, also those inside cells. Otherwise the file ends too early, or one
    // cell holds what many should.
    if body.matches('"').count() % 2 == 1 {
        return Err(vec![RowError::of_row(number, Problem::OpenQuote)]);
    }
    Ok(records)
}

fn first_line(text: &str) -> Option<(&str, &str)> {
    let (line, rest) = text.split_once('\n')?;
    Some((line.strip_suffix('\r').unwrap_or(line), rest))
}

/// What the names of the columns are separated by; none of them holds a separator.
fn separator_of(text: &str) -> u8 {
    let header = text.trim_start().lines().next().unwrap_or_default();
    let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    // The last of several equal ones.
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(count)
        .unwrap_or(b',')
}

/// How many blank lines are skipped before the record that is read from here.
fn blank_lines(body: &str, start: usize) -> usize {
    let bytes = body.as_bytes();
    let mut at = start;
    // The second half of the end of the record before.
    if at > 0 && bytes.get(at - 1) == Some(&b'\r') && bytes.get(at) == Some(&b'\n') {
        at += 1;
    }
    let mut blank = 0;
    loop {
        at += match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(b'\r' | b'\n'), _) => 1,
            _ => return blank,
        };
        blank += 1;
    }
}

/// Which cell of a record is which column's.
struct Layout {
    /// By cell; `None` under a blank heading.
    columns: Vec<Option<Column>>,
}

impl Layout {
    fn of(row: usize, header: &StringRecord) -> Result<Self, Vec<RowError>> {
        let mut errors = Vec::new();
        let mut error = |column: &str, value: &str, problem: Problem| {
            errors.push(RowError {
                row,
                column: column.to_owned(),
                value: value.to_owned(),
                problem: problem.into(),
            });
        };
        let mut columns = Vec::new();
        for heading in header {
            let name = heading.trim();
            let known = Column::ALL
                .into_iter()
                .find(|column| column.name().eq_ignore_ascii_case(name));
            match known {
                Some(column) if columns.contains(&known) => {
                    error(column.name(), heading, Problem::RepeatedColumn);
                }
                None if !name.is_empty() => error(name, heading, Problem::UnknownColumn),
                _ => {}
            }
            columns.push(known);
        }
        for column in Column::ALL {
            if !columns.contains(&Some(column)) {
                error(column.name(), "", Problem::MissingColumn);
            }
        }
        if errors.is_empty() {
            Ok(Self { columns })
        } else {
            Err(errors)
        }
    }

    /// The row of a record, unless it is blank. Cells that are missing at the end are blank.
    fn row(&self, number: usize, record: &StringRecord) -> Result<Option<Row>, Vec<RowError>> {
        let mut row = Row {
            number,
            cells: Default::default(),
        };
        let mut errors = Vec::new();
        for (at, cell) in record.iter().enumerate() {
            match self.columns.get(at) {
                Some(Some(column)) => row.cells[*column as usize] = cell::restore(cell),
                _ if cell.trim().is_empty() => {}
                _ => errors.push(RowError {
                    row: number,
                    column: format!("number {}", at + 1),
                    value: cell.to_owned(),
                    problem: Problem::NoColumn.into(),
                }),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let is_blank = row.cells.iter().all(|cell| cell.trim().is_empty());
        Ok((!is_blank).then_some(row))
    }
}
