//! Network interface addresses: one number each, whatever the spelling.
//!
//! [`MacAddr`] is the value, [`MacClass`] says what kind of address it is, and [`MacPolicy`] says
//! whether it may tell one device from another.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

mod listed;
mod policy;

pub use policy::{MacClass, MacPolicy, MacRange, MacRangeError, UnusableMac};

/// An EUI-48 or EUI-64 address, kept as a number at its own length.
///
/// Every common spelling is read: colons, dashes, Cisco dots, no separator, HP's
/// `001122-334455`, one-digit octets between separators, stray spaces, any letter case. It is
/// shown in lower case with colons. An EUI-64 never equals an EUI-48, even one it was widened
/// from.
///
/// Addresses are ordered by length, then by number.
///
/// ```
/// use reconcile::identity::MacAddr;
///
/// let mac: MacAddr = "0011.22AA.bbCC".parse()?;
/// assert_eq!(mac, "0:11:22:aa:bb:cc".parse()?);
/// assert_eq!(mac, " 001122-AABBCC ".parse()?);
/// assert_eq!(mac.to_string(), "00:11:22:aa:bb:cc");
/// assert_eq!(mac.to_bare(), "001122aabbcc");
/// # Ok::<(), reconcile::identity::MacError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddr {
    // First, so that the derived order puts the shorter addresses before the longer ones.
    long: bool,
    bits: u64,
}

impl MacAddr {
    /// The 48-bit address of six octets.
    pub const fn from_octets(octets: [u8; 6]) -> Self {
        let [oui @ .., x, y, z] = octets;
        MacAddr {
            long: false,
            bits: u64::from_be_bytes([0, 0, oui[0], oui[1], oui[2], x, y, z]),
        }
    }

    /// The 64-bit address of eight octets.
    pub const fn from_eui64(octets: [u8; 8]) -> Self {
        MacAddr {
            long: true,
            bits: u64::from_be_bytes(octets),
        }
    }

    /// Whether this is a 64-bit address.
    pub const fn is_eui64(self) -> bool {
        self.long
    }

    /// The address as a number: 48 or 64 bits, first octet highest.
    pub const fn bits(self) -> u64 {
        self.bits
    }

    /// How many bits the address has: 48 or 64.
    pub const fn len_bits(self) -> u8 {
        if self.long { 64 } else { 48 }
    }

    /// A number that is equal for equal addresses only, whatever their length.
    pub(crate) fn number(self) -> u128 {
        u128::from(self.long) << 64 | u128::from(self.bits)
    }

    /// The address behind a [`MacAddr::number`].
    pub(crate) fn from_number(number: u128) -> Self {
        let [_, _, _, _, _, _, _, long, octets @ ..] = number.to_be_bytes();
        MacAddr {
            long: long != 0,
            bits: u64::from_be_bytes(octets),
        }
    }

    /// The first octet, which carries the group bit and the local bit.
    const fn first_octet(self) -> u64 {
        self.bits >> (self.len_bits() - 8)
    }

    /// Whether the address names a group of stations; the broadcast address is one too.
    pub const fn is_multicast(self) -> bool {
        self.first_octet() & 0b01 != 0
    }

    /// Whether the address was chosen by software instead of the maker of the interface.
    ///
    /// Randomised addresses are local, but so are many stable ones of virtual machines and
    /// bonded interfaces. Such an address may be a key; matches that rest on it alone are flagged.
    pub const fn is_locally_administered(self) -> bool {
        self.first_octet() & 0b10 != 0
    }

    /// What kind of address this is by the built-in list. [`MacPolicy::class_of`] also knows the
    /// host's own entries.
    pub fn class(self) -> MacClass {
        policy::built_in_class(self)
    }

    /// Hexadecimal digits without separators, in lower case: 12 or 16 of them.
    ///
    /// ```
    /// use reconcile::identity::MacAddr;
    ///
    /// assert_eq!(MacAddr::from_octets([0, 1, 2, 3, 4, 0xff]).to_bare(), "0001020304ff");
    /// ```
    pub fn to_bare(self) -> String {
        let width = usize::from(self.len_bits() / 4);
        format!("{:0width$x}", self.bits)
    }
}

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let octets = self.bits.to_be_bytes();
        let shown = if self.long { &octets[..] } else { &octets[2..] };
        for (place, octet) in shown.iter().enumerate() {
            if place > 0 {
                f.write_str(":")?;
            }
            write!(f, "{octet:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no MAC address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MacError {
    /// There is nothing but space.
    #[error("the text is empty")]
    Empty,
    /// A character is neither a hexadecimal digit nor a separator.
    #[error(
        "{found:?} is neither a hexadecimal digit nor one of the separators `:`, `-`, `.` and space"
    )]
    Character {
        /// The first such character.
        found: char,
    },
    /// The digits are not those of 6 or 8 octets; `InfiniBand` addresses (20 octets) end here too.
    #[error("{found} hexadecimal digits, where 12 (EUI-48) or 16 (EUI-64) are needed")]
    Digits {
        /// How many there are.
        found: usize,
    },
    /// Two separators stand side by side, or one stands at an end.
    #[error("there is no digit on one side of a separator")]
    Gap,
    /// Groups between separators have different lengths, so dropped zeros cannot be put back.
    #[error("the groups between separators have different lengths")]
    Groups,
}

impl FromStr for MacAddr {
    type Err = MacError;

    fn from_str(text: &str) -> Result<Self, MacError> {
        match plain(text.as_bytes()) {
            Some(bits) => Ok(MacAddr { long: false, bits }),
            None => spelled(text),
        }
    }
}

/// Reads the spellings that nearly all rows have, without looking for anything else.
fn plain(text: &[u8]) -> Option<u64> {
    let group = match text.len() {
        12 => 12,
        13 => 6,
        14 => 4,
        17 => 2,
        _ => return None,
    };
    let mut bits = 0;
    for part in text.chunks(group + 1) {
        let (digits, separator) = part.split_at_checked(group)?;
        if !matches!(separator, [] | [b':' | b'-' | b'.']) {
            return None;
        }
        for byte in digits {
            bits = bits << 4 | u64::from(digit(*byte)?);
        }
    }
    Some(bits)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ':' | '-' | '.')
}

/// Reads every other spelling, and finds out what is wrong with a text that has none.
fn spelled(text: &str) -> Result<MacAddr, MacError> {
    let groups = groups(text)?;
    let digits: usize = groups.iter().map(String::len).sum();
    let octets = matches!(groups.len(), 6 | 8) && groups.iter().all(|group| group.len() <= 2);
    let (long, padded) = if octets {
        let whole = |octet: &String| format!("{octet:0>2}");
        (
            groups.len() == 8,
            groups.iter().map(whole).collect::<Vec<_>>().concat(),
        )
    } else if !matches!(digits, 12 | 16) {
        return Err(MacError::Digits { found: digits });
    } else if groups.iter().any(|group| group.len() != groups[0].len()) {
        return Err(MacError::Groups);
    } else {
        (digits == 16, groups.concat())
    };
    let bits = u64::from_str_radix(&padded, 16).map_err(|_| MacError::Digits { found: digits })?;
    Ok(MacAddr { long, bits })
}

/// Splits a text into groups of hexadecimal digits. Space separates only where nothing else does.
fn groups(text: &str) -> Result<Vec<String>, MacError> {
    let odd = |c: &char| !(c.is_ascii_hexdigit() || c.is_whitespace() || is_separator(*c));
    if let Some(found) = text.chars().find(odd) {
        return Err(MacError::Character { found });
    }
    if !text.contains(is_separator) {
        let groups: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        return if groups.is_empty() {
            Err(MacError::Empty)
        } else {
            Ok(groups)
        };
    }
    let solid: String = text.split_whitespace().collect();
    let groups: Vec<String> = solid.split(is_separator).map(str::to_owned).collect();
    if groups.iter().any(String::is_empty) {
        return Err(MacError::Gap);
    }
    Ok(groups)
}

impl Serialize for MacAddr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MacAddr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = MacAddr;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a MAC address as text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<MacAddr, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MacAddr, MacError};

    const MAC: MacAddr = MacAddr::from_octets([0x00, 0x1b, 0x02, 0x0a, 0xbc, 0xde]);

    #[test]
    fn n10_every_spelling_is_one_number() {
        let spellings = [
            "00:1b:02:0a:bc:de",
            "00-1B-02-0A-BC-DE",
            "001b.020a.bcde",
            "001b020abcde",
            "001B02-0ABCDE",
            "001b-020a-bcde",
            "0:1b:2:a:bc:de",
            "0-1B-2-A-BC-DE",
            "00 1b 02 0a bc de",
            "  00:1b:02:0a:bc:de\t",
            "00: 1b: 02: 0a: bc: de",
            "00:1b-02.0a:bc:de",
            "00.1b.02.0a.bc.de",
            "001b 020a bcde",
        ];
        for text in spellings {
            assert_eq!(text.parse(), Ok(MAC), "{text:?}");
        }
    }

    #[test]
    fn a_long_address_keeps_its_length() {
        let long: MacAddr = "00:00:00:1b:02:0a:bc:de".parse().unwrap();
        assert!(long.is_eui64());
        assert_eq!(long.bits(), MAC.bits());
        assert_ne!(long, MAC);
        assert!(MAC < long);
        assert_eq!(long.to_string(), "00:00:00:1b:02:0a:bc:de");
        assert_eq!(long.to_bare(), "0000001b020abcde");
        assert_eq!("0000.001b.020a.bcde".parse(), Ok(long));
        assert_eq!("0:0:0:1b:2:a:bc:de".parse(), Ok(long));
    }

    #[test]
    fn a_bad_text_says_what_is_wrong() {
        let cases = [
            ("", MacError::Empty),
            (" \t", MacError::Empty),
            ("n/a", MacError::Character { found: 'n' }),
            ("00:1b:02:0a:bc:dg", MacError::Character { found: 'g' }),
            ("00:1b:02:0a:bc", MacError::Digits { found: 10 }),
            ("001b020abcd", MacError::Digits { found: 11 }),
            ("10.0.0.1", MacError::Digits { found: 5 }),
            ("00:1b::0a:bc:de", MacError::Gap),
            ("00:1b:02:0a:bc:de:", MacError::Gap),
            ("1b.0020a.abcde0", MacError::Digits { found: 13 }),
            ("1.0020a.abcde0", MacError::Groups),
            ("00:1b:02:0a:bc de", MacError::Groups),
            (":", MacError::Gap),
            (
                "80:00:00:48:fe:80:00:00:00:00:00:00:00:02:c9:03:00:00:00:01",
                MacError::Digits { found: 40 },
            ),
            (
                "00:1b:02:0a:bc:d\u{0435}",
                MacError::Character { found: '\u{0435}' },
            ),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<MacAddr>(), Err(error), "{text:?}");
        }
        assert_eq!(
            MacError::Digits { found: 10 }.to_string(),
            "10 hexadecimal digits, where 12 (EUI-48) or 16 (EUI-64) are needed"
        );
    }

    #[test]
    fn serde_reads_any_spelling_and_writes_one() {
        let mac: MacAddr = serde_json::from_str("\"001B.020A.BCDE\"").unwrap();
        assert_eq!(
            serde_json::to_string(&mac).unwrap(),
            "\"00:1b:02:0a:bc:de\""
        );
        let error = serde_json::from_str::<MacAddr>("\"none\"").unwrap_err();
        assert!(error.to_string().contains("'n' is neither"), "{error}");
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(bits: u64, long: bool) {
            let mac = if long {
                MacAddr::from_eui64(bits.to_be_bytes())
            } else {
                let [_, _, octets @ ..] = bits.to_be_bytes();
                MacAddr::from_octets(octets)
            };
            prop_assert_eq!(mac.to_string().parse(), Ok(mac));
            prop_assert_eq!(mac.to_string().to_uppercase().replace(':', "-").parse(), Ok(mac));
            prop_assert_eq!(mac.to_bare().parse(), Ok(mac));
            prop_assert_eq!(MacAddr::from_number(mac.number()), mac);
        }

        #[test]
        fn no_text_panics(text in "[0-9a-fA-F:. \\-xé]{0,24}") {
            let _ = text.parse::<MacAddr>();
        }
    }
}
