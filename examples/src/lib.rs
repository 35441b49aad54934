//! What the example applications share: an embedded store and presentation. No logic that a user of the crates would
//! need is in here.

pub mod file_log;
pub mod mapping_csv;
pub mod notify;
pub mod present;
pub mod store;
