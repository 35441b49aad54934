//! Errors, drawn from a seed.

use crate::world::{MacAddress, Source, same_name};

/// A source of errors.
pub(super) struct Draw(Source);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(Source::new(seed))
    }

    /// True in so many percent of the cases.
    pub(super) fn hits(&mut self, percent: u8) -> bool {
        self.0.random().u8(..100) < percent
    }

    /// The address of a device that is nowhere.
    pub(super) fn mac(&mut self) -> String {
        let mac = self.0.mac();
        self.spell(mac)
    }

    /// An address as one person or another writes it.
    pub(super) fn spell(&mut self, mac: MacAddress) -> String {
        match self.0.random().u8(..4) {
            0 => mac.spelled("-").to_uppercase(),
            1 => mac.spelled("").to_uppercase(),
            2 => {
                let digits = mac.spelled("");
                format!("{}.{}.{}", &digits[..4], &digits[4..8], &digits[8..])
            }
            _ => mac.spelled(":"),
        }
    }

    /// Another spelling of a name, which means the same to people.
    pub(super) fn respell(&mut self, name: &str) -> String {
        let plain: String = name
            .chars()
            .map(|letter| match letter {
                'é' | 'è' => 'e',
                'ü' => 'u',
                letter => letter,
            })
            .collect();
        let and = plain.replace(" & ", " and ");
        if !same_name(&and, name) {
            return and;
        }
        match self.0.random().u8(..3) {
            0 => name.to_uppercase(),
            1 => format!("{name} Ltd"),
            _ => format!("{name}, Inc."),
        }
    }
}
