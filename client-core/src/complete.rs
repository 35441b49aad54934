//! Listings that reached their last page, and those that did not.

use crate::error::Error;

/// A listing read to its end.
///
/// Only a run over all pages makes one, or a call whose one answer is the whole listing
/// ([`Client::send_complete`](crate::Client::send_complete)). What is not in it was not there when it was read, as far as
/// the vendor's paging can tell: with page numbers, a row that ends while the pages are read moves another one to a page
/// that was read before, and where the vendor gives no total, nothing shows it. So one absence is no proof; a look by id
/// is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complete<T>(T);

impl<T> Complete<T> {
    pub(crate) fn new(items: T) -> Self {
        Self(items)
    }

    /// The listing.
    pub fn into_inner(self) -> T {
        self.0
    }

    /// The listing, borrowed.
    pub fn as_inner(&self) -> &T {
        &self.0
    }

    /// The same listing in another form. `map` must not leave anything out.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Complete<U> {
        Complete(map(self.0))
    }

    /// Two whole listings as one.
    pub fn zip<U>(self, other: Complete<U>) -> Complete<(T, U)> {
        Complete((self.0, other.0))
    }
}

impl<T> Complete<Vec<T>> {
    /// The items.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}

impl<T> IntoIterator for Complete<Vec<T>> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// What a listing gave, to its end or to its first error; made by [`Items::gather`](crate::Items::gather).
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a listing is whole or it is not")]
pub enum Gathered<T> {
    /// All of it.
    Whole(Complete<Vec<T>>),
    /// A part, and why no more.
    Part(Vec<T>, Error),
}

impl<T> Gathered<T> {
    /// The items, however many there are.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::Whole(all) => all.as_slice(),
            Self::Part(some, _) => some,
        }
    }

    /// Why it is only a part.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Whole(_) => None,
            Self::Part(_, error) => Some(error),
        }
    }
}
