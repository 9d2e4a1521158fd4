//! Asking what does not run why.

use super::books::batch::TaskRef;
use super::graphs::members::Members;
use super::inner::Inner;
use super::{AsyncTaskExecutor, Explanation, GraphHandle, TaskHandle};
use scheduler::TaskId;
use std::fmt;
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
        // When it has ended, another task may have the id.
        if self.is_finished() { None } else { self.inner.why(self.id()) }
    }
}

impl GraphHandle {
    /// The tasks of the graph that do not run and have not ended, each with its reason at the time
    /// the iterator comes to it: in the order in which they were added, also while the graph ran,
    /// and of each loop the last generation with what its tasks have added. Items of a
    /// [map](crate::Graph::map) and generations for which there was no room yet are no tasks.
    ///
    /// The executor is held up for 128 tasks at a time, some 10 us.
    pub fn waiting(&self) -> Waiting<'_> {
        let found = vec::IntoIter::default();
        Waiting { inner: &self.inner, members: Members::new(&self.batch), found }
    }
}

impl Inner {
    fn why(&self, id: TaskId) -> Option<Explanation> {
        let now = self.now();
        self.core.lock().why(id, now)
    }

    fn why_of_these(&self, tasks: &[TaskRef]) -> Vec<Explanation> {
        let now = self.now();
        let core = self.core.lock();
        tasks.iter().filter_map(|task| core.why(task.id, now)).collect()
    }
}

/// What the tasks of a graph wait for. Made by [`GraphHandle::waiting`].
#[must_use = "iterators do nothing unless they are asked"]
pub struct Waiting<'a> {
    inner: &'a Inner,
    /// The tasks that have not been looked at.
    members: Members,
    found: vec::IntoIter<Explanation>,
}

impl Iterator for Waiting<'_> {
    type Item = Explanation;

    fn next(&mut self) -> Option<Explanation> {
        loop {
            if let Some(found) = self.found.next() {
                return Some(found);
            }
            let unended = self.members.by_ref().filter(|task| task.ending().is_none());
            let chunk: Vec<TaskRef> = unended.take(CHUNK).collect();
            if chunk.is_empty() {
                return None;
            }
            self.found = self.inner.why_of_these(&chunk).into_iter();
        }
    }
}

impl fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").field("found", &self.found.len()).finish_non_exhaustive()
    }
}
