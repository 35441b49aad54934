//! The client against real sockets on loopback.

mod credentials;
mod hostile;
mod listing;
mod pace;
mod retry;
mod secrets;
mod support;
