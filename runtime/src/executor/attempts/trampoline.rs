//! Doing one thing after another instead of one inside another.

use crate::executor::inner::Inner;
use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    /// `None`: this thread is not acting on an aftermath. `Some`: it is, and these executors have
    /// something to dispatch when it is done.
    static LATER: RefCell<Option<Vec<Arc<Inner>>>> = const { RefCell::new(None) };
}

/// While it lives, the thread acts on what a step of some executor has brought about.
///
/// Acting runs user code, which may step an executor again: on a runtime that has shut down, even
/// starting a task ends it. Such an inner step dispatches nothing itself. It is put on the list,
/// and the outer one comes back to it, so the depth of the stack does not grow with the number of
/// tasks.
#[must_use = "the list is worked off when the outer step leaves"]
pub(in crate::executor) struct Acting {
    is_outer: bool,
}

impl Acting {
    pub(in crate::executor) fn enter() -> Self {
        let is_outer = LATER.try_with(|later| {
            let mut later = later.borrow_mut();
            let is_outer = later.is_none();
            if is_outer {
                *later = Some(Vec::new());
            }
            is_outer
        });
        // A thread whose locals are gone has no deep stack either.
        Self { is_outer: is_outer.unwrap_or(true) }
    }

    /// Whether this step is the one to dispatch; if not, `inner` is put on the list.
    pub(in crate::executor) fn may_dispatch(&self, inner: &Arc<Inner>) -> bool {
        if !self.is_outer {
            let _ = LATER.try_with(|later| {
                if let Some(list) = &mut *later.borrow_mut()
                    && !list.iter().any(|listed| Arc::ptr_eq(listed, inner))
                {
                    list.push(Arc::clone(inner));
                }
            });
        }
        self.is_outer
    }

    /// The outer step comes back to what the inner ones have left to it.
    pub(in crate::executor) fn work_off(&self) {
        while let Some(inner) = self.next() {
            inner.dispatch_later(self);
        }
    }

    fn next(&self) -> Option<Arc<Inner>> {
        if !self.is_outer {
            return None;
        }
        LATER.try_with(|later| later.borrow_mut().as_mut()?.pop()).ok().flatten()
    }
}

impl Drop for Acting {
    fn drop(&mut self) {
        if self.is_outer {
            let _ = LATER.try_with(|later| later.borrow_mut().take());
        }
    }
}
