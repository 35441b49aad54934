//! Fetching one page, beside whoever reads the listing.

use std::panic;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::pipeline::{self, Answer};

/// A page under way, as a task of its own: between two items the reader may do anything for any time, and a request that
/// nobody drives would keep its place in the budget and its connection, and run into its time-out. Dropped, it is
/// cancelled.
pub(super) struct Fetch<P>(JoinHandle<Result<Answer<P>, Error>>);

impl<P: Send + 'static> Fetch<P> {
    pub(super) fn start(client: Client, call: Call<P>) -> Self {
        let fetch = async move { pipeline::send(&client.core, &call).await };
        Self(tokio::spawn(fetch.in_current_span()))
    }
}

impl<P> Future for Fetch<P> {
    type Output = Result<Answer<P>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let joined = ready!(Pin::new(&mut self.get_mut().0).poll(cx));
        Poll::Ready(joined.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => panic::resume_unwind(panic),
            // Only its runtime can have cancelled it.
            Err(_) => Err(Error::new(
                ErrorKind::Interrupted,
                "the runtime that the listing began on has ended",
            )),
        }))
    }
}

impl<P> Drop for Fetch<P> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
