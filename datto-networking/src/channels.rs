//! Radio channels that a country allows.

use client_core::{Call, Operation};

use crate::answer;
use crate::lenient::{nested, record};
use crate::nodes::Bands;

record! {
    /// Which channels may be used, by band and in no order.
    pub struct AllowedChannels {
        /// By band, `2_4GHz` and `5GHz` so far.
        channels: Bands<Vec<AllowedChannel>>,
    }
}

record! {
    /// A channel that may be used.
    pub struct AllowedChannel {
        /// Its number.
        channel: i64,
        /// The ways in which it may be used: `HT20`, `HT40+`, `HT40-`, `HT80+` and so on.
        ht_modes: Vec<String>,
    }
}
nested!(AllowedChannels, AllowedChannel: "channel");

impl AllowedChannels {
    /// Asks `operation`, whose path has one variable.
    pub(crate) fn call(operation: &Operation, of: &str, country: Option<&str>) -> Call<Self> {
        let call = Call::decoded_by(operation, [of], |raw| answer::record(&raw.body, "channels"));
        match country {
            Some(country) => call.query_pair("country", country),
            None => call,
        }
    }
}
