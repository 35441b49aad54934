//! Listings that come in numbered pages.
//!
//! From version 1.1 on, totals come with the first page only and every page tells whether there are more; before, each
//! page has its totals. Both are read, and a listing that ends before its total is an error: it would make what is
//! missing look deleted.

use client_core::{Call, Error, ErrorKind, Next, Operation, PagerFn, Rows, Turn};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::rpc;

/// One page on the wire. An empty listing may leave out any member.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: DeserializeOwned")]
pub(crate) struct Page<T> {
    #[serde(default, deserialize_with = "crate::wire::number")]
    total: Option<i64>,
    #[serde(default, deserialize_with = "crate::wire::number")]
    pages_count: Option<i64>,
    #[serde(default, deserialize_with = "crate::wire::flag")]
    has_more_records: Option<bool>,
    #[serde(default)]
    items: Rows<T>,
}

/// How a listing is cut into pages, and whether it must have as many rows as it says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageSize {
    pub(crate) per_page: u32,
    pub(crate) trusts_total: bool,
}

impl PageSize {
    /// Pages of the largest size.
    pub(crate) const fn largest(per_page: u32) -> Self {
        Self {
            per_page,
            trusts_total: true,
        }
    }
}

/// What the pages so far have told.
struct Walk {
    page: i64,
    per_page: i64,
    rows: i64,
    total: Option<i64>,
    trusts_total: bool,
    pages_count: Option<i64>,
}

/// Walks a listing, from page 1 until its end.
pub(crate) fn pages<T: DeserializeOwned + Send + 'static>(
    operation: &'static Operation,
    params: Map<String, Value>,
    size: PageSize,
) -> PagerFn<T, Page<T>> {
    let PageSize {
        per_page,
        trusts_total,
    } = size;
    let mut walk = Walk {
        page: 1,
        per_page: i64::from(per_page),
        rows: 0,
        total: None,
        trusts_total,
        pages_count: None,
    };
    let first = page_call(operation, params.clone(), 1, per_page);
    PagerFn::new(first, move |page: Page<T>| {
        let goes_on = walk.take(&page)?;
        let next = if goes_on {
            walk.page += 1;
            Next::Call(page_call(operation, params.clone(), walk.page, per_page))
        } else {
            Next::Done
        };
        Ok(Turn::new(page.items, next))
    })
}

fn page_call<T: DeserializeOwned + 'static>(
    operation: &Operation,
    mut params: Map<String, Value>,
    page: i64,
    per_page: u32,
) -> Call<Page<T>> {
    params.insert("page".to_owned(), page.into());
    params.insert("perPage".to_owned(), per_page.into());
    rpc::call(operation, &params)
}

impl Walk {
    /// Whether another page follows.
    fn take<T>(&mut self, page: &Page<T>) -> Result<bool, Error> {
        let rows = i64::try_from(page.items.len()).unwrap_or(i64::MAX);
        self.rows = self.rows.saturating_add(rows);
        if self.page == 1 {
            self.total = page.total;
            self.pages_count = page.pages_count;
        }
        let goes_on = match (page.has_more_records, self.pages_count) {
            (Some(more), _) => more,
            (None, Some(count)) => self.page < count,
            (None, None) => rows >= self.per_page,
        };
        if goes_on && rows == 0 {
            return Err(Error::new(
                ErrorKind::Paging,
                "an empty page, although the vendor says that more follow",
            ));
        }
        if let Some(total) = self
            .total
            .filter(|total| self.trusts_total && !goes_on && self.rows < *total)
        {
            let message = format!("the listing ended after {} of {total} rows", self.rows);
            return Err(Error::new(ErrorKind::Paging, message));
        }
        Ok(goes_on)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Page, Walk};

    fn walk(per_page: i64) -> Walk {
        Walk {
            page: 1,
            per_page,
            rows: 0,
            total: None,
            trusts_total: true,
            pages_count: None,
        }
    }

    /// Feeds the pages and tells for each whether more follow.
    fn run(per_page: i64, pages: &[Value]) -> Result<Vec<bool>, String> {
        let mut walk = walk(per_page);
        let mut told = Vec::new();
        for page in pages {
            let page: Page<Value> = serde_json::from_str(&page.to_string()).unwrap();
            let more = walk.take(&page).map_err(|error| error.to_string())?;
            told.push(more);
            walk.page += 1;
        }
        Ok(told)
    }

    #[test]
    fn the_end_is_found_in_every_dialect() {
        // 1.1: totals on page 1 only, each page says whether there are more.
        let new = [
            json!({"total": 3, "pagesCount": 2, "hasMoreRecords": true, "items": [1, 2]}),
            json!({"hasMoreRecords": false, "items": [3]}),
        ];
        assert_eq!(run(2, &new), Ok(vec![true, false]));
        // 1.0: totals on each page.
        let old = [
            json!({"total": 3, "pagesCount": 2, "items": [1, 2]}),
            json!({"total": 3, "pagesCount": 2, "items": [3]}),
        ];
        assert_eq!(run(2, &old), Ok(vec![true, false]));
        // Totals on page 1, and nothing after it.
        let first_only = [
            json!({"total": 3, "pagesCount": 2, "items": [1, 2]}),
            json!({"items": [3]}),
        ];
        assert_eq!(run(2, &first_only), Ok(vec![true, false]));
        // No totals at all: a short page is the last one.
        assert_eq!(
            run(2, &[json!({"items": [1, 2]}), json!({"items": [3]})]),
            Ok(vec![true, false])
        );
        // Nothing there.
        for empty in [
            json!({"total": 0, "pagesCount": 0, "items": []}),
            json!({}),
            json!([]),
            json!({"items": null}),
        ] {
            assert_eq!(
                run(2, std::slice::from_ref(&empty)),
                Ok(vec![false]),
                "{empty}"
            );
        }
    }

    /// N02: a listing that is shorter than it says is no listing.
    #[test]
    fn n02_a_short_listing_is_an_error() {
        let cut = [
            json!({"total": 4, "pagesCount": 2, "hasMoreRecords": true, "items": [1, 2]}),
            json!({"hasMoreRecords": false, "items": [3]}),
        ];
        assert!(run(2, &cut).unwrap_err().contains("3 of 4"));
        let hollow = json!({"hasMoreRecords": true, "items": []});
        assert!(run(2, &[hollow]).unwrap_err().contains("empty page"));
    }
}
