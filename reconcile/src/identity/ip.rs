//! IP addresses as evidence: which ones count, and in which form.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Why an IP address says nothing about a device.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    thiserror::Error,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UnusableIp {
    /// `0.0.0.0` or `::`.
    #[error("unspecified: no address is set")]
    Unspecified,
    /// `127.0.0.0/8` or `::1`.
    #[error("a loopback address is the same on every device")]
    Loopback,
    /// `169.254.0.0/16` or `fe80::/10`.
    #[error("a link-local address is valid on one link only")]
    LinkLocal,
}

/// Brings the address of a device's interface into the one form that is compared.
///
/// An IPv4-mapped IPv6 address becomes its IPv4 address, whatever notation it came in. Private
/// addresses stay: they are reused by every customer, which is why matching never leaves an
/// organisation and never uses an IP address alone.
///
/// ```
/// use reconcile::identity::{UnusableIp, device_ip};
///
/// assert_eq!(device_ip("::ffff:c0a8:1".parse()?), Ok("192.168.0.1".parse()?));
/// assert_eq!(device_ip("::ffff:127.0.0.1".parse()?), Err(UnusableIp::Loopback));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
///
/// # Errors
///
/// Loopback, link-local and unspecified addresses are refused, mapped ones too.
pub fn device_ip(ip: IpAddr) -> Result<IpAddr, UnusableIp> {
    let ip = ip.to_canonical();
    let link_local = match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    if ip.is_unspecified() {
        Err(UnusableIp::Unspecified)
    } else if ip.is_loopback() {
        Err(UnusableIp::Loopback)
    } else if link_local {
        Err(UnusableIp::LinkLocal)
    } else {
        Ok(ip)
    }
}

/// One number for each address in the form of [`device_ip`].
pub(crate) fn ip_number(ip: IpAddr) -> u128 {
    match ip {
        // No other address has this number: a mapped one was turned into its IPv4 address.
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// Why a text is no IP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IpError {
    /// There is nothing but space.
    #[error("the text is empty")]
    Empty,
    /// The text is neither an IPv4 nor an IPv6 address.
    #[error("neither an IPv4 nor an IPv6 address")]
    Syntax,
    /// What follows the slash is no prefix length of this kind of address.
    #[error("the prefix length after `/` does not fit the address")]
    Prefix,
}

/// Reads an address as inventories write it: with stray space, brackets, a zone (`%eth0`) or a
/// prefix length (`/24`), of which only the address is kept.
///
/// ```
/// use reconcile::identity::read_ip;
///
/// assert_eq!(read_ip(" 10.1.2.3/24 ")?, "10.1.2.3".parse::<std::net::IpAddr>().unwrap());
/// assert_eq!(read_ip("[fe80::1%eth0]")?, "fe80::1".parse::<std::net::IpAddr>().unwrap());
/// # Ok::<(), reconcile::identity::IpError>(())
/// ```
///
/// # Errors
///
/// An empty text, a text that is no address, and a prefix length that does not fit the address.
pub fn read_ip(text: &str) -> Result<IpAddr, IpError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(IpError::Empty);
    }
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address.trim(), Some(prefix.trim())),
        None => (text, None),
    };
    let address = address
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
        .unwrap_or(address);
    let address = match address.split_once('%') {
        Some((address, zone)) if !zone.is_empty() && address.contains(':') => address,
        _ => address,
    };
    let ip: IpAddr = address.parse().map_err(|_| IpError::Syntax)?;
    let longest = if ip.is_ipv4() { 32 } else { 128 };
    match prefix.map(str::parse::<u8>) {
        None => Ok(ip),
        Some(Ok(bits)) if bits <= longest => Ok(ip),
        Some(_) => Err(IpError::Prefix),
    }
}

/// The address that a whole site shows to the internet.
///
/// Every device behind a router has the same one, so it is never a device key. This type keeps
/// the two apart: [`DeviceRow::ips`] takes plain addresses and there is no conversion from here.
///
/// [`DeviceRow::ips`]: crate::matching::DeviceRow::ips
///
/// ```
/// use reconcile::identity::WanAddr;
///
/// let wan = WanAddr::new("::ffff:203.0.113.7".parse()?);
/// assert_eq!(wan.to_string(), "203.0.113.7");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "IpAddr")]
pub struct WanAddr(IpAddr);

impl WanAddr {
    /// Takes an address as that of a site; an IPv4-mapped one becomes its IPv4 address.
    pub fn new(ip: IpAddr) -> Self {
        WanAddr(ip.to_canonical())
    }
}

impl From<IpAddr> for WanAddr {
    fn from(ip: IpAddr) -> Self {
        WanAddr::new(ip)
    }
}

impl fmt::Display for WanAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use proptest::prelude::*;

    use super::{IpError, UnusableIp, WanAddr, device_ip, ip_number, read_ip};

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn n10_whole_ranges_are_no_keys() {
        let cases = [
            ("0.0.0.0", UnusableIp::Unspecified),
            ("::", UnusableIp::Unspecified),
            ("::ffff:0.0.0.0", UnusableIp::Unspecified),
            ("127.0.0.1", UnusableIp::Loopback),
            ("127.255.255.254", UnusableIp::Loopback),
            ("::1", UnusableIp::Loopback),
            ("::ffff:7f00:1", UnusableIp::Loopback),
            ("169.254.0.0", UnusableIp::LinkLocal),
            ("169.254.255.255", UnusableIp::LinkLocal),
            ("::ffff:169.254.10.20", UnusableIp::LinkLocal),
            ("fe80::1", UnusableIp::LinkLocal),
            ("febf:ffff::1", UnusableIp::LinkLocal),
        ];
        for (text, why) in cases {
            assert_eq!(device_ip(ip(text)), Err(why), "{text}");
        }
        for text in [
            "10.0.0.1",
            "192.168.1.1",
            "169.253.1.1",
            "128.0.0.1",
            "fec0::1",
            "fd00::1",
            "2001:db8::1",
        ] {
            assert_eq!(device_ip(ip(text)), Ok(ip(text)), "{text}");
        }
    }

    #[test]
    fn a_mapped_address_is_its_ipv4_address_in_any_notation() {
        for text in [
            "::ffff:192.168.0.1",
            "::FFFF:c0a8:1",
            "0:0:0:0:0:ffff:c0a8:0001",
        ] {
            assert_eq!(
                device_ip(read_ip(text).unwrap()),
                Ok(ip("192.168.0.1")),
                "{text}"
            );
        }
    }

    #[test]
    fn odd_texts_are_read_or_refused() {
        assert_eq!(read_ip("10.1.2.3"), Ok(ip("10.1.2.3")));
        assert_eq!(read_ip("[2001:db8::1]"), Ok(ip("2001:db8::1")));
        assert_eq!(read_ip("fe80::1%12/64"), Ok(ip("fe80::1")));
        assert_eq!(read_ip(" "), Err(IpError::Empty));
        assert_eq!(read_ip("10.1.2"), Err(IpError::Syntax));
        assert_eq!(read_ip("10.1.2.3%eth0"), Err(IpError::Syntax));
        assert_eq!(read_ip("host"), Err(IpError::Syntax));
        assert_eq!(read_ip("10.1.2.3/33"), Err(IpError::Prefix));
        assert_eq!(read_ip("10.1.2.3/"), Err(IpError::Prefix));
    }

    #[test]
    fn a_wan_address_survives_a_store_in_one_form() {
        let wan: WanAddr = serde_json::from_str("\"::ffff:203.0.113.7\"").unwrap();
        assert_eq!(serde_json::to_string(&wan).unwrap(), "\"203.0.113.7\"");
    }

    proptest! {
        #[test]
        fn numbers_are_equal_for_equal_addresses_only(a: u128, b in any::<u32>(), mapped: bool) {
            let first = if mapped { IpAddr::from(b.to_be_bytes()) } else { IpAddr::from(a.to_be_bytes()) };
            let second = IpAddr::from(b.to_be_bytes());
            if let (Ok(x), Ok(y)) = (device_ip(first), device_ip(second)) {
                prop_assert_eq!(ip_number(x) == ip_number(y), x == y);
                prop_assert_eq!(device_ip(x), Ok(x));
            }
        }
    }
}
