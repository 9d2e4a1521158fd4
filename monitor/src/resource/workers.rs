//! The threads of the workers, and what each of them gets of the machine.

use crate::Sampler;
use crate::sample::pace::{Group, PERIOD, Pace};
use crate::sample::rates::Counter;
use crate::sample::{ThreadTimes, WorkerThread};
use primitives::Timestamp;
use primitives::shim::Mutex;
use rustix::thread::gettid;
use std::thread::{self, ThreadId};
use std::time::Duration;

/// The most workers whose threads are watched.
pub const WORKERS_MAX: usize = 1 << 10;
/// Threads that are looked at after a sample, in turn, to bound what a sample costs; more only if
/// so many looks in a period do not suffice.
const THREADS_PER_LOOK: usize = 8;
/// Looks in a period, as there are samples 100 ms apart.
const LOOKS: usize = 8;

/// What a worker's thread got of the machine.
///
/// The kernel adds up what a running thread has used when its timer interrupt comes, every 1 to
/// 10 ms, so shares of short times are as coarse as that.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WorkerUsage {
    /// When this was last read: about once a second, up to eight workers with a sample. Of more
    /// than 64 workers it is an eighth, and if samples are further apart than 100 ms as many more.
    pub at: Timestamp,
    /// The share of the time since the reading before that it was on a core, 0 to 1.
    pub cpu: Option<f64>,
    /// The share in which it was runnable and waited for a core, 0 to 1.
    pub run_queue_wait: Option<f64>,
    /// All of both since the thread began. `None` if unknown, or the thread is gone.
    pub total: Option<ThreadTimes>,
}

/// Who is watched, and what was seen.
#[derive(Debug, Default)]
pub(crate) struct Workers {
    /// Held to copy a few words, never while anything is read from the system.
    table: Mutex<Table>,
}

#[derive(Debug)]
struct Table {
    slots: Vec<Option<Slot>>,
    registrations: u64,
    pace: Pace,
    /// The slot that is looked at next.
    turn: usize,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// The thread as the standard library knows it: that id does not come again.
    id: ThreadId,
    thread: WorkerThread,
    usage: WorkerUsage,
    cpu: Counter,
    run_queue_wait: Counter,
}

impl Workers {
    /// Watches the calling thread as worker number `worker`, in place of the one before. `false`
    /// if there cannot be such a worker.
    pub(crate) fn register(&self, worker: usize) -> bool {
        if worker >= WORKERS_MAX {
            return false;
        }
        let id = thread::current().id();
        let mut table = self.table.lock();
        if table.slots.len() <= worker {
            table.slots.resize(worker + 1, None);
        }
        if table.slots[worker].is_none_or(|slot| slot.id != id) {
            table.registrations += 1;
            let tid = gettid().as_raw_nonzero().get().unsigned_abs();
            let thread = WorkerThread { worker, tid, registration: table.registrations };
            table.slots[worker] = Some(Slot::new(id, thread));
        }
        true
    }

    /// Stops watching worker number `worker`.
    pub(crate) fn unregister(&self, worker: usize) {
        if let Some(slot) = self.table.lock().slots.get_mut(worker) {
            *slot = None;
        }
    }

    /// What was last seen of worker number `worker`.
    pub(crate) fn usage(&self, worker: usize) -> Option<WorkerUsage> {
        self.table.lock().slots.get(worker)?.map(|slot| slot.usage)
    }

    /// Looks at those whose turn it is, if it is anybody's. O(slots) to find them.
    pub(crate) fn look(&self, sampler: &mut dyn Sampler, now: Timestamp) {
        let (slots, most) = self.table.lock().begin_look(now);
        let mut looked_at = 0;
        for _ in 0..slots {
            if looked_at == most {
                break;
            }
            let Some(thread) = self.table.lock().next() else { continue };
            let total = sampler.thread_times(thread);
            self.table.lock().note(thread, now, total);
            looked_at += 1;
        }
    }
}

impl Default for Table {
    fn default() -> Self {
        Self { slots: Vec::new(), registrations: 0, pace: Pace::new(Group::Workers), turn: 0 }
    }
}

impl Table {
    /// How many slots there are, and how many threads to look at now, so that all of them have had
    /// their turn after a period.
    fn begin_look(&mut self, now: Timestamp) -> (usize, usize) {
        let slots = self.slots.len();
        // Without any, the pace keeps its place beside other files.
        let looks = slots.div_ceil(THREADS_PER_LOOK).clamp(1, LOOKS);
        let turns = self.pace.turns(PERIOD / looks as u32, now) as usize;
        (slots, slots.div_ceil(looks).saturating_mul(turns))
    }

    /// The thread in the slot whose turn it is, and on to the next.
    fn next(&mut self) -> Option<WorkerThread> {
        let slot = *self.slots.get(self.turn)?;
        self.turn = (self.turn + 1) % self.slots.len();
        slot.map(|slot| slot.thread)
    }

    /// Takes down what `thread` has used, unless it is no longer watched.
    fn note(&mut self, thread: WorkerThread, now: Timestamp, total: Option<ThreadTimes>) {
        let slot = self.slots.get_mut(thread.worker).and_then(Option::as_mut);
        if let Some(slot) = slot.filter(|slot| slot.thread == thread) {
            slot.note(now, total);
        }
    }
}

impl Slot {
    fn new(id: ThreadId, thread: WorkerThread) -> Self {
        let (cpu, run_queue_wait) = (Counter::default(), Counter::default());
        Self { id, thread, usage: WorkerUsage::default(), cpu, run_queue_wait }
    }

    fn note(&mut self, now: Timestamp, total: Option<ThreadTimes>) {
        let ns = |time: Duration| u64::try_from(time.as_nanos()).ok();
        let cpu = self.cpu.advance(now, total.and_then(|total| ns(total.cpu)));
        let wait = total.and_then(|total| ns(total.run_queue_wait));
        let run_queue_wait = self.run_queue_wait.advance(now, wait);
        let (cpu, run_queue_wait) = (cpu.share().known(), run_queue_wait.share().known());
        self.usage = WorkerUsage { at: now, cpu, run_queue_wait, total };
    }
}
