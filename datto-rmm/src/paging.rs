//! Listings by page number, and how far they can be trusted.
//!
//! The link to the next page only says that there is more: it loses filters, so the next page is asked for by number.
//! Rows move between pages while they are read, so they are counted once each, and the count is held against what the
//! vendor says there are. A listing that does not add up ends with an error. Where the vendor gives no total, as for open
//! alerts, a row that moves to a page that was read before cannot be noticed.

use std::collections::HashSet;

use client_core::serde::{empty_as_none, number_or_text};
use client_core::{Call, Decoded, Delivery, Error, ErrorKind, Next, Pager, Rows, Turn, Url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// Page sizes above this are not honoured; it is also the vendor's default.
pub(crate) const LARGEST_PAGE: u32 = 250;
/// Pages that are asked for ahead at most, once the total is known.
const WINDOW: u64 = 16;

/// A row that can be told from others.
pub(crate) trait Row: Send + 'static {
    /// The field on the wire that names a row which cannot be read.
    const ID: &'static str;
    /// Whether that field alone tells a row from others, so that a row which cannot be read is counted by it too.
    const ID_IS_KEY: bool = true;

    /// What it is counted by; `None` for a row that nothing tells from others, which counts each time.
    fn key(&self) -> Option<String>;
}

/// The rows of a page; those that cannot be read are named by the field that their type knows.
pub(crate) struct Named<T>(pub(crate) Rows<T>);

impl<'de, T: Row + DeserializeOwned> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Rows::deserialize_by(deserializer, Some(T::ID)).map(Self)
    }
}

/// One page, whatever its array is called.
pub(crate) struct Page<T> {
    pub(crate) details: PageDetails,
    /// `None` for a null in the list's place.
    pub(crate) rows: Option<Rows<T>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageDetails {
    #[serde(default, deserialize_with = "counted")]
    count: Option<u64>,
    #[serde(default, deserialize_with = "counted")]
    total_count: Option<u64>,
    #[serde(default, with = "empty_as_none")]
    next_page_url: Option<String>,
}

/// A count that is less than nothing says nothing.
fn counted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let count: Option<i64> = number_or_text::deserialize(deserializer)?;
    Ok(count.and_then(|count| count.try_into().ok()))
}

impl PageDetails {
    /// The link to the next page, if there is one. It must lead to the API at `base`.
    pub(crate) fn next(&self, base: &Url) -> Result<Option<Url>, Error> {
        let Some(link) = &self.next_page_url else {
            return Ok(None);
        };
        let link = base
            .join(link)
            .map_err(|_| untrusted("the link to the next page cannot be read"))?;
        if link.origin() != base.origin() || !link.path().starts_with("/api/") {
            return Err(untrusted(
                "the link to the next page leads to another place",
            ));
        }
        Ok(Some(link))
    }

    /// Refuses a page of `size` rows that says that it has more.
    pub(crate) fn check_count(&self, size: u64) -> Result<(), Error> {
        if self.count.is_some_and(|count| count > size) {
            return Err(untrusted("a page holds fewer rows than it says"));
        }
        Ok(())
    }

    /// True if the page says itself that it has no rows.
    pub(crate) fn says_empty(&self) -> bool {
        self.count == Some(0) || self.total_count == Some(0)
    }
}

/// Defines how a page of `$item`s stands on the wire. A page without its list or its details is an error.
macro_rules! page {
    ($wire:ident, $key:literal, $item:ty) => {
        #[derive(serde::Deserialize)]
        struct $wire {
            #[serde(rename = "pageDetails")]
            details: $crate::paging::PageDetails,
            #[serde(rename = $key, deserialize_with = "serde::Deserialize::deserialize")]
            rows: Option<$crate::paging::Named<$item>>,
        }

        impl From<$wire> for $crate::paging::Page<$item> {
            fn from(wire: $wire) -> Self {
                Self {
                    details: wire.details,
                    rows: wire.rows.map(|rows| rows.0),
                }
            }
        }
    };
}
pub(crate) use page;

/// Walks a listing.
pub(crate) struct Listing<T> {
    first: Call<Page<T>>,
    base: Url,
    /// The number of the page that comes next.
    page: u64,
    /// The last page that was asked for.
    asked: u64,
    seen: HashSet<String>,
    counted: u64,
    total: Option<u64>,
}

impl<T: Row> Listing<T> {
    /// Starts with `call`, which has no paging parameters yet.
    pub(crate) fn new(call: Call<Page<T>>, page_size: u32, base: &Url) -> Self {
        let first = call.query_pair("max", page_size).query_pair("page", 0);
        Self {
            first,
            base: base.clone(),
            page: 0,
            asked: 0,
            seen: HashSet::new(),
            counted: 0,
            total: None,
        }
    }

    /// The rows that were not seen before.
    fn fresh(&mut self, rows: Rows<T>) -> Vec<Decoded<T>> {
        let mut fresh = Vec::with_capacity(rows.len());
        for row in rows {
            let key = match &row {
                Decoded::Item(item) => item.key(),
                Decoded::Bad(bad) => bad
                    .id
                    .clone()
                    .filter(|_| T::ID_IS_KEY && bad.id_field.as_deref() == Some(T::ID)),
            };
            // A row that cannot even be told from others counts each time.
            if key.is_none_or(|key| self.seen.insert(key)) {
                fresh.push(row);
            }
        }
        self.counted += fresh.len() as u64;
        fresh
    }

    fn numbered(&mut self, page: u64) -> Call<Page<T>> {
        self.asked = page;
        self.first.clone().set_query("page", page)
    }

    /// The calls after page `self.page - 1`, whose rows were `size`.
    fn ahead(&mut self, size: u64) -> Next<Page<T>> {
        if self.page <= self.asked {
            return Next::Outstanding;
        }
        let missing = self
            .total
            .map_or(0, |total| total.saturating_sub(self.counted));
        let pages = missing.div_ceil(size.max(1)).clamp(1, WINDOW);
        Next::Window(
            (self.page..self.page + pages)
                .map(|page| self.numbered(page))
                .collect(),
        )
    }
}

impl<T: Row> Pager for Listing<T> {
    type Page = Page<T>;
    type Item = T;

    fn first(&self) -> Call<Page<T>> {
        self.first.clone()
    }

    fn turn(&mut self, page: Page<T>) -> Result<Turn<T, Page<T>>, Error> {
        let linked = page.details.next(&self.base)?.is_some();
        let total_count = page.details.total_count;
        let rows = match page.rows {
            Some(rows) => rows,
            None if page.details.says_empty() => Rows::default(),
            None => return Err(untrusted("a page holds null where its rows should be")),
        };
        let size = rows.len() as u64;
        page.details.check_count(size)?;
        // What a page beyond the end says of the total is not documented.
        if size > 0
            && self
                .total
                .zip(total_count)
                .is_some_and(|(old, new)| old != new)
        {
            return Err(untrusted("the listing changed while it was read"));
        }
        self.total = self.total.or(total_count);
        self.page += 1;
        let fresh = self.fresh(rows);
        if size > 0 && fresh.is_empty() {
            return Err(untrusted("a page holds nothing but rows of earlier pages"));
        }
        let adds_up = self.total.is_none_or(|total| total == self.counted);
        let next = match (size, linked, adds_up) {
            (0, _, true) | (_, false, true) => Next::Done,
            (0, _, false) => return Err(self.does_not_add_up()),
            // Without a link but not whole: only an empty page proves the end, so one more is asked for.
            (_, true, _) | (_, false, false) => self.ahead(size),
        };
        Ok(Turn { items: fresh, next })
    }
}

impl<T> Listing<T> {
    fn does_not_add_up(&self) -> Error {
        let total = self.total.unwrap_or_default();
        untrusted(format!(
            "the vendor says {total} rows, and {} were read",
            self.counted
        ))
    }
}

pub(crate) fn untrusted(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Paging, message).with_delivery(Delivery::Refused)
}

#[cfg(test)]
mod tests {
    use client_core::{Call, Next, Operation, Pager, Url};
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::{Listing, Page, Row};

    const LIST: Operation = Operation::get("things.list", "/v2/things");

    #[derive(Debug, PartialEq, Deserialize)]
    struct Thing {
        uid: String,
        #[serde(default)]
        size: Option<u32>,
    }

    impl Row for Thing {
        const ID: &'static str = "uid";

        fn key(&self) -> Option<String> {
            (!self.uid.is_empty()).then(|| self.uid.clone())
        }
    }

    page!(ThingsPage, "things", Thing);

    fn listing() -> Listing<Thing> {
        let base = Url::parse("https://merlot-api.centrastage.net/api").unwrap();
        Listing::new(Call::<ThingsPage>::new(&LIST, []).map(Page::from), 2, &base)
    }

    fn link(page: u32) -> String {
        format!("https://merlot-api.centrastage.net/api/v2/things?max=2&page={page}")
    }

    fn page(uids: &[&str], total: Option<u64>, next: Option<&str>) -> Value {
        let rows: Vec<_> = uids.iter().map(|uid| json!({"uid": uid})).collect();
        json!({"pageDetails": {"count": rows.len(), "totalCount": total, "prevPageUrl": null, "nextPageUrl": next}, "things": rows})
    }

    /// Feeds pages in order; gives the keys, the calls, and the error that ended it.
    fn walk(bodies: &[Value]) -> (Vec<String>, Vec<String>, Option<String>) {
        let mut pager = listing();
        let first = pager.first();
        let (mut keys, mut calls) = (Vec::new(), vec![first.target()]);
        for body in bodies {
            let page = match first.decode(body.to_string().as_bytes()) {
                Ok(page) => page,
                Err(error) => return (keys, calls, Some(error.to_string())),
            };
            match pager.turn(page) {
                Err(error) => return (keys, calls, Some(error.message().to_owned())),
                Ok(turn) => {
                    keys.extend(
                        turn.items
                            .iter()
                            .filter_map(|row| Some(row.as_item()?.uid.clone())),
                    );
                    match turn.next {
                        Next::Done => return (keys, calls, None),
                        Next::Window(window) => calls.extend(window.iter().map(Call::target)),
                        Next::Outstanding => {}
                        other @ Next::Call(_) => panic!("{other:?}"),
                    }
                }
            }
        }
        (keys, calls, Some("not at its end".to_owned()))
    }

    #[test]
    fn pages_are_counted_from_zero_and_the_link_is_only_a_signal() {
        let (keys, calls, error) = walk(&[
            page(&["a", "b"], Some(3), Some(&link(1))),
            page(&["c"], Some(3), None),
        ]);
        assert_eq!((keys.join(""), error), ("abc".to_owned(), None));
        assert_eq!(
            calls,
            ["/v2/things?max=2&page=0", "/v2/things?max=2&page=1"]
        );
    }

    #[test]
    fn without_a_total_the_link_decides() {
        for last in [json!(null), json!(""), json!(" ")] {
            let mut end = page(&["c", "d"], None, None);
            end["pageDetails"]["nextPageUrl"] = last;
            let (keys, _, error) = walk(&[page(&["a"], None, Some(&link(1))), end]);
            assert_eq!(
                (keys.join(""), error),
                ("acd".to_owned(), None),
                "a short page is no end"
            );
        }
        let (keys, calls, error) = walk(&[
            page(&["a"], None, Some(&link(1))),
            page(&[], None, Some(&link(2))),
        ]);
        assert_eq!(
            (keys.join(""), calls.len(), error),
            ("a".to_owned(), 2, None),
            "an empty page is"
        );
    }

    #[test]
    fn a_count_below_zero_is_none() {
        let mut first = page(&["a", "b"], None, Some(&link(1)));
        let mut last = page(&["c"], None, None);
        for page in [&mut first, &mut last] {
            page["pageDetails"]["count"] = json!(-1);
            page["pageDetails"]["totalCount"] = json!(-1);
        }
        let (keys, _, error) = walk(&[first, last]);
        assert_eq!((keys.join(""), error), ("abc".to_owned(), None));
    }

    #[test]
    fn a_known_total_lets_pages_be_asked_for_ahead() {
        let (_, calls, _) = walk(&[page(&["a", "b"], Some(7), Some(&link(1)))]);
        assert_eq!(calls.len(), 4);
        let (_, calls, _) = walk(&[page(&["a", "b"], Some(i64::MAX as u64), Some(&link(1)))]);
        assert_eq!(calls.len(), 17, "a window is bounded");
    }

    /// Trap 5: the same row on two pages while rows shift.
    #[test]
    fn a_row_on_two_pages_counts_once() {
        let pages = [
            page(&["a", "b"], Some(3), Some(&link(1))),
            page(&["b", "c"], Some(3), None),
        ];
        assert_eq!(walk(&pages).0.join(""), "abc");
        assert_eq!(walk(&pages).2, None);
        // One was pushed out of sight meanwhile.
        let (keys, calls, error) = walk(&[
            page(&["a", "b"], Some(4), Some(&link(1))),
            page(&["b", "d"], Some(4), None),
            page(&[], Some(4), None),
        ]);
        assert_eq!((keys.join(""), calls.len()), ("abd".to_owned(), 3));
        assert_eq!(
            error.as_deref(),
            Some("the vendor says 4 rows, and 3 were read")
        );
    }

    #[test]
    fn what_does_not_add_up_is_no_listing() {
        // U02: short, without a link.
        let (keys, _, error) = walk(&[page(&["a", "b"], Some(5), None), page(&[], Some(5), None)]);
        assert_eq!(keys.join(""), "ab");
        assert!(error.unwrap().contains("5 rows"));
        let (keys, _, error) = walk(&[
            page(&["a", "b"], Some(3), None),
            page(&["c"], Some(3), None),
        ]);
        assert_eq!(
            (keys.join(""), error),
            ("abc".to_owned(), None),
            "the rest was there after all"
        );
        let changed = walk(&[
            page(&["a", "b"], Some(4), Some(&link(1))),
            page(&["c"], Some(3), None),
        ]);
        assert_eq!(
            changed.2.as_deref(),
            Some("the listing changed while it was read")
        );
        let mut lost = page(&["a"], None, None);
        lost["pageDetails"]["count"] = json!(2);
        assert_eq!(
            walk(&[lost]).2.as_deref(),
            Some("a page holds fewer rows than it says")
        );
        let repeated = walk(&[
            page(&["a"], None, Some(&link(1))),
            page(&["a"], None, Some(&link(2))),
        ]);
        assert_eq!(
            repeated.2.as_deref(),
            Some("a page holds nothing but rows of earlier pages")
        );
    }

    /// Trap 4.
    #[test]
    fn a_link_to_another_place_is_an_error() {
        for link in [
            "https://evil.example.com/api/v2/things?page=1",
            "http://merlot-api.centrastage.net/api/v2/things?page=1",
            "https://merlot-api.centrastage.net:8443/api/v2/things?page=1",
            "https://merlot-api.centrastage.net/login",
            "//evil.example.com/api/x",
            "https://",
        ] {
            let error = walk(&[page(&["a"], None, Some(link))]).2.unwrap();
            assert!(
                error.starts_with("the link to the next page"),
                "{link}: {error}"
            );
        }
        let relative = walk(&[
            page(&["a"], None, Some("/api/v2/things?page=1")),
            page(&[], None, None),
        ]);
        assert_eq!(relative.2, None);
    }

    /// Trap 3: a page that lacks its key.
    #[test]
    fn a_page_without_its_list_is_an_error() {
        for body in [
            json!({"pageDetails": {"count": 0}}),
            json!({"things": []}),
            json!({"things": [], "pageDetails": null}),
            json!({"things": null, "pageDetails": {"count": null, "totalCount": null, "nextPageUrl": null}}),
            json!({"devices": [], "pageDetails": {"count": 0}}),
            json!({}),
        ] {
            assert!(walk(std::slice::from_ref(&body)).2.is_some(), "{body}");
        }
        let empty = json!({"things": null, "pageDetails": {"count": 0, "totalCount": 0, "nextPageUrl": null}});
        assert_eq!(
            walk(&[empty]),
            (Vec::new(), vec!["/v2/things?max=2&page=0".to_owned()], None)
        );
    }

    #[test]
    fn rows_that_nothing_tells_apart_count_each_time() {
        let (keys, _, error) = walk(&[
            page(&["", ""], Some(3), Some(&link(1))),
            page(&[""], Some(3), None),
        ]);
        assert_eq!((keys.len(), error), (3, None));
    }

    /// A row of a type whose id does not tell it from others.
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only decoded")]
    struct Part {
        name: String,
        size: Option<u32>,
    }

    impl Row for Part {
        const ID: &'static str = "name";
        const ID_IS_KEY: bool = false;

        fn key(&self) -> Option<String> {
            None
        }
    }

    page!(PartsPage, "parts", Part);

    #[test]
    fn unreadable_rows_are_counted_as_their_type_counts() {
        let base = Url::parse("https://merlot-api.centrastage.net/api").unwrap();
        let bad = json!({"name": "bolt", "size": "x"});
        let body = json!({"pageDetails": {"totalCount": 2}, "parts": [bad, bad]}).to_string();
        let call = Call::<PartsPage>::new(&LIST, []).map(Page::from);
        let mut parts = Listing::new(call, 2, &base);
        let turn = parts.turn(parts.first().decode(body.as_bytes()).unwrap());
        assert_eq!(
            turn.unwrap().items.len(),
            2,
            "of one name, and two all the same"
        );

        // The first has its own id twice; the others are named by something else, which counts for nothing.
        let bad = json!({"uid": "a", "size": "x"});
        let nameless = json!({"uid": null, "name": "same"});
        let body =
            json!({"pageDetails": {"totalCount": 3}, "things": [bad, bad, nameless, nameless]});
        let mut things = listing();
        let page = things.first().decode(body.to_string().as_bytes()).unwrap();
        assert_eq!(things.turn(page).unwrap().items.len(), 3);
    }

    #[test]
    fn an_unreadable_row_counts() {
        let body = json!({"pageDetails": {"count": 3, "totalCount": 3}, "things": [{"uid": "a"}, {"uid": "b", "size": "x"}, 7]});
        let mut pager = listing();
        let page = pager.first().decode(body.to_string().as_bytes()).unwrap();
        let turn = pager.turn(page).unwrap();
        assert_eq!(turn.items.len(), 3);
        assert!(matches!(turn.next, Next::Done));
        assert_eq!(turn.items[0].as_item().unwrap().size, None);
    }
}
