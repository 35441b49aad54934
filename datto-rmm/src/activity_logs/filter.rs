//! What is asked of the log.

use client_core::{Call, Operation, Timestamp};
use serde::{Serialize, Serializer};

use super::ActivityEntity;
use super::paging::LogPage;

pub(crate) const LIST: Operation =
    Operation::get("activity_logs.list", "/v2/activity-logs").charges(&["read"]);

/// The order of entries, by the time of their creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_enums, reason = "there are two directions")]
pub enum ActivityOrder {
    /// Oldest first.
    #[serde(rename = "asc")]
    Ascending,
    /// Newest first.
    #[serde(rename = "desc")]
    Descending,
}

/// Filters for [`ActivityLogs::list`](super::ActivityLogs::list); the default keeps every entry of the last 15 minutes.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListActivityLogs {
    order: Option<ActivityOrder>,
    #[serde(serialize_with = "whole_second")]
    from: Option<Timestamp>,
    #[serde(serialize_with = "whole_second")]
    until: Option<Timestamp>,
    #[serde(serialize_with = "lower_case")]
    entities: Vec<ActivityEntity>,
    categories: Vec<String>,
    actions: Vec<String>,
    site_ids: Vec<i64>,
    user_ids: Vec<i64>,
    search_query: Option<String>,
}

impl ListActivityLogs {
    /// Sets the order; what the vendor's own is, is not documented.
    #[must_use]
    pub fn order(mut self, order: ActivityOrder) -> Self {
        self.order = Some(order);
        self
    }

    /// Keeps entries from this time on. The vendor takes whole seconds, so a fraction is cut off.
    #[must_use]
    pub fn from(mut self, at: Timestamp) -> Self {
        self.from = Some(floor(at));
        self
    }

    /// Keeps entries until this time. The vendor takes whole seconds, so a fraction is rounded up.
    #[must_use]
    pub fn until(mut self, at: Timestamp) -> Self {
        let second = floor(at);
        self.until = Some(if second < at { after(second) } else { second });
        self
    }

    /// Keeps entries about these.
    #[must_use]
    pub fn entities(mut self, entities: impl IntoIterator<Item = ActivityEntity>) -> Self {
        self.entities.extend(entities);
        self
    }

    /// Keeps entries of these categories, such as `job`, `remote` or `device`.
    #[must_use]
    pub fn categories<T: Into<String>>(mut self, categories: impl IntoIterator<Item = T>) -> Self {
        self.categories
            .extend(categories.into_iter().map(Into::into));
        self
    }

    /// Keeps entries of these actions, such as `deployment`, `create` or `move.device`.
    #[must_use]
    pub fn actions<T: Into<String>>(mut self, actions: impl IntoIterator<Item = T>) -> Self {
        self.actions.extend(actions.into_iter().map(Into::into));
        self
    }

    /// Keeps entries of these sites, by number ([`Site::id`](crate::sites::Site::id)). They all stand in one address, so
    /// ask for a hundred at a time.
    #[must_use]
    pub fn site_ids(mut self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.site_ids.extend(ids);
        self
    }

    /// Keeps entries of these users, by number ([`ActivityUser::id`](super::ActivityUser::id)).
    #[must_use]
    pub fn user_ids(mut self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.user_ids.extend(ids);
        self
    }

    /// Keeps entries that a search finds, in the language of the portal's activity log: words, phrases, wildcards,
    /// boolean operators. Older platforms do not know it.
    #[must_use]
    pub fn search(mut self, query: impl Into<String>) -> Self {
        self.search_query = Some(query.into());
        self
    }

    pub(super) fn call(&self, page_size: u32) -> Call<LogPage> {
        let backwards = self
            .from
            .zip(self.until)
            .is_some_and(|(from, until)| from > until);
        let texts = || self.categories.iter().chain(&self.actions);
        Call::new(&LIST, [])
            .query_pair("size", page_size)
            .query(self)
            .refuse_if(backwards, "the log is asked for from a time after its end")
            .refuse_if(
                texts().any(|text| text.contains(',')),
                "a category or action holds a comma, which would make two of it",
            )
            .refuse_if(
                texts().any(|text| text.trim().is_empty()),
                "a category or action is empty",
            )
    }
}

fn floor(at: Timestamp) -> Timestamp {
    let second = at.as_second() - i64::from(at.subsec_nanosecond() < 0);
    // Only the very ends of time have no second of their own.
    Timestamp::from_second(second).unwrap_or(at)
}

fn after(second: Timestamp) -> Timestamp {
    Timestamp::from_second(second.as_second() + 1).unwrap_or(second)
}

#[expect(clippy::ref_option, reason = "as serde calls it")]
fn whole_second<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    // UTC with `Z` and without a fraction, as `floor` left it.
    at.map(|at| at.to_string()).serialize(serializer)
}

/// The vendor writes them in upper case and wants them in lower case.
fn lower_case<S: Serializer>(
    entities: &[ActivityEntity],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(
        entities
            .iter()
            .map(|entity| entity.as_str().to_ascii_lowercase()),
    )
}

#[cfg(test)]
mod tests {
    use client_core::{ErrorKind, Timestamp};

    use super::{ActivityOrder, ListActivityLogs};
    use crate::activity_logs::ActivityEntity;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn filters_are_sent_in_the_vendors_forms() {
        assert_eq!(
            ListActivityLogs::default().call(250).target(),
            "/v2/activity-logs?size=250"
        );
        let call = ListActivityLogs::default()
            .order(ActivityOrder::Descending)
            .from(at("2026-03-01T01:00:00.75+01:00"))
            .until(at("2026-03-02T00:00:00.25Z"))
            .entities([ActivityEntity::Device, ActivityEntity::User])
            .categories(["job", "remote"])
            .actions(["move.device"])
            .site_ids([4, 8])
            .user_ids([1])
            .search("device.hostname : \"NB 1\"")
            .call(20);
        assert_eq!(
            call.target(),
            "/v2/activity-logs?size=20&order=desc&from=2026-03-01T00:00:00Z&until=2026-03-02T00:00:01Z&entities=device,user\
             &categories=job,remote&actions=move.device&siteIds=4,8&userIds=1&searchQuery=device.hostname%20:%20%22NB%201%22"
        );
        assert!(call.check().is_ok());
    }

    #[test]
    fn filters_that_would_mean_something_else_are_refused() {
        let day = at("2026-03-01T00:00:00Z");
        let filter = ListActivityLogs::default;
        assert!(filter().from(day).until(day).call(1).check().is_ok());
        for bad in [
            filter().from(day).until(at("2026-02-01T00:00:00Z")),
            filter().categories(["job,remote"]),
            filter().actions([""]),
        ] {
            let error = bad.call(1).check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{bad:?}");
        }
    }
}
