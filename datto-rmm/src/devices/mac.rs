//! Records by MAC address.

use client_core::{Call, Operation};
use serde::de::DeserializeOwned;

const DIGITS: usize = 12;
const LONGEST_SHOWN: usize = 40;

/// The call of an operation whose one path variable is a MAC address, and whose answer is a bare array.
///
/// Any spelling is taken (colons, hyphens, dots, spaces or nothing between the digits, in any case); the vendor wants
/// twelve digits.
pub(crate) fn by_mac<T: DeserializeOwned + 'static>(
    operation: &Operation,
    mac: &str,
) -> Call<Vec<T>> {
    let digits = digits(mac);
    let wrong = digits.is_none();
    // A refused call is not sent, wherever it would have gone.
    let call =
        Call::<Option<Vec<T>>>::new(operation, [digits.as_deref().unwrap_or("000000000000")]);
    let shown: String = mac.chars().take(LONGEST_SHOWN).collect();
    call.map(Option::unwrap_or_default).refuse_if(
        wrong,
        &format!("{shown:?} is no MAC address, which has twelve hexadecimal digits"),
    )
}

fn digits(mac: &str) -> Option<String> {
    let mut digits = String::with_capacity(DIGITS);
    for c in mac.trim().chars() {
        if c.is_ascii_hexdigit() {
            digits.push(c.to_ascii_uppercase());
        } else if !matches!(c, ':' | '-' | '.' | ' ') {
            return None;
        }
    }
    (digits.len() == DIGITS).then_some(digits)
}

#[cfg(test)]
mod tests {
    use client_core::{ErrorKind, Operation};

    use super::by_mac;

    const GET: Operation = Operation::get("things.by_mac", "/v2/thing/macAddress/{macAddress}");

    #[test]
    fn any_spelling_is_sent_as_twelve_digits() {
        for mac in [
            "0011AABBCCDD",
            "0011aabbccdd",
            "00:11:aa:BB:cc:DD",
            "00-11-AA-BB-CC-DD",
            "0011.aabb.ccdd",
            " 00 11 aa bb cc dd\n",
        ] {
            let call = by_mac::<String>(&GET, mac);
            assert!(call.check().is_ok(), "{mac:?}");
            assert_eq!(call.target(), "/v2/thing/macAddress/0011AABBCCDD");
            assert_eq!(call.decode(b"null"), Ok(Vec::new()));
            assert_eq!(call.decode(b"[\"a\"]"), Ok(vec!["a".to_owned()]));
        }
    }

    #[test]
    fn what_is_no_mac_is_refused_by_name() {
        for mac in [
            "",
            "..",
            "0011AABBCCD",
            "0011AABBCCDDE",
            "0011AABBCCDG",
            "00/11/AA/BB/CC/DD",
            "0011AABBCCD\u{ff11}",
            "%30011AABBCCD",
        ] {
            let error = by_mac::<String>(&GET, mac).check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(
                error.to_string().contains(&format!("{mac:?}")),
                "{mac:?}: {error}"
            );
        }
    }
}
