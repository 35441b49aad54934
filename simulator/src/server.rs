//! What the three servers have in common: connections, exchanges, routes and the way of a request.

mod connection;
mod exchange;
mod pipeline;
mod routes;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;

use self::connection::{Listener, Wire};
pub(crate) use self::exchange::{Answer, Incoming, Resolved, Tweaks, pairs as form_pairs};
pub(crate) use self::routes::{Found, Route, find, in_table};
use crate::record::Vendor;
use crate::state::Shared;

/// A bound port that nobody answers yet; clients can already connect.
pub(crate) struct Bound {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

pub(crate) fn bind(port: u16) -> io::Result<Bound> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok(Bound { listener, address })
}

impl Bound {
    /// The listener for the runtime of the calling task.
    pub(crate) fn into_tokio(self) -> io::Result<tokio::net::TcpListener> {
        tokio::net::TcpListener::from_std(self.listener)
    }

    /// Serves one vendor on the calling runtime.
    pub(crate) fn serve(self, vendor: Vendor, shared: Arc<Shared>) -> io::Result<()> {
        let listener = Listener::new(self.into_tokio()?);
        let router = Router::new()
            .fallback(pipeline::handle)
            .with_state(pipeline::Server { vendor, shared });
        let service = router.into_make_service_with_connect_info::<Wire>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Ok(())
    }
}
