//! Pages, counted from zero, with absolute links to their neighbours.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Call;
use crate::server::{Answer, form_pairs};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageDetails {
    count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<usize>,
    prev_page_url: Option<String>,
    next_page_url: Option<String>,
}

/// How a listing differs from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Usual,
    /// Tells no `totalCount`.
    Uncounted,
    /// Refuses a page that is too large, where the others cut it.
    Strict,
}

/// A page on the wire, written without building a tree of its hundreds of rows first.
struct Page<'a, W> {
    details: PageDetails,
    name: &'a str,
    items: Vec<W>,
}

impl<W: Serialize> Serialize for Page<'_, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("pageDetails", &self.details)?;
        map.serialize_entry(self.name, &self.items)?;
        map.end()
    }
}

impl Call<'_> {
    /// The page of `rows` that the request asks for, under the array's `name`.
    pub(super) fn page<T, W: Serialize>(
        &self,
        name: &str,
        rows: &[T],
        wire: impl Fn(&T) -> W,
    ) -> Result<Answer, Answer> {
        self.page_in(Style::Usual, name, rows, wire)
    }

    /// The same for a listing of another style.
    pub(super) fn page_in<T, W: Serialize>(
        &self,
        style: Style,
        name: &str,
        rows: &[T],
        wire: impl Fn(&T) -> W,
    ) -> Result<Answer, Answer> {
        let largest = self.state.settings.rmm.page_size;
        let number = |name: &str| self.query(name, |text| text.parse::<usize>().ok());
        let page = number("page")?.unwrap_or(0);
        let asked = number("max")?.unwrap_or(largest);
        if asked == 0 || (style == Style::Strict && asked > largest) {
            return Err(self.error(400));
        }
        let max = asked.min(largest);
        let start = page.saturating_mul(max).min(rows.len());
        let end = start.saturating_add(max).min(rows.len());
        let mut items: Vec<_> = rows[start..end].iter().map(&wire).collect();
        self.tweaks.cut(&mut items);
        let details = PageDetails {
            count: items.len(),
            total_count: (style != Style::Uncounted).then_some(rows.len()),
            prev_page_url: (page > 0).then(|| self.link(page - 1, max)),
            next_page_url: (end < rows.len()).then(|| self.link(page + 1, max)),
        };
        let page = Page {
            details,
            name,
            items,
        };
        Ok(Answer::json(200, &page))
    }

    /// The origin of links to pages.
    pub(super) fn link_origin(&self) -> String {
        let host = self.request.header("host").unwrap_or("127.0.0.1");
        let other = self.state.settings.rmm.next_page_origin.clone();
        other.unwrap_or_else(|| format!("http://{host}"))
    }

    /// The address of a page of the same listing.
    fn link(&self, page: usize, max: usize) -> String {
        let settings = &self.state.settings.rmm;
        let origin = self.link_origin();
        let mut link = format!("{origin}{}?max={max}&page={page}", self.request.path);
        if settings.next_page_keeps_filters {
            let query = self.request.query.as_deref().unwrap_or_default();
            for pair in query.split('&') {
                let is_paging = form_pairs(pair).all(|(key, _)| key == "page" || key == "max");
                if !is_paging {
                    link.push('&');
                    link.push_str(pair);
                }
            }
        }
        link
    }
}
