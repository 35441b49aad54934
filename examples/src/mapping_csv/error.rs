//! What is wrong with a file.

use std::fmt;

use reconcile::mapping::DecisionError;

/// How much of a cell an error shows.
const SHOWN: usize = 80;

/// Something that is wrong with one cell or row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowError {
    /// The row as a spreadsheet shows it: the headings are in row 1.
    pub row: usize,
    /// The heading of the column; empty if the error is about the row or the file.
    pub column: String,
    /// What is in the cell.
    pub value: String,
    /// What is wrong with it.
    pub problem: Box<Problem>,
}

impl RowError {
    pub(super) fn of_row(row: usize, problem: Problem) -> Self {
        Self {
            row,
            column: String::new(),
            value: String::new(),
            problem: problem.into(),
        }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for RowError {}

/// What is wrong with a cell, a row or the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file is in another encoding.
    #[error("this is not UTF-8: save the file as \"CSV UTF-8\"")]
    NotUtf8,
    /// The file breaks the rules of CSV.
    #[error("the row cannot be read: {0}")]
    Unreadable(String),
    /// A quotation mark has no second one, so the file may be cut off.
    #[error("a quotation mark is opened and not closed, or the file is cut off")]
    OpenQuote,
    /// The column is not there.
    #[error("the column is missing")]
    MissingColumn,
    /// The format has no such column.
    #[error("there is no such column")]
    UnknownColumn,
    /// The column is there twice.
    #[error("the column is there twice")]
    RepeatedColumn,
    /// The cell belongs to no column.
    #[error("the cell belongs to no column")]
    NoColumn,
    /// The cell must say something.
    #[error("the cell is blank")]
    Blank,
    /// The word is none of a decision.
    #[error("use associate, new, ignore, dissociate or keep, or leave it blank")]
    UnknownDecision,
    /// No site has the id.
    #[error("no site has this id{0}")]
    UnknownSite(Hint),
    /// No company has the id.
    #[error("no company has this id{0}")]
    UnknownCompany(Hint),
    /// Several entities of different kinds have the id.
    #[error("several have this id: {0}")]
    Ambiguous(String),
    /// The site has a row already.
    #[error("the site has row {first} already")]
    RepeatedSite {
        /// That row.
        first: usize,
    },
    /// The id is one site's, the name another's.
    #[error("the site {id} is {name:?}, but the row says {given}: are the columns sorted apart?")]
    OtherSiteName {
        /// The id.
        id: String,
        /// The name of the site of that id.
        name: String,
        /// The name in the row, with the id of the site that has it, if one has.
        given: String,
    },
    /// The id is one company's, the name another's.
    #[error(
        "the company {id} is {name:?}, but the row says {given}: correct one of the two, or clear the name"
    )]
    OtherCompanyName {
        /// The id.
        id: String,
        /// The name of the company of that id.
        name: String,
        /// The name in the row, with the id of the company that has it, if one has.
        given: String,
    },
    /// A company is named without its id.
    #[error(
        "a company is mapped by its id, which is blank; the row says {given}: put the id in, or clear the name"
    )]
    NameOnly {
        /// The name in the row, with the id of the company that has it, if one has.
        given: String,
    },
    /// An existing company and a new one.
    #[error("company_id and new_name are both filled in: clear one of the two")]
    Both,
    /// The decision contradicts what is in another cell.
    #[error("this does not go with {decision:?}: correct one of the two")]
    Contradiction {
        /// The decision.
        decision: &'static str,
    },
    /// The company was cleared, which could be a slip.
    #[error(
        "the site is mapped to {to}: to drop that, write \"dissociate\"; otherwise put {to} back in"
    )]
    Cleared {
        /// What the site is mapped to.
        to: String,
    },
    /// There is no association to drop.
    #[error("the site is not mapped, so there is nothing to dissociate")]
    NotAssociated,
    /// The site was mapped otherwise when the file was exported, so the row may undo what was decided since.
    #[error(
        "the site is {now} now, which is not what the row was edited upon: export again, or clear this cell"
    )]
    Outdated {
        /// What the state is now.
        now: String,
    },
    /// Another row asks for the same.
    #[error("{over} is also asked for by row {row}")]
    Clash {
        /// What both ask for.
        over: String,
        /// The other row.
        row: usize,
    },
    /// The mapping does not allow it.
    #[error(transparent)]
    Rule(DecisionError),
}

/// What may have come of an id that nothing has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Hint {
    /// It looks as if a spreadsheet had made a number of it.
    pub rewritten: bool,
    /// Why the listing is not whole, if it is not.
    pub partial: Option<String>,
}

impl Hint {
    pub(super) fn on(id: &str) -> Self {
        let of_number = |c: char| c.is_ascii_digit() || ".,+E".contains(c);
        Self {
            rewritten: id.chars().all(of_number) && id.contains("E+"),
            partial: None,
        }
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.partial {
            write!(f, " as far as could be read ({why})")?;
        }
        if self.rewritten {
            f.write_str("; the spreadsheet made a number of it: format the column as text")?;
        }
        Ok(())
    }
}
