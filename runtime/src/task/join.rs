//! Waiting for a task's output.

use super::runnable::RawTask;
use super::{AbortHandle, Id, JoinError, coop};
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

/// Owns the right to a task's output. Awaiting it gives the output, or says why there is none.
///
/// Dropping it detaches the task: it runs on, and its output is dropped when it completes.
///
/// # Cancel safety
///
/// Dropping a `&mut JoinHandle` that is being awaited loses nothing; await it again.
///
/// # Panics
///
/// Polling it again after it gave the output panics.
///
/// # Examples
///
/// ```
/// # use graph_runtime::runtime::Builder;
/// let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
/// let sum = runtime.block_on(async {
///     let handle = graph_runtime::spawn(async { 1 + 2 });
///     handle.await.unwrap()
/// });
/// assert_eq!(sum, 3);
/// ```
pub struct JoinHandle<T> {
    task: RawTask,
    output: PhantomData<T>,
}

// SAFETY: the handle shares the task with other threads through the state word only, and moves
// the output, so the output must be Send.
unsafe impl<T: Send> Send for JoinHandle<T> {}
// SAFETY: through `&JoinHandle` nothing but the state word can be reached.
unsafe impl<T: Send> Sync for JoinHandle<T> {}

impl<T> Unpin for JoinHandle<T> {}
impl<T> std::panic::UnwindSafe for JoinHandle<T> {}
impl<T> std::panic::RefUnwindSafe for JoinHandle<T> {}

impl<T> JoinHandle<T> {
    /// Takes over the join handle's reference and the JOIN flag.
    pub(super) fn from_raw(task: RawTask) -> Self {
        Self { task, output: PhantomData }
    }

    /// The task's id.
    pub fn id(&self) -> Id {
        self.task.id()
    }

    /// Asks for the task to be dropped at its next suspension.
    ///
    /// Awaiting the handle afterwards gives a cancelled [`JoinError`], or the output if the task
    /// was complete already. By the time the handle is ready the future has been dropped.
    pub fn abort(&self) {
        self.task.abort();
    }

    /// A handle that can abort the task but not await it.
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle::new(self.task)
    }

    /// Whether the task has completed, so that awaiting it will not wait.
    pub fn is_finished(&self) -> bool {
        self.task.header().state.is_complete()
    }

    /// Has `waker` woken when the task is complete. False if it is already, and then the waker is
    /// dropped. To be called once, by who has never polled the handle.
    ///
    /// For this crate and for the models in `loom-tests`.
    #[doc(hidden)]
    pub fn watch(&mut self, waker: Waker) -> bool {
        let header = self.task.header();
        // SAFETY: the handle's reference keeps the task alive, and only the join handle makes this
        // call.
        unsafe { (header.vtable().watch)(self.task.ptr(), waker) }
    }

    /// The output, if the task is complete and nobody has taken it.
    pub(crate) fn try_join(&mut self) -> Option<Result<T, JoinError>> {
        if self.is_finished() { self.take_output(Waker::noop()) } else { None }
    }

    /// The output of a complete task, unless it was taken. Otherwise `waker` is woken when there is
    /// one.
    fn take_output(&mut self, waker: &Waker) -> Option<Result<T, JoinError>> {
        let mut output = None;
        // SAFETY: the handle's reference keeps the task alive, `output` has the type that the
        // vtable of a task with this handle expects, and only the join handle makes this call.
        unsafe {
            let take = self.task.header().vtable().take_output;
            take(self.task.ptr(), (&raw mut output).cast(), waker);
        }
        output
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(coop::poll_turn(context));
        let was_complete = self.is_finished();
        match self.take_output(context.waker()) {
            Some(output) => {
                coop::spend();
                Poll::Ready(output)
            }
            None if was_complete => panic!("JoinHandle polled after it gave its output"),
            None => {
                coop::wait_for(coop::Resource::Task);
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        // SAFETY: the JOIN flag and one reference are the handle's.
        unsafe { (self.task.header().vtable().drop_join)(self.task.ptr()) };
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("id", &self.id()).finish_non_exhaustive()
    }
}
