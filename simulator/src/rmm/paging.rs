//! Pages, counted from zero, with absolute links to their neighbours.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Call;
use crate::server::{Answer, form_pairs};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageDetails {
    count: usize,
    total_count: usize,
    prev_page_url: Option<String>,
    next_page_url: Option<String>,
}

impl Call<'_> {
    /// The page of `rows` that the request asks for, under the array's `name`.
    pub(super) fn page<T, W: Serialize>(
        &self,
        name: &str,
        rows: &[T],
        wire: impl Fn(&T) -> W,
    ) -> Result<Answer, Answer> {
        let settings = &self.state.settings.rmm;
        let number = |name: &str| match self.request.parameter(name) {
            Some(text) if !text.is_empty() => {
                text.parse::<usize>().map(Some).map_err(|_| self.error(400))
            }
            _ => Ok(None),
        };
        let page = number("page")?.unwrap_or(0);
        let max = number("max")?
            .unwrap_or(settings.page_size)
            .min(settings.page_size);
        if max == 0 {
            return Err(self.error(400));
        }
        let start = page.saturating_mul(max).min(rows.len());
        let end = start.saturating_add(max).min(rows.len());
        let mut items: Vec<_> = rows[start..end].iter().map(&wire).collect();
        self.tweaks.cut(&mut items);
        let details = PageDetails {
            count: items.len(),
            total_count: rows.len(),
            prev_page_url: (page > 0).then(|| self.link(page - 1, max)),
            next_page_url: (end < rows.len()).then(|| self.link(page + 1, max)),
        };
        let mut body = Map::new();
        for (key, value) in [
            ("pageDetails", serde_json::to_value(details)),
            (name, serde_json::to_value(items)),
        ] {
            body.insert(key.to_owned(), value.unwrap_or(Value::Null));
        }
        Ok(Answer::json(200, &body))
    }

    /// The address of a page of the same listing.
    fn link(&self, page: usize, max: usize) -> String {
        let settings = &self.state.settings.rmm;
        let origin = match &settings.next_page_origin {
            Some(origin) => origin.clone(),
            None => format!(
                "http://{}",
                self.request.header("host").unwrap_or("127.0.0.1")
            ),
        };
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
