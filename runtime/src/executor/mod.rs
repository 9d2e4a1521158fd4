//! Running graphs of tasks: order by the scheduler, placement by the workers.
//!
//! An [`AsyncTaskExecutor`] drives `scheduler::TaskScheduler`, which knows dependencies,
//! priorities, deadlines, estimates, limits and budgets, with real tasks of a runtime, which know
//! how to run. Tasks come [one at a time](AsyncTaskExecutor::submit), naming the ids of their
//! dependencies, or as a whole [`Graph`].
//!
//! # How a task travels
//!
//! ```text
//!   submit ──► room? ──► TaskScheduler ──► ready ──► dispatch ──► Runner: one runtime task,
//!               │ no      (waits for its             (limit,        │ one Attempt after another
//!               ▼          dependencies)              budgets)      │ (run(), poll, timeout,
//!          FIFO of waiting                               ▲          ▼  panics caught)
//!          submitters ◄── room again ── Core::settle ◄───┴──── finish, exactly once, after the
//!                                           │                  user's future was dropped; the
//!                                           ▼                  best ready task comes next
//!                            handles, dependents, graphs, `idle`
//! ```
//!
//! # Who runs what has been started
//!
//! What the scheduler has started waits, in that order, for one of the `Crew`: runners at work, no
//! more than there are workers, and fewer while attempts are so short that handing one to another
//! worker costs more than running it. A task that becomes ready waits for a place under the limit;
//! then at most for those started before it, of which a runner keeps no more than 32 ahead; and,
//! while the crew is smaller than the runtime, at most a millisecond for the `watch` to see that a
//! runner is stuck. Threads that stand in for blocked workers have runners of their own, so a task
//! may block its worker until another one has ended.
//!
//! A `Roster` says which runner is at which task, for [dumps](crate::dump) and for reports of tasks
//! that [hold their worker up](crate::runtime::Builder::on_stall).
//!
//! # One lock, and nothing of the user's under it
//!
//! `Core` is the scheduler and the books behind one mutex. Every entrance takes it once, steps the
//! scheduler, and collects what follows in an `Aftermath`: attempts to start and to stop, handles
//! to resolve, submitters to wake, values to drop. All of that runs after the lock is free, because
//! futures, outputs, errors and wakers are user code that may come back here, or panic.
//!
//! # What is learnt
//!
//! With a [history](ExecutorConfig::history) a `Learner` watches what tasks of each kind take. A
//! task without an estimate goes by that; a running graph is ranked again, in the background, when
//! that has changed. Of short tasks of a large graph each worker takes `Notes` first, at most 32 or
//! a millisecond's: the history is memory that all of them would wait for.
//!
//! # One alarm
//!
//! What time alone brings about, from a deadline that passes to figures of the machine that are to
//! be looked at again, is on one agenda, and the executor has one `Alarm` for all of it. It is set
//! for the next thing that will happen, and there is none while nothing will.
//!
//! # When an attempt goes wrong
//!
//! Its error goes to the user's predicate first, with no lock held. Then, under the lock, the
//! scheduler says whether the task is [tried again](ExecutableTask::retry); if so its body goes
//! back to where it was, and the wait for the next attempt is a matter for the alarm. What an
//! attempt had to say is kept with the record, eight errors at most. Attempts have timers for their
//! own timeouts; those of whole tasks and of graphs, and silence, are on the scheduler's agenda,
//! and a [sign of life](TaskContext::heartbeat) is a number in memory at which nobody looks until
//! then.
//!
//! # How much at once
//!
//! The limit is fixed, or a [`Controller`] finds it. What ends is counted under the lock, and when
//! a window is complete the controller is asked after the lock is free; its answer takes effect
//! with the next step. `Control` is the one place where figures of the machine become input.
//!
//! # What is kept, and for how long
//!
//! What is submitted together is a `Batch`: a graph, a part that is added to one while it runs, or
//! one task. It holds a `Record` for each task, with its end and its output, in the memory in which
//! the graph was put together. The books keep a batch until it has ended and its handle is gone or
//! has given the result; a [`GraphReport`] and the [`TaskContext`]s of the graph keep it as well. A
//! dependent that was submitted later holds on to the batches of its dependencies until it has
//! ended, so an output lives as long as anybody may ask for it, or for another of the same graph.
//! Parts are kept for the report of their graph while its handle is there, those of a loop while
//! their generation is the last. Otherwise they are forgotten as soon as they have ended, so a
//! graph that loops for ever, or grows without a handle, needs no more memory than what of it is
//! alive.
//!
//! # Where what is
//!
//! | folder | question |
//! |---|---|
//! | `core` | what happens under the lock |
//! | `attempts` | how what has been started runs |
//! | `books` | what is kept about what was submitted, and who waits for it |
//! | `graphs` | how graphs are put together and grow, and what became of them |
//! | `task` | what a task is, from what it does to what it returns |
//! | `steer` | how many run at once, and what is learnt about how long they take |

mod aftermath;
mod alarm;
mod attempts;
mod books;
mod config;
mod core;
mod describe;
mod discard;
mod drained;
mod error;
mod event;
mod executor_type;
mod explanation;
mod export;
mod graphs;
mod inner;
mod root_cause;
mod steer;
mod submission;
mod submit_error;
mod task;
mod why;

pub use attempts::{Cancelled, RetryPredicate};
pub use config::ExecutorConfig;
pub use drained::{Drained, RemainingTask};
pub use error::{ExecutorError, Failure};
pub use event::{Events, ExecutorEvent};
pub use executor_type::AsyncTaskExecutor;
pub use explanation::Explanation;
pub use graphs::{
    Generation, Graph, GraphHandle, GraphPart, GraphReport, GraphTask, Item, Node, OutputOf,
    TaskReport,
};
pub use root_cause::RootCause;
pub use steer::{Concurrency, Controller, LimitChange, MakeController};
pub use submit_error::SubmitError;
pub use task::{
    AsyncTask, ExecutableTask, FnTask, TaskContext, TaskError, TaskFuture, TaskHandle, TaskOutput,
    task_fn,
};
pub use why::Waiting;
