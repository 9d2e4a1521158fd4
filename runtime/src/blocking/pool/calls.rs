//! What the runtime itself asks of the pool: threads that take the places of workers, and closures
//! for whose end nobody waits.

use super::{BlockingPool, Job, Pool, Pushed, State, Waiting};
use crate::blocking::task::BlockingTask;
use crate::runtime::Handle;
use crate::task::new_detached;
use crate::worker::{Bench, Offer};
use std::panic::Location;

impl BlockingPool {
    /// Calls for a thread to be the worker on `bench`. If none comes, whoever has put it there
    /// takes it back; so none is called where all are busy and there may be no more.
    pub(crate) fn call_for_worker(&self, handle: &Handle, bench: Bench) {
        let state = self.0.state.lock();
        let has_none = state.threads >= self.0.limit(&state) && state.free <= state.queue.len();
        drop(state);
        if has_none {
            return;
        }
        let waiting = Waiting { job: Job::Worker(bench), mandatory: true, _hold: None };
        if self.push(waiting) == Pushed::NeedsThread {
            // Refused: it stays in the queue until another thread looks there, or is dropped.
            let _ = self.start_thread_if_needed(handle);
        }
    }

    /// Calls for a thread to stand in for a worker, beyond all that there may be otherwise. False
    /// if none can come now.
    pub(crate) fn call_for_spare(&self, handle: &Handle, offer: Offer) -> bool {
        let mut state = self.0.state.lock();
        if state.closed {
            drop(state);
            drop(offer);
            return false;
        }
        state.spares += 1;
        // In front: it waits for nobody's end.
        state.queue.push_front(Waiting { job: Job::Spare(offer), mandatory: false, _hold: None });
        let is_taken = state.free >= state.queue.len();
        if is_taken {
            self.0.bell.notify_one();
        }
        drop(state);
        is_taken || self.start_thread_if_needed(handle).is_ok()
    }

    /// Runs a closure of which nobody waits for the end. It is dropped after the shutdown, and if
    /// the system has no thread for it.
    pub(crate) fn run_detached<F>(&self, handle: &Handle, closure: F)
    where
        F: FnOnce() + Send + 'static,
    {
        let task = BlockingTask::new(closure);
        let (runnable, _join) = new_detached(task, self.clone(), Location::caller());
        let job = Job::Closure(runnable, handle.shared().now());
        if self.push(Waiting { job, mandatory: false, _hold: None }) == Pushed::NeedsThread {
            let _ = self.start_thread_if_needed(handle);
        }
    }
}

impl Pool {
    /// How many threads there may be: those that stand in for workers do not count.
    pub(super) fn limit(&self, state: &State) -> usize {
        self.config.max_threads.saturating_add(state.spares)
    }

    /// Whether another thread may be started.
    pub(super) fn has_room(&self, state: &State) -> bool {
        !state.closed && state.threads < self.limit(state)
    }
}
