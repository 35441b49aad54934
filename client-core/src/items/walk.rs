//! The walk over the pages: sends the pager's calls and watches for pages that repeat or do not end.

use std::collections::{HashSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::task::{Context, Poll, ready};

use futures_util::stream::{FuturesOrdered, StreamExt};

use super::fetch::Fetch;
use super::fingerprint;
use crate::call::Call;
use crate::client::Client;
use crate::decoded::Decoded;
use crate::error::{Delivery, Error, ErrorKind};
use crate::pager::{Next, Pager, Turn};
use crate::pipeline::Answer;
use crate::request::{Body, Request};

type Key<T> = Box<dyn Fn(&T) -> u64 + Send>;

/// A walk without the type of its pager.
pub(super) trait Walk<T>: Send {
    fn set_max_pages(&mut self, pages: usize);
    fn set_concurrency(&mut self, calls: usize);
    fn set_key(&mut self, key: Key<T>);
    fn operation(&self) -> &'static str;
    /// `None` after the last page; not to be called after that or after an error.
    fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Vec<Decoded<T>>, Error>>>;
}

pub(super) struct Walker<P: Pager> {
    client: Client,
    pager: P,
    operation: &'static str,
    max_pages: usize,
    concurrency: usize,
    key: Option<Key<P::Item>>,
    started: bool,
    done: bool,
    pages: usize,
    queue: VecDeque<Call<P::Page>>,
    under_way: FuturesOrdered<Fetch<P::Page>>,
    seen_calls: HashSet<u64>,
    seen_pages: HashSet<u64>,
    seen_keys: HashSet<u64>,
}

impl<P: Pager> Walker<P> {
    pub(super) fn new(client: Client, pager: P) -> Self {
        Self {
            operation: pager.first().operation().name(),
            client,
            pager,
            max_pages: 10_000,
            concurrency: 4,
            key: None,
            started: false,
            done: false,
            pages: 0,
            queue: VecDeque::new(),
            under_way: FuturesOrdered::new(),
            seen_calls: HashSet::new(),
            seen_pages: HashSet::new(),
            seen_keys: HashSet::new(),
        }
    }

    fn enqueue(&mut self, call: Call<P::Page>) -> Result<(), Error> {
        if !self.seen_calls.insert(call_fingerprint(call.request())) {
            return Err(
                self.error("the vendor sends the listing back to a page that was read already")
            );
        }
        self.queue.push_back(call);
        Ok(())
    }

    fn fill(&mut self) {
        while self.under_way.len() < self.concurrency
            && let Some(call) = self.queue.pop_front()
        {
            self.under_way
                .push_back(Fetch::start(self.client.clone(), call));
        }
    }

    fn error(&self, message: &'static str) -> Error {
        // The pages were answered; none of them changed anything.
        Error::new(ErrorKind::Paging, message)
            .with_operation(self.operation)
            .with_delivery(Delivery::Refused)
    }

    fn take(&mut self, answer: Answer<P::Page>) -> Result<Vec<Decoded<P::Item>>, Error> {
        self.pages += 1;
        if self.pages > self.max_pages {
            return Err(self.error("the listing has more pages than allowed"));
        }
        let Turn { items, next } = self
            .pager
            .turn(answer.value)
            .map_err(|error| error.with_operation(self.operation))?;
        let repeats = !self.seen_pages.insert(answer.fingerprint);
        let ends = matches!(next, Next::Done);
        if repeats && !items.is_empty() && !(ends && self.key.is_some()) {
            return Err(self.error("the vendor answers the same page twice"));
        }
        match next {
            Next::Done => {
                self.done = true;
                self.queue.clear();
                self.under_way.clear();
            }
            Next::Call(call) => self.enqueue(call)?,
            Next::Window(calls) => {
                for call in calls {
                    self.enqueue(call)?;
                }
            }
            Next::Outstanding => {}
        }
        if !self.done && self.queue.is_empty() && self.under_way.is_empty() {
            return Err(self.error("the listing stopped before its last page"));
        }
        self.fresh(items, ends)
    }

    /// Leaves out what was seen before.
    fn fresh(
        &mut self,
        items: Vec<Decoded<P::Item>>,
        ends: bool,
    ) -> Result<Vec<Decoded<P::Item>>, Error> {
        let Some(key) = &self.key else {
            return Ok(items);
        };
        let before = items.len();
        let seen = &mut self.seen_keys;
        let fresh: Vec<_> = items
            .into_iter()
            .filter(|item| item.as_item().is_none_or(|item| seen.insert(key(item))))
            .collect();
        if before > 0 && fresh.is_empty() && !ends {
            return Err(self.error("a page holds nothing but items of earlier pages"));
        }
        Ok(fresh)
    }
}

impl<P: Pager> Walk<P::Item> for Walker<P> {
    fn set_max_pages(&mut self, pages: usize) {
        self.max_pages = pages;
    }

    fn set_concurrency(&mut self, calls: usize) {
        self.concurrency = calls;
    }

    fn set_key(&mut self, key: Key<P::Item>) {
        self.key = Some(key);
    }

    fn operation(&self) -> &'static str {
        self.operation
    }

    fn poll_page(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Vec<Decoded<P::Item>>, Error>>> {
        if self.done {
            return Poll::Ready(None);
        }
        if !self.started {
            self.started = true;
            let first = self.pager.first();
            if let Err(error) = self.enqueue(first) {
                return Poll::Ready(Some(Err(error)));
            }
        }
        self.fill();
        let page = ready!(self.under_way.poll_next_unpin(cx));
        let taken = match page {
            Some(Ok(answer)) => self.take(answer).map(|mut items| {
                for item in &mut items {
                    if let Decoded::Bad(bad) = item {
                        bad.scrub(self.client.redactor());
                    }
                }
                items
            }),
            Some(Err(error)) => Err(error),
            None => Err(self.error("the listing stopped before its last page")),
        };
        Poll::Ready(Some(taken))
    }
}

fn call_fingerprint(request: &Request) -> u64 {
    struct Parts<'r>(&'r Request);
    impl Hash for Parts<'_> {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.0.path.hash(state);
            self.0.query.hash(state);
            if let Body::Json(bytes) = &self.0.body {
                bytes.hash(state);
            }
        }
    }
    fingerprint(&Parts(request))
}
