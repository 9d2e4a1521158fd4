//! Whether an observer of the workers may rest.

use primitives::shim::Mutant;
use primitives::shim::atomic::{AtomicBool, Ordering};

/// Two flags between the workers and a thread that watches over them for as long as any of them
/// is awake.
///
/// # Protocol
///
/// ```text
///   workers:  idle ← whether all sleep      observer:  resting ← swap(true)
///             if not: resting ← swap(false)            idle?  then sleep, to be woken
///             was true? wake the observer              resting ← swap(false)
/// ```
///
/// The swaps of `resting` are in one order. If the observer's comes after the worker's, it
/// acquires what the worker has stored before and does not sleep; if it comes first, the worker
/// finds true there and wakes it.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::steal::Rest;
///
/// let rest = Rest::default();
/// assert!(!rest.begin(), "somebody is awake");
/// rest.end();
/// assert!(!rest.set_idle(true));
/// assert!(rest.begin());
/// assert!(rest.set_idle(false), "the observer has to be woken");
/// ```
#[derive(Debug, Default)]
pub struct Rest {
    idle: AtomicBool,
    resting: AtomicBool,
}

impl Rest {
    /// A worker says whether there is anything to watch. True if the observer has to be woken.
    #[must_use = "an observer that rests does not notice by itself"]
    pub fn set_idle(&self, idle: bool) -> bool {
        // ORDERING: Relaxed; the swap below publishes it. Between the workers it is up to the
        // callers who speaks last.
        self.idle.store(idle, Ordering::Relaxed);
        if idle {
            return false;
        }
        // ORDERING: Release pairs with the Acquire of the observer's swap; Acquire is for the
        // wake-up that follows.
        self.resting.swap(false, Mutant::RestRouse.weaken(Ordering::AcqRel))
    }

    /// The observer has nothing to do: whether it may sleep until it is woken. It has to
    /// [`end`](Self::end) the rest in any case.
    #[must_use = "somebody may be awake"]
    pub fn begin(&self) -> bool {
        // ORDERING: Acquire pairs with the Release of the worker's swap.
        self.resting.swap(true, Ordering::AcqRel);
        // ORDERING: Relaxed; the swap above orders it.
        self.idle.load(Ordering::Relaxed)
    }

    /// The observer looks at the workers again.
    pub fn end(&self) {
        // ORDERING: Acquire and Release keep the chain of swaps, see above.
        self.resting.swap(false, Ordering::AcqRel);
    }
}
