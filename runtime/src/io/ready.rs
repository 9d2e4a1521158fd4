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
pub struct Ready(u8);

impl Ready {
    /// Nothing.
    pub const EMPTY: Self = Self(0);
    /// A read may succeed.
    pub const READABLE: Self = Self(1);
    /// A write may succeed.
    pub const WRITABLE: Self = Self(1 << 1);
    /// The other side sends no more.
    pub const READ_CLOSED: Self = Self(1 << 2);
    /// Nothing can be written any more.
    pub const WRITE_CLOSED: Self = Self(1 << 3);
    /// There is something urgent.
    pub const PRIORITY: Self = Self(1 << 4);
    /// There is an error.
    pub const ERROR: Self = Self(1 << 5);
    /// Everything.
    pub const ALL: Self = Self(0b11_1111);

    /// Ready for nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// A read is worth trying. The end of what there is to read counts.
    pub const fn is_readable(self) -> bool {
        self.contains_any(Self(Self::READABLE.0 | Self::READ_CLOSED.0))
    }

    /// A write is worth trying. That nothing can be written any more counts.
    pub const fn is_writable(self) -> bool {
        self.contains_any(Self(Self::WRITABLE.0 | Self::WRITE_CLOSED.0))
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
        self.0 & other.0 != 0
    }
}

/// Each flag here, and the reactor's.
const PAIRS: [(Ready, reactor::Ready); 6] = [
    (Ready::READABLE, reactor::Ready::READABLE),
    (Ready::WRITABLE, reactor::Ready::WRITABLE),
    (Ready::READ_CLOSED, reactor::Ready::READ_CLOSED),
    (Ready::WRITE_CLOSED, reactor::Ready::WRITE_CLOSED),
    (Ready::PRIORITY, reactor::Ready::PRIORITY),
    (Ready::ERROR, reactor::Ready::ERROR),
];

impl From<Ready> for reactor::Ready {
    fn from(ready: Ready) -> Self {
        let present = PAIRS.iter().filter(|(ours, _)| ready.contains_any(*ours));
        present.fold(Self::NONE, |sum, (_, theirs)| sum | *theirs)
    }
}

impl From<reactor::Ready> for Ready {
    fn from(ready: reactor::Ready) -> Self {
        let present = PAIRS.iter().filter(|(_, theirs)| ready.intersects(*theirs));
        present.fold(Self::EMPTY, |sum, (ours, _)| sum | *ours)
    }
}

impl BitOr for Ready {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Ready {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl BitAnd for Ready {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Sub for Ready {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
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
