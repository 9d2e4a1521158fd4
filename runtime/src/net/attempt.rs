//! One try of an operation on a socket.

use std::io;

/// What an operation that did not block brought.
#[derive(Debug)]
pub(crate) struct Attempt<R> {
    pub(crate) value: R,
    /// Whether the same operation would surely block now, so that it need not be tried again
    /// before the next event.
    pub(crate) drained: bool,
}

impl<R> Attempt<R> {
    /// The socket may have more to give or to take.
    pub(crate) fn more(value: R) -> Self {
        Self { value, drained: false }
    }
}

impl Attempt<usize> {
    /// `moved` bytes were moved out of `wanted`. Fewer than wanted mean an empty or a full buffer
    /// in the kernel, whose change makes a new event; none at all mean the end of the stream,
    /// which makes none.
    ///
    /// A read also stops short of TCP's urgent data. A peer that uses it has what follows read
    /// when it sends more.
    pub(crate) fn transfer(moved: usize, wanted: usize) -> Self {
        Self { value: moved, drained: 0 < moved && moved < wanted }
    }
}

/// How many bytes one vectored call can move: the kernel looks at the first [`libc::UIO_MAXIOV`]
/// buffers and leaves the rest.
pub(super) fn wanted(lengths: impl Iterator<Item = usize>) -> usize {
    lengths.take(libc::UIO_MAXIOV as usize).sum()
}

/// Tries `operation`, again if a signal interrupts it. `None` if it would block.
pub(super) fn attempt<S, R>(
    source: &S,
    operation: &mut impl FnMut(&S) -> io::Result<Attempt<R>>,
) -> Option<io::Result<Attempt<R>>> {
    loop {
        return match operation(source) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            result => Some(result),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, attempt};
    use std::cell::Cell;
    use std::io;

    #[test]
    fn only_a_short_transfer_drains() {
        let drained = |moved, wanted| Attempt::transfer(moved, wanted).drained;
        assert!(drained(1, 2));
        assert!(!drained(2, 2), "there may be more");
        assert!(!drained(0, 2), "the end is final and makes no further event");
        assert!(!drained(0, 0), "an empty buffer says nothing");
    }

    #[test]
    fn an_interrupted_operation_is_tried_again() {
        let interruptions = Cell::new(3);
        let result = attempt(&interruptions, &mut |left: &Cell<u32>| {
            if left.get() > 0 {
                left.set(left.get() - 1);
                return Err(io::ErrorKind::Interrupted.into());
            }
            Ok(Attempt::more(7))
        });
        assert_eq!(result.expect("it does not block").expect("it succeeds").value, 7);
        assert_eq!(interruptions.get(), 0);
    }
}
