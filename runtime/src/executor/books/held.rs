//! What a task holds on to while it is alive, and how it is told to stop.

use super::batch::TaskRef;
use super::record::{Body, Outcome, Record};
use super::waker_set::WakerSet;
use crate::executor::attempts::tries::Tries;
use crate::executor::discard;
use primitives::shim::atomic::Ordering;
use scheduler::{TaskId, TimeLimit};
use std::task::Waker;

/// What few tasks hold on to while they are alive.
#[derive(Default)]
pub(super) struct Extras {
    /// The dependencies outside its batch, sorted by id, until the task has ended.
    inputs: Box<[TaskRef]>,
    /// Whom to wake if the running attempt, which waits, is to stop.
    waker: Option<Waker>,
    /// Who waits to be told that the attempt is to stop.
    helpers: WakerSet,
    /// Which attempt is to stop.
    stop: Option<Stop>,
    /// Boxed, because not all who have extras are tried again.
    tries: Option<Box<Tries>>,
}

/// Which attempts of a task are to stop: one and those before it, or all.
#[derive(Debug, Clone, Copy)]
pub(in crate::executor) struct Stop {
    attempt: u32,
    /// What it ran into; `None` if somebody asked for it.
    limit: Option<TimeLimit>,
}

impl Stop {
    /// Of whatever runs, and there will be nothing more.
    pub(in crate::executor) fn for_good(limit: Option<TimeLimit>) -> Self {
        Self { attempt: u32::MAX, limit }
    }

    /// Of an attempt that may be followed by another.
    pub(in crate::executor) fn of_attempt(attempt: u32, limit: TimeLimit) -> Self {
        Self { attempt, limit: Some(limit) }
    }

    pub(in crate::executor) fn limit(self) -> Option<TimeLimit> {
        self.limit
    }
}

impl Record {
    /// What to run; `None` the second time.
    pub(in crate::executor) fn take_body(&self) -> Option<Body> {
        self.body.take()
    }

    /// What to run once more, here or elsewhere: the attempt that has taken it is over.
    pub(in crate::executor) fn put_back(&self, body: Body) {
        let before = self.body.swap(Some(body));
        debug_assert!(before.is_none(), "it was taken");
    }

    /// What is kept of attempts, if anything is.
    pub(in crate::executor) fn tries<R>(&self, look: impl FnOnce(&mut Tries) -> R) -> Option<R> {
        if !self.has_extras() {
            return None;
        }
        let mut held = self.extras.lock();
        held.as_mut()?.tries.as_deref_mut().map(look)
    }

    /// What is kept of attempts, from now on.
    pub(in crate::executor) fn with_tries<R>(&self, change: impl FnOnce(&mut Tries) -> R) -> R {
        let mut held = self.extras.lock();
        let result = change(held.get_or_insert_default().tries.get_or_insert_default());
        drop(held);
        self.note_extras();
        result
    }

    /// The dependencies outside the task's batch, before it can start.
    pub(in crate::executor) fn set_outside_inputs(&self, mut inputs: Vec<TaskRef>) {
        inputs.sort_unstable_by_key(|input| input.id);
        // What was there before is nothing.
        self.extras.lock().get_or_insert_default().inputs = inputs.into();
        self.note_extras();
    }

    /// The dependency `id` outside the task's batch, until the task has ended.
    pub(in crate::executor) fn outside_input(&self, id: TaskId) -> Option<TaskRef> {
        let held = self.extras.lock();
        let inputs = &held.as_ref()?.inputs;
        let place = inputs.binary_search_by_key(&id, |input| input.id).ok()?;
        Some(inputs[place].clone())
    }

    /// Whether attempt number `attempt`, which is about to wait, to be woken by `waker`, is to stop
    /// instead.
    ///
    /// The flag is looked at after the waker has been left: either this look sees that the
    /// attempt is to stop, or [`stop`](Self::stop) sees the waker.
    pub(in crate::executor) fn wait_or_stop(&self, attempt: u32, waker: &Waker) -> Option<Stop> {
        let mut held = self.extras.lock();
        let extras = held.get_or_insert_default();
        let is_new = extras.waker.as_ref().is_none_or(|kept| !kept.will_wake(waker));
        // Both wakers are this runtime's own: cloning and dropping them is no user code.
        if is_new {
            extras.waker = Some(waker.clone());
        }
        drop(held);
        self.note_extras();
        self.stop_of(attempt)
    }

    /// Asks attempts to stop. They look at the flag whenever they are polled.
    pub(in crate::executor) fn stop(&self, stop: Stop) {
        self.cancel(stop);
        let waker = self.extras.lock().as_mut().and_then(|extras| extras.waker.take());
        if let Some(waker) = waker {
            discard::wake(waker);
        }
    }

    /// Whether some attempt was asked to stop.
    pub(in crate::executor) fn is_cancelled(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `cancel`.
        self.is_cancelled.load(Ordering::Acquire)
    }

    /// Whether attempt number `attempt` is to stop, and how that came.
    pub(in crate::executor) fn stop_of(&self, attempt: u32) -> Option<Stop> {
        if !self.is_cancelled() {
            return None;
        }
        let held = self.extras.lock();
        let stop = held.as_ref().and_then(|extras| extras.stop);
        stop.or(Some(Stop::for_good(None))).filter(|stop| stop.attempt >= attempt)
    }

    /// Sets the flag and wakes everybody who waits for it, unless as many were stopped before.
    ///
    /// The flag alone, without extras, stops all attempts: whoever has none is spared them.
    fn cancel(&self, stop: Stop) {
        let mut held = self.extras.lock();
        let is_plain = stop.attempt == u32::MAX && stop.limit.is_none();
        if held.is_none() && !is_plain {
            *held = Some(Box::default());
            self.note_extras();
        }
        // ORDERING: Release pairs with the Acquire in `is_cancelled`. A helper that did not see
        // the flag under the lock has left its waker there by the time the lock is ours.
        let was_set = self.is_cancelled.swap(true, Ordering::AcqRel);
        let Some(extras) = &mut *held else { return };
        let before = extras.stop.or(was_set.then_some(Stop::for_good(None)));
        if before.is_some_and(|before| before.attempt >= stop.attempt) {
            return;
        }
        extras.stop = Some(stop);
        let wakers: Vec<_> = extras.helpers.take().collect();
        drop(held);
        wakers.into_iter().for_each(discard::wake);
    }

    /// The attempt will be followed by another: those who help it need not go on.
    pub(in crate::executor) fn stop_helpers(&self, attempt: u32) {
        self.cancel(Stop { attempt, limit: None });
    }

    /// Whether a helper of attempt number `attempt`, to be woken by `waker`, need not wait for the
    /// flag. `place` is where its waker is kept if it must.
    pub(in crate::executor) fn help_or_stop(
        &self,
        attempt: u32,
        place: &mut Option<usize>,
        waker: &Waker,
    ) -> bool {
        let waker = waker.clone();
        let mut held = self.extras.lock();
        let is_stopped = self.is_cancelled() && {
            let stop = held.as_ref().and_then(|extras| extras.stop);
            stop.is_none_or(|stop| stop.attempt >= attempt)
        };
        if is_stopped {
            drop(held);
            return true;
        }
        let before = held.get_or_insert_default().helpers.keep(place, waker);
        drop(held);
        self.note_extras();
        drop(before);
        false
    }

    /// A helper does not wait any more.
    pub(in crate::executor) fn leave_helpers(&self, place: usize) {
        let mut held = self.extras.lock();
        let waker = held.as_mut().and_then(|extras| extras.helpers.leave(place));
        drop(held);
        drop(waker);
    }

    /// After the end of an attempt: lets go of what only a live task needs.
    pub(in crate::executor) fn let_go(&self) {
        let unused = if self.has_extras() { self.settle() } else { None };
        debug_assert!(unused.is_none(), "the attempt has taken it");
        self.tell_helpers();
    }

    /// After the end: lets go of what only a live task needs. Returns what it was to run, if no
    /// attempt has taken that.
    ///
    /// Every record comes by here before it is dropped, so dropping the last of a long chain of
    /// dependents never recurses along the chain.
    #[must_use = "dropping it is user code"]
    pub(in crate::executor) fn settle(&self) -> Option<Body> {
        let mut held = self.extras.lock();
        // Helpers keep their places until they leave.
        let take =
            |extras: &mut Box<Extras>| (std::mem::take(&mut extras.inputs), extras.waker.take());
        let live = held.as_mut().map(take);
        drop(held);
        self.tell_helpers();
        drop(live);
        self.take_body()
    }

    /// Those who help an attempt need not go on if it has ended, and not well.
    fn tell_helpers(&self) {
        if self.ending().is_some_and(|ending| !matches!(ending.outcome, Outcome::Completed(_))) {
            self.cancel(Stop::for_good(None));
        }
    }

    fn note_extras(&self) {
        // ORDERING: Relaxed; what an attempt has to let go of was set before it began, which the
        // core's lock orders, or by the attempt itself.
        self.has_extras.store(true, Ordering::Relaxed);
    }

    fn has_extras(&self) -> bool {
        // ORDERING: Relaxed, see `note_extras`.
        self.has_extras.load(Ordering::Relaxed)
    }
}
