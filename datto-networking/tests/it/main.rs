//! The client against a server on this machine that checks what it is sent.

mod access;
mod clock;
mod errors;
mod hosts;
mod listings;
mod nonces;
mod operations;
#[cfg(feature = "reconcile")]
mod reconcile;
mod resources;
mod secrets;
mod settings;
mod signatures;
mod support;
mod table;
