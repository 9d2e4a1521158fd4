//! A set of tasks that are joined in the order in which they finish.
//!
//! ```text
//!   JoinSet                                     a task's cell
//!   ┌──────────────────────────────┐            ┌────────────┐
//!   │ slots:  0    1    2    3 …   │── handle ─►│            │
//!   │         │                    │            │ join waker │
//!   │         └ note ◄─────────────┼────────────┤            │
//!   │ finished: 2, 0   whoever waits◄── number ─┘ finishes
//!   └──────────────────────────────┘
//! ```
//!
//! The join waker of each task is a note with the task's number. A task that finishes wakes it, and
//! so puts its number into the queue of the finished ones: joining takes the first, and never looks
//! at those that have not finished.

#![deny(unsafe_code)] // Safe code on top of the handles.

mod builder;
mod finished;
mod slots;
mod spawn;

pub use builder::Builder;

use super::{Id, JoinError};
use slots::Slots;
use std::fmt;
use std::future::poll_fn;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Tasks that all give a `T`, joined one after the other as they finish.
///
/// Dropping the set aborts the tasks that are still in it. Finished tasks keep their outputs until
/// they are joined, so a set that is only ever spawned into grows.
///
/// Starting a task, its end and joining it take a handful of locked instructions more than with a
/// handle of its own, however many tasks there are: none of the three looks at the others.
///
/// # Examples
///
/// ```
/// use graph_runtime::task::JoinSet;
///
/// #[graph_runtime::main]
/// async fn main() {
///     let mut squares: JoinSet<u64> = (1..=10).map(|n| async move { n * n }).collect();
///     let mut sum = 0;
///     while let Some(square) = squares.join_next().await {
///         sum += square.unwrap();
///     }
///     assert_eq!(sum, 385);
/// }
/// ```
pub struct JoinSet<T> {
    slots: Slots<T>,
}

impl<T> JoinSet<T> {
    /// An empty set.
    pub fn new() -> Self {
        Self { slots: Slots::new() }
    }

    /// How many tasks have not been joined, finished ones included.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is no task in the set.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: 'static> JoinSet<T> {
    /// Waits for the next task to finish and takes it out of the set. `None` if the set is empty.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing: no task has left the set.
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        poll_fn(|context| self.poll_join_next(context)).await
    }

    /// As [`join_next`](Self::join_next), with the id of the task that has finished. The id of one
    /// that has failed is [in the error](JoinError::id).
    ///
    /// # Cancel safety
    ///
    /// As for [`join_next`](Self::join_next).
    pub async fn join_next_with_id(&mut self) -> Option<Result<(Id, T), JoinError>> {
        poll_fn(|context| self.poll_join_next_with_id(context)).await
    }

    /// Takes out a task that has finished, if there is one.
    pub fn try_join_next(&mut self) -> Option<Result<T, JoinError>> {
        self.try_join_next_with_id().map(without_id)
    }

    /// The same, with the task's id.
    pub fn try_join_next_with_id(&mut self) -> Option<Result<(Id, T), JoinError>> {
        let number = self.slots.finished().pop()?;
        let task = self.slots.get_mut(number);
        let id = task.id();
        let output = task.try_join().expect("the numbers in the queue are of finished tasks");
        self.slots.remove(number);
        Some(output.map(|output| (id, output)))
    }

    /// What [`join_next`](Self::join_next) does when it is polled.
    ///
    /// `Ready(None)` says that the set is empty. After `Pending` the task is woken by the next task
    /// of the set that finishes; only the waker of the last call is.
    pub fn poll_join_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<T, JoinError>>> {
        self.poll_join_next_with_id(context).map(|joined| joined.map(without_id))
    }

    /// What [`join_next_with_id`](Self::join_next_with_id) does when it is polled.
    pub fn poll_join_next_with_id(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<(Id, T), JoinError>>> {
        if self.is_empty() {
            return Poll::Ready(None);
        }
        let Some(number) = self.slots.finished().pop_or_wait(context.waker()) else {
            return Poll::Pending;
        };
        let task = self.slots.get_mut(number);
        let id = task.id();
        match Pin::new(task).poll(context) {
            Poll::Ready(output) => {
                self.slots.remove(number);
                Poll::Ready(Some(output.map(|output| (id, output))))
            }
            // A finished task is not ready if this one has used up its turn: it has been woken.
            Poll::Pending => {
                self.slots.finished().put_back(number);
                Poll::Pending
            }
        }
    }

    /// Aborts all tasks and waits until they are gone. Panics of theirs are dropped.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped the tasks are aborted all the same; those that have not been waited
    /// for are still in the set.
    pub async fn shutdown(&mut self) {
        self.abort_all();
        while self.join_next().await.is_some() {}
    }

    /// Waits for all tasks and gives their outputs, in the order in which they finished.
    ///
    /// # Panics
    ///
    /// If a task has panicked, its panic goes on here; if one was aborted, this panics as well. The
    /// tasks that are still in the set are aborted.
    pub async fn join_all(mut self) -> Vec<T> {
        let mut outputs = Vec::with_capacity(self.len());
        while let Some(joined) = self.join_next().await {
            match joined.map_err(JoinError::try_into_panic) {
                Ok(output) => outputs.push(output),
                Err(Ok(payload)) => resume_unwind(payload),
                Err(Err(cancelled)) => panic!("{cancelled}"),
            }
        }
        outputs
    }

    /// Aborts all tasks. They stay in the set until they are joined.
    pub fn abort_all(&mut self) {
        self.slots.iter().for_each(super::JoinHandle::abort);
    }

    /// Takes all tasks out of the set without aborting them: they run on, and nobody sees their
    /// outputs.
    pub fn detach_all(&mut self) {
        // With a queue of its own: a task that finishes just now still finds the old one.
        self.slots = Slots::new();
    }
}

fn without_id<T>(joined: Result<(Id, T), JoinError>) -> Result<T, JoinError> {
    joined.map(|(_, output)| output)
}

impl<T> Drop for JoinSet<T> {
    fn drop(&mut self) {
        self.slots.iter().for_each(super::JoinHandle::abort);
    }
}

impl<T> Default for JoinSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinSet").field("len", &self.len()).finish()
    }
}
