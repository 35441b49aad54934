//! Mappings as CSV: exported, edited in a spreadsheet, imported as decisions.
//!
//! A file has one row for each site and these columns, in any order:
//!
//! | Column | What it says | Edited |
//! |---|---|---|
//! | `site_id`, `site_name` | the site | never; the name is checked against the id |
//! | `state` | what the site was mapped to at the export | never; a row that has become outdated is refused |
//! | `decision` | `associate`, `new`, `ignore`, `dissociate`, `keep`; blank follows the cells beside it | yes |
//! | `company_id`, `company_name` | the company; a name must be that of the id, or blank | yes |
//! | `new_name` | the name of a company to be created | yes |
//!
//! [`export`] leaves `decision` blank, so that an import of what was exported decides nothing. To map a site or to
//! change its company, put the other id in and clear the name, or give the new one's. An association is dropped only
//! by `dissociate`, never by clearing a cell. Rows that are left out are left as they are.
//!
//! Files are as RFC 4180 has them, in UTF-8 with a mark at the beginning, by which spreadsheets know it. Cells that a
//! spreadsheet would run as a formula or turn into another number get an apostrophe in front, which an import takes
//! off again. That goes for what follows a separator inside a cell too: a program that expects another separator would
//! begin a cell there. Semicolons and tabs in place of commas are recognised, and so is a first line `sep=;`.
//!
//! ```
//! use examples::mapping_csv::{Separator, export, import};
//! # use reconcile::identity::{Instance, Kind, Vendor};
//! # use reconcile::inventory::{Coverage, Index, Observation, Organization, Role, Rows, Scope, Segment};
//! # use reconcile::mapping::{Mapping, MappingPolicy};
//! # use reconcile::state::{Body, Decision, State, Target};
//! # let rmm = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123");
//! # let gravityzone = Instance::new(Vendor::new("gravityzone"), "cloud/0001");
//! # let now = jiff::Timestamp::UNIX_EPOCH;
//! # let read = |instance: &Instance, row| Observation {
//! #     scope: Scope { instance: instance.clone(), root: instance.root(), rights: None },
//! #     taken_at: now,
//! #     segments: vec![Segment {
//! #         of: instance.root(),
//! #         coverage: Coverage::Complete,
//! #         rows: Rows::Organizations(vec![row]),
//! #     }],
//! # };
//! # let (site, company) = (rmm.entity(Kind::SITE, "s1"), gravityzone.entity(Kind::COMPANY, "c1"));
//! # let sites = read(&rmm, Organization::new(site.clone(), "Northwind", Role::Managed));
//! # let companies = read(&gravityzone, Organization::new(company.clone(), "Northwind Ltd", Role::Customer));
//! # let parent = gravityzone.root();
//! # let mut state = State::new();
//! # state.absorb(&state.entry(Body::Bound { source: rmm, destination: gravityzone }, "setup", now))?;
//! # let (sites, companies) = (Index::new(&sites), Index::new(&companies));
//! # let policy = MappingPolicy::default();
//! let mapping = Mapping::new(&state, &sites, &companies, &policy)?;
//! let file = export(&mapping, &companies, Separator::Comma);
//! assert_eq!(import(&file, &mapping, &companies, &parent), Ok(vec![]));
//!
//! let edited = file.replace("s1,Northwind,unmapped,,,,", "s1,Northwind,unmapped,,c1,,");
//! let decision = Decision::Associate { source: site, target: Target::Existing(company) };
//! let decided = import(&edited, &mapping, &companies, &parent).map_err(|errors| format!("{errors:?}"))?;
//! assert_eq!(decided[0].decision, decision);
//!
//! let wrong = file.replace("s1,Northwind,unmapped,,,,", "s1,Northwind,unmapped,,c9,,");
//! let errors = import(&wrong, &mapping, &companies, &parent).unwrap_err();
//! assert_eq!(errors[0].to_string(), r#"row 2, company_id "c9": no company has this id"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cell;
mod edit;
mod error;
mod present;
mod table;

#[cfg(test)]
mod tests;

use csv::{Terminator, WriterBuilder};
use reconcile::identity::EntityRef;
use reconcile::inventory::Index;
use reconcile::mapping::{DecisionError, Mapping};
use reconcile::state::{Decided, Decision, Target};

pub use error::{Hint, Problem, RowError};
pub use table::Column;

pub(crate) use cell::{guard_formula, restore};
use present::Present;
pub(crate) use table::records;

/// What stands between two cells of an exported file. An import recognises it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Separator {
    /// As RFC 4180 has it.
    #[default]
    Comma,
    /// What spreadsheets expect where the comma is the decimal mark.
    Semicolon,
}

/// By this mark spreadsheets know UTF-8.
const MARK: char = '\u{feff}';

/// All mappings as a file, ordered by the name of the site: the sites that may be mapped, and those that are mapped and
/// listed no longer.
///
/// `companies` is the destination that the mapping looks at; it has the names.
pub fn export(mapping: &Mapping<'_>, companies: &Index<'_>, separator: Separator) -> String {
    let mut writer = WriterBuilder::new()
        .delimiter(match separator {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
        })
        .terminator(Terminator::CRLF)
        .from_writer(MARK.to_string().into_bytes());
    let present = Present::new(mapping, companies);
    let header = Column::ALL.map(|column| column.name().to_owned());
    let records = present
        .rows()
        .map(|site| present.cells(site).map(|text| cell::guard(&text)));
    for record in std::iter::once(header).chain(records) {
        writer
            .write_record(&record)
            .expect("records of one length go into memory");
    }
    let bytes = writer.into_inner().expect("memory takes everything");
    String::from_utf8(bytes).expect("made of text")
}

/// What was edited in a file, as decisions in the order of the rows, ready to be logged: each with what speaks for it
/// now.
///
/// New companies are to be made under `parent`; one that was decided before and is only renamed keeps its own.
///
/// What a row asks for and is so already gives no decision, so a file can be imported again.
///
/// # Errors
///
/// Everything that is wrong with any row, ordered by row. Nothing may be logged then.
pub fn import(
    text: &str,
    mapping: &Mapping<'_>,
    companies: &Index<'_>,
    parent: &EntityRef,
) -> Result<Vec<Decided>, Vec<RowError>> {
    let rows = table::read(text)?;
    let present = Present::new(mapping, companies);
    let (edits, mut errors) = edit::edits(&rows, &present, parent);
    let decisions: Vec<_> = edits.iter().map(|(_, decision)| decision.clone()).collect();
    let mut decided = Vec::new();
    match mapping.check_batch(&decisions) {
        Ok(checked) => decided = checked,
        Err(batch) => {
            let row_of = |number: usize| number.checked_sub(1).and_then(|at| edits.get(at));
            for (number, error) in batch.errors {
                let Some((row, decision)) = row_of(number) else {
                    continue;
                };
                let column = column_of(&error, decision);
                let problem = match error {
                    DecisionError::Clash { over, with } => Problem::Clash {
                        over,
                        row: row_of(with).map_or(0, |(row, _)| row.number),
                    },
                    error => Problem::Rule(error),
                };
                errors.push(row.error(column, problem));
            }
        }
    }
    if errors.is_empty() {
        return Ok(on_suggestions(decided, mapping));
    }
    errors.sort_by_key(|error| error.row);
    Err(errors)
}

/// Adds what the suggestions say of the pairs that are decided.
fn on_suggestions(decided: Vec<Decided>, mapping: &Mapping<'_>) -> Vec<Decided> {
    if decided.is_empty() {
        return decided;
    }
    let suggestions = mapping.suggestions(&[]);
    let on = |decided: Decided| {
        let grounds = mapping.grounds(&decided.decision, &suggestions);
        decided.on(grounds)
    };
    decided.into_iter().map(on).collect()
}

/// A file's bytes as text.
///
/// # Errors
///
/// [`Problem::NotUtf8`] with the row where something else begins: spreadsheets save as "CSV UTF-8" if told so.
pub fn text_of(bytes: &[u8]) -> Result<&str, RowError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let row = before.split(|byte| *byte == b'\n').count();
        RowError::of_row(row, Problem::NotUtf8)
    })
}

/// The column whose cell a rule of the mapping is about.
fn column_of(error: &DecisionError, decision: &Decision) -> Column {
    let of_target = match decision {
        Decision::Associate { target, .. } | Decision::Change { target, .. } => match target {
            Target::Existing(_) => Column::CompanyId,
            Target::New { .. } => Column::NewName,
        },
        _ => Column::Decision,
    };
    match error {
        DecisionError::SiteUnknown { .. }
        | DecisionError::SiteLeftOut { .. }
        | DecisionError::SiteAssociated { .. }
        | DecisionError::SiteIgnored { .. } => Column::SiteId,
        DecisionError::Leaving { .. } | DecisionError::AlreadySo(_) => Column::Decision,
        _ => of_target,
    }
}
