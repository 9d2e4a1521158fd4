//! Where a worker queues its tasks, and whom it tells.

use super::{Injected, Local, Shared};
use crate::task::Runnable;
use scheduler::steal::QUEUE_CAPACITY;

/// Where a task goes that is woken on its worker's thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WokenTo {
    /// Into the LIFO slot: it runs next.
    Slot,
    /// Behind all others.
    Queue,
    /// The same, and all that are woken so are announced at once.
    Batch,
}

impl WokenTo {
    /// While nothing says otherwise.
    #[inline]
    pub(super) fn of(shared: &Shared) -> Self {
        if shared.config.lifo_slot { Self::Slot } else { Self::Queue }
    }
}

impl Local {
    /// From here on a woken task goes to the queue only if all of them do.
    #[inline]
    pub(super) fn prefer_slot(&self) {
        self.woken_to.set(WokenTo::of(&self.shared));
    }

    /// A reactor is about to hand out wake-ups, until [`leave_reactor`](Self::leave_reactor).
    pub(super) fn enter_reactor(&self) {
        self.woken_to.set(WokenTo::Batch);
    }

    /// Queues a woken or new task where it runs soonest: its data has just been touched here.
    #[inline]
    pub(crate) fn push_woken(&self, runnable: Runnable) {
        self.count_schedule(&runnable);
        match self.woken_to.get() {
            WokenTo::Slot => {
                if let Some(displaced) = self.remote().lifo.put(runnable) {
                    self.push_back(displaced);
                }
            }
            WokenTo::Queue => self.push_in_turn(runnable),
            WokenTo::Batch => self.push_quietly(runnable),
        }
    }

    /// Queues a task that this worker can run at once, because the poll under way is about to
    /// return. If nothing else waits here, nobody is called to fetch it: a chain of tasks that
    /// start each other stays on one worker and wakes no other.
    pub(crate) fn push_next(&self, runnable: Runnable) {
        if self.queue.is_empty() {
            self.push_woken(runnable);
        } else {
            self.count_schedule(&runnable);
            self.push_back(runnable);
        }
    }

    /// Queues a task behind all others of this worker, where idle workers may fetch it.
    ///
    /// One of them is woken when the queue ceases to be empty, or has held one that nobody was told
    /// of. Whoever comes for a task wakes the next if there are more, so the others need no call of
    /// their own.
    #[inline]
    pub(super) fn push_back(&self, runnable: Runnable) {
        let is_first = self.queue.is_empty();
        self.push_quietly(runnable);
        let was_hushed = self.is_hushed.replace(false);
        if (is_first || was_hushed) && self.shared.config.work_stealing {
            self.shared.announce();
        }
    }

    /// Queues a task behind all others. If it is the only one here, nobody else is called for it,
    /// for this worker runs it next: not before there are two.
    #[inline]
    fn push_in_turn(&self, runnable: Runnable) {
        if self.queue.is_empty() && self.remote().lifo.is_empty() {
            self.push_quietly(runnable);
            self.is_hushed.set(true);
        } else {
            self.push_back(runnable);
        }
    }

    /// Queues a task behind all others of this worker, which looks at its queue next or announces
    /// it later.
    #[inline]
    fn push_quietly(&self, runnable: Runnable) {
        if let Err(runnable) = self.queue.push(runnable) {
            self.overflow(runnable);
        }
    }

    /// Ends the hand-out of wake-ups by a reactor, and announces what was queued, once for all. A
    /// single task is not worth a call: this worker runs it next.
    pub(super) fn leave_reactor(&self) {
        self.prefer_slot();
        let own = self.queue.len() + usize::from(!self.remote().lifo.is_empty());
        let is_more_than_one = own > 1 || !self.shared.injector.is_empty();
        self.is_hushed.set(!is_more_than_one && own > 0);
        if self.shared.config.work_stealing && is_more_than_one {
            self.shared.announce();
        }
    }

    /// Queues a task behind all others, and calls for a worker to fetch it in any case.
    pub(crate) fn push_offered(&self, runnable: Runnable) {
        self.count_schedule(&runnable);
        self.push_quietly(runnable);
        if self.shared.config.work_stealing {
            self.shared.announce();
        }
    }

    /// Queues a task that woke itself.
    #[inline]
    pub(super) fn push_again(&self, runnable: Runnable) {
        self.count_schedule(&runnable);
        self.push_in_turn(runnable);
    }

    /// The queue is full: half of it moves to the injector, oldest first, and `runnable` behind.
    #[cold]
    fn overflow(&self, runnable: Runnable) {
        self.remote().gauges.count_overflow();
        let mut batch = Vec::with_capacity(QUEUE_CAPACITY / 2 + 1);
        batch.extend(std::iter::from_fn(|| self.queue.take()).take(QUEUE_CAPACITY / 2));
        batch.push(runnable);
        self.shared.inject(Injected::Many(batch.into_iter()));
    }
}
