use std::task::Poll;

/// What a read comes back with, and how many bytes that says it has read: none if it failed or has
/// to wait.
pub(crate) trait Counted {
    fn count(&self) -> usize;
}

impl Counted for usize {
    fn count(&self) -> usize {
        *self
    }
}

/// A datagram's length, and who sent it.
impl<A> Counted for (usize, A) {
    fn count(&self) -> usize {
        self.0
    }
}

impl<C: Counted, E> Counted for Result<C, E> {
    fn count(&self) -> usize {
        self.as_ref().map_or(0, C::count)
    }
}

impl<C: Counted> Counted for Poll<C> {
    fn count(&self) -> usize {
        match self {
            Self::Ready(read) => read.count(),
            Self::Pending => 0,
        }
    }
}
