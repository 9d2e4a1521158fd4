//! What happens to a task, with its type known: poll, cancel, complete, join, free.
//!
//! User code that runs here (polls, drops of futures and outputs, wakers) may panic. A panic of
//! the future becomes the task's [`JoinError`]; a panic from dropping something that nobody will
//! ever see is caught and ends there, after the panic hook has reported it.

use super::JoinError;
use super::cell::{Cell, Header, Stage, VTable};
use super::id::Entered;
use super::runnable::{Cause, End, RawTask, Runnable, Schedule};
use super::state::{Complete, Start, Suspend};
use super::waker::BorrowedWaker;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker};

/// The operations of tasks with future `F` under scheduler `S`.
pub(super) fn vtable<F: Future, S: Schedule>() -> &'static VTable {
    const {
        &VTable {
            run: run::<F, S>,
            schedule: schedule::<F, S>,
            cancel: cancel::<F, S>,
            take_output: take_output::<F, S>,
            drop_join: drop_join::<F, S>,
            free: free::<F, S>,
        }
    }
}

/// A typed view of a cell that is kept alive by somebody's reference.
struct Harness<F: Future, S: Schedule>(NonNull<Cell<F, S>>);

impl<F: Future, S: Schedule> Clone for Harness<F, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: Future, S: Schedule> Copy for Harness<F, S> {}

// For each of the six functions: SAFETY of the cast is `repr(C)` of the cell, and that the vtable
// of these types was put into cells of these types only.

unsafe fn run<F: Future, S: Schedule>(ptr: NonNull<Header>) {
    Harness::<F, S>(ptr.cast()).run();
}

unsafe fn schedule<F: Future, S: Schedule>(ptr: NonNull<Header>, cause: Cause) {
    let harness = Harness::<F, S>(ptr.cast());
    harness.cell().scheduler.schedule(Runnable::from_raw(harness.raw()), cause);
}

unsafe fn cancel<F: Future, S: Schedule>(ptr: NonNull<Header>) {
    let harness = Harness::<F, S>(ptr.cast());
    let end = harness.cancel();
    harness.complete(end, 0);
}

unsafe fn take_output<F: Future, S: Schedule>(ptr: NonNull<Header>, into: *mut (), waker: &Waker) {
    let into = into.cast::<Option<Result<F::Output, JoinError>>>();
    let harness = Harness::<F, S>(ptr.cast());
    if harness.is_joinable(waker) {
        let output = harness.take_stage();
        if let Stage::Output(output) = output {
            // SAFETY: the join handle passes a pointer to a local of this very type.
            unsafe { *into = Some(output) };
        }
    }
}

unsafe fn drop_join<F: Future, S: Schedule>(ptr: NonNull<Header>) {
    Harness::<F, S>(ptr.cast()).drop_join();
}

unsafe fn free<F: Future, S: Schedule>(ptr: NonNull<Header>) {
    // SAFETY: the cell came from a box, and the last reference is gone.
    drop(unsafe { Box::from_raw(ptr.cast::<Cell<F, S>>().as_ptr()) });
}

impl<F: Future, S: Schedule> Harness<F, S> {
    fn cell<'a>(self) -> &'a Cell<F, S> {
        // SAFETY: a reference keeps the cell alive while a harness is in use; what changes in it
        // is in cells of its own.
        unsafe { self.0.as_ref() }
    }

    fn raw(self) -> RawTask {
        // SAFETY: as for `cell`.
        unsafe { RawTask::from_ptr(self.0.cast()) }
    }

    /// Uses up the queue entry's reference.
    fn run(self) {
        match self.cell().header.state.start() {
            Start::Poll => self.poll(),
            Start::Cancel => {
                let end = self.cancel();
                self.complete(end, 1);
            }
            Start::Stale => self.release(1),
        }
    }

    /// RUNNING is set, and one reference is ours.
    fn poll(self) {
        // SAFETY: our reference outlives the waker.
        let waker = unsafe { BorrowedWaker::new(self.0.cast()) };
        let polled = {
            let _entered = Entered::new(self.cell().header.id);
            let mut context = Context::from_waker(&waker);
            catch_unwind(AssertUnwindSafe(|| self.poll_future(&mut context)))
        };
        match polled {
            Ok(Poll::Pending) => self.suspend(),
            Ok(Poll::Ready(output)) => {
                let end = self.store(Ok(output), End::Finished);
                self.complete(end, 1);
            }
            Err(payload) => {
                let error = JoinError::panicked(self.cell().header.id, payload);
                let end = self.store(Err(error), End::Panicked);
                self.complete(end, 1);
            }
        }
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

    fn suspend(self) {
        match self.cell().header.state.suspend() {
            Suspend::Idle => self.release(1),
            Suspend::Requeue => {
                self.raw().schedule(Cause::Yielded);
                self.release(1);
            }
            Suspend::Cancel => {
                let end = self.cancel();
                self.complete(end, 1);
            }
        }
    }

    /// Drops the future and stores the reason. How the task ended, as for `store`.
    fn cancel(self) -> End {
        self.store(Err(JoinError::cancelled(self.cell().header.id)), End::Cancelled)
    }

    /// Drops the future in place, inside the task's context, and stores the output.
    ///
    /// If that drop panics, the panic takes the place of the output, and the task has not ended
    /// as `end` says but panicked.
    fn store(self, output: Result<F::Output, JoinError>, end: End) -> End {
        let _entered = Entered::new(self.cell().header.id);
        let (output, end) = match self.drop_stage() {
            Ok(()) => (output, end),
            Err(payload) => {
                discard(output);
                (Err(JoinError::panicked(self.cell().header.id, payload)), End::Panicked)
            }
        };
        // SAFETY: rule 2 or 3. The old value is gone already, nothing is dropped here.
        self.cell().stage.with_mut(|stage| unsafe { stage.write(Stage::Output(output)) });
        end
    }

    /// Drops an output that nobody will see. A panic of that ends here; the hook has reported it.
    fn discard_output(self) {
        let _entered = Entered::new(self.cell().header.id);
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

    /// The output is stored. `references` are the caller's and used up, as is the live list's.
    fn complete(self, end: End, references: usize) {
        let cell = self.cell();
        // In the books first: whoever has joined a task finds it counted.
        let listed = cell.scheduler.retire(self.raw(), end);
        match cell.header.state.complete() {
            Complete::Unwanted => self.discard_output(),
            Complete::Wanted => {}
            Complete::Awaited => self.wake_joiner(),
        }
        self.release(references + usize::from(listed));
    }

    fn wake_joiner(self) {
        let cell = self.cell();
        let waked = catch_unwind(AssertUnwindSafe(|| {
            // SAFETY: rule 5: WAITING was set when we set COMPLETE, so the waker stays.
            cell.join_waker.with(|waker| unsafe { &*waker }.as_ref().map(Waker::wake_by_ref))
        }));
        if let Err(payload) = waked {
            discard(payload);
        }
        if cell.header.state.release_join_waker() {
            self.drop_join_waker();
        }
    }

    fn drop_join_waker(self) {
        // SAFETY: rule 4 or 6.
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
        if state.is_waiting() {
            let same = cell.join_waker.with(|stored| {
                // SAFETY: rule 5: nobody writes while WAITING is set, and only we unset it.
                let stored = unsafe { &*stored };
                stored.as_ref().is_some_and(|stored| stored.will_wake(waker))
            });
            if same {
                return state.is_complete();
            }
            if !state.unset_waiting() {
                return true;
            }
        }
        let new = waker.clone();
        // SAFETY: rule 4: WAITING is clear.
        let old = cell.join_waker.with_mut(|stored| unsafe { (*stored).replace(new) });
        discard(old);
        if state.set_waiting() {
            return false;
        }
        self.drop_join_waker();
        true
    }

    /// The join handle's reference is released by the caller.
    fn drop_join(self) {
        let duties = self.cell().header.state.drop_join();
        if duties.output {
            self.discard_output();
        }
        if duties.waker {
            self.drop_join_waker();
        }
    }

    fn release(self, count: usize) {
        if count > 0 {
            // SAFETY: the callers above pass references that are theirs.
            unsafe { self.raw().release(count) }
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
