//! Keeps secrets out of errors and logs: known secrets, keys that smell of secrets, and everything not allow-listed.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::{ExposeSecret, SecretString};

/// What a removed value is replaced by.
pub const MASK: &str = "***";

/// Response headers that may be shown.
const SHOWN_HEADERS: &[&str] = &[
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "retry-after",
    "server",
    "x-correlation-id",
    "x-request-id",
];

/// Query keys whose values may be shown.
const SHOWN_QUERY: &[&str] = &[
    "filterid", "limit", "max", "muted", "order", "page", "perpage", "period", "size",
];

/// A JSON or form key that contains one of these, without regard to case, `_` and `-`, has a secret value.
const SECRET_KEYS: &[&str] = &[
    "accesskey",
    "apikey",
    "authorization",
    "clientsecret",
    "cookie",
    "credential",
    "installationlink",
    "installlink",
    "jwt",
    "licensekey",
    "nonce",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "psk",
    "secret",
    "sharedkey",
    "signature",
    "token",
    "uninstallpassword",
    "wpakey",
];

/// How many learned secrets (tokens come and go) are remembered beside the fixed ones.
const LEARNED: usize = 16;
/// Shorter secrets are not searched for: they would blank out half of every text.
const SHORTEST: usize = 4;

/// Removes secrets from text. Shared by clones: a client, its dialect and its token cache use the same one.
#[derive(Clone, Default)]
pub struct Redactor(Arc<Inner>);

#[derive(Default)]
struct Inner {
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    fixed: Vec<SecretString>,
    learned: VecDeque<SecretString>,
    keys: Vec<String>,
    headers: Vec<String>,
    query: Vec<String>,
}

impl Redactor {
    /// A redactor with the default lists and no known secrets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Removes this text wherever it appears, for the life of the client: for keys and secrets.
    pub fn add_secret(&self, secret: &SecretString) {
        let secret = secret.expose_secret().trim();
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        if secret.len() >= SHORTEST && !known.fixed.iter().any(|old| old.expose_secret() == secret)
        {
            known.fixed.push(SecretString::from(secret));
        }
    }

    /// Removes this text too, until many newer ones have been learned: for tokens.
    pub fn learn_secret(&self, secret: &SecretString) {
        let secret = secret.expose_secret().trim();
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        if secret.len() < SHORTEST
            || known
                .learned
                .iter()
                .any(|old| old.expose_secret() == secret)
        {
            return;
        }
        if known.learned.len() == LEARNED {
            known.learned.pop_front();
        }
        known.learned.push_back(SecretString::from(secret));
    }

    /// Treats the values of JSON and form keys that contain one of `keys` as secrets.
    pub fn add_secret_keys(&self, keys: &[&str]) {
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        known.keys.extend(keys.iter().map(|key| fold(key)));
    }

    /// Lets these response headers be shown.
    pub fn show_headers(&self, names: &[&str]) {
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        known
            .headers
            .extend(names.iter().map(|name| name.to_ascii_lowercase()));
    }

    /// Lets the values of these query keys be shown.
    pub fn show_query(&self, keys: &[&str]) {
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        known
            .query
            .extend(keys.iter().map(|key| key.to_ascii_lowercase()));
    }

    /// Whether a response header may be shown.
    pub fn shows_header(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        SHOWN_HEADERS.contains(&name.as_str()) || known.headers.contains(&name)
    }

    /// Path and query for a log line: values of query keys that are not allow-listed are masked.
    pub fn target(&self, path: &str, query: &[(String, String)]) -> String {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut out = String::from(path);
        for (at, (key, value)) in query.iter().enumerate() {
            out.push(if at == 0 { '?' } else { '&' });
            out.push_str(key);
            out.push('=');
            let folded = key.to_ascii_lowercase();
            let shown = SHOWN_QUERY.contains(&folded.as_str()) || known.query.contains(&folded);
            out.push_str(if shown { value } else { MASK });
        }
        remove(&out, &known)
    }

    /// `text` without known secrets and without the values of secret keys.
    pub fn scrub(&self, text: &str) -> String {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        let text = remove(text, &known);
        mask_values(&text, &known.keys)
    }

    /// The redacted start of a body, at most `limit` characters.
    pub fn excerpt(&self, body: &[u8], limit: usize) -> String {
        // Scrubbed before it is cut, or a secret on the edge would stay half visible.
        let start = &body[..body.len().min(limit.saturating_mul(4).saturating_add(4096))];
        crate::error::one_line(&self.scrub(&String::from_utf8_lossy(start)), limit)
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(..)")
    }
}

fn fold(key: &str) -> String {
    key.chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_secret(key: &str, extra: &[String]) -> bool {
    let key = fold(key);
    SECRET_KEYS.iter().any(|word| key.contains(word))
        || extra.iter().any(|word| key.contains(word.as_str()))
}

fn remove(text: &str, known: &Known) -> String {
    let mut text = text.to_owned();
    // The longest first: one that begins like another would otherwise leave the other's end.
    let mut secrets: Vec<&str> = known
        .fixed
        .iter()
        .chain(&known.learned)
        .map(ExposeSecret::expose_secret)
        .collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in secrets {
        for form in [
            secret.to_owned(),
            in_json(secret),
            crate::encode::query(&[("", secret)])[1..].to_owned(),
        ] {
            if text.contains(&form) {
                text = text.replace(&form, MASK);
            }
        }
    }
    text
}

fn in_json(secret: &str) -> String {
    let quoted = serde_json::Value::from(secret).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Masks values of secret keys in JSON-like and form-like text. A scanner, not a parser: excerpts are cut anywhere.
fn mask_values(text: &str, extra: &[String]) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'"' {
            let end = string_end(bytes, at);
            out.push_str(&text[at..end]);
            let key = text[at + 1..end].trim_end_matches('"');
            let colon = skip_space(bytes, end);
            if bytes.get(colon) == Some(&b':') && is_secret(key, extra) {
                let value = skip_space(bytes, colon + 1);
                out.push_str(&text[end..value]);
                at = value_end(bytes, value);
                if text[value..at].starts_with("null") {
                    out.push_str("null");
                } else {
                    out.push('"');
                    out.push_str(MASK);
                    out.push('"');
                }
            } else {
                at = end;
            }
        } else if is_word(bytes[at]) {
            let mut end = at;
            while end < bytes.len() && is_word(bytes[end]) {
                end += 1;
            }
            let word = &text[at..end];
            out.push_str(word);
            let scheme = word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic");
            if bytes.get(end) == Some(&b'=') && is_secret(word, extra) {
                out.push('=');
                out.push_str(MASK);
                at = bare_end(bytes, end + 1);
            } else if scheme && bytes.get(end) == Some(&b' ') && bare_end(bytes, end + 1) > end + 8
            {
                out.push(' ');
                out.push_str(MASK);
                at = bare_end(bytes, end + 1);
            } else {
                at = end;
            }
        } else {
            let len = text[at..].chars().next().map_or(1, char::len_utf8);
            out.push_str(&text[at..at + len]);
            at += len;
        }
    }
    out
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// The end of an unquoted value.
fn bare_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && !bytes[at].is_ascii_whitespace() && !b"&,;\"'<>}".contains(&bytes[at])
    {
        at += 1;
    }
    at
}

/// One past the closing quote of the string that starts at `at`, or the end of the text.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while end < bytes.len() {
        match bytes[end] {
            b'\\' => end += 2,
            b'"' => return end + 1,
            _ => end += 1,
        }
    }
    bytes.len()
}

/// One past the JSON value that starts at `at`, or the end of the text.
fn value_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'"') => string_end(bytes, at),
        Some(b'{' | b'[') => {
            let mut depth = 0_usize;
            let mut end = at;
            while end < bytes.len() {
                match bytes[end] {
                    b'"' => {
                        end = string_end(bytes, end);
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth -= 1;
                        if depth == 0 {
                            return end + 1;
                        }
                    }
                    _ => {}
                }
                end += 1;
            }
            bytes.len()
        }
        Some(_) => {
            let mut end = at;
            while end < bytes.len()
                && !b",}]".contains(&bytes[end])
                && !bytes[end].is_ascii_whitespace()
            {
                end += 1;
            }
            end
        }
        None => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::SecretString;

    use super::Redactor;

    #[test]
    fn values_of_secret_keys_are_masked() {
        let redactor = Redactor::new();
        redactor.add_secret_keys(&["variableValue"]);
        for (text, wanted) in [
            (
                r#"{"password":"canary","a":1}"#,
                r#"{"password":"***","a":1}"#,
            ),
            (
                r#"{"Access_Token" : "ca\"nary", "a":1}"#,
                r#"{"Access_Token" : "***", "a":1}"#,
            ),
            (r#"{"apiKey":12345,"b":[1]}"#, r#"{"apiKey":"***","b":[1]}"#),
            (
                r#"{"installLinkWindows":"https://x/canary"}"#,
                r#"{"installLinkWindows":"***"}"#,
            ),
            (
                r#"{"secrets":{"a":["canary","}"]},"b":2}"#,
                r#"{"secrets":"***","b":2}"#,
            ),
            (
                r#"{"variable_value":"canary"}"#,
                r#"{"variable_value":"***"}"#,
            ),
            (r#"{"password":null}"#, r#"{"password":null}"#),
            (r#"{"password":"canary cut of"#, r#"{"password":"***""#),
            (r#"{"name":"password"}"#, r#"{"name":"password"}"#),
            (
                "grant_type=password&password=canary&x=1",
                "grant_type=password&password=***&x=1",
            ),
            (
                "sent Authorization: Bearer canary-canary.",
                "sent Authorization: Bearer ***",
            ),
            ("no basic thing", "no basic thing"),
        ] {
            assert_eq!(redactor.scrub(text), wanted);
        }
    }

    #[test]
    fn known_secrets_are_removed_in_every_spelling() {
        let redactor = Redactor::new();
        redactor.add_secret(&SecretString::from("ca\"na ry\n"));
        redactor.learn_secret(&SecretString::from("token-1"));
        redactor.add_secret(&SecretString::from("ab"));
        assert_eq!(redactor.scrub(r#"x ca"na ry y"#), "x *** y");
        assert_eq!(redactor.scrub(r#"{"a":"ca\"na ry"}"#), r#"{"a":"***"}"#);
        assert_eq!(redactor.scrub("a=ca%22na%20ry&b=ab"), "a=***&b=ab");
        assert_eq!(redactor.scrub("got token-1"), "got ***");
        assert!(!format!("{redactor:?}").contains("token-1"));
        for n in 0..100 {
            redactor.learn_secret(&SecretString::from(format!("filler-{n}")));
        }
        assert_eq!(redactor.scrub("got token-1"), "got token-1");
    }

    #[test]
    fn a_secret_that_begins_like_another_leaves_nothing_of_it() {
        for order in [
            ["canary-one", "canary-one-and-more"],
            ["canary-one-and-more", "canary-one"],
        ] {
            let redactor = Redactor::new();
            for secret in order {
                redactor.add_secret(&SecretString::from(secret));
            }
            let text = redactor.scrub("said canary-one-and-more, canary-one");
            assert!(!text.contains("canary") && !text.contains("more"), "{text}");
        }
    }

    #[test]
    fn targets_show_allow_listed_values_only() {
        let redactor = Redactor::new();
        redactor.show_query(&["siteName"]);
        let query = [
            ("page".into(), "2".into()),
            ("sitename".into(), "A".into()),
            ("q".into(), "canary".into()),
        ];
        assert_eq!(redactor.target("/x", &query), "/x?page=2&sitename=A&q=***");
        assert!(redactor.shows_header("Retry-After") && !redactor.shows_header("Set-Cookie"));
    }

    #[test]
    fn excerpts_are_cut_after_scrubbing() {
        let redactor = Redactor::new();
        redactor.add_secret(&SecretString::from("canary-canary"));
        let body = format!("{}canary-canary", "x".repeat(10));
        assert_eq!(redactor.excerpt(body.as_bytes(), 14), "xxxxxxxxxx***");
        assert_eq!(redactor.excerpt(&[0xff; 9], 3), "\u{fffd}\u{fffd}\u{fffd}…");
    }

    proptest! {
        #[test]
        fn the_scanner_takes_any_text(text in "[\"\\\\{}\\[\\]:, a-zé=&password]{0,60}") {
            let _ = Redactor::new().scrub(&text);
        }

        #[test]
        fn a_secret_value_never_survives(before in "[a-z,:{} ]{0,10}", value in "[A-Z\"\\\\{}]{6,20}") {
            let body = format!("{before}{{\"password\":{}}}", serde_json::Value::from(format!("CANARY{value}")));
            prop_assert!(!Redactor::new().scrub(&body).contains("CANARY"));
        }
    }
}
