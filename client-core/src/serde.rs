//! Helpers for odd wire forms, for `#[serde(default, with = "client_core::serde::epoch")]` and the like.
//!
//! Each module is named by the form it reads; all of them write the plain form of the type. They are strict about
//! everything that they do not name: a wrong type stays an error, so nothing is lost silently.

pub mod epoch;
pub mod flag;
pub mod lists;
pub mod number;
pub mod secret;
pub mod text;

pub use lists::{list_or_map, map_or_list, null_as_default, one_or_many};
pub use number as number_or_text;
pub use text::{empty_as_none, na_as_none, text_or_number};

/// `number` as an integer, if it is whole and in range.
pub(crate) fn whole(number: f64) -> Option<i64> {
    // Beyond 2^53 a float does not tell whole numbers apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() != 0.0 || number.abs() > EXACT {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
    Some(number as i64)
}
