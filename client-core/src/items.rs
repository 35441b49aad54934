//! A listing as a stream.

use std::collections::VecDeque;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_util::stream::StreamExt;

use crate::client::Client;
use crate::complete::{Complete, Gathered};
use crate::decoded::Decoded;
use crate::error::{Delivery, Error, ErrorKind};
use crate::pager::Pager;

mod fetch;
mod walk;

use walk::{Walk, Walker};

/// The items of a listing, page by page as the stream reaches them. Owns its client, so it can go to another task.
///
/// Pages that are asked for ahead come on tasks of their own: however long the reader takes between two items, they hold
/// nothing up. They are cancelled with the stream. It is read on the runtime on which it began.
///
/// The first error ends the stream. An item that does not decode is such an error here; [`decoded`](Self::decoded)
/// yields it beside the good ones instead. Only a run to the last page gives a [`Complete`] listing.
#[must_use = "a listing asks for nothing until it is read"]
pub struct Items<T>(DecodedItems<T>);

/// The items of a listing, with those that did not decode beside the good ones; made by [`Items::decoded`].
#[must_use = "a listing asks for nothing until it is read"]
pub struct DecodedItems<T> {
    pages: Pages<T>,
    buffer: VecDeque<Decoded<T>>,
}

/// The pages of a listing; made by [`Items::pages`].
#[must_use = "a listing asks for nothing until it is read"]
pub struct Pages<T> {
    walk: Box<dyn Walk<T>>,
    ended: bool,
    complete: bool,
}

impl<T: Send + 'static> Items<T> {
    pub(crate) fn new<P: Pager<Item = T>>(client: Client, pager: P) -> Self {
        let walk = Box::new(Walker::new(client, pager));
        Self(DecodedItems {
            pages: Pages {
                walk,
                ended: false,
                complete: false,
            },
            buffer: VecDeque::new(),
        })
    }

    /// Caps the pages; 10,000 by default. One more is an error of kind [`Paging`](ErrorKind::Paging).
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.0.pages.walk.set_max_pages(pages);
        self
    }

    /// Sends up to this many calls of a window at the same time; 4 by default.
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.0.pages.walk.set_concurrency(calls.max(1));
        self
    }

    /// Leaves out items whose key was seen before: with page numbers, items move between pages while they are read. A
    /// page that repeats only known items is an error unless it is the last. Items that do not decode are never left
    /// out.
    pub fn dedupe_by<K: Hash>(mut self, key: impl Fn(&T) -> K + Send + 'static) -> Self {
        self.0
            .pages
            .walk
            .set_key(Box::new(move |item| fingerprint(&key(item))));
        self
    }

    /// Page by page instead of item by item.
    pub fn pages(self) -> Pages<T> {
        self.0.pages
    }

    /// The same listing with bad items beside the good ones.
    pub fn decoded(self) -> DecodedItems<T> {
        self.0
    }

    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        StreamExt::next(self).await
    }

    /// Reads the listing to its end.
    ///
    /// # Errors
    ///
    /// The first error of any page or item; what was read until then is lost. See [`gather`](Self::gather).
    pub async fn collect_all(self) -> Result<Complete<Vec<T>>, Error> {
        whole(self.gather().await)
    }

    /// Reads the listing to its end or to its first error, and keeps what it got.
    pub async fn gather(mut self) -> Gathered<T> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            match item {
                Ok(item) => items.push(item),
                Err(error) => return Gathered::Part(items, error),
            }
        }
        self.0.pages.finish(items)
    }

    fn strict(&mut self, item: Decoded<T>) -> Result<T, Error> {
        item.into_result().map_err(|error| {
            self.0.pages.ended = true;
            self.0.buffer.clear();
            let full = Error::new(ErrorKind::Decode, error.to_string())
                .with_operation(self.0.pages.walk.operation())
                .with_delivery(Delivery::Refused);
            match error.path() {
                Some(path) => full.with_decode_path(path),
                None => full,
            }
        })
    }
}

impl<T: Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let item = ready!(this.0.poll_item(cx));
        Poll::Ready(item.map(|item| item.and_then(|item| this.strict(item))))
    }
}

impl<T: Send + 'static> DecodedItems<T> {
    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Decoded<T>, Error>> {
        StreamExt::next(self).await
    }

    /// Reads the listing to its end.
    ///
    /// # Errors
    ///
    /// The first error of any page; what was read until then is lost. See [`gather`](Self::gather).
    pub async fn collect_all(self) -> Result<Complete<Vec<Decoded<T>>>, Error> {
        whole(self.gather().await)
    }

    /// Reads the listing to its end or to its first error, and keeps what it got.
    pub async fn gather(mut self) -> Gathered<Decoded<T>> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            match item {
                Ok(item) => items.push(item),
                Err(error) => return Gathered::Part(items, error),
            }
        }
        self.pages.finish(items)
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Decoded<T>, Error>>> {
        loop {
            if let Some(item) = self.buffer.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll_page(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => self.buffer.extend(page),
            }
        }
    }
}

impl<T: Send + 'static> Stream for DecodedItems<T> {
    type Item = Result<Decoded<T>, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(cx)
    }
}

impl<T: Send + 'static> Pages<T> {
    /// The next page; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Vec<Decoded<T>>, Error>> {
        StreamExt::next(self).await
    }

    /// True once the stream ended after the last page, without an error.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Vec<Decoded<T>>, Error>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let page = ready!(self.walk.poll_page(cx));
        self.ended = !matches!(page, Some(Ok(_)));
        self.complete = page.is_none();
        Poll::Ready(page)
    }

    fn finish<U>(&self, items: Vec<U>) -> Gathered<U> {
        if self.complete {
            return Gathered::Whole(Complete::new(items));
        }
        let error = Error::new(
            ErrorKind::Paging,
            "the listing had already ended with an error",
        );
        Gathered::Part(items, error.with_operation(self.walk.operation()))
    }
}

impl<T: Send + 'static> Stream for Pages<T> {
    type Item = Result<Vec<Decoded<T>>, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_page(cx)
    }
}

// Nothing in them is pinned: pages under way are boxed.
impl<T> Unpin for Items<T> {}
impl<T> Unpin for DecodedItems<T> {}
impl<T> Unpin for Pages<T> {}

fn whole<T>(gathered: Gathered<T>) -> Result<Complete<Vec<T>>, Error> {
    match gathered {
        Gathered::Whole(items) => Ok(items),
        Gathered::Part(_, error) => Err(error),
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("buffered", &self.0.buffer.len())
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for DecodedItems<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodedItems")
            .field("buffered", &self.buffer.len())
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("complete", &self.complete)
            .finish_non_exhaustive()
    }
}

fn fingerprint(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
