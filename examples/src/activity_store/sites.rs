//! Which sites the numbers in the log stand for, so that what is told does not depend on when the program was started.

use std::collections::BTreeMap;

use rusqlite::params;

use super::ActivityStore;
use crate::store::StoreError;

impl ActivityStore {
    /// Uids of sites by number, as far as they were learnt.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store cannot be read.
    pub fn sites(&self) -> Result<BTreeMap<i64, String>, StoreError> {
        let sqlite = |error| StoreError::sqlite(&self.path, error);
        let mut known = self
            .connection
            .prepare_cached("SELECT number, uid FROM sites")
            .map_err(sqlite)?;
        let rows = known
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(sqlite)?;
        rows.collect::<Result<_, _>>().map_err(sqlite)
    }

    /// Remembers sites for good: the log tells of them longer than they are listed.
    ///
    /// # Errors
    ///
    /// A [`StoreError`]; none of them is remembered then.
    pub fn learnt<'s>(
        &mut self,
        sites: impl IntoIterator<Item = (i64, &'s str)>,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO sites (number, uid) VALUES (?1, ?2)
                 ON CONFLICT (number) DO UPDATE SET uid = excluded.uid",
            )?;
            for (number, uid) in sites {
                insert.execute(params![number, uid])?;
            }
            Ok(())
        })
    }
}
