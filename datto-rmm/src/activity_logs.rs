//! The activity log: who did what to which device or site. The vendor keeps it for 180 days.
//!
//! Reading what users did needs a key whose user is an Administrator.

use client_core::{Error, Items};

use crate::Client;

mod details;
mod filter;
mod paging;
mod record;

pub use details::ActivityDetails;
pub use filter::{ActivityOrder, ListActivityLogs};
pub use record::{ActivityEntity, ActivityLog, ActivityLogId, ActivitySite, ActivityUser};

pub(crate) use filter::LIST;

/// The activity log; made by [`Client::activity_logs`].
#[derive(Debug, Clone, Copy)]
pub struct ActivityLogs<'c>(pub(crate) &'c Client);

impl ActivityLogs<'_> {
    /// Lists entries of the log, asking for each page as the stream reaches it. Without a start, the vendor gives those of
    /// the last 15 minutes.
    ///
    /// Pages hang on each other by a cursor, so they are read one after the other.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends. `InvalidInput` for a filter that cannot be sent or that
    /// the vendor does not know; `Denied` if the key's user is no Administrator; `Server` if the log's database fails;
    /// `Paging` for a page that leads elsewhere or back.
    ///
    /// ```no_run
    /// use datto_rmm::activity_logs::{ActivityEntity, ListActivityLogs};
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let filter = ListActivityLogs::default()
    ///     .from("2026-03-01T00:00:00Z".parse()?)
    ///     .entities([ActivityEntity::Device])
    ///     .categories(["job"]);
    /// for entry in client.activity_logs().list(&filter).collect_all().await? {
    ///     println!("{:?} {:?} {:?}", entry.date, entry.hostname, entry.action);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(self, filter: &ListActivityLogs) -> Items<ActivityLog> {
        let core = &self.0.0.core;
        core.items(paging::Log::new(
            filter.call(self.0.0.page_size),
            core.base(),
        ))
    }

    /// Asks for one entry, to see whether there is a way to them.
    pub(crate) async fn check(self) -> Result<(), Error> {
        let call = ListActivityLogs::default().call(1);
        self.0.send(call).await.map(drop)
    }
}
