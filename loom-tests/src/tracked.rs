//! Data without any synchronisation of its own.

#![allow(unsafe_code)] // Fenced: one `Sync`, for a cell that nobody looks into.

use primitives::shim::UnsafeCell;
use std::sync::atomic::{AtomicU32, Ordering};

/// Stands for the plain data that a protocol hands from thread to thread.
///
/// Under loom each access is checked like one of an `UnsafeCell`: a read and a write that are not
/// ordered by the protocol fail the model. The value itself is beside the cell, invisible to loom,
/// so that the stress tests have something to compare as well.
#[derive(Debug)]
pub struct Tracked {
    access: UnsafeCell<()>,
    value: AtomicU32,
}

// SAFETY: the pointer into the cell is never followed; asking for it is what loom checks.
unsafe impl Sync for Tracked {}

impl Tracked {
    /// Data with a first value.
    pub fn new(value: u32) -> Self {
        Self { access: UnsafeCell::new(()), value: AtomicU32::new(value) }
    }

    /// Reads the value. Under loom, panics if a write is not ordered before or after.
    pub fn read(&self) -> u32 {
        self.access.with(|_| self.value.load(Ordering::Relaxed))
    }

    /// Writes the value. Under loom, panics if any other access is not ordered before or after.
    pub fn write(&self, value: u32) {
        self.access.with_mut(|_| self.value.store(value, Ordering::Relaxed));
    }
}
