//! Entries as rows: what [`frame`] makes a line of, in columns, so that a row that was altered is told from a newer one.

use std::io;
use std::path::Path;

use reconcile::identity::Fingerprint;
use reconcile::log::frame;
use reconcile::state::{AbsorbError, Entry, EntryId, STATE_SCHEMA, State};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

use super::StoreError;

/// The columns of an entry.
pub(super) struct Columns {
    id: i64,
    schema: u32,
    checksum: String,
    json: String,
}

impl Columns {
    pub(super) fn of(entry: &Entry, path: &Path) -> Result<Self, StoreError> {
        let cannot = |why: Box<dyn std::error::Error + Send + Sync>| StoreError::Io {
            path: path.to_owned(),
            source: io::Error::new(io::ErrorKind::InvalidData, why),
        };
        let line = frame(entry).map_err(|error| cannot(error.into()))?;
        let mut parts = line.trim_end().splitn(3, ' ');
        let mut part = || {
            parts
                .next()
                .ok_or_else(|| cannot("a line without its three parts".into()))
        };
        Ok(Self {
            id: number(entry.id),
            checksum: part()?.to_owned(),
            schema: part()?.parse().map_err(|error| cannot(Box::new(error)))?,
            json: part()?.to_owned(),
        })
    }

    /// Appends the row to the log, within whatever transaction is open.
    pub(super) fn insert(&self, connection: &Connection, path: &Path) -> Result<(), StoreError> {
        let sql = "INSERT INTO log (id, schema, checksum, json) VALUES (?1, ?2, ?3, ?4)";
        connection
            .prepare_cached(sql)
            .and_then(|mut insert| {
                insert.execute(params![self.id, self.schema, self.checksum, self.json])
            })
            .map(|_| ())
            .map_err(|error| match error.sqlite_error_code() {
                // The triggers and the primary key: the entry is not the next one.
                Some(rusqlite::ErrorCode::ConstraintViolation) => StoreError::DoesNotFollow {
                    path: path.to_owned(),
                    entry: entry_id(self.id),
                },
                _ => StoreError::sqlite(path, error),
            })
    }
}

/// `SQLite`'s integers have a sign. A log never gets that long, and an entry beyond it is refused as not the next one.
pub(super) fn number(id: EntryId) -> i64 {
    i64::try_from(id.0).unwrap_or(i64::MAX)
}

pub(super) fn entry_id(number: i64) -> EntryId {
    EntryId(u64::try_from(number).unwrap_or_default())
}

/// Where entries are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Table {
    Log,
    Archive,
}

/// Reads all entries of a table, oldest first.
pub(super) fn read(
    connection: &Connection,
    path: &Path,
    table: Table,
) -> Result<Vec<Entry>, StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let mut select = connection
        .prepare(match table {
            Table::Log => "SELECT id, schema, checksum, json FROM log ORDER BY id",
            Table::Archive => "SELECT id, schema, checksum, json FROM archive ORDER BY id",
        })
        .map_err(sqlite)?;
    let mut rows = select.query([]).map_err(sqlite)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next().map_err(sqlite)? {
        entries.push(entry(row, path)?);
    }
    Ok(entries)
}

fn entry(row: &Row<'_>, path: &Path) -> Result<Entry, StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let id: i64 = row.get(0).map_err(sqlite)?;
    let damaged = |why: &str| StoreError::Damaged {
        path: path.to_owned(),
        entry: Some(entry_id(id)),
        why: why.to_owned(),
    };
    let text = |column| match row.get_ref(column) {
        Ok(ValueRef::Text(bytes)) => {
            std::str::from_utf8(bytes).map_err(|_| damaged("it is not UTF-8"))
        }
        Ok(_) => Err(damaged("it is not text")),
        Err(error) => Err(sqlite(error)),
    };
    let schema: i64 = row
        .get(1)
        .map_err(|_| damaged("its format is not a number"))?;
    let checksum = text(2)?;
    let json = text(3)?;
    let sum = Fingerprint::of(format!("{schema} {json}")).to_string();
    if sum.get(..16) != Some(checksum) {
        return Err(damaged("its checksum does not fit"));
    }
    // The checksum covers the format, so a newer one was written by a newer program.
    if schema > i64::from(STATE_SCHEMA) {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            entry: Some(entry_id(id)),
            found: u32::try_from(schema).unwrap_or(u32::MAX),
            known: STATE_SCHEMA,
        });
    }
    let entry: Entry = serde_json::from_str(json)
        .map_err(|error| damaged(&format!("it cannot be understood: {error}")))?;
    if number(entry.id) != id {
        return Err(damaged(&format!("it holds {}", entry.id)));
    }
    Ok(entry)
}

/// Folds a log.
pub(super) fn fold(entries: &[Entry], path: &Path) -> Result<State, StoreError> {
    let mut state = State::new();
    for entry in entries {
        let damaged = |why: String| StoreError::Damaged {
            path: path.to_owned(),
            entry: Some(entry.id),
            why,
        };
        match state.absorb(entry) {
            Ok(true) => {}
            Ok(false) => return Err(damaged("it is no next entry".to_owned())),
            Err(AbsorbError::Schema(found)) => {
                return Err(StoreError::Newer {
                    path: path.to_owned(),
                    entry: Some(entry.id),
                    found,
                    known: STATE_SCHEMA,
                });
            }
            Err(why) => return Err(damaged(why.to_string())),
        }
    }
    Ok(state)
}
