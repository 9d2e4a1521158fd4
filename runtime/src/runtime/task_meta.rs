//! What a hook is told of a task.

use crate::task::{Id, RawTask};
use std::panic::Location;
use std::time::Duration;

/// A task, as the hooks of a runtime see it.
///
/// # Examples
///
/// ```
/// use graph_runtime::runtime::Builder;
/// use graph_runtime::task;
///
/// let runtime = Builder::new_current_thread()
///     .on_task_spawn(|task| assert_eq!(task.name(), Some("sum")))
///     .build()?;
/// runtime.block_on(async {
///     let sum = task::Builder::new().name("sum").spawn(async { 1 + 2 }).unwrap();
///     assert_eq!(sum.await.unwrap(), 3);
/// });
/// # Ok::<(), graph_runtime::runtime::BuildError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct TaskMeta<'a> {
    id: Id,
    site: &'static Location<'static>,
    name: Option<&'a str>,
    schedule_latency: Option<Duration>,
}

impl<'a> TaskMeta<'a> {
    pub(crate) fn new(id: Id, site: &'static Location<'static>, name: Option<&'a str>) -> Self {
        Self { id, site, name, schedule_latency: None }
    }

    /// The same, about to be polled, or just polled, after it was queued for so long.
    pub(crate) fn queued_for(self, schedule_latency: Option<Duration>) -> Self {
        Self { schedule_latency, ..self }
    }

    /// Of a task of which the caller has a reference for as long as it uses this.
    pub(crate) fn of(task: RawTask) -> Self {
        let name = task.annotation().and_then(|annotation| annotation.name.as_deref());
        Self::new(task.id(), task.site(), name)
    }

    /// The task's id.
    pub fn id(&self) -> Id {
        self.id
    }

    /// Where it was spawned.
    pub fn spawned_at(&self) -> &'static Location<'static> {
        self.site
    }

    /// Its name, if it has [one](crate::task::Builder::name).
    pub fn name(&self) -> Option<&str> {
        self.name
    }

    /// How long it was queued before this poll, to 16 ns, for the hooks
    /// [before](crate::runtime::Builder::on_before_task_poll) and
    /// [after](crate::runtime::Builder::on_after_task_poll) a poll that is
    /// [timed](crate::runtime::Builder::poll_sampling). Of two tasks that wait at once and whose
    /// [numbers](Id) are a multiple of 65,536 apart it is known of one only.
    pub fn schedule_latency(&self) -> Option<Duration> {
        self.schedule_latency
    }
}
