//! The one timer of an executor.

use super::inner::Inner;
use crate::select;
use crate::sync::Notify;
use crate::time::{Instant, sleep_until};
use primitives::Timestamp;
use primitives::shim::Mutex;
use std::sync::{Arc, Weak};

/// Steps the core when something has come about by the passing of time alone.
///
/// The core says under its lock for when it wants to be woken, and the alarm is set after the lock
/// is free, so that two of these may come in either order; it therefore keeps the earliest. When it
/// rings it first forgets for when it was set and then steps the core, which says again what it
/// wants. So it may ring too early, but nothing is ever missed.
///
/// Behind it is one task of the runtime, which is there only while the alarm is set. It keeps
/// neither the executor nor the runtime alive.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    state: Mutex<State>,
    /// It rings at another time than when the task last looked.
    moved: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// `None` if it is not set.
    at: Option<Timestamp>,
    /// Whether there is a task.
    is_manned: bool,
    /// It rings no more.
    is_off: bool,
}

impl Alarm {
    /// Rings at `at`, or when it was to ring before, whichever is earlier.
    #[track_caller]
    pub(super) fn set(self: &Arc<Self>, at: Timestamp, inner: &Arc<Inner>) {
        let mut state = self.state.lock();
        if state.is_off || state.at.is_some_and(|before| before <= at) {
            return;
        }
        state.at = Some(at);
        let is_manned = std::mem::replace(&mut state.is_manned, true);
        drop(state);
        if is_manned {
            self.moved.notify_one();
        } else {
            inner.spawn_helper("executor's alarm", ring(Arc::clone(self), Arc::downgrade(inner)));
        }
    }

    /// Rings no more. The task ends.
    pub(super) fn switch_off(&self) {
        let mut state = self.state.lock();
        (state.at, state.is_off) = (None, true);
        drop(state);
        self.moved.notify_one();
    }

    /// When to ring; the task ends if that is never.
    fn when(&self) -> Option<Timestamp> {
        let mut state = self.state.lock();
        state.is_manned = state.at.is_some();
        state.at
    }

    fn forget(&self) {
        self.state.lock().at = None;
    }
}

async fn ring(alarm: Arc<Alarm>, inner: Weak<Inner>) {
    while let Some(at) = alarm.when() {
        let Some(instant) = inner.upgrade().map(|inner| inner.instant(at)) else { return };
        select! {
            biased;
            () = sleep_until(Instant::from_std(instant)) => {}
            () = alarm.moved.notified() => continue,
        }
        alarm.forget();
        let Some(inner) = inner.upgrade() else { return };
        inner.step(|core, step| core.pass_time(step));
    }
}
