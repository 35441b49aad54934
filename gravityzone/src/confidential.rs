//! Values of answers that must not be printed.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// A part of an answer that gives something away: an installation link, a licence key. It has no `Display`, and its
/// `Debug` is a mask.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Confidential<T = String>(T);

impl<T> Confidential<T> {
    /// Takes a value into custody.
    pub fn new(value: impl Into<T>) -> Self {
        Self(value.into())
    }

    /// The value, verbatim.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Confidential<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[confidential]")
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Confidential<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::Confidential;

    #[test]
    fn debug_is_a_mask() {
        let link: Confidential = Confidential::new("https://downloads.invalid/canary");
        assert_eq!(format!("{link:?}"), "[confidential]");
        assert_eq!(link.expose(), "https://downloads.invalid/canary");
    }
}
