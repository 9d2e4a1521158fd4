//! Who forgets a finished task: whoever comes second.

use primitives::shim::atomic::{AtomicU32, Ordering};

const ENDED: u32 = 1;
const LET_GO: u32 = 2;

/// A task or graph is forgotten when it has ended *and* its handle has let go of it. Each side
/// announces itself here, and the second one does the forgetting.
#[derive(Debug, Default)]
pub(in crate::executor) struct Release(AtomicU32);

impl Release {
    /// It has ended. True if the handle has let go already. Called under the core's lock.
    #[must_use = "the second one forgets"]
    pub(in crate::executor) fn end(&self) -> bool {
        // ORDERING: AcqRel in both, so that the second sees whatever the first did before.
        self.0.fetch_or(ENDED, Ordering::AcqRel) & LET_GO != 0
    }

    /// Whether it has ended.
    pub(in crate::executor) fn has_ended(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `end`.
        self.0.load(Ordering::Acquire) & ENDED != 0
    }

    /// The handle lets go. True if it has ended already; false as well the second time.
    #[must_use = "the second one forgets"]
    pub(in crate::executor) fn let_go(&self) -> bool {
        self.0.fetch_or(LET_GO, Ordering::AcqRel) == ENDED
    }
}

#[cfg(test)]
mod tests {
    use super::Release;

    #[test]
    fn only_the_second_side_forgets_and_only_once() {
        let first_ends = Release::default();
        assert!(!first_ends.end());
        assert!(first_ends.let_go());
        assert!(!first_ends.let_go());

        let first_lets_go = Release::default();
        assert!(!first_lets_go.let_go());
        assert!(first_lets_go.end());
    }
}
