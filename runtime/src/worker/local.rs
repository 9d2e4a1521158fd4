//! The part of a worker that only its own thread touches.

use super::glances::Glances;
use super::push::WokenTo;
use super::{PinnedQueue, Remote, Shared};
use crate::task::{End, JoinHandle, Runnable, Slab};
use monitor::WorkerStats;
use primitives::Timestamp;
use primitives::rng::Rng;
use reactor::Reactor;
use scheduler::steal::{Seat, Tenure, WorkStealingQueue};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// How many tasks in a row may come out of the LIFO slot while others wait in the queue. Two
/// tasks that keep waking each other would otherwise starve the rest.
const LIFO_BUDGET: u32 = 3;

/// After so many wake-ups by I/O in a row without anybody else being awake, one worker will do.
const SOLO_WAKES: u32 = 16;

/// A poll that was alone between two looks at the clock and took longer is worth a note: what else
/// the worker did meanwhile does not count against that.
const LONG_POLL: Duration = Duration::from_micros(100);

/// A worker's own part. It may move between threads, as `block_on` of a current-thread runtime
/// does, but one thread has it at a time.
pub(crate) struct Local {
    pub(super) shared: Arc<Shared>,
    pub(super) index: usize,
    pub(super) queue: WorkStealingQueue<Runnable>,
    /// Tasks that nobody else may run.
    pub(super) pinned: PinnedQueue,
    /// How many urgent tasks in a row were taken, and in which step the last one.
    pub(super) urgent_streak: Cell<(u32, u64)>,
    /// Whether hooks are to be told of polls.
    pub(super) watches_polls: bool,
    /// The memory of the tasks that this worker has spawned.
    slab: Slab<Arc<Shared>>,
    pub(super) rng: RefCell<Rng>,
    pub(super) stats: Cell<WorkerStats>,
    /// What it is in its seat by; another one is if it has lost that.
    pub(super) tenure: Cell<Tenure>,
    /// Steps made: every poll is one.
    pub(super) ticks: Cell<u64>,
    /// Which of the tasks that it queues for itself is timed next.
    pub(super) next_picked: Cell<u64>,
    /// Steps until the injector comes first.
    until_injector: Cell<u32>,
    /// Whether the idle register counts this worker as searching.
    pub(super) searching: Cell<bool>,
    /// Where a task goes that is woken now.
    pub(super) woken_to: Cell<WokenTo>,
    /// Whether a task was queued that nobody else was told of, because it was alone.
    pub(super) is_hushed: Cell<bool>,
    /// Whether the task that is polled came from a queue, where it may have siblings.
    pub(super) from_queue: Cell<bool>,
    /// Since when the time counts as busy and has not been added to the statistics.
    pub(super) busy_since: Cell<Timestamp>,
    /// How many times in a row I/O has woken this worker while all others slept.
    pub(super) solo_wakes: Cell<u32>,
    /// Whether the last sleep was over as soon as it began.
    pub(super) sleeps_are_short: Cell<bool>,
    /// Polls by the last time that statistics were published, and by the last time it woke up.
    pub(super) polls_published: Cell<u64>,
    pub(super) polls_awake: Cell<Option<u64>>,
    /// Whether too many workers were awake at the last glance.
    pub(super) saw_surplus: Cell<bool>,
    /// When to look at the reactors next.
    pub(super) glances: Glances,
    lifo_streak: Cell<u32>,
}

impl Local {
    pub(super) fn new(
        shared: Arc<Shared>,
        index: usize,
        queue: WorkStealingQueue<Runnable>,
        mut rng: Rng,
    ) -> Self {
        let slab = Slab::new(Arc::clone(&shared));
        let set = shared.remotes[index].tasks.set(Arc::clone(slab.directory()));
        debug_assert!(set.is_ok(), "a worker has one slab");
        Self {
            urgent_streak: Cell::new((0, 0)),
            watches_polls: shared.hooks.watch_polls(),
            slab,
            next_picked: Cell::new(shared.sampling.stride(&mut rng)),
            until_injector: Cell::new(shared.config.global_queue_interval),
            woken_to: Cell::new(WokenTo::of(&shared)),
            is_hushed: Cell::new(false),
            shared,
            index,
            queue,
            pinned: PinnedQueue::default(),
            rng: RefCell::new(rng),
            stats: Cell::default(),
            tenure: Cell::new(Seat::FIRST),
            ticks: Cell::new(0),
            searching: Cell::new(false),
            from_queue: Cell::new(false),
            busy_since: Cell::default(),
            solo_wakes: Cell::new(0),
            sleeps_are_short: Cell::new(false),
            polls_published: Cell::new(0),
            polls_awake: Cell::new(None),
            saw_surplus: Cell::new(false),
            glances: Glances::default(),
            lifo_streak: Cell::new(0),
        }
    }

    /// For its thread's context and the frames of its loop. They belong to one thread at a time,
    /// but not always to the same; see [`handover`](super::handover).
    #[expect(clippy::arc_with_non_send_sync, reason = "an Rc could not change threads")]
    pub(crate) fn into_shared(self) -> Arc<Self> {
        Arc::new(self)
    }

    /// The worker's number.
    pub(crate) fn index(&self) -> usize {
        self.index
    }

    /// Whether this is a worker of the given runtime.
    #[inline]
    pub(crate) fn belongs_to(&self, shared: &Arc<Shared>) -> bool {
        Arc::ptr_eq(&self.shared, shared)
    }

    /// The number of the worker whose reactor should watch the sockets of the tasks that this one
    /// polls: itself, or worker 0 if there has been nobody else awake for a while. Sockets that
    /// have come to different workers and talk to each other would otherwise wake one worker after
    /// another, where one could do it all.
    #[inline]
    pub(crate) fn socket_home(&self) -> usize {
        if self.solo_wakes.get() >= SOLO_WAKES { 0 } else { self.index }
    }

    /// A number below `bound` that follows from the runtime's seed.
    #[inline]
    pub(crate) fn random_below(&self, bound: u32) -> u32 {
        self.rng.borrow_mut().below(bound)
    }

    /// The reactor of a worker of this runtime.
    pub(crate) fn reactor(&self, worker: usize) -> Option<&Arc<Reactor>> {
        Some(&self.shared.remotes.get(worker)?.reactor)
    }

    /// What others see of this worker.
    #[inline]
    pub(super) fn remote(&self) -> &Remote {
        &self.shared.remotes[self.index]
    }

    /// The memory of the tasks that this worker has spawned.
    #[inline]
    pub(super) fn slab(&self) -> &Slab<Arc<Shared>> {
        &self.slab
    }

    /// Makes a task and queues it by `push`.
    ///
    /// # Errors
    ///
    /// After the shutdown the future comes back.
    #[inline]
    pub(crate) fn spawn<F>(
        &self,
        future: F,
        site: &'static Location<'static>,
        push: fn(&Self, Runnable),
    ) -> Result<JoinHandle<F::Output>, F>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (runnable, handle) = self.slab.spawn(future, site)?;
        self.count_spawn(&runnable);
        push(self, runnable);
        Ok(handle)
    }

    /// Counts a task that was made here.
    #[inline]
    pub(super) fn count_spawn(&self, runnable: &Runnable) {
        self.remote().tally.count_own_spawn();
        self.shared.hooks.spawned(runnable.task());
    }

    /// Counts the end of the task that is polled.
    ///
    /// What it wakes from here on is the task that has joined it. If it came from a queue, it
    /// probably has siblings there which the joiner will wait for next: so the joiner goes behind
    /// them, and does not get a turn after each.
    #[inline]
    pub(super) fn count_end(&self, end: End) {
        self.remote().tally.count_own_end(end);
        if self.from_queue.get() && self.woken_to.get() == WokenTo::Slot {
            self.woken_to.set(WokenTo::Queue);
        }
    }

    /// How many entries wait that this worker would run next.
    #[inline]
    pub(crate) fn waiting(&self) -> usize {
        let lifo = usize::from(!self.remote().lifo.is_empty());
        self.queue.len() + lifo + self.shared.injector.len() + self.pinned_waiting()
    }

    /// How many steps there are between two looks at the reactor, at most.
    pub(crate) fn event_interval(&self) -> usize {
        self.shared.config.event_interval as usize
    }

    /// The next task from this worker's own places or the injector.
    #[inline]
    pub(super) fn next(&self) -> Option<Runnable> {
        let holding = self.shared.ordered.holding();
        if holding.is_anything()
            && let Some(runnable) = self.next_ordered(holding)
        {
            return Some(runnable);
        }
        self.next_ordinary()
    }

    #[inline]
    pub(super) fn next_ordinary(&self) -> Option<Runnable> {
        let until = self.until_injector.get() - 1;
        if until > 0 {
            self.until_injector.set(until);
            return self.next_own().or_else(|| self.next_injected());
        }
        self.until_injector.set(self.shared.config.global_queue_interval);
        self.next_injected().or_else(|| self.next_own())
    }

    #[inline]
    fn next_own(&self) -> Option<Runnable> {
        let streak = self.lifo_streak.get();
        if streak < LIFO_BUDGET
            && let Some(runnable) = self.next_woken()
        {
            self.lifo_streak.set(streak + 1);
            return Some(runnable);
        }
        self.lifo_streak.set(0);
        if let Some(runnable) = self.queue.take() {
            self.count(|stats| stats.local_pops += 1);
            self.from_queue.set(true);
            return Some(runnable);
        }
        self.next_woken()
    }

    #[inline]
    fn next_woken(&self) -> Option<Runnable> {
        let runnable = self.remote().lifo.take()?;
        self.count(|stats| stats.lifo_pops += 1);
        self.from_queue.set(false);
        Some(runnable)
    }

    #[inline]
    pub(super) fn count(&self, change: impl FnOnce(&mut WorkerStats)) {
        let mut stats = self.stats.get();
        change(&mut stats);
        self.stats.set(stats);
    }

    /// Makes the statistics visible to others, the time until now included. Returns that time.
    pub(super) fn publish_stats(&self) -> Timestamp {
        let now = self.shared.now();
        self.shared.coarse.set(now);
        let busy = now - self.busy_since.replace(now);
        self.count(|stats| stats.busy_ns += busy.as_nanos() as u64);
        let polls = self.stats.get().polls;
        let new = polls - self.polls_published.replace(polls);
        self.remote().gauges.count_poll_time(new, busy);
        if new == 1 && busy > LONG_POLL {
            self.shared.counters[self.index].note_poll(busy);
        }
        self.shared.counters[self.index].publish(&self.stats.get());
        now
    }
}

impl fmt::Debug for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local").field("index", &self.index).finish_non_exhaustive()
    }
}
