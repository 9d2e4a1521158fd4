//! What a source is ready for.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// A set of readiness flags.
///
/// An error condition makes a source both readable and writable, and whichever operation is tried
/// next returns the error itself. It has a flag besides for those who wait for nothing else.
///
/// # Examples
///
/// ```
/// use graph_runtime_reactor::Ready;
///
/// let ready = Ready::READABLE | Ready::READ_CLOSED;
/// assert!(ready.intersects(Ready::READABLE));
/// assert!(!ready.intersects(Ready::WRITABLE));
/// assert_eq!(format!("{ready:?}"), "READABLE | READ_CLOSED");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Ready(u8);

impl Ready {
    /// Ready for nothing.
    pub const NONE: Self = Self(0);
    /// A read may succeed.
    pub const READABLE: Self = Self(1);
    /// A write may succeed.
    pub const WRITABLE: Self = Self(1 << 1);
    /// The peer sends no more; reads drain what is left and then return 0.
    pub const READ_CLOSED: Self = Self(1 << 2);
    /// Nothing can be written any more; writes fail.
    pub const WRITE_CLOSED: Self = Self(1 << 3);
    /// The source was deregistered or its reactor closed: it never becomes ready again.
    pub const SHUTDOWN: Self = Self(1 << 4);
    /// There is something urgent: out-of-band data, or whatever else the source calls so.
    pub const PRIORITY: Self = Self(1 << 5);
    /// There is an error.
    pub const ERROR: Self = Self(1 << 6);
    /// The flags that are never taken back.
    pub(crate) const FINAL: Self =
        Self::READ_CLOSED.union(Self::WRITE_CLOSED).union(Self::SHUTDOWN);

    /// Whether the two sets have a flag in common.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The flags that are in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The flags that are in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The flags of this set that are not in `other`.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether no flag is set.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The flags as they are packed into a source's word.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// The inverse of [`bits`](Self::bits).
    pub(crate) const fn from_bits(bits: u8) -> Self {
        Self(bits)
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
        self.0 |= other.0;
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            "READABLE",
            "WRITABLE",
            "READ_CLOSED",
            "WRITE_CLOSED",
            "SHUTDOWN",
            "PRIORITY",
            "ERROR",
        ];
        let mut separator = "";
        for (bit, name) in names.iter().enumerate() {
            if self.0 & (1 << bit) != 0 {
                write!(f, "{separator}{name}")?;
                separator = " | ";
            }
        }
        if self.is_none() { f.write_str("NONE") } else { Ok(()) }
    }
}
