//! Connections that can be cut at a given byte, which a HTTP server by itself never does.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

#[derive(Debug, Clone, Copy)]
enum Cut {
    /// Nothing is cut.
    Never,
    /// After so many bytes of the next answer's body.
    InBody(usize),
    /// Nothing more goes out.
    Now,
}

/// The handle by which a request's handler cuts the connection that it came over.
#[derive(Debug, Clone)]
pub(crate) struct Wire(Arc<Mutex<Cut>>);

impl Wire {
    fn set(&self, cut: Cut) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = cut;
    }

    /// Lets nothing out any more; the connection closes when the server tries to answer.
    pub(crate) fn close(&self) {
        self.set(Cut::Now);
    }

    /// Lets the head of the next answer out, and so many bytes of its body.
    pub(crate) fn cut_body_after(&self, bytes: usize) {
        self.set(Cut::InBody(bytes));
    }

    /// How much of `buffer` may go out now.
    fn allowed(&self, buffer: &[u8]) -> io::Result<usize> {
        let mut cut = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *cut {
            Cut::Never => Ok(buffer.len()),
            Cut::Now => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
            Cut::InBody(bytes) => {
                *cut = Cut::Now;
                let head = buffer
                    .windows(4)
                    .position(|four| four == b"\r\n\r\n")
                    .map_or(0, |end| end + 4);
                Ok(buffer.len().min(head + bytes))
            }
        }
    }
}

impl Connected<IncomingStream<'_, Listener>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        stream.io().wire.clone()
    }
}

#[derive(Debug)]
pub(crate) struct Listener(TcpListener);

impl Listener {
    pub(crate) fn new(listener: TcpListener) -> Self {
        Self(listener)
    }
}

impl axum::serve::Listener for Listener {
    type Io = Stream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Stream, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, address)) => {
                    // Failing to switch Nagle's delay off costs time only.
                    let _ = stream.set_nodelay(true);
                    return (
                        Stream {
                            inner: stream,
                            wire: Wire(Arc::new(Mutex::new(Cut::Never))),
                        },
                        address,
                    );
                }
                // Out of file handles, or a peer that gave up: wait and go on.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

#[derive(Debug)]
pub(crate) struct Stream {
    inner: TcpStream,
    wire: Wire,
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.wire.allowed(buffer) {
            Ok(bytes) => Pin::new(&mut self.inner).poll_write(context, &buffer[..bytes]),
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
