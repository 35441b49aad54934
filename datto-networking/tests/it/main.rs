//! The client against a server on this machine that checks what it is sent.

mod access;
mod clock;
mod errors;
mod hosts;
mod listings;
mod nonces;
#[cfg(feature = "reconcile")]
mod reconcile;
mod secrets;
mod signatures;
mod support;
