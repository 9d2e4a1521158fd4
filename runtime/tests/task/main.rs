//! What there is around tasks besides spawning them: one file per behaviour.

mod cancellation_token;
mod cancellation_tree;
mod join_error;
mod join_handle;
mod join_set;
mod join_set_ends;
mod local_runtime;
mod local_set;
mod local_set_drop;
mod local_set_join;
mod spawn_pinned;
mod support;
mod task_local;
mod task_tracker;
