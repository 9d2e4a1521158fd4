//! The models, one file per protocol.

mod biased_lock;
mod deque;
mod idle;
mod injector;
mod join_counters;
mod lifo_slot;
#[cfg(loom)]
mod mutants;
mod permit;
mod rest;
mod seat;
mod slab;
mod surplus;
mod sync_mpsc;
mod sync_mutex;
mod sync_notify;
mod sync_once;
mod sync_oneshot;
mod sync_semaphore;
mod task_abort;
mod task_join;
mod task_references;
mod task_shutdown;
mod task_wake;
