//! Names as evidence: device names, which must be equal, and organisation names, which may be
//! near.
//!
//! All text is ordinary text: `*`, `?`, `[` and `%` in a name match only themselves.

use std::borrow::Cow;
use std::net::IpAddr;

use unicode_normalization::UnicodeNormalization as _;

mod organization;
mod similarity;

pub use organization::{NameLevel, OrganizationName};
pub use similarity::{Likeness, Similarity};

/// The form in which device names are compared: trimmed, letter case folded, compatibility forms
/// (such as full-width letters) unified by NFKC. Accents count. A blank name has none.
///
/// ```
/// use reconcile::identity::device_name;
///
/// assert_eq!(device_name("  SRV-01 ").as_deref(), Some("srv-01"));
/// assert_eq!(device_name("ＳＲＶ-01").as_deref(), Some("srv-01"));
/// assert_eq!(device_name(" \t"), None);
/// ```
pub fn device_name(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    let folded = if !text.is_ascii() {
        Cow::Owned(fold(text).trim().to_owned())
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    };
    (!folded.is_empty()).then_some(folded)
}

/// The host part of a fully qualified name: what stands before the first dot.
///
/// For endpoints only, and never by default: `srv.north.example` and `srv.south.example` become
/// one name. A name without a dot, an IP address and a name that begins with a dot stay whole.
///
/// ```
/// use reconcile::identity::host_part;
///
/// assert_eq!(host_part("srv-01.corp.example"), "srv-01");
/// assert_eq!(host_part("10.0.0.7"), "10.0.0.7");
/// ```
pub fn host_part(name: &str) -> &str {
    match name.split_once('.') {
        Some((host, _)) if !host.trim().is_empty() && name.trim().parse::<IpAddr>().is_err() => {
            host
        }
        _ => name,
    }
}

/// NFKC, lower case, and NFKC again, since lower case can leave a sequence that composes. Both sigmas are one.
fn fold(text: &str) -> String {
    let lower = |c: char| c.to_lowercase().map(|c| if c == 'ς' { 'σ' } else { c });
    text.nfkc().flat_map(lower).nfkc().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{device_name, host_part};

    #[test]
    fn f100_names_fold_case_and_space_but_not_accents() {
        for (text, key) in [
            ("Reception-PC", "reception-pc"),
            ("\u{a0}Reception-PC\u{3000}", "reception-pc"),
            ("ﬁle-server", "file-server"),
            ("MÜLLER", "müller"),
            ("Mu\u{308}ller", "müller"),
            ("ΟΔΟΣ", "οδοσ"),
            ("οδος", "οδοσ"),
        ] {
            assert_eq!(device_name(text).as_deref(), Some(key), "{text:?}");
        }
        assert_ne!(device_name("Muller"), device_name("Müller"));
        assert_eq!(device_name(""), None);
        assert_eq!(device_name("\u{3000}"), None);
    }

    #[test]
    fn wildcards_and_brackets_are_text() {
        assert_eq!(device_name("AP[1]*?%").as_deref(), Some("ap[1]*?%"));
        assert_ne!(device_name("ap*"), device_name("ap1"));
        assert_ne!(device_name("ap[12]"), device_name("ap1"));
    }

    #[test]
    fn the_host_part_is_cut_only_where_there_is_one() {
        for (name, host) in [
            ("srv.corp.example", "srv"),
            ("srv.", "srv"),
            ("srv", "srv"),
            (".corp", ".corp"),
            ("192.168.0.1", "192.168.0.1"),
            (" .x", " .x"),
        ] {
            assert_eq!(host_part(name), host, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,12}") {
            if let Some(once) = device_name(&text) {
                let twice = device_name(&once);
                prop_assert_eq!(twice.as_deref(), Some(&*once));
            }
        }
    }
}
