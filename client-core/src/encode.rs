//! Percent-encoding of path segments, query pairs and forms.
//!
//! What is written here survives [`url::Url`] unchanged, so that what is signed is what is sent.

/// Why a text cannot be a path segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadPath {
    #[error("an empty path segment")]
    EmptySegment,
    #[error("a path segment that means another place ({0})")]
    DotSegment(&'static str),
    #[error("{given} path values for {wanted} variables")]
    Count { given: usize, wanted: usize },
    #[error("a path that does not start with a slash")]
    NotAbsolute,
    #[error("a path with a character that has to be encoded")]
    Unencoded,
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

fn push_encoded(out: &mut String, text: &str, keep: &[u8]) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// Appends one segment; everything that has a meaning in a URL is encoded, so `/`, `%`, `?` and `#` are just text.
///
/// `.` and `..` are refused: URL parsers resolve them even when they are percent-encoded.
pub(crate) fn push_segment(out: &mut String, segment: &str) -> Result<(), BadPath> {
    match segment {
        "" => Err(BadPath::EmptySegment),
        "." => Err(BadPath::DotSegment(".")),
        ".." => Err(BadPath::DotSegment("..")),
        _ => {
            push_encoded(out, segment, b":@,");
            Ok(())
        }
    }
}

/// Fills the variables (`{name}`) of `template` with `values`, in order.
pub(crate) fn fill(template: &str, values: &[&str]) -> Result<String, BadPath> {
    let wanted = template.matches('{').count();
    if wanted != values.len() {
        return Err(BadPath::Count {
            given: values.len(),
            wanted,
        });
    }
    if !template.starts_with('/') {
        return Err(BadPath::NotAbsolute);
    }
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    for value in values {
        let Some((before, after)) = rest.split_once('{') else {
            break;
        };
        out.push_str(before);
        push_segment(&mut out, value)?;
        rest = after.split_once('}').map_or("", |(_, tail)| tail);
    }
    out.push_str(rest);
    Ok(out)
}

/// Checks a path that a host wrote by itself: it must already be encoded and stay where it points.
pub(crate) fn check_path(path: &str) -> Result<(), BadPath> {
    let Some(tail) = path.strip_prefix('/') else {
        return Err(BadPath::NotAbsolute);
    };
    for segment in tail.split('/') {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        match plain.as_str() {
            "." => return Err(BadPath::DotSegment(".")),
            ".." => return Err(BadPath::DotSegment("..")),
            _ => {}
        }
        let fine = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>?\\^`{|}".contains(&byte);
        if !segment.bytes().all(fine) {
            return Err(BadPath::Unencoded);
        }
    }
    Ok(())
}

/// Renders pairs as a query without its question mark. Colons, commas, slashes and `@` stay readable, a space is `%20`.
pub(crate) fn query<K: AsRef<str>, V: AsRef<str>>(pairs: &[(K, V)]) -> String {
    let mut out = String::new();
    for (key, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        push_encoded(&mut out, key.as_ref(), b"");
        out.push('=');
        push_encoded(&mut out, value.as_ref(), b":,/@");
    }
    out
}

/// Renders pairs as `application/x-www-form-urlencoded`.
pub(crate) fn form<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut out = String::new();
    for (key, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        push_encoded(&mut out, key, b"");
        out.push('=');
        push_encoded(&mut out, value, b"");
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::{BadPath, check_path, fill, query};

    #[test]
    fn segments_are_encoded_never_interpreted() {
        for (value, path) in [
            ("plain-1_2.3~", "/site/plain-1_2.3~/x"),
            ("a/b", "/site/a%2Fb/x"),
            ("a/../b", "/site/a%2F..%2Fb/x"),
            ("..;", "/site/..%3B/x"),
            ("50%", "/site/50%25/x"),
            ("%2e%2e", "/site/%252e%252e/x"),
            ("a?b#c", "/site/a%3Fb%23c/x"),
            ("a b\\c", "/site/a%20b%5Cc/x"),
            ("Café", "/site/Caf%C3%A9/x"),
            ("ac:86:74", "/site/ac:86:74/x"),
            ("\r\nHost: x", "/site/%0D%0AHost:%20x/x"),
        ] {
            assert_eq!(
                fill("/site/{uid}/x", &[value]).as_deref(),
                Ok(path),
                "{value:?}"
            );
        }
    }

    #[test]
    fn segments_that_would_change_the_path_are_refused() {
        assert_eq!(fill("/site/{uid}", &[""]), Err(BadPath::EmptySegment));
        assert_eq!(fill("/site/{uid}", &["."]), Err(BadPath::DotSegment(".")));
        assert_eq!(fill("/site/{uid}", &[".."]), Err(BadPath::DotSegment("..")));
        assert_eq!(
            fill("/site/{uid}", &["a", "b"]),
            Err(BadPath::Count {
                given: 2,
                wanted: 1
            })
        );
        assert_eq!(
            fill("/site/{uid}", &[]),
            Err(BadPath::Count {
                given: 0,
                wanted: 1
            })
        );
        assert_eq!(fill("site", &[]), Err(BadPath::NotAbsolute));
    }

    #[test]
    fn a_host_path_must_be_encoded_and_stay() {
        assert_eq!(check_path("/v2/site/a%20b"), Ok(()));
        assert_eq!(check_path("v2"), Err(BadPath::NotAbsolute));
        for path in ["/v2/../x", "/v2/%2e%2E/x", "/v2/.%2e"] {
            assert_eq!(check_path(path), Err(BadPath::DotSegment("..")), "{path}");
        }
        for path in ["/a b", "/a?b", "/a#b", "/a\\b", "/é"] {
            assert_eq!(check_path(path), Err(BadPath::Unencoded), "{path}");
        }
    }

    #[test]
    fn query_keeps_what_vendors_want_readable() {
        assert_eq!(
            query(&[("mac", "ac:86:74:aa:bb:cc")]),
            "mac=ac:86:74:aa:bb:cc"
        );
        assert_eq!(
            query(&[("code", "Room 1"), ("x", "a&b=c+d#e%")]),
            "code=Room%201&x=a%26b%3Dc%2Bd%23e%25"
        );
    }

    proptest! {
        /// What we encode, the URL parser leaves as it is: the signature covers what is sent.
        #[test]
        fn url_does_not_rewrite_it(segment in "\\PC{1,20}", key in "[a-z]{1,5}", value in "\\PC{0,20}") {
            prop_assume!(segment != "." && segment != "..");
            let path = fill("/api/{x}/tail", &[&segment]).unwrap();
            let target = format!("{path}?{}", query(&[(&key, &value)]));
            let url = Url::parse(&format!("https://example.test{target}")).unwrap();
            prop_assert_eq!(format!("{}?{}", url.path(), url.query().unwrap()), target);
            let pairs: Vec<_> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(pairs, vec![(key, value)]);
        }
    }
}
