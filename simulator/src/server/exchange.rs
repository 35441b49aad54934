//! A request and its answer, as far from HTTP as the vendors' logic needs.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, DATE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use serde::Serialize;

use crate::calendar;
use crate::state::State;

/// A request with its whole body.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    /// The path as sent, without the query.
    pub(crate) path: String,
    /// The query as sent, without the question mark.
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Incoming {
    /// Path and query byte for byte as sent.
    pub(crate) fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The decoded value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        pairs(self.query.as_deref()?).find_map(|(key, value)| (key == name).then_some(value))
    }

    /// User and password of Basic authorization.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let (scheme, coded) = self.header("authorization")?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let plain = String::from_utf8(crate::base64::decode(coded)?).ok()?;
        let (user, password) = plain.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    }
}

/// Decoded pairs of a query or a form.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (
            percent_decoded(&key.replace('+', " ")),
            percent_decoded(&value.replace('+', " ")),
        )
    })
}

/// The text behind percent escapes; what is no escape stays.
pub(crate) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(escape.unwrap_or(bytes[at]));
        at += if escape.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// What a fault changes inside the vendor's logic.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tweaks {
    /// Rows that a listing lacks at its end.
    pub(crate) missing_rows: usize,
}

impl Tweaks {
    pub(crate) fn cut<T>(self, rows: &mut Vec<T>) {
        rows.truncate(rows.len().saturating_sub(self.missing_rows));
    }
}

type Run = Box<dyn FnOnce(&mut State, &Incoming, Tweaks) -> Answer + Send>;

/// A request whose endpoint is known.
pub(crate) struct Resolved {
    pub(crate) operation: String,
    pub(crate) is_write: bool,
    pub(crate) page: Option<u64>,
    /// Carries the request out, refusals included.
    pub(crate) run: Run,
}

/// An answer on its way out.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Held back for so long after the request was carried out.
    pub(crate) delay: Duration,
}

impl Answer {
    /// No body, no content type.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            delay: Duration::ZERO,
        }
    }

    pub(crate) fn text(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            body: body.into(),
            ..Self::empty(status)
        }
        .with("content-type", content_type)
    }

    pub(crate) fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body><h1>{title}</h1></body>\r\n</html>\r\n"
        );
        Self::text(status, "text/html", page)
    }

    /// JSON, whose content type names no charset.
    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => Self::text(status, "application/json", body),
            Err(_) => Self::html(500, "500 Internal Server Error"),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds `Retry-After` where there is a value for it.
    pub(crate) fn retry_after(self, value: Option<&String>) -> Self {
        match value {
            Some(value) => self.with("retry-after", value),
            None => self,
        }
    }

    /// The answer in HTTP, dated by the vendors' clock.
    pub(crate) fn into_http(self, now_ms: i64) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        if let Ok(date) = HeaderValue::from_str(&calendar::http_date(now_ms)) {
            headers.insert(DATE, date);
        }
        if self.status == 204 {
            headers.remove(CONTENT_TYPE);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::{pairs, percent_decoded};

    #[test]
    fn escapes_and_plus_signs_are_decoded() {
        let decoded: Vec<_> = pairs("a=x+y&b=%2B%C3%A9&&c").collect();
        let expected = [("a", "x y"), ("b", "+é"), ("c", "")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(decoded, expected);
        assert_eq!(percent_decoded("50%-%zz%é"), "50%-%zz%é");
    }
}
