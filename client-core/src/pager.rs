//! How a listing goes on after a page: pure decisions.

use std::fmt;

use crate::call::Call;
use crate::decoded::{Decoded, Rows};
use crate::error::Error;

/// Walks one listing. Sees each page once, in order, and says what follows; sends nothing itself.
pub trait Pager: Send + 'static {
    /// A page as it is decoded.
    type Page: Send + 'static;
    /// What is listed.
    type Item: Send + 'static;

    /// The first call.
    fn first(&self) -> Call<Self::Page>;

    /// Takes the items out of a page and says what follows.
    ///
    /// # Errors
    ///
    /// A page that contradicts itself or an earlier one, preferably of kind [`Paging`](crate::ErrorKind::Paging). The
    /// listing ends with it.
    fn turn(&mut self, page: Self::Page) -> Result<Turn<Self::Item, Self::Page>, Error>;
}

/// The items of a page, and what follows it.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "made by pagers")]
pub struct Turn<T, P> {
    /// In the vendor's order.
    pub items: Vec<Decoded<T>>,
    /// What follows.
    pub next: Next<P>,
}

/// What follows a page.
#[expect(clippy::exhaustive_enums, reason = "a pager says one of these")]
pub enum Next<P> {
    /// Nothing: this was the last page. Calls of a window that are still outstanding are dropped.
    Done,
    /// One more call.
    Call(Call<P>),
    /// Several calls that do not depend on each other (page numbers, offsets); sent with bounded concurrency, their
    /// pages are seen in this order.
    Window(Vec<Call<P>>),
    /// The calls of an earlier window that are still outstanding.
    Outstanding,
}

impl<T, P> Turn<T, P> {
    /// The last page.
    pub fn done(items: impl Into<Rows<T>>) -> Self {
        Self {
            items: items.into().into_inner(),
            next: Next::Done,
        }
    }

    /// A page with one more call after it.
    pub fn call(items: impl Into<Rows<T>>, next: Call<P>) -> Self {
        Self {
            items: items.into().into_inner(),
            next: Next::Call(next),
        }
    }

    /// A page with `next` after it.
    pub fn new(items: impl Into<Rows<T>>, next: Next<P>) -> Self {
        Self {
            items: items.into().into_inner(),
            next,
        }
    }
}

impl<P> fmt::Debug for Next<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("Done"),
            Self::Call(call) => f.debug_tuple("Call").field(&call.target()).finish(),
            Self::Window(calls) => f
                .debug_tuple("Window")
                .field(&calls.iter().map(Call::target).collect::<Vec<_>>())
                .finish(),
            Self::Outstanding => f.write_str("Outstanding"),
        }
    }
}

/// A listing that one answer holds whole.
#[derive(Debug)]
pub struct OnePage<T>(Call<Rows<T>>);

impl<T: Send + 'static> OnePage<T> {
    /// The listing that `call` answers whole.
    pub fn new(call: Call<Rows<T>>) -> Self {
        Self(call)
    }
}

impl<T: Send + 'static> Pager for OnePage<T> {
    type Page = Rows<T>;
    type Item = T;

    fn first(&self) -> Call<Rows<T>> {
        self.0.clone()
    }

    fn turn(&mut self, page: Rows<T>) -> Result<Turn<T, Rows<T>>, Error> {
        Ok(Turn::done(page))
    }
}

/// A pager made of its first call and a function.
pub struct PagerFn<T, P> {
    first: Call<P>,
    turn: TurnFn<T, P>,
}

type TurnFn<T, P> = Box<dyn FnMut(P) -> Result<Turn<T, P>, Error> + Send>;

impl<T, P> PagerFn<T, P> {
    /// Starts with `first`; `turn` sees each page.
    pub fn new(
        first: Call<P>,
        turn: impl FnMut(P) -> Result<Turn<T, P>, Error> + Send + 'static,
    ) -> Self {
        Self {
            first,
            turn: Box::new(turn),
        }
    }
}

impl<T: Send + 'static, P: Send + 'static> Pager for PagerFn<T, P> {
    type Page = P;
    type Item = T;

    fn first(&self) -> Call<P> {
        self.first.clone()
    }

    fn turn(&mut self, page: P) -> Result<Turn<T, P>, Error> {
        (self.turn)(page)
    }
}

impl<T, P> fmt::Debug for PagerFn<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagerFn")
            .field("first", &self.first.target())
            .finish_non_exhaustive()
    }
}
