//! Doing one thing after another instead of one inside another.

use crate::executor::inner::Inner;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// What a thread is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Something else than acting on an aftermath.
    Elsewhere,
    Acting,
    /// Acting, and some executors have something to dispatch when it is done.
    ActingAndMore,
}

thread_local! {
    // Apart from the list, because most steps need nothing of that.
    static STATE: Cell<State> = const { Cell::new(State::Elsewhere) };
    /// The executors that have something to dispatch.
    static LATER: RefCell<Vec<Arc<Inner>>> = const { RefCell::new(Vec::new()) };
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
        let is_outer = STATE.get() == State::Elsewhere;
        if is_outer {
            STATE.set(State::Acting);
        }
        Self { is_outer }
    }

    /// Whether this step is the one to dispatch; if not, `inner` is put on the list.
    pub(in crate::executor) fn may_dispatch(&self, inner: &Arc<Inner>) -> bool {
        // A thread whose locals are gone has no deep stack either.
        self.is_outer || LATER.try_with(|later| list(&mut later.borrow_mut(), inner)).is_err()
    }

    /// The outer step comes back to what the inner ones have left to it.
    pub(in crate::executor) fn work_off(&self) {
        while let Some(inner) = self.next() {
            inner.dispatch_later(self);
        }
    }

    fn next(&self) -> Option<Arc<Inner>> {
        if !self.is_outer || STATE.get() != State::ActingAndMore {
            return None;
        }
        LATER.try_with(|later| later.borrow_mut().pop()).ok().flatten()
    }
}

fn list(later: &mut Vec<Arc<Inner>>, inner: &Arc<Inner>) {
    STATE.set(State::ActingAndMore);
    if !later.iter().any(|listed| Arc::ptr_eq(listed, inner)) {
        later.push(Arc::clone(inner));
    }
}

impl Drop for Acting {
    fn drop(&mut self) {
        if self.is_outer && STATE.replace(State::Elsewhere) == State::ActingAndMore {
            // Nothing is left, unless a panic has come in between.
            drop(LATER.try_with(|later| std::mem::take(&mut *later.borrow_mut())));
        }
    }
}
