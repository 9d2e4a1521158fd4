//! The runtime core from outside: one file per behaviour.

mod abort;
mod block_in_place;
mod block_on;
mod blocking;
mod builder;
mod builder_options;
mod coop;
mod dump;
mod fairness;
mod handle;
mod idle;
mod late_timers;
mod live_metrics;
mod macros;
mod metrics;
mod panics;
mod seams;
mod shutdown;
mod shutdown_limits;
mod spawn;
mod stealing;
mod support;
mod task_builder;
mod task_hooks;
mod virtual_time;
mod wakes;
