//! What all kinds of devices share: how long the model is supported, and what is paid for.

use client_core::Timestamp;

use crate::lenient::{lenient, nested, record};

client_core::open_enum!(
    /// How often a subscription is paid.
    Term { Monthly = "monthly", Yearly = "yearly" }
);
lenient!(text Term);

record! {
    /// The dates of a model. With neither date the model is ambiguous and has to be looked up by hand; a model without
    /// dates has no such record at all.
    pub struct Lifecycle {
        /// The last day of sale.
        end_of_sale: Timestamp,
        /// The last day of support.
        end_of_life: Timestamp,
    }
}

record! {
    /// What is paid for a device.
    pub struct Subscription {
        /// Whether it is paid for now.
        is_active: bool,
        /// Its first day.
        start_date: Timestamp,
        /// Its last day; none for one that goes on.
        end_date: Timestamp,
        /// How often it is paid.
        term: Term,
        /// Months.
        term_length: i64,
        /// Whether it renews itself.
        is_evergreen: bool,
    }
}
nested!(Lifecycle, Subscription);
