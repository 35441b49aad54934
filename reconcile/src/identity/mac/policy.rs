//! Which addresses may tell one device from another, and why the others may not.

use std::borrow::Cow;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::MacAddr;
use super::listed::{BUILT_IN, REFERENCE};

/// What kind of address a [`MacAddr`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MacClass {
    /// Given by the maker of the interface. A good key.
    Universal,
    /// Chosen by software: randomised, virtual, bonded. A weak key.
    LocallyAdministered,
    /// All zero.
    Null,
    /// All one.
    Broadcast,
    /// Names a group of stations.
    Multicast,
    /// The virtual router of a VRRP or CARP group; it moves between routers.
    Vrrp,
    /// The virtual router of an HSRP group, version 1 or 2; it moves between routers.
    Hsrp,
    /// A virtual forwarder of a GLBP group; it moves between routers.
    Glbp,
    /// A loopback, host-only, dial-up or VPN adapter that has the same address on every machine.
    Adapter,
    /// Known to occur on many machines, or denied by the host.
    Listed,
    /// A length that the policy does not take.
    OtherLength,
}

/// A run of addresses that share their first bits.
///
/// ```
/// use reconcile::identity::{MacAddr, MacRange};
///
/// let range: MacRange = "00:50:56:c0".parse()?;
/// assert!(range.contains("00:50:56:c0:00:08".parse()?));
/// assert!(!range.contains("00:50:56:c1:00:08".parse()?));
/// let narrow: MacRange = "00:07:b4:00/30".parse()?;
/// assert!(narrow.contains("00:07:b4:03:ff:01".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacRange {
    first: MacAddr,
    prefix: u8,
}

impl MacRange {
    /// The addresses of the same length whose first `prefix` bits are those of `mac`. More bits
    /// than the address has mean all of them.
    pub const fn new(mac: MacAddr, prefix: u8) -> Self {
        let length = mac.len_bits();
        let prefix = if prefix > length { length } else { prefix };
        MacRange { first: mac, prefix }
    }

    /// Whether `mac` lies in the range. An address of another length never does.
    pub fn contains(self, mac: MacAddr) -> bool {
        let open = u32::from(self.first.len_bits() - self.prefix);
        // A shift by all 64 bits leaves nothing to compare, which is what an empty prefix means.
        let differing = (mac.bits() ^ self.first.bits())
            .checked_shr(open)
            .unwrap_or(0);
        mac.is_eui64() == self.first.is_eui64() && differing == 0
    }
}

impl From<MacAddr> for MacRange {
    fn from(mac: MacAddr) -> Self {
        MacRange::new(mac, mac.len_bits())
    }
}

/// Why a text is no [`MacRange`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MacRangeError {
    /// The address part is not one to six whole octets.
    #[error("the prefix is not one to six whole octets in hexadecimal")]
    Octets,
    /// The length after the slash is no number, or longer than 48.
    #[error("the length after `/` is not a number from 0 to 48")]
    Length,
}

impl FromStr for MacRange {
    type Err = MacRangeError;

    /// Reads the first octets of 48-bit addresses, with an optional length in bits.
    fn from_str(text: &str) -> Result<Self, MacRangeError> {
        let (octets, length) = match text.split_once('/') {
            Some((octets, length)) => (octets, Some(length)),
            None => (text, None),
        };
        let digits: String = octets
            .chars()
            .filter(|c| !(c.is_whitespace() || matches!(c, ':' | '-' | '.')))
            .collect();
        let whole = matches!(digits.len(), 2..=12) && digits.len().is_multiple_of(2);
        if !whole || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(MacRangeError::Octets);
        }
        let mac = format!("{digits:0<12}")
            .parse()
            .map_err(|_| MacRangeError::Octets)?;
        let prefix = match length {
            Some(length) => length.trim().parse().ok().filter(|bits| *bits <= 48),
            None => u8::try_from(digits.len() * 4).ok(),
        };
        Ok(MacRange::new(mac, prefix.ok_or(MacRangeError::Length)?))
    }
}

/// Why an address is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnusableMac<'p> {
    /// The kind of address.
    pub class: MacClass,
    /// What is known about it.
    pub reason: &'p str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    range: MacRange,
    class: MacClass,
    reason: Cow<'static, str>,
}

fn short(bits: u64) -> MacAddr {
    MacAddr { long: false, bits }
}

/// The class by the built-in list alone.
pub(super) fn built_in_class(mac: MacAddr) -> MacClass {
    BUILT_IN
        .iter()
        .find(|(bits, prefix, ..)| MacRange::new(short(*bits), *prefix).contains(mac))
        .map_or_else(|| plain_class(mac), |(_, _, class, _)| *class)
}

/// The class that an address has by its own bits.
fn plain_class(mac: MacAddr) -> MacClass {
    if mac.is_eui64() && mac.bits() == 0 {
        MacClass::Null
    } else if mac.is_eui64() && mac.bits() == u64::MAX {
        MacClass::Broadcast
    } else if mac.is_multicast() {
        MacClass::Multicast
    } else if mac.is_locally_administered() {
        MacClass::LocallyAdministered
    } else {
        MacClass::Universal
    }
}

/// Which addresses are keys.
///
/// The default denies null, broadcast and multicast addresses, virtual routers, adapters that
/// have one address on every machine, and addresses that are known to repeat. A host adds to that
/// list; it cannot take from it. Locally administered addresses are keys. So is the documentation
/// range `00:00:5e:00:53:xx`, which stands beside the VRRP ranges and is often taken for one.
///
/// No list is ever complete: [`MatchPolicy::common_mac_from`] also drops what too many devices of
/// one organisation hold.
///
/// [`MatchPolicy::common_mac_from`]: crate::matching::MatchPolicy::common_mac_from
///
/// ```
/// use reconcile::identity::{MacClass, MacPolicy, MacRange};
///
/// let dock: MacRange = "00:e0:4c:68:00".parse()?;
/// let policy = MacPolicy::default().deny(dock, "pool docks of the training room");
/// let denied = policy.usable("00:e0:4c:68:00:17".parse()?).unwrap_err();
/// assert_eq!(denied.reason, "pool docks of the training room");
/// let vrrp = policy.usable("00:00:5e:00:01:0a".parse()?).unwrap_err();
/// assert_eq!(vrrp.class, MacClass::Vrrp);
/// assert!(policy.usable("00:00:5e:00:53:0a".parse()?).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacPolicy {
    entries: Vec<Entry>,
    // The first three octets of all entries, sorted: nearly every address is decided by them.
    makers: Vec<u64>,
    // Whether an entry is too wide or too long to be found by its first three octets.
    unindexed: bool,
    multicast: bool,
    eui64: bool,
}

impl Default for MacPolicy {
    fn default() -> Self {
        let entries = BUILT_IN.iter().map(Entry::from).collect();
        MacPolicy {
            entries,
            makers: Vec::new(),
            unindexed: false,
            multicast: false,
            eui64: true,
        }
        .indexed()
    }
}

impl From<&(u64, u8, MacClass, &'static str)> for Entry {
    fn from((bits, prefix, class, reason): &(u64, u8, MacClass, &'static str)) -> Self {
        Entry {
            range: MacRange::new(short(*bits), *prefix),
            class: *class,
            reason: Cow::Borrowed(*reason),
        }
    }
}

impl MacPolicy {
    /// The short list of the reference run: null, broadcast, VRRP, HSRP version 1 and the Windows
    /// loopback adapter are no keys; multicast addresses are, and 64-bit ones are not.
    ///
    /// Use it to compare with other tools. The default is the better list.
    pub fn reference() -> Self {
        let known = BUILT_IN
            .iter()
            .filter(|(bits, ..)| REFERENCE.contains(bits));
        let entries = known.map(Entry::from).collect();
        MacPolicy {
            entries,
            makers: Vec::new(),
            unindexed: false,
            multicast: true,
            eui64: false,
        }
        .indexed()
    }

    /// Also denies an address or a range, giving `reason` where it is met.
    #[must_use]
    pub fn deny(mut self, range: impl Into<MacRange>, reason: impl Into<String>) -> Self {
        let reason = Cow::Owned(reason.into());
        self.entries.push(Entry {
            range: range.into(),
            class: MacClass::Listed,
            reason,
        });
        self.indexed()
    }

    fn indexed(mut self) -> Self {
        let found = |entry: &&Entry| entry.range.prefix >= 24 && !entry.range.first.is_eui64();
        self.makers = self
            .entries
            .iter()
            .filter(found)
            .map(|entry| entry.range.first.bits() >> 24)
            .collect();
        self.makers.sort_unstable();
        self.makers.dedup();
        self.unindexed = !self.entries.iter().all(|entry| found(&entry));
        self
    }

    fn entry(&self, mac: MacAddr) -> Option<&Entry> {
        let listed = self.unindexed || self.makers.binary_search(&(mac.bits() >> 24)).is_ok();
        if !listed {
            return None;
        }
        self.entries.iter().find(|entry| entry.range.contains(mac))
    }

    /// Says whether `mac` may be a key.
    ///
    /// # Errors
    ///
    /// The class of an address that may not, and what is known about it.
    pub fn usable(&self, mac: MacAddr) -> Result<(), UnusableMac<'_>> {
        if let Some(entry) = self.entry(mac) {
            return Err(UnusableMac {
                class: entry.class,
                reason: &entry.reason,
            });
        }
        if mac.is_eui64() && !self.eui64 {
            return Err(UnusableMac {
                class: MacClass::OtherLength,
                reason: "not a 48-bit address",
            });
        }
        let class = plain_class(mac);
        let reason = match class {
            MacClass::Null => "all zero: no address is set",
            MacClass::Broadcast => "the broadcast address",
            MacClass::Multicast if !self.multicast => "a multicast address names a group",
            _ => return Ok(()),
        };
        Err(UnusableMac { class, reason })
    }

    /// What kind of address `mac` is by this policy.
    pub fn class_of(&self, mac: MacAddr) -> MacClass {
        self.usable(mac)
            .err()
            .map_or_else(|| plain_class(mac), |unusable| unusable.class)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::MacAddr;
    use super::super::listed::BUILT_IN;
    use super::{MacClass, MacPolicy, MacRange, MacRangeError};

    fn mac(text: &str) -> MacAddr {
        text.parse().unwrap()
    }

    #[test]
    fn n10_classes() {
        let cases = [
            ("00:00:00:00:00:00", MacClass::Null),
            ("ff:ff:ff:ff:ff:ff", MacClass::Broadcast),
            ("01:00:5e:00:00:fb", MacClass::Multicast),
            ("33:33:00:00:00:01", MacClass::Multicast),
            ("00:00:5e:00:01:2a", MacClass::Vrrp),
            ("00:00:5e:00:02:2a", MacClass::Vrrp),
            ("00:00:5e:00:53:2a", MacClass::Universal),
            ("00:00:5e:00:03:2a", MacClass::Universal),
            ("00:00:0c:07:ac:01", MacClass::Hsrp),
            ("00:00:0c:07:ad:01", MacClass::Universal),
            ("00:00:0c:9f:f1:23", MacClass::Hsrp),
            ("00:00:0c:9f:e1:23", MacClass::Universal),
            ("00:05:73:a0:01:23", MacClass::Hsrp),
            ("00:07:b4:00:01:02", MacClass::Glbp),
            ("00:07:b4:03:ff:02", MacClass::Glbp),
            ("00:07:b4:04:00:02", MacClass::Universal),
            ("02:00:4c:4f:4f:50", MacClass::Adapter),
            ("00:50:56:c0:00:08", MacClass::Adapter),
            ("00:50:56:c0:01:08", MacClass::Universal),
            ("0a:00:27:00:00:0c", MacClass::Adapter),
            ("44:45:53:54:00:01", MacClass::Adapter),
            ("44:45:53:54:00:02", MacClass::Universal),
            ("fe:ff:ff:ff:ff:ff", MacClass::Listed),
            ("ee:ee:ee:ee:ee:ee", MacClass::Listed),
            ("02:42:ac:11:00:02", MacClass::LocallyAdministered),
            ("3c:52:82:00:00:01", MacClass::Universal),
            ("00:00:00:00:00:00:00:00", MacClass::Null),
            ("ff:ff:ff:ff:ff:ff:ff:ff", MacClass::Broadcast),
            ("02:00:4c:ff:fe:4f:4f:50", MacClass::LocallyAdministered),
            ("00:1b:02:ff:fe:0a:bc:de", MacClass::Universal),
        ];
        let policy = MacPolicy::default();
        for (text, class) in cases {
            assert_eq!(mac(text).class(), class, "{text}");
            assert_eq!(policy.class_of(mac(text)), class, "{text}");
            let usable = matches!(class, MacClass::Universal | MacClass::LocallyAdministered);
            assert_eq!(policy.usable(mac(text)).is_ok(), usable, "{text}");
        }
    }

    #[test]
    fn the_reference_list_is_exactly_that() {
        let policy = MacPolicy::reference();
        let denied = [
            "00:00:00:00:00:00",
            "ff:ff:ff:ff:ff:ff",
            "00:00:5e:00:01:ff",
            "00:00:5e:00:02:00",
            "00:00:0c:07:ac:09",
            "02:00:4c:4f:4f:50",
            "00:1b:02:ff:fe:0a:bc:de",
        ];
        for text in denied {
            assert!(policy.usable(mac(text)).is_err(), "{text}");
        }
        let taken = [
            "00:00:0c:9f:f0:00",
            "00:07:b4:00:01:02",
            "01:00:5e:00:00:fb",
            "fe:ff:ff:ff:ff:ff",
            "00:50:56:c0:00:08",
            "02:00:4c:4f:4f:51",
        ];
        for text in taken {
            assert!(policy.usable(mac(text)).is_ok(), "{text}");
        }
    }

    #[test]
    fn n10_a_host_extends_the_list_and_keeps_the_defaults() {
        let long = MacAddr::from_eui64([0, 0x1b, 2, 0xff, 0xfe, 0, 0, 1]);
        let policy = MacPolicy::default()
            .deny(mac("3c:52:82:00:00:01"), "shared dongle")
            .deny("f4".parse::<MacRange>().unwrap(), "a whole first octet")
            .deny(long, "one long address");
        assert_eq!(
            policy.usable(mac("3c:52:82:00:00:01")).unwrap_err().reason,
            "shared dongle"
        );
        assert!(policy.usable(mac("3c:52:82:00:00:02")).is_ok());
        assert!(policy.usable(mac("f4:ce:46:00:00:02")).is_err());
        assert_eq!(policy.usable(long).unwrap_err().reason, "one long address");
        for (bits, ..) in BUILT_IN {
            assert!(policy.usable(super::short(*bits)).is_err());
        }
    }

    #[test]
    fn every_entry_gives_a_reason_and_stands_at_the_start_of_its_range() {
        for (bits, prefix, _, reason) in BUILT_IN {
            assert!(reason.len() > 8, "{bits:012x}");
            assert_eq!(
                bits & ((1_u64 << (48 - prefix)) - 1),
                0,
                "{bits:012x}/{prefix}"
            );
        }
    }

    #[test]
    fn ranges_are_read_from_text() {
        assert_eq!(
            "00-50-56".parse(),
            Ok(MacRange::new(mac("00:50:56:00:00:00"), 24))
        );
        assert_eq!(
            "005056/20".parse(),
            Ok(MacRange::new(mac("00:50:56:00:00:00"), 20))
        );
        assert_eq!("00:50:5".parse::<MacRange>(), Err(MacRangeError::Octets));
        assert_eq!("".parse::<MacRange>(), Err(MacRangeError::Octets));
        assert_eq!("zz".parse::<MacRange>(), Err(MacRangeError::Octets));
        assert_eq!("00/49".parse::<MacRange>(), Err(MacRangeError::Length));
        assert_eq!("00/x".parse::<MacRange>(), Err(MacRangeError::Length));
        let all: MacRange = "00/0".parse().unwrap();
        assert!(all.contains(mac("ff:ff:ff:ff:ff:ff")));
        assert!(!all.contains(MacAddr::from_eui64([0; 8])));
        assert!(
            MacRange::new(MacAddr::from_eui64([0; 8]), 0).contains(MacAddr::from_eui64([9; 8]))
        );
    }

    proptest! {
        #[test]
        fn the_index_changes_no_answer(
            bits in prop_oneof![
                any::<u64>(),
                (0..BUILT_IN.len(), 0..0x200_u64).prop_map(|(entry, offset)| BUILT_IN[entry].0.wrapping_add(offset)),
            ]
        ) {
            let mac = super::short(bits & 0xffff_ffff_ffff);
            let policy = MacPolicy::default();
            let scanned = policy.entries.iter().find(|entry| entry.range.contains(mac));
            prop_assert_eq!(policy.entry(mac), scanned);
            prop_assert_eq!(policy.class_of(mac), mac.class());
        }
    }
}
