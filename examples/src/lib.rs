//! What the example applications share: an embedded store, presentation, and what a tool needs around its work. No
//! logic that a user of the crates would need is in here.

pub mod activity_store;
pub mod console;
pub mod credentials;
pub mod excerpt;
pub mod exit;
pub mod expect;
pub mod file_log;
pub mod interrupt;
pub mod mapping_csv;
pub mod notify;
pub mod outage;
pub mod present;
pub mod refused;
pub mod sheet;
pub mod store;
pub mod who;
