//! Giving a worker to another thread while this one blocks, for
//! [`block_in_place`](crate::task::block_in_place).
//!
//! ```text
//!   thread A, in a poll of worker n          pool                       thread B
//!   (1) takes its Local out of its context
//!   (2) puts it on the bench, calls for B ──► queues the bench ───────► (3) takes the Local from
//!   (4) runs the closure that blocks                                        the bench, is worker n
//!   (5) looks on the bench
//!       still there: is worker n again                                  finds nothing and leaves
//!       gone: goes on with the poll as a thread that is no worker;
//!             what it wakes or spawns goes to the injector
//!   (6) when the poll returns, finds itself without a worker and leaves the loop
//! ```
//!
//! So worker n always is one thread's, or on the bench, which is behind a lock. If no thread comes,
//! nothing changes but that n stands still, as in any long poll.

#![allow(unsafe_code)] // Fenced: a worker's own part changes threads; see `Handover`.

use super::{Local, Shared, work};
use crate::context;
use crate::runtime::{Handle, RuntimeFlavor};
use primitives::shim::Mutex;
use primitives::shim::atomic::Ordering;
use std::cell::Cell;
use std::sync::Arc;

/// A worker's own part, out of its thread's hands.
struct Handover(Arc<Local>);

// SAFETY: a Local may move between threads (it is Send, which `is_send` below checks), but may be
// used by one at a time, and this sends a share of it. The other shares are with the thread that
// gave it away, in its frames of `work` and `run_until` and nowhere else: `context::take_worker`
// took it out of the thread's context, and failed if somebody was using it. Those frames do not
// touch it until it was taken back, or ever again: `run_until` asks `has_left` after each poll, the
// only place from which `step_aside` gives it away, and returns at once if so. The bench's lock
// orders what one thread did with it before what the next one does; the count of an Arc is atomic.
unsafe impl Send for Handover {}

const fn is_send<T: Send>() {}
const _: () = is_send::<Local>();

/// What a thread is to the worker's loop that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It is in none.
    None,
    /// It polls a task in it.
    Polling,
    /// It polls a task still, but the worker is another thread's by now.
    Left,
}

thread_local! {
    static ROLE: Cell<Role> = const { Cell::new(Role::None) };
}

/// A poll of a task begins, in the loop of this thread's worker.
#[inline]
pub(super) fn begin_poll() {
    ROLE.set(Role::Polling);
}

/// The poll is over. Whether this thread has lost its worker meanwhile.
#[inline]
pub(super) fn has_left() -> bool {
    ROLE.replace(Role::None) == Role::Left
}

/// Whether this thread has lost its worker in the poll under way. It is another thread's by now.
#[inline]
pub(crate) fn has_lost_worker() -> bool {
    ROLE.get() == Role::Left
}

/// While it lives, the thread is in a worker's loop. What it is to the one around that, from which
/// it has come by [`block_in_place`](crate::task::block_in_place), is as before afterwards.
pub(super) struct InLoop {
    around: Role,
}

impl InLoop {
    pub(super) fn enter() -> Self {
        Self { around: ROLE.replace(Role::None) }
    }
}

impl Drop for InLoop {
    fn drop(&mut self) {
        ROLE.set(self.around);
    }
}

/// Where a worker waits for a thread.
#[derive(Clone)]
pub(crate) struct Bench(Arc<Mutex<Option<Handover>>>);

impl Bench {
    fn take(&self) -> Option<Arc<Local>> {
        self.0.lock().take().map(|handover| handover.0)
    }

    /// The calling thread is the worker on the bench from now on, if it still is there, until the
    /// runtime shuts down or it gives the worker away itself.
    pub(crate) fn work(&self, handle: &Handle) {
        if let Some(local) = self.take() {
            let processors = &handle.shared().config.processors;
            // The worker was bound before; should the system not allow it any more, so be it.
            let _ = processors.bind(local.index);
            work(local, handle);
            processors.unbind();
        }
    }
}

/// While it lives, this thread is not the worker that it was. Dropping it takes the worker back, if
/// no other thread has come for it.
pub(crate) struct SteppedAside {
    bench: Bench,
    shared: Arc<Shared>,
}

impl Shared {
    /// How many tasks keep a thread from its work by blocking it while another thread does the
    /// work.
    pub(crate) fn blocking_beside_workers(&self) -> usize {
        // ORDERING: Relaxed; whoever acts on it looks again.
        self.spares.out_for_blocked() + self.aside.load(Ordering::Relaxed)
    }
}

/// Calls for another thread to be this thread's worker. `None` if it is none that can be given away
/// now, or there are no threads any more.
pub(crate) fn step_aside() -> Option<SteppedAside> {
    if ROLE.get() != Role::Polling {
        return None;
    }
    let may_change_threads = |local: &Local| {
        local.shared.config.flavor == RuntimeFlavor::MultiThread && !local.has_bound_tasks()
    };
    let local = context::take_worker(may_change_threads)?;
    let shared = Arc::clone(&local.shared);
    let bench = Bench(Arc::new(Mutex::new(Some(Handover(local)))));
    let stepped = SteppedAside { bench: bench.clone(), shared: Arc::clone(&shared) };
    // ORDERING: Relaxed, here and below; see `Shared::blocking_beside_workers`.
    shared.aside.fetch_add(1, Ordering::Relaxed);
    shared.blocking.call_for_worker(&Handle::new(Arc::clone(&shared)), bench);
    Some(stepped)
}

impl Drop for SteppedAside {
    fn drop(&mut self) {
        self.shared.aside.fetch_sub(1, Ordering::Relaxed);
        match self.bench.take() {
            Some(local) => context::put_worker_back(local),
            None => ROLE.set(Role::Left),
        }
    }
}
