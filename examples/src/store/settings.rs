//! Settings of the host: its policy and the like, as text. Secrets have no place here.

use std::path::Path;

use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError, reader, schema};

impl Store {
    /// Keeps a setting, in place of an earlier value. Never a secret: the file is not encrypted.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if it cannot be written; the earlier value then stands.
    pub fn put_setting(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        self.write(|transaction, path| {
            transaction
                .execute(
                    "INSERT INTO settings (name, value) VALUES (?1, ?2)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    params![name, value],
                )
                .map(|_| ())
                .map_err(|error| StoreError::sqlite(path, error))
        })
    }

    /// A setting; `None` if it was never put. Needs no lock.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store cannot be read.
    pub fn setting(path: &Path, name: &str) -> Result<Option<String>, StoreError> {
        reader::read(path, |connection, version| {
            if version < schema::BESIDE {
                return Ok(None);
            }
            connection
                .query_row(
                    "SELECT value FROM settings WHERE name = ?1",
                    [name],
                    |row| row.get(0),
                )
                .optional()
                .map_err(|error| StoreError::sqlite(path, error))
        })
    }
}
