//! A place that is filled once and read often.

#![allow(unsafe_code)] // Fenced: a value that is written before it is shared, and read after.

use primitives::shim::atomic::{AtomicBool, Ordering};
use primitives::shim::{Mutant, UnsafeCell, const_fn};

/// What [`OnceCell`](super::OnceCell) and [`SetOnce`](super::SetOnce) keep their value in, and an
/// executor the end of a task. One locked operation fills it.
///
/// The slot is written by the one thread that has set `is_taken`, before `is_full` is set, and not
/// at all afterwards; it is read only by who has seen that `is_full` is set.
pub(crate) struct OnceSlot<T> {
    is_taken: AtomicBool,
    is_full: AtomicBool,
    value: UnsafeCell<Option<T>>,
}

// SAFETY: `fill` moves a value in from another thread, so it has to be Send; `get` lends it to
// several threads, so it has to be Sync.
unsafe impl<T: Send + Sync> Sync for OnceSlot<T> {}

impl<T> OnceSlot<T> {
    const_fn! {
        pub(crate) const fn empty() -> Self {
            Self {
                is_taken: AtomicBool::new(false),
                is_full: AtomicBool::new(false),
                value: UnsafeCell::new(None),
            }
        }
    }

    const_fn! {
        pub(crate) const fn full(value: T) -> Self {
            Self {
                is_taken: AtomicBool::new(true),
                is_full: AtomicBool::new(true),
                value: UnsafeCell::new(Some(value)),
            }
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `fill`.
        self.is_full.load(Mutant::OnceGetAcquire.weaken(Ordering::Acquire))
    }

    pub(crate) fn get(&self) -> Option<&T> {
        if !self.is_full() {
            return None;
        }
        // SAFETY: it is full, so nobody writes any more; the write came before.
        self.value.with(|value| unsafe { (*value).as_ref() })
    }

    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        // SAFETY: `self` is borrowed exclusively.
        self.value.with_mut(|value| unsafe { (*value).as_mut() })
    }

    /// Fills the slot, unless somebody has, or is about to: then the value comes back.
    pub(crate) fn fill(&self, value: T) -> Result<(), T> {
        // ORDERING: Relaxed; it decides who writes, and publishes nothing.
        if self.is_taken.swap(true, Ordering::Relaxed) {
            return Err(value);
        }
        // SAFETY: the flag goes up once, so nobody else writes; and nobody reads while it is not
        // full.
        self.value.with_mut(|slot| unsafe { *slot = Some(value) });
        // ORDERING: Release publishes the value to the Acquire in `is_full`.
        self.is_full.store(true, Mutant::OnceFillRelease.weaken(Ordering::Release));
        Ok(())
    }

    /// Empties the slot.
    pub(crate) fn take(&mut self) -> Option<T> {
        std::mem::replace(self, Self::empty()).into_inner()
    }

    pub(crate) fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }
}
