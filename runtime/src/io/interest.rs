//! What a task waits for.

use super::Ready;
use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// What a task waits for: one thing or several.
///
/// # Examples
///
/// ```
/// use graph_runtime::io::Interest;
///
/// let both = Interest::READABLE | Interest::WRITABLE;
/// assert!(both.is_writable());
/// assert_eq!(both.remove(Interest::WRITABLE), Some(Interest::READABLE));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Interest(u8);

impl Interest {
    /// Until a read may succeed, or the other side has ended.
    pub const READABLE: Self = Self(1);
    /// Until a write may succeed, or nobody reads any more.
    pub const WRITABLE: Self = Self(1 << 1);
    /// Until there is something urgent.
    pub const PRIORITY: Self = Self(1 << 2);
    /// Until there is an error.
    pub const ERROR: Self = Self(1 << 3);

    /// Whether reading is part of it.
    pub const fn is_readable(self) -> bool {
        self.0 & Self::READABLE.0 != 0
    }

    /// Whether writing is part of it.
    pub const fn is_writable(self) -> bool {
        self.0 & Self::WRITABLE.0 != 0
    }

    /// Whether urgent things are part of it.
    pub const fn is_priority(self) -> bool {
        self.0 & Self::PRIORITY.0 != 0
    }

    /// Whether errors are part of it.
    pub const fn is_error(self) -> bool {
        self.0 & Self::ERROR.0 != 0
    }

    /// Either.
    #[must_use = "the sum is returned"]
    pub const fn add(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Without `other`; `None` if nothing would be left.
    #[must_use = "the difference is returned"]
    pub const fn remove(self, other: Self) -> Option<Self> {
        match self.0 & !other.0 {
            0 => None,
            left => Some(Self(left)),
        }
    }

    /// The readiness that ends the wait.
    pub(crate) fn ready(self) -> Ready {
        let mut ready = Ready::EMPTY;
        let ends = [
            (self.is_readable(), Ready::READABLE | Ready::READ_CLOSED),
            (self.is_writable(), Ready::WRITABLE | Ready::WRITE_CLOSED),
            (self.is_priority(), Ready::PRIORITY | Ready::READ_CLOSED),
            (self.is_error(), Ready::ERROR),
        ];
        for (_, flags) in ends.into_iter().filter(|(wanted, _)| *wanted) {
            ready |= flags;
        }
        ready
    }

    /// What a descriptor is to be watched for. Errors are always told; there has to be something
    /// besides.
    pub(crate) fn watched(self) -> mio::Interest {
        let watched = [
            (self.is_readable(), mio::Interest::READABLE),
            (self.is_writable(), mio::Interest::WRITABLE),
            (self.is_priority(), mio::Interest::PRIORITY),
        ];
        let wanted = watched.into_iter().filter(|(wanted, _)| *wanted).map(|(_, it)| it);
        wanted.reduce(mio::Interest::add).unwrap_or(mio::Interest::READABLE)
    }
}

impl From<Interest> for reactor::Ready {
    fn from(interest: Interest) -> Self {
        interest.ready().into()
    }
}

impl BitOr for Interest {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.add(other)
    }
}

impl BitOrAssign for Interest {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.add(other);
    }
}

impl fmt::Debug for Interest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = ["READABLE", "WRITABLE", "PRIORITY", "ERROR"];
        let mut separator = "";
        for (_, name) in names.iter().enumerate().filter(|(bit, _)| self.0 & (1 << bit) != 0) {
            write!(f, "{separator}{name}")?;
            separator = " | ";
        }
        Ok(())
    }
}
