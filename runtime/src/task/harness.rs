//! What happens to a task, with its type known: poll, cancel, complete, join, free.
//!
//! User code that runs here (polls, drops of futures and outputs, wakers) may panic. A panic of
//! the future becomes the task's [`JoinError`]; a panic from dropping something that nobody will
//! ever see is caught and ends there, after the panic hook has reported it.

use super::annotation::Annotation;
use super::cell::{Cell, Header, Stage, VTable};
use super::id::{Entered, take_yield};
use super::place::Place;
use super::runnable::{End, RawTask, Runnable};
use super::state::{CoarseClock, Complete, DropJoin, Stamp, Start, Suspend};
use super::waker::BorrowedWaker;
use super::{JoinError, coop};
use std::any::Any;
use std::mem::{forget, needs_drop};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker};

/// The operations of tasks with future `F` in a home of type `P`.
pub(super) fn vtable<F: Future, P: Place>() -> &'static VTable {
    const {
        &VTable {
            run: run::<F, P>,
            schedule: schedule::<F, P>,
            cancel: cancel::<F, P>,
            take_output: take_output::<F, P>,
            watch: watch::<F, P>,
            drop_join: drop_join::<F, P>,
            annotation: annotation::<F, P>,
            free: free::<F, P>,
        }
    }
}

/// A typed view of a cell that is kept alive by somebody's reference.
struct Harness<F: Future, P: Place>(NonNull<Cell<F, P>>);

impl<F: Future, P: Place> Clone for Harness<F, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: Future, P: Place> Copy for Harness<F, P> {}

// For each of these functions: SAFETY of the cast is `repr(C)` of the cell, and that the vtable
// of these types was put into cells of these types only.

unsafe fn run<F: Future, P: Place>(ptr: NonNull<Header>, clock: &CoarseClock) -> Option<Runnable> {
    Harness::<F, P>(ptr.cast()).run(clock)
}

unsafe fn schedule<F: Future, P: Place>(ptr: NonNull<Header>) {
    let harness = Harness::<F, P>(ptr.cast());
    harness.cell().place.schedule(Runnable::from_raw(harness.raw()));
}

unsafe fn cancel<F: Future, P: Place>(ptr: NonNull<Header>) {
    let harness = Harness::<F, P>(ptr.cast());
    let end = harness.cancel();
    harness.complete(end, 0);
}

unsafe fn take_output<F: Future, P: Place>(ptr: NonNull<Header>, into: *mut (), waker: &Waker) {
    let into = into.cast::<Option<Result<F::Output, JoinError>>>();
    let harness = Harness::<F, P>(ptr.cast());
    if harness.is_joinable(waker) {
        let output = harness.take_stage();
        if let Stage::Output(output) = output {
            // SAFETY: the join handle passes a pointer to a local of this very type.
            unsafe { *into = Some(output) };
        }
    }
}

unsafe fn watch<F: Future, P: Place>(ptr: NonNull<Header>, waker: Waker) -> bool {
    Harness::<F, P>(ptr.cast()).watch(waker)
}

unsafe fn drop_join<F: Future, P: Place>(ptr: NonNull<Header>) {
    Harness::<F, P>(ptr.cast()).drop_join();
}

unsafe fn annotation<F: Future, P: Place>(ptr: NonNull<Header>) -> Option<NonNull<Annotation>> {
    Harness::<F, P>(ptr.cast()).cell().place.annotation().map(NonNull::from)
}

unsafe fn free<F: Future, P: Place>(ptr: NonNull<Header>) {
    Harness::<F, P>(ptr.cast()).free();
}

/// Drops a future whose poll panics while the stack unwinds: what it holds, such as the guard of a
/// lock that is poisoned by panics, can tell this from an end that is none.
struct DropFuture<F: Future, P: Place>(Harness<F, P>);

impl<F: Future, P: Place> Drop for DropFuture<F, P> {
    fn drop(&mut self) {
        // Of two panics the first one is told.
        if let Err(payload) = self.0.drop_stage() {
            discard(payload);
        }
    }
}

impl<F: Future, P: Place> Harness<F, P> {
    #[inline]
    fn cell<'a>(self) -> &'a Cell<F, P> {
        // SAFETY: a reference keeps the cell alive while a harness is in use; what changes in it
        // is in cells of its own.
        unsafe { self.0.as_ref() }
    }

    #[inline]
    fn raw(self) -> RawTask {
        // SAFETY: as for `cell`.
        unsafe { RawTask::from_ptr(self.0.cast()) }
    }

    /// Uses up the queue entry's reference, or gives it back with the runnable.
    #[inline]
    fn run(self, clock: &CoarseClock) -> Option<Runnable> {
        match self.cell().header.state.start(clock.get()) {
            Start::Poll => return self.poll(clock),
            Start::Cancel => {
                let end = self.cancel();
                self.complete(end, 1);
            }
            Start::Stale => self.release(1),
        }
        None
    }

    /// RUNNING is set, and one reference is ours.
    #[inline]
    fn poll(self, clock: &CoarseClock) -> Option<Runnable> {
        // SAFETY: our reference outlives the waker.
        let waker = unsafe { BorrowedWaker::new(self.0.cast()) };
        let entered = Entered::new(self.cell().header.id());
        let mut context = Context::from_waker(&waker);
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let on_unwind = DropFuture(self);
            let polled = self.poll_future(&mut context);
            forget(on_unwind);
            polled
        }));
        let end = match polled {
            Ok(Poll::Pending) => {
                drop(entered);
                self.cell().header.note(coop::waited_for());
                let yielded = take_yield(self.0.as_ptr().cast_const().cast());
                return self.suspend(yielded, clock.get());
            }
            Ok(Poll::Ready(output)) => self.store(Ok(output), End::Finished),
            Err(payload) => {
                let error = JoinError::panicked(self.cell().header.id(), payload);
                self.store(Err(error), End::Panicked)
            }
        };
        drop(entered);
        self.complete(end, 1);
        None
    }

    fn poll_future(self, context: &mut Context<'_>) -> Poll<F::Output> {
        self.cell().stage.with_mut(|stage| {
            // SAFETY: rule 2.
            match unsafe { &mut *stage } {
                // SAFETY: the cell never moves, and the future is dropped in place.
                Stage::Future(future) => unsafe { Pin::new_unchecked(future) }.poll(context),
                Stage::Output(_) | Stage::Gone => unreachable!("a running task has a future"),
            }
        })
    }

    #[inline]
    fn suspend(self, yielded: bool, now: Stamp) -> Option<Runnable> {
        match self.cell().header.state.suspend(yielded, now) {
            Suspend::Idle => {}
            Suspend::Requeue => return self.cell().place.requeue(Runnable::from_raw(self.raw())),
            Suspend::Cancel => {
                let end = self.cancel();
                self.complete(end, 1);
            }
        }
        None
    }

    /// Drops the future and stores the reason. How the task ended, as for `store`.
    fn cancel(self) -> End {
        let _entered = Entered::new(self.cell().header.id());
        self.store(Err(JoinError::cancelled(self.cell().header.id())), End::Cancelled)
    }

    /// Drops the future in place, inside the task's context, and stores the output.
    ///
    /// If that drop panics, the panic takes the place of the output, and the task has not ended
    /// as `end` says but panicked.
    #[inline]
    fn store(self, output: Result<F::Output, JoinError>, end: End) -> End {
        let (output, end) = match self.drop_stage() {
            Ok(()) => (output, end),
            Err(payload) => {
                discard(output);
                (Err(JoinError::panicked(self.cell().header.id(), payload)), End::Panicked)
            }
        };
        // SAFETY: rule 2 or 3. The old value is gone already, nothing is dropped here.
        self.cell().stage.with_mut(|stage| unsafe { stage.write(Stage::Output(output)) });
        end
    }

    /// Drops an output that nobody will see. A panic of that ends here; the hook has reported it.
    fn discard_output(self) {
        let _entered = Entered::new(self.cell().header.id());
        if let Err(payload) = self.drop_stage() {
            discard(payload);
        }
    }

    /// Drops what the stage holds and leaves Gone, also when the drop panics.
    fn drop_stage(self) -> Result<(), Box<dyn Any + Send>> {
        self.cell().stage.with_mut(|stage| {
            let dropped = catch_unwind(AssertUnwindSafe(|| {
                // SAFETY: rule 2 or 3; in place, because the future is pinned there.
                unsafe { stage.drop_in_place() };
            }));
            // SAFETY: as above; what was there is dropped (as far as it went).
            unsafe { stage.write(Stage::Gone) };
            dropped
        })
    }

    fn take_stage(self) -> Stage<F> {
        // SAFETY: rule 3; the stage holds an output or nothing, which may move.
        self.cell().stage.with_mut(|stage| unsafe { std::mem::replace(&mut *stage, Stage::Gone) })
    }

    /// The output is stored. `references` are the caller's and used up, as are those of the home.
    #[inline]
    fn complete(self, end: End, references: usize) {
        let cell = self.cell();
        // In the books first: whoever has joined a task finds it counted.
        cell.place.retire(self.raw(), end);
        let references = references + P::REFERENCES;
        let droppable = end != End::Finished || needs_drop::<F::Output>();
        match cell.header.state.complete(references, droppable) {
            Complete::Settled => {}
            Complete::Free => self.free(),
            Complete::Unwanted => {
                self.discard_output();
                self.release(references);
            }
            Complete::Awaited => {
                self.wake_joiner();
                if cell.header.state.end_waiting(references) {
                    self.free();
                }
            }
        }
    }

    fn wake_joiner(self) {
        // SAFETY: rule 5: WAITING was set when we set COMPLETE, so the waker is ours.
        let waker = self.cell().join_waker.with_mut(|waker| unsafe { (*waker).take() });
        let waked = catch_unwind(AssertUnwindSafe(|| waker.map(Waker::wake)));
        if let Err(payload) = waked {
            discard(payload);
        }
    }

    fn drop_join_waker(self) {
        // SAFETY: rule 4.
        let waker = self.cell().join_waker.with_mut(|waker| unsafe { (*waker).take() });
        discard(waker);
    }

    /// Only the join handle calls this: whether the output can be taken; if not, `waker` will be
    /// woken when it can.
    fn is_joinable(self, waker: &Waker) -> bool {
        let cell = self.cell();
        let state = &cell.header.state;
        if state.is_complete() {
            return true;
        }
        // The completing thread takes the waker, so it must be out of its reach before a look.
        if state.is_waiting() && !state.unset_waiting() {
            return true;
        }
        // SAFETY: rule 4: WAITING is clear.
        let stored = cell.join_waker.with_mut(|stored| unsafe { (*stored).take() });
        let stored = match stored {
            Some(same) if same.will_wake(waker) => same,
            other => {
                discard(other);
                // If this panics, no waker is stored.
                waker.clone()
            }
        };
        // SAFETY: as above; what is overwritten is `None`.
        cell.join_waker.with_mut(|place| unsafe { *place = Some(stored) });
        if state.set_waiting() {
            return false;
        }
        self.drop_join_waker();
        true
    }

    /// Only the join handle calls this, once and instead of polling: whether `waker` will be woken
    /// when the output can be taken. It can be taken already if not.
    fn watch(self, waker: Waker) -> bool {
        let cell = self.cell();
        debug_assert!(!cell.header.state.is_waiting(), "nobody waits for the output yet");
        // SAFETY: rule 4: WAITING is clear. What is overwritten is `None`.
        cell.join_waker.with_mut(|place| unsafe { *place = Some(waker) });
        if cell.header.state.set_waiting() {
            return true;
        }
        self.drop_join_waker();
        false
    }

    /// With the join handle's reference.
    fn drop_join(self) {
        let state = &self.cell().header.state;
        match state.drop_join() {
            DropJoin::Settled => {}
            DropJoin::Waker => {
                self.drop_join_waker();
                self.release(1);
            }
            DropJoin::Output => {
                if self.has_output() {
                    self.discard_output();
                }
                if state.leave_complete() {
                    self.free();
                }
            }
        }
    }

    /// Whether the stage of a complete task, which is the caller's, holds something to drop.
    fn has_output(self) -> bool {
        self.cell().stage.with(|stage| {
            // SAFETY: rule 3.
            match unsafe { &*stage } {
                Stage::Output(Ok(_)) => needs_drop::<F::Output>(),
                Stage::Output(Err(_)) => true,
                Stage::Future(_) | Stage::Gone => false,
            }
        })
    }

    fn release(self, count: usize) {
        if count > 0 && self.cell().header.state.release(count) {
            self.free();
        }
    }

    /// Whether neither a waker nor anything worth dropping is left in the cell, of which the
    /// caller has the last reference.
    fn is_empty(self) -> bool {
        // SAFETY: nobody else reaches the cell any more.
        let waker = self.cell().join_waker.with(|waker| unsafe { (*waker).is_some() });
        !waker && !self.has_output()
    }

    fn free(self) {
        debug_assert!(self.is_empty(), "a cell is freed without running user code");
        // SAFETY: a transition has said that no reference is left, so nobody else looks at the
        // home, which is all there is to drop.
        unsafe {
            (&raw mut (*self.0.as_ptr()).place).drop_in_place();
            P::free(self.0);
        }
    }
}

/// Drops user data in a place where a panic must not spread.
fn discard<T>(value: T) {
    // The payload of such a panic is leaked rather than dropped: its drop might panic again.
    if let Err(payload) = catch_unwind(AssertUnwindSafe(move || drop(value))) {
        std::mem::forget(payload);
    }
}
