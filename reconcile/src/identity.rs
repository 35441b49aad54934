//! Who is who: references to entities at vendors, and the keys by which devices and organisations are recognised.
//!
//! Every id is only meaningful together with the vendor, the instance of that vendor and the kind of entity it names:
//! two tenants on one platform may hand out the same number. [`EntityRef`] keeps the four together.

mod ip;
mod mac;
mod name;
mod placeholder;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use ip::*;
pub use mac::*;
pub use name::*;
pub use placeholder::*;

macro_rules! label {
    ($(#[$doc:meta])* $name:ident { $($(#[$cdoc:meta])* $constant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            $($(#[$cdoc])* pub const $constant: Self = Self(Cow::Borrowed($text));)*

            /// Names one that has no constant here.
            pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
                Self(text.into())
            }

            /// The label as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

label!(
    /// The maker of a system, for example `datto-rmm`.
    Vendor {}
);

label!(
    /// What sort of thing an id names.
    Kind {
        /// A whole tenant: an account or a root company.
        TENANT = "tenant",
        /// A place that devices belong to.
        SITE = "site",
        /// A company.
        COMPANY = "company",
        /// A folder that groups companies.
        FOLDER = "folder",
        /// A managed network.
        NETWORK = "network",
        /// A device of any kind.
        DEVICE = "device",
        /// An installation package.
        PACKAGE = "package",
    }
);

/// One tenant of one vendor: the vendor and whatever tells its tenants apart.
///
/// For Datto RMM that is the platform and the account uid, for GravityZone the console and the root company's id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "a pair by definition")]
pub struct Instance {
    /// The maker of the system.
    pub vendor: Vendor,
    /// What tells this tenant from the vendor's others.
    pub tenant: String,
}

impl Instance {
    /// Names a tenant of a vendor.
    pub fn new(vendor: Vendor, tenant: impl Into<String>) -> Self {
        Self {
            vendor,
            tenant: tenant.into(),
        }
    }

    /// A reference to an entity of this instance.
    pub fn entity(&self, kind: Kind, id: impl Into<String>) -> EntityRef {
        EntityRef {
            instance: self.clone(),
            kind,
            id: id.into(),
        }
    }

    /// A reference to the tenant as a whole, for example to its variables.
    pub fn root(&self) -> EntityRef {
        self.entity(Kind::TENANT, self.tenant.clone())
    }
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.vendor, self.tenant)
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Names one entity at one tenant of one vendor, so that ids of different tenants never collide.
///
/// ```
/// use reconcile::identity::{Instance, Kind, Vendor};
///
/// let first = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123");
/// let second = Instance::new(Vendor::new("datto-rmm"), "merlot/xyz789");
/// assert_ne!(first.entity(Kind::SITE, "17"), second.entity(Kind::SITE, "17"));
/// assert_eq!(first.entity(Kind::SITE, "17").to_string(), "datto-rmm/merlot/abc123 site 17");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the four parts of an identity")]
pub struct EntityRef {
    /// The tenant that gave the id.
    pub instance: Instance,
    /// What sort of thing the id names.
    pub kind: Kind,
    /// The vendor's id, verbatim.
    pub id: String,
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.instance, self.kind, self.id)
    }
}

impl fmt::Debug for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A SHA-256 that stands for a value which is compared but never kept: variable values, installation links, rights.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of these bytes.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(bytes.as_ref()).into())
    }

    /// The first eight hexadecimal digits, enough for a person to compare.
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.short())
    }
}

/// Why a text is no [`Fingerprint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 64 hexadecimal digits")]
#[non_exhaustive]
pub struct ParseFingerprintError;

impl std::str::FromStr for Fingerprint {
    type Err = ParseFingerprintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ParseFingerprintError);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| ParseFingerprintError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| ParseFingerprintError)?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A value that passes through memory only: it cannot be printed or serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// Takes a value into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The value itself; for the call that sends it, nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What may be kept of it.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.0)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, SecretText};

    #[test]
    fn fingerprints_round_trip_and_refuse_other_text() {
        let fingerprint = Fingerprint::of("value");
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
        assert!("abc".parse::<Fingerprint>().is_err());
        assert!("+f".repeat(32).parse::<Fingerprint>().is_err());
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", SecretText::new("canary")), "[secret]");
    }
}
