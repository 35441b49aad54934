//! Serial numbers and host names that software or a board maker filled in, and that say nothing.

use std::borrow::Cow;
use std::net::IpAddr;

/// Why a serial number or a name is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Placeholder<'p> {
    /// Empty, blank or without a letter or digit.
    Blank,
    /// A serial number of fewer than six letters and digits.
    Short,
    /// One letter or digit over and over.
    Repeated,
    /// The name is an IP address, which the network gave and not a person.
    Address,
    /// On the list.
    Listed {
        /// Where the text comes from.
        reason: &'p str,
    },
}

impl Placeholder<'_> {
    /// What is known about the text, for a reader.
    pub fn reason(&self) -> &str {
        match self {
            Placeholder::Blank => "empty",
            Placeholder::Short => "too short to be a serial number",
            Placeholder::Repeated => "one character repeated",
            Placeholder::Address => "an IP address in place of a name",
            Placeholder::Listed { reason } => reason,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    // Letters and digits only, folded: "To be filled by O.E.M." has many spellings.
    text: Cow<'static, str>,
    reason: Cow<'static, str>,
}

const UNFILLED: &str = "the maker left the field unfilled";
const EMPTY_WORD: &str = "a word for nothing";
const COUNTED: &str = "digits in a row";
const SEEDED: &str = "on the shared block list of inventory tools";

/// Serial numbers, as [`squeezed`] leaves them.
const SERIALS: &[(&str, &str)] = &[
    ("tobefilledbyoem", UNFILLED),
    ("tobefilledbyoemoem", UNFILLED),
    ("tobefilled", UNFILLED),
    ("filledbyoem", UNFILLED),
    ("oemserial", UNFILLED),
    ("systemserialnumber", UNFILLED),
    ("systemserialnumb", UNFILLED),
    ("systemserial", UNFILLED),
    ("chassisserialnumber", UNFILLED),
    ("baseboardserialnumber", UNFILLED),
    ("boardserialnumber", UNFILLED),
    ("serialnumber", UNFILLED),
    ("serialnumberxxxxxx", UNFILLED),
    ("defaultstring", UNFILLED),
    ("default", UNFILLED),
    ("nullstring", EMPTY_WORD),
    ("undefined", EMPTY_WORD),
    ("unknown", EMPTY_WORD),
    ("unknow", EMPTY_WORD),
    ("invalid", EMPTY_WORD),
    ("notspecified", EMPTY_WORD),
    ("notavailable", EMPTY_WORD),
    ("notapplicable", EMPTY_WORD),
    ("notset", EMPTY_WORD),
    ("unspecified", EMPTY_WORD),
    ("noserial", EMPTY_WORD),
    ("noserialnumber", EMPTY_WORD),
    ("0123456789", COUNTED),
    ("123456", COUNTED),
    ("1234567", COUNTED),
    ("12345678", COUNTED),
    ("123456789", COUNTED),
    ("1234567890", COUNTED),
    ("123456789000", COUNTED),
    ("12345678901234567", COUNTED),
    ("sys1234567890", COUNTED),
    ("sys9876543210", COUNTED),
    ("sn12345", COUNTED),
    ("sn1234567890", COUNTED),
    ("mb1234567890", COUNTED),
    ("iatpass", SEEDED),
    ("tulipcomputers", SEEDED),
    ("sn123456fvgv3i0b8o5n6n7k", SEEDED),
];

const UNNAMED: &str = "the device was never named";

/// Host names, as [`squeezed`] leaves them.
const NAMES: &[(&str, &str)] = &[
    ("localhost", "the name every system has for itself"),
    (
        "localhostlocaldomain",
        "the name every system has for itself",
    ),
    ("localhostlocal", "the name every system has for itself"),
    ("unknown", EMPTY_WORD),
    ("unknow", EMPTY_WORD),
    ("undefined", EMPTY_WORD),
    ("none", EMPTY_WORD),
    ("null", EMPTY_WORD),
    ("nil", EMPTY_WORD),
    ("na", EMPTY_WORD),
    ("noname", UNNAMED),
    ("nohostname", UNNAMED),
    ("unnamed", UNNAMED),
    ("unnameddevice", UNNAMED),
    ("untitled", UNNAMED),
    ("hostname", UNNAMED),
    ("devicename", UNNAMED),
    ("computername", UNNAMED),
    ("newdevice", UNNAMED),
    ("default", UNNAMED),
];

/// Which serial numbers and names are no keys.
///
/// A host adds to the built-in lists; it cannot take from them. Texts are compared by their
/// letters and digits in folded case, so one entry covers every spelling.
///
/// ```
/// use reconcile::identity::{Placeholder, Placeholders};
///
/// let lists = Placeholders::default().deny_serial("LAB-0000-A", "printed on all loan devices");
/// assert!(lists.serial("To Be Filled By O.E.M.").is_err());
/// assert_eq!(lists.serial("00000000"), Err(Placeholder::Repeated));
/// assert_eq!(lists.serial("lab 0000 a").unwrap_err().reason(), "printed on all loan devices");
/// assert!(lists.serial("5CG1234XYZ").is_ok());
/// assert!(lists.name("localhost").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholders {
    serials: Vec<Entry>,
    names: Vec<Entry>,
    rules: bool,
}

fn entries(list: &[(&'static str, &'static str)]) -> Vec<Entry> {
    list.iter()
        .map(|(text, reason)| Entry {
            text: Cow::Borrowed(text),
            reason: Cow::Borrowed(reason),
        })
        .collect()
}

impl Default for Placeholders {
    fn default() -> Self {
        Placeholders {
            serials: entries(SERIALS),
            names: entries(NAMES),
            rules: true,
        }
    }
}

impl Placeholders {
    /// No list at all: only blank texts are refused. This is what the reference run uses; it is
    /// for comparing with other tools.
    pub fn none() -> Self {
        Placeholders {
            serials: Vec::new(),
            names: Vec::new(),
            rules: false,
        }
    }

    /// Also refuses a serial number.
    #[must_use]
    pub fn deny_serial(mut self, text: &str, reason: impl Into<String>) -> Self {
        self.serials.push(Entry {
            text: Cow::Owned(squeezed(text)),
            reason: Cow::Owned(reason.into()),
        });
        self
    }

    /// Also refuses a device name.
    #[must_use]
    pub fn deny_name(mut self, text: &str, reason: impl Into<String>) -> Self {
        self.names.push(Entry {
            text: Cow::Owned(squeezed(text)),
            reason: Cow::Owned(reason.into()),
        });
        self
    }

    /// Says whether a serial number may identify a device.
    ///
    /// # Errors
    ///
    /// What is wrong with one that may not.
    pub fn serial(&self, text: &str) -> Result<(), Placeholder<'_>> {
        let squeezed = squeezed(text);
        listed(&self.serials, text, &squeezed)?;
        if !self.rules {
            return Ok(());
        }
        let mut characters = squeezed.chars();
        let Some(first) = characters.next() else {
            return Err(Placeholder::Blank);
        };
        if characters.all(|c| c == first) {
            Err(Placeholder::Repeated)
        } else if squeezed.chars().count() < 6 {
            Err(Placeholder::Short)
        } else {
            Ok(())
        }
    }

    /// Says whether a device name may identify a device.
    ///
    /// # Errors
    ///
    /// What is wrong with one that may not.
    pub fn name(&self, text: &str) -> Result<(), Placeholder<'_>> {
        if text.trim().is_empty() {
            return Err(Placeholder::Blank);
        }
        if self.names.is_empty() && !self.rules {
            return Ok(());
        }
        let squeezed = squeezed(text);
        listed(&self.names, text, &squeezed)?;
        if !self.rules {
            Ok(())
        } else if squeezed.is_empty() {
            Err(Placeholder::Blank)
        } else if text.trim().parse::<IpAddr>().is_ok() {
            Err(Placeholder::Address)
        } else {
            Ok(())
        }
    }
}

fn listed<'p>(list: &'p [Entry], text: &str, squeezed: &str) -> Result<(), Placeholder<'p>> {
    if text.trim().is_empty() {
        return Err(Placeholder::Blank);
    }
    match list.iter().find(|entry| entry.text == squeezed) {
        Some(entry) => Err(Placeholder::Listed {
            reason: &entry.reason,
        }),
        None => Ok(()),
    }
}

/// Letters and digits only, in folded case.
fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{NAMES, Placeholder, Placeholders, SERIALS, squeezed};

    #[test]
    fn u21_placeholder_serials_are_no_keys() {
        let lists = Placeholders::default();
        let junk = [
            "To be filled by O.E.M.",
            "TO BE FILLED BY OEM",
            " to-be-filled-by-o.e.m ",
            "System Serial Number",
            "Default string",
            "None",
            "N/A",
            "Not Specified",
            "0123456789",
            "123456789",
            "SYS-1234567890",
            "(null string)",
            "INVALID",
            "Chassis Serial Number",
            "EVAL",
        ];
        for text in junk {
            assert!(lists.serial(text).is_err(), "{text}");
        }
        assert_eq!(lists.serial("  "), Err(Placeholder::Blank));
        assert_eq!(lists.serial("."), Err(Placeholder::Blank));
        assert_eq!(lists.serial("0"), Err(Placeholder::Repeated));
        assert_eq!(lists.serial("xxxx-xxxx"), Err(Placeholder::Repeated));
        assert_eq!(lists.serial("A1-B2"), Err(Placeholder::Short));
        for text in ["5CG1234XYZ", "CN0A1B2C", "VMware-56 4d 1b 02", "PF-2ABCD"] {
            assert_eq!(lists.serial(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn n10_placeholder_names_are_no_keys() {
        let lists = Placeholders::default();
        for text in [
            "localhost",
            "LOCALHOST.localdomain",
            "(none)",
            "n/a",
            "Unnamed Device",
            "10.0.0.7",
            "fe80::1",
            "--",
        ] {
            assert!(lists.name(text).is_err(), "{text}");
        }
        assert_eq!(lists.name("10.0.0.7"), Err(Placeholder::Address));
        for text in [
            "DESKTOP-1A2B3C4",
            "x",
            "srv-10.0.0.7",
            "nas",
            "サーバー",
            "aa:bb:cc:00:11:22",
        ] {
            assert_eq!(lists.name(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn without_lists_only_blank_texts_are_refused() {
        let lists = Placeholders::none();
        assert_eq!(lists.serial("0"), Ok(()));
        assert_eq!(lists.serial("..."), Ok(()));
        assert_eq!(lists.name("localhost"), Ok(()));
        assert_eq!(lists.name(" "), Err(Placeholder::Blank));
        assert_eq!(lists.serial(""), Err(Placeholder::Blank));
        let denied = Placeholders::none().deny_name("Loaner", "pool");
        assert_eq!(denied.name("LOANER").unwrap_err().reason(), "pool");
    }

    #[test]
    fn u21_a_host_extends_the_lists_and_keeps_the_defaults() {
        let lists = Placeholders::default()
            .deny_name("KIOSK", "all kiosks")
            .deny_serial("ABC-123-DEF", "demo");
        assert_eq!(lists.name("kiosk").unwrap_err().reason(), "all kiosks");
        assert_eq!(lists.serial("abc123def").unwrap_err().reason(), "demo");
        for (text, _) in SERIALS {
            assert!(lists.serial(text).is_err(), "{text}");
        }
        for (text, _) in NAMES {
            assert!(lists.name(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_entry_is_squeezed_so_that_it_can_be_met() {
        for (text, _) in SERIALS.iter().chain(NAMES) {
            assert_eq!(squeezed(text), *text);
        }
    }
}
