//! What something is ready for.

use std::fmt;
use std::ops::{BitAnd, BitOr, BitOrAssign, Sub};

/// What something is known to be ready for. A hint: an operation may still find that it would
/// block.
///
/// # Examples
///
/// ```
/// use graph_runtime::io::Ready;
///
/// let ready = Ready::READABLE | Ready::READ_CLOSED;
/// assert!(ready.is_readable() && ready.is_read_closed() && !ready.is_writable());
/// assert_eq!(ready - Ready::READ_CLOSED, Ready::READABLE);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ready(reactor::Ready);

impl Ready {
    /// Nothing.
    pub const EMPTY: Self = Self(reactor::Ready::NONE);
    /// A read may succeed.
    pub const READABLE: Self = Self(reactor::Ready::READABLE);
    /// A write may succeed.
    pub const WRITABLE: Self = Self(reactor::Ready::WRITABLE);
    /// The other side sends no more.
    pub const READ_CLOSED: Self = Self(reactor::Ready::READ_CLOSED);
    /// Nothing can be written any more.
    pub const WRITE_CLOSED: Self = Self(reactor::Ready::WRITE_CLOSED);
    /// There is something urgent.
    pub const PRIORITY: Self = Self(reactor::Ready::PRIORITY);
    /// There is an error.
    pub const ERROR: Self = Self(reactor::Ready::ERROR);
    /// Everything.
    pub const ALL: Self = Self::READABLE
        .union(Self::WRITABLE)
        .union(Self::READ_CLOSED)
        .union(Self::WRITE_CLOSED)
        .union(Self::PRIORITY)
        .union(Self::ERROR);

    /// Ready for nothing.
    pub const fn is_empty(self) -> bool {
        self.0.is_none()
    }

    /// A read is worth trying. The end of what there is to read counts.
    pub const fn is_readable(self) -> bool {
        self.contains_any(Self::READABLE.union(Self::READ_CLOSED))
    }

    /// A write is worth trying. That nothing can be written any more counts.
    pub const fn is_writable(self) -> bool {
        self.contains_any(Self::WRITABLE.union(Self::WRITE_CLOSED))
    }

    /// The other side sends no more.
    pub const fn is_read_closed(self) -> bool {
        self.contains_any(Self::READ_CLOSED)
    }

    /// Nothing can be written any more.
    pub const fn is_write_closed(self) -> bool {
        self.contains_any(Self::WRITE_CLOSED)
    }

    /// There is something urgent.
    pub const fn is_priority(self) -> bool {
        self.contains_any(Self::PRIORITY)
    }

    /// There is an error.
    pub const fn is_error(self) -> bool {
        self.contains_any(Self::ERROR)
    }

    const fn contains_any(self, other: Self) -> bool {
        self.0.intersects(other.0)
    }

    const fn union(self, other: Self) -> Self {
        Self(self.0.union(other.0))
    }
}

impl From<Ready> for reactor::Ready {
    fn from(ready: Ready) -> Self {
        ready.0
    }
}

/// That the reactor has closed is an error of the operation, and no readiness.
impl From<reactor::Ready> for Ready {
    fn from(ready: reactor::Ready) -> Self {
        Self(ready.intersection(Self::ALL.0))
    }
}

impl BitOr for Ready {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl BitOrAssign for Ready {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.union(other);
    }
}

impl BitAnd for Ready {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0.intersection(other.0))
    }
}

impl Sub for Ready {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.difference(other.0))
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready")
            .field("is_readable", &self.is_readable())
            .field("is_writable", &self.is_writable())
            .field("is_read_closed", &self.is_read_closed())
            .field("is_write_closed", &self.is_write_closed())
            .field("is_error", &self.is_error())
            .field("is_priority", &self.is_priority())
            .finish()
    }
}
