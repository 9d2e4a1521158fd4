//! What an executor tells whoever listens.

use super::discard::{discard, guard};
use crate::sync::broadcast::error::{RecvError, TryRecvError};
use crate::sync::broadcast::{Receiver, Sender};
use scheduler::{GraphId, TaskId};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// How many events a listener may be behind; twice as many as tasks are likely to be late at once.
const CAPACITY: usize = 256;

/// Something that happened in an executor and is nobody's result. Further ones will be added.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ExecutorEvent {
    /// A running task has passed its deadline, or that of its graph. Told once for each attempt,
    /// unless [`ExecutorConfig::overdue`](super::ExecutorConfig::overdue) is `Ignore`.
    DeadlinePassed {
        /// The task.
        id: TaskId,
        /// Its name for people.
        name: Option<Arc<str>>,
        /// The graph it is part of.
        graph: Option<GraphId>,
        /// When it should have ended.
        deadline: Instant,
    },
    /// The listener was too slow: so many events were dropped, the oldest ones.
    Missed {
        /// How many.
        events: u64,
    },
}

/// What happens in an executor from the moment this was made, by
/// [`AsyncTaskExecutor::events`](super::AsyncTaskExecutor::events). Each listener gets every event.
///
/// A listener that is more than 256 events behind loses the oldest ones, and is told how many by
/// [`ExecutorEvent::Missed`]; the executor never waits for it. Events of different threads may come
/// in either order.
///
/// # Examples
///
/// ```
/// use graph_runtime::{AsyncTaskExecutor, ExecutableTask, ExecutorConfig, ExecutorEvent, Overdue};
/// use graph_runtime::{TaskError, task_fn};
/// use std::time::Instant;
///
/// let config = ExecutorConfig { overdue: Overdue::Cancel, ..ExecutorConfig::default() };
/// let executor = AsyncTaskExecutor::new(config)?;
/// let mut events = executor.events();
/// let endless = task_fn(|_| std::future::pending::<Result<(), TaskError>>());
/// let late = ExecutableTask::new(endless).named("late").deadline(Instant::now());
///
/// let handle = executor.try_submit(late)?;
/// let event = executor.block_on(events.next());
/// assert!(matches!(event, Some(ExecutorEvent::DeadlinePassed { id, .. }) if id == handle.id()));
/// assert!(executor.block_on(handle).unwrap_err().is_cancelled());
/// # Ok::<(), graph_runtime::ExecutorError>(())
/// ```
pub struct Events(Receiver<ExecutorEvent>);

impl Events {
    /// The next event; `None` when the executor, its handles and its tasks are gone.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is ready loses no event.
    pub async fn next(&mut self) -> Option<ExecutorEvent> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(events)) => Some(ExecutorEvent::Missed { events }),
            Err(RecvError::Closed) => None,
        }
    }

    /// The next event, if it has happened already.
    pub fn try_next(&mut self) -> Option<ExecutorEvent> {
        match self.0.try_recv() {
            Ok(event) => Some(event),
            Err(TryRecvError::Lagged(events)) => Some(ExecutorEvent::Missed { events }),
            Err(TryRecvError::Empty | TryRecvError::Closed) => None,
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("waiting", &self.0.len()).finish_non_exhaustive()
    }
}

/// Whom to tell. Nothing before somebody listens.
#[derive(Default)]
pub(super) struct Audience(OnceLock<Sender<ExecutorEvent>>);

impl Audience {
    pub(super) fn listen(&self) -> Events {
        Events(self.0.get_or_init(|| Sender::new(CAPACITY)).subscribe())
    }

    /// Whether anybody ever has listened.
    pub(super) fn exists(&self) -> bool {
        self.0.get().is_some()
    }

    /// Tells everybody who listens, which wakes them: user code.
    pub(super) fn tell(&self, event: ExecutorEvent) {
        if let Some(sender) = self.0.get() {
            // Without listeners it comes back.
            guard(|| drop(sender.send(event)));
        }
    }
}

impl Drop for Audience {
    /// Wakes everybody who listens.
    fn drop(&mut self) {
        discard(self.0.take());
    }
}
