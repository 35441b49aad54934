//! Reading beside the writer, in this process or another.

use std::fs;
use std::path::{self, Path};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{StoreError, WAIT, schema};

/// Reads from one moment of the store: what is written meanwhile is not seen. Gets the version of the tables too, as
/// a reader cannot migrate.
pub(super) fn read<T>(
    path: &Path,
    work: impl FnOnce(&Connection, u32) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let io = |error| StoreError::io(path, error);
    let file = path::absolute(path).map_err(io)?;
    fs::metadata(&file).map_err(io)?;
    let sqlite = |error| StoreError::sqlite(path, error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&file, flags).map_err(sqlite)?;
    if let Err(error) = touch(&connection) {
        // Beside a database that nobody writes, SQLite wants to make files. Where it may not, nobody can write
        // either as long as there is no write-ahead log, so the file can be read as it lies there.
        let unwritable = matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)
        );
        match unwritable.then(|| resting(&file)).flatten() {
            Some(uri) => {
                let flags = flags | OpenFlags::SQLITE_OPEN_URI;
                connection = Connection::open_with_flags(uri, flags).map_err(sqlite)?;
            }
            None => return Err(sqlite(error)),
        }
    }
    connection.busy_timeout(WAIT).map_err(sqlite)?;
    let transaction = connection.transaction().map_err(sqlite)?;
    let version = schema::version(&transaction, path)?;
    work(&transaction, version)
}

fn touch(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
}

/// The address of a database that nobody writes; `None` if there is a write-ahead log.
fn resting(file: &Path) -> Option<String> {
    let mut log = fs::canonicalize(file).ok()?.into_os_string();
    log.push("-wal");
    if fs::exists(log).unwrap_or(true) {
        return None;
    }
    let text = file.to_str()?;
    let mut uri = String::from(if text.starts_with('/') {
        "file://"
    } else {
        "file:///"
    });
    for character in text.chars() {
        match character {
            '%' => uri.push_str("%25"),
            '?' => uri.push_str("%3f"),
            '#' => uri.push_str("%23"),
            '\\' if cfg!(windows) => uri.push('/'),
            other => uri.push(other),
        }
    }
    uri.push_str("?immutable=1");
    Some(uri)
}
