//! Asking what does not run why.

use super::books::batch::Batch;
use super::inner::Inner;
use super::{AsyncTaskExecutor, Explanation, GraphHandle, TaskHandle};
use scheduler::TaskId;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::vec;

/// For how many tasks reasons are found in one stay under the lock.
const CHUNK: usize = 128;

impl AsyncTaskExecutor {
    /// Why a task is not running right now. `None` if it runs, has ended, or nobody knows it.
    ///
    /// O(dependencies) under the executor's lock; changes nothing.
    pub fn why(&self, id: TaskId) -> Option<Explanation> {
        self.inner.why(id)
    }
}

impl TaskHandle {
    /// Why the task is not running right now, as [`AsyncTaskExecutor::why`] tells.
    pub fn why(&self) -> Option<Explanation> {
        self.inner.why(self.id())
    }
}

impl GraphHandle {
    /// The tasks of the graph that do not run and have not ended, in the order in which they were
    /// added, each with its reason at the time the iterator comes to it.
    ///
    /// The executor is held up for 128 tasks at a time, some 10 us.
    pub fn waiting(&self) -> Waiting<'_> {
        Waiting { inner: &self.inner, batch: &self.batch, next: 0, found: vec::IntoIter::default() }
    }
}

impl Inner {
    fn why(&self, id: TaskId) -> Option<Explanation> {
        let now = self.now();
        self.core.lock().why(id, now)
    }

    fn why_of_these(&self, batch: &Batch, places: Range<usize>) -> Vec<Explanation> {
        let now = self.now();
        let ids = batch.records()[places].iter().filter(|record| record.ending().is_none());
        let core = self.core.lock();
        ids.filter_map(|record| core.why(record.id, now)).collect()
    }
}

/// What the tasks of a graph wait for. Made by [`GraphHandle::waiting`].
#[must_use = "iterators do nothing unless they are asked"]
pub struct Waiting<'a> {
    inner: &'a Inner,
    batch: &'a Arc<Batch>,
    /// The first task that has not been looked at.
    next: usize,
    found: vec::IntoIter<Explanation>,
}

impl Iterator for Waiting<'_> {
    type Item = Explanation;

    fn next(&mut self) -> Option<Explanation> {
        loop {
            let found = self.found.next();
            let left = self.next..self.batch.records().len();
            if found.is_some() || left.is_empty() {
                return found;
            }
            let chunk = left.start..left.end.min(left.start + CHUNK);
            self.next = chunk.end;
            self.found = self.inner.why_of_these(self.batch, chunk).into_iter();
        }
    }
}

impl fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").field("next", &self.next).finish_non_exhaustive()
    }
}
