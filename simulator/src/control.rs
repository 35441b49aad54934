//! Control: what people and other systems do to the vendors while a client looks away.

mod activity;
mod companies;
mod devices;
mod keys;
mod networking_keys;
mod networks;
mod sites;
mod weather;
