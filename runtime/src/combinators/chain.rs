//! Any number of futures of any types, pinned together.

use pin_project_lite::pin_project;
use std::pin::Pin;

pin_project! {
    /// The first of several futures, and the rest of them: another chain, or `()` at the end.
    ///
    /// It is a tuple that can be pinned and taken apart without unsafe code, of the same size and
    /// dropped in the same order.
    #[derive(Debug)]
    pub struct Chain<F, Rest> {
        #[pin]
        first: F,
        #[pin]
        rest: Rest,
    }
}

impl<F, Rest> Chain<F, Rest> {
    /// `first`, and the others behind it.
    #[inline]
    pub fn new(first: F, rest: Rest) -> Self {
        Self { first, rest }
    }

    /// The first of them.
    #[inline]
    pub fn first(self: Pin<&mut Self>) -> Pin<&mut F> {
        self.project().first
    }

    /// All but the first.
    #[inline]
    pub fn rest(self: Pin<&mut Self>) -> Pin<&mut Rest> {
        self.project().rest
    }
}
