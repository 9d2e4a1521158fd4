//! Tasks that are to be added to a graph as soon as there is room.

use crate::executor::ExecutorError;
use crate::executor::books::home::Home;
use crate::executor::books::tasks::Tasks;
use scheduler::TaskId;

/// What is to be added to a graph, step by step, before one of its tasks may start.
///
/// It waits in the line for [room](crate::executor::books::room) like everybody who submits, so the
/// queue's bound holds, and nobody is overtaken for long: after each step it goes to the end of the
/// line. No task runs while it waits, so nothing keeps a slot from those that could make room.
pub(in crate::executor) struct Backlog {
    /// Of what is added.
    pub(in crate::executor) home: Home,
    /// The task that waits for everything that is added, and is held until all of it is.
    pub(in crate::executor) target: TaskId,
    pub(in crate::executor) additions: Box<dyn Additions>,
    /// Whether each step is a generation of a loop, of which the graph's report has the last one.
    pub(in crate::executor) is_loop: bool,
}

/// The steps of a [`Backlog`]. Called under the core's lock: none of this is the user's code.
pub(in crate::executor) trait Additions: Send {
    /// How many tasks come next; 0 when nothing is left.
    fn places(&self) -> usize;

    /// The tasks that come next, to be added together. The target waits for the last of them.
    fn next(&mut self) -> Option<Tasks>;

    /// What is left will not be added; the target says so when it runs.
    fn refuse(&mut self, error: ExecutorError);
}
