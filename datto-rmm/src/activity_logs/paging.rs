//! The log's own paging: each page links to the next by a cursor.

use std::collections::HashSet;

use client_core::{Call, Decoded, Error, Next, Pager, Rows, Turn, Url};
use serde::Deserialize;

use super::ActivityLog;
use crate::paging::{PageDetails, untrusted};

/// Parameters of the link that are followed; all others are sent again as they were asked for.
const CURSOR: &str = "searchAfter";
const DIRECTION: &str = "page";

/// One page. A page without its list or its details is an error; what stands in `error` was looked at before.
#[derive(Deserialize)]
pub(super) struct LogPage {
    #[serde(rename = "pageDetails")]
    details: PageDetails,
    #[serde(deserialize_with = "serde::Deserialize::deserialize")]
    activities: Option<Rows<ActivityLog>>,
}

/// Walks the log.
pub(super) struct Log {
    first: Call<LogPage>,
    base: Url,
    seen: HashSet<String>,
    cursors: HashSet<Vec<String>>,
}

impl Log {
    pub(super) fn new(first: Call<LogPage>, base: &Url) -> Self {
        Self {
            first,
            base: base.clone(),
            seen: HashSet::new(),
            cursors: HashSet::new(),
        }
    }

    /// The call of the page that `link` leads to: its cursor, and whatever else it has, with our filters. The vendor
    /// loses filters in its links.
    fn next(&mut self, link: &Url) -> Result<Call<LogPage>, Error> {
        let asked = self.first.request().query().to_vec();
        let is_asked = |key: &str| asked.iter().any(|(name, _)| name == key);
        let mut call = self.first.clone();
        let mut cursor = Vec::new();
        for (key, value) in link.query_pairs() {
            if key == CURSOR {
                cursor.push(value.clone().into_owned());
            }
            // The bounds that the vendor set for us stay the same on all pages.
            if !is_asked(&key) {
                call = call.query_pair(key, value);
            }
        }
        if cursor.iter().all(|part| part.trim().is_empty()) {
            return Err(untrusted("the link to the next page has no cursor"));
        }
        if !link.query_pairs().any(|(key, _)| key == DIRECTION) {
            call = call.query_pair(DIRECTION, "next");
        }
        if !self.cursors.insert(cursor) {
            return Err(untrusted(
                "the vendor sends the log back to a page that was read already",
            ));
        }
        Ok(call)
    }

    /// The entries that were not seen before.
    fn fresh(&mut self, rows: Rows<ActivityLog>) -> Vec<Decoded<ActivityLog>> {
        let mut fresh = Vec::with_capacity(rows.len());
        for row in rows {
            let key = match &row {
                Decoded::Item(entry) => entry.id.as_ref().map(ToString::to_string),
                Decoded::Bad(bad) => bad.id.clone(),
            };
            if key.is_none_or(|key| self.seen.insert(key)) {
                fresh.push(row);
            }
        }
        fresh
    }
}

impl Pager for Log {
    type Page = LogPage;
    type Item = ActivityLog;

    fn first(&self) -> Call<LogPage> {
        self.first.clone()
    }

    fn turn(&mut self, page: LogPage) -> Result<Turn<ActivityLog, LogPage>, Error> {
        let link = page.details.next(&self.base)?;
        let rows = match page.activities {
            Some(rows) => rows,
            None if page.details.says_empty() => Rows::default(),
            None => return Err(untrusted("a page holds null where its entries should be")),
        };
        let size = rows.len() as u64;
        page.details.check_count(size)?;
        let items = self.fresh(rows);
        // The vendor links on from its last page too, to an empty one.
        let next = match link {
            Some(link) if size > 0 => {
                if items.is_empty() {
                    return Err(untrusted(
                        "a page holds nothing but entries of earlier pages",
                    ));
                }
                Next::Call(self.next(&link)?)
            }
            _ => Next::Done,
        };
        Ok(Turn { items, next })
    }
}

#[cfg(test)]
mod tests {
    use client_core::{Next, Pager, Url};
    use serde_json::{Value, json};

    use super::Log;
    use crate::activity_logs::ListActivityLogs;

    const HOME: &str = "https://merlot-api.centrastage.net";

    fn log() -> Log {
        let base = Url::parse(&format!("{HOME}/api")).unwrap();
        let filter = ListActivityLogs::default()
            .categories(["job"])
            .site_ids([4, 8]);
        Log::new(filter.call(2), &base)
    }

    fn page(ids: &[&str], next: Option<&str>) -> Value {
        let rows: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
        json!({"pageDetails": {"count": rows.len(), "prevPageUrl": null, "nextPageUrl": next}, "activities": rows, "error": null})
    }

    /// Feeds pages in order; gives the ids, the targets after the first, and the error that ended it.
    fn walk(bodies: &[Value]) -> (String, Vec<String>, Option<String>) {
        let mut pager = log();
        let first = pager.first();
        let (mut ids, mut targets) = (String::new(), Vec::new());
        for body in bodies {
            let page = match first.decode(body.to_string().as_bytes()) {
                Ok(page) => page,
                Err(error) => return (ids, targets, Some(error.to_string())),
            };
            match pager.turn(page) {
                Err(error) => return (ids, targets, Some(error.message().to_owned())),
                Ok(turn) => {
                    for row in &turn.items {
                        ids += row.as_item().unwrap().id.as_ref().unwrap().as_str();
                    }
                    match turn.next {
                        Next::Done => return (ids, targets, None),
                        Next::Call(call) => targets.push(call.target()),
                        other => panic!("{other:?}"),
                    }
                }
            }
        }
        (ids, targets, Some("not at its end".to_owned()))
    }

    #[test]
    fn the_cursor_is_followed_and_filters_are_kept() {
        let repeated = format!(
            "{HOME}/api/v2/activity-logs?size=2&searchAfter=1662554037000&searchAfter=a%2Fb&page=next"
        );
        let joined = "/api/v2/activity-logs?searchAfter=1662554038000,60761aa3&from=2026-03-01T00:00:00Z&siteIds=1";
        let (ids, targets, error) = walk(&[
            page(&["a", "b"], Some(&repeated)),
            page(&["c"], Some(joined)),
            page(&[], Some(&repeated)),
        ]);
        assert_eq!((ids.as_str(), error), ("abc", None));
        assert_eq!(
            targets,
            [
                "/v2/activity-logs?size=2&categories=job&siteIds=4,8&searchAfter=1662554037000&searchAfter=a/b&page=next",
                "/v2/activity-logs?size=2&categories=job&siteIds=4,8&searchAfter=1662554038000,60761aa3\
                 &from=2026-03-01T00:00:00Z&page=next",
            ]
        );
    }

    #[test]
    fn no_link_ends_the_log() {
        for link in [None, Some(""), Some(" ")] {
            let (ids, _, error) = walk(&[page(&["a", "b"], link)]);
            assert_eq!((ids.as_str(), error), ("ab", None));
        }
        let empty = json!({"pageDetails": {"count": 0}, "activities": null});
        assert_eq!(walk(&[empty]).2, None);
    }

    /// Trap 4.
    #[test]
    fn a_link_to_another_place_is_an_error() {
        for link in [
            "https://evil.example.com/api/v2/activity-logs?searchAfter=1,a",
            "http://merlot-api.centrastage.net/api/v2/activity-logs?searchAfter=1,a",
            "https://merlot-api.centrastage.net/login?searchAfter=1,a",
            "//evil.example.com/api/v2/activity-logs?searchAfter=1,a",
            "/api/v2/activity-logs?page=next",
            "/api/v2/activity-logs?searchAfter=&page=next",
        ] {
            let error = walk(&[page(&["a"], Some(link))]).2.unwrap();
            assert!(
                error.starts_with("the link to the next page"),
                "{link}: {error}"
            );
        }
    }

    #[test]
    fn what_leads_back_is_an_error() {
        let link = "/api/v2/activity-logs?searchAfter=1,a&page=next";
        let other = "/api/v2/activity-logs?size=1&searchAfter=1,a&page=next&x=1";
        let back = walk(&[page(&["a"], Some(link)), page(&["b"], Some(other))]);
        assert_eq!(
            back.2.as_deref(),
            Some("the vendor sends the log back to a page that was read already")
        );
        let same = walk(&[
            page(&["a"], Some(link)),
            page(&["a"], Some("/api/v2/activity-logs?searchAfter=2,b")),
        ]);
        assert_eq!(
            same.2.as_deref(),
            Some("a page holds nothing but entries of earlier pages")
        );
        // Two entries of one page boundary are one.
        let shifted = walk(&[page(&["a", "b"], Some(link)), page(&["b", "c"], None)]);
        assert_eq!((shifted.0.as_str(), shifted.2), ("abc", None));
    }

    /// Trap 3: a page that lacks its key.
    #[test]
    fn a_page_without_its_list_is_an_error() {
        for body in [
            json!({"pageDetails": {"count": 0}}),
            json!({"activities": []}),
            json!({"activities": null, "pageDetails": {"count": null}}),
            json!({"activities": [], "pageDetails": {"count": 2}}),
        ] {
            assert!(walk(std::slice::from_ref(&body)).2.is_some(), "{body}");
        }
    }
}
