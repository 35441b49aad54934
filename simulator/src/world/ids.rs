//! Identifiers in the vendors' forms, repeatable from a seed.

use std::fmt;

use serde::{Serialize, Serializer};

/// Makes ids and other values; the same seed makes the same ones in the same order.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    random: fastrand::Rng,
    last: i64,
}

impl Source {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            random: fastrand::Rng::with_seed(seed),
            last: 1_000,
        }
    }

    pub(crate) fn random(&mut self) -> &mut fastrand::Rng {
        &mut self.random
    }

    /// The next number; numbers only grow.
    pub(crate) fn number(&mut self) -> i64 {
        self.last += self.random.i64(1..=7);
        self.last
    }

    /// A GUID in lower case with dashes.
    pub(crate) fn guid(&mut self) -> String {
        let value = format!("{:032x}", self.random.u128(..));
        format!(
            "{}-{}-4{}-a{}-{}",
            &value[..8],
            &value[8..12],
            &value[13..16],
            &value[17..20],
            &value[20..]
        )
    }

    /// 24 hex digits, of which the first eight tell the second of creation.
    pub(crate) fn object_id(&mut self, created_ms: i64) -> String {
        let second = u32::try_from(created_ms / 1000).unwrap_or_default();
        format!("{second:08x}{:016x}", self.random.u64(..))
    }

    /// Lower-case letters and digits.
    pub(crate) fn alphanumeric(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| self.random.alphanumeric().to_ascii_lowercase())
            .collect()
    }

    /// A hardware address as a vendor of network cards gives it: universal, not multicast.
    pub(crate) fn mac(&mut self) -> MacAddress {
        const MAKERS: [[u8; 3]; 4] = [
            [0x00, 0x1b, 0x21],
            [0x3c, 0xec, 0xef],
            [0xac, 0x86, 0x74],
            [0xb8, 0xca, 0x3a],
        ];
        let maker = MAKERS[self.random.usize(..MAKERS.len())];
        MacAddress([
            maker[0],
            maker[1],
            maker[2],
            self.random.u8(..),
            self.random.u8(..),
            self.random.u8(..),
        ])
    }
}

/// A hardware address of six bytes; each wire writes it in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "six bytes are all there is to it"
)]
pub struct MacAddress(pub [u8; 6]);

impl MacAddress {
    /// Lower-case pairs with `separator` between them.
    pub(crate) fn spelled(self, separator: &str) -> String {
        self.0.map(|byte| format!("{byte:02x}")).join(separator)
    }
}

impl fmt::Display for MacAddress {
    /// `ac:86:74:1f:00:a8`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spelled(":"))
    }
}

impl Serialize for MacAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
