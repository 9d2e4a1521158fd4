//! Standard library or loom, decided once.
//!
//! Under `--cfg loom` every type here is loom's, and a test body passed to [`model()`] is run under
//! every interleaving and every permitted weak-memory outcome (up to loom's bounds). Otherwise
//! they are the plain `std` types (or zero-cost wrappers of them), and [`model()`] runs the body a
//! number of times on real threads, so that each model is an ordinary stress test as well.
//!
//! What is deliberately absent: `SeqCst` loads and stores. loom treats them as `AcqRel`, so a
//! protocol that needs a single total order must say so with [`atomic::fence`]`(SeqCst)`.

mod cell;
mod const_fn;
mod lock;
#[cfg(loom)]
mod loom_atomic;
mod model;
mod mutant;
mod rw_lock;
mod shared_queue;
mod thread_number;
mod zeroed;

pub use cell::UnsafeCell;
pub use const_fn::const_fn;
pub use crossbeam_utils::CachePadded;
pub use lock::{Condvar, Mutex, MutexGuard};
pub use model::{MODEL_BLOCK_SLOTS, MODEL_CAPACITY_SHIFT, UNBOUNDED, model};
pub use mutant::Mutant;
pub use rw_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use shared_queue::SharedQueue;
pub use zeroed::zeroed_counters;

/// Atomic integers, pointers and fences.
pub mod atomic {
    #[cfg(not(loom))]
    pub use std::sync::atomic::{
        AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
    };

    #[cfg(loom)]
    pub use super::loom_atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, fence};
    #[cfg(loom)]
    pub use std::sync::atomic::Ordering;
}

/// Reference counting.
pub mod sync {
    #[cfg(loom)]
    pub use loom::sync::Arc;
    #[cfg(not(loom))]
    pub use std::sync::Arc;
}

/// Threads, for models and for blocking parts.
pub mod thread {
    pub use super::thread_number::number;
    #[cfg(loom)]
    pub use loom::thread::{JoinHandle, spawn, yield_now};
    #[cfg(not(loom))]
    pub use std::thread::{JoinHandle, spawn, yield_now};
}

/// Hints to the processor.
pub mod hint {
    #[cfg(loom)]
    pub use loom::hint::spin_loop;
    #[cfg(not(loom))]
    pub use std::hint::spin_loop;
}
