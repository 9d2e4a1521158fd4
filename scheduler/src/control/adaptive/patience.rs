//! How long to wait while nothing ends.

/// The most looks at which nothing has ended, one after the other, that are waited for.
const LOOKS_MAX: u32 = 64;
/// The same while what a higher limit let through has not ended.
const LOOKS_DRAINING: u32 = 128;

/// Counts the looks at which nothing had ended, and bears twice as many after each time they were
/// too many.
#[derive(Debug)]
pub(super) struct Patience {
    looks: u32,
    most: u32,
}

impl Patience {
    pub(super) fn new() -> Self {
        Self { looks: 0, most: 1 }
    }

    /// Something has ended; or all of a window.
    pub(super) fn restore(&mut self, is_whole: bool) {
        self.looks = 0;
        if is_whole {
            self.most = 1;
        }
    }

    /// Nothing has ended.
    pub(super) fn wait(&mut self) {
        self.looks += 1;
    }

    /// Whether it has been too long. More may be in flight than the limit says: it takes its time
    /// until those have ended.
    pub(super) fn is_over(&mut self, is_draining: bool) -> bool {
        let most = if is_draining { LOOKS_DRAINING } else { self.most };
        if self.looks < most {
            return false;
        }
        (self.looks, self.most) = (0, (2 * self.most).min(LOOKS_MAX));
        true
    }
}
