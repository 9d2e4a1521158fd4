//! Putting a plain thread to sleep until it is notified.

use crate::permit::{Notify, Permit};
use crate::shim::{Condvar, Mutant, Mutex};
use std::time::Duration;

/// A [`Permit`] with a condition variable to sleep on.
///
/// Threads that own a reactor sleep in it instead; this is for those that own none: callers of
/// `block_on`, the blocking pool, the monitor.
///
/// # Examples
///
/// ```
/// use graph_runtime_primitives::parker::Parker;
/// use std::sync::Arc;
///
/// let parker = Arc::new(Parker::new());
/// let waker = Arc::clone(&parker);
/// let thread = std::thread::spawn(move || waker.unpark());
/// parker.park();
/// thread.join().unwrap();
/// ```
#[derive(Debug, Default)]
pub struct Parker {
    permit: Permit,
    /// Holds nothing: the permit is the state. It closes the gap between announcing sleep and
    /// sleeping, because a waker that saw ASLEEP has to pass through it.
    gate: Mutex<()>,
    bell: Condvar,
}

impl Parker {
    /// A parker without a permit.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sleeps until there is a permit, and uses it up. Only the owning thread may call this.
    pub fn park(&self) {
        let mut gate = self.gate.lock();
        if !self.permit.fall_asleep() {
            return;
        }
        while !self.permit.is_notified() {
            gate = self.bell.wait(gate);
        }
        drop(gate);
        self.permit.wake_up();
    }

    /// Like [`park`](Self::park), for at most `timeout`. True if a permit ended the sleep.
    pub fn park_timeout(&self, timeout: Duration) -> bool {
        let gate = self.gate.lock();
        if !self.permit.fall_asleep() {
            return true;
        }
        let deadline = std::time::Instant::now().checked_add(timeout);
        let mut gate = gate;
        while !self.permit.is_notified() {
            let Some(deadline) = deadline else {
                gate = self.bell.wait(gate);
                continue;
            };
            let left = deadline.saturating_duration_since(std::time::Instant::now());
            if left.is_zero() {
                break;
            }
            (gate, _) = self.bell.wait_timeout(gate, left);
        }
        drop(gate);
        self.permit.wake_up()
    }

    /// Leaves a permit and wakes the owner if it sleeps. Any thread.
    pub fn unpark(&self) {
        if self.permit.notify() == Notify::Wake {
            if !Mutant::ParkerGate.is_active() {
                drop(self.gate.lock());
            }
            self.bell.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Parker;
    use std::time::Duration;

    #[test]
    fn a_permit_left_early_is_kept() {
        let parker = Parker::new();
        parker.unpark();
        parker.unpark();
        parker.park();
        assert!(!parker.park_timeout(Duration::from_millis(1)), "two notifies are one permit");
    }

    #[test]
    fn an_endless_timeout_does_not_overflow() {
        let parker = Parker::new();
        parker.unpark();
        assert!(parker.park_timeout(Duration::MAX));
    }
}
