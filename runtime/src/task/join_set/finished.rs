//! Which tasks of a set have finished.

use primitives::shim::Mutex;
use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::{Wake, Waker};

/// The numbers of the finished tasks that have not been joined, in the order in which they
/// finished, and whoever waits for the next one. A number is in the queue at most once, so it is
/// never longer than the set.
#[derive(Default)]
pub(super) struct Finished {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    numbers: VecDeque<usize>,
    waiting: Option<Waker>,
}

impl Finished {
    /// A task has finished.
    pub(super) fn push(&self, number: usize) {
        let mut state = self.state.lock();
        state.numbers.push_back(number);
        let waiting = state.waiting.take();
        drop(state);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }

    /// The task that finished first.
    pub(super) fn pop(&self) -> Option<usize> {
        self.state.lock().numbers.pop_front()
    }

    /// The same; if there is none, `waker` is woken when there is.
    pub(super) fn pop_or_wait(&self, waker: &Waker) -> Option<usize> {
        let mut state = self.state.lock();
        let first = state.numbers.pop_front();
        if first.is_some() || state.waiting.as_ref().is_some_and(|it| it.will_wake(waker)) {
            return first;
        }
        drop(state);
        // Cloning and dropping wakers is somebody else's code.
        let mut waker = Some(waker.clone());
        let mut state = self.state.lock();
        let first = state.numbers.pop_front();
        if first.is_none() {
            mem::swap(&mut state.waiting, &mut waker);
        }
        drop(state);
        drop(waker);
        first
    }

    /// Puts back what was popped last.
    pub(super) fn put_back(&self, number: usize) {
        self.state.lock().numbers.push_front(number);
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finished").finish_non_exhaustive()
    }
}

/// What is left with a task: whoever is woken by it knows which task it was.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) number: usize,
    pub(super) finished: Arc<Finished>,
}

impl Wake for Note {
    fn wake(self: Arc<Self>) {
        self.finished.push(self.number);
    }
}
