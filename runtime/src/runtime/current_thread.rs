//! The runtime without worker threads: whoever is in `block_on` is the worker.

use super::root::RootWaker;
use super::watcher::start_watch;
use super::{BuildError, Config, Handle, Wait};
use crate::context::EnteredWorker;
use crate::seam::ThreadHandle;
use crate::task::coop::{BudgetScope, budgeted};
use crate::worker::{Local, Shared};
use primitives::shim::Mutex;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// The single worker's own part, while nobody drives it, and who waits to.
pub(super) struct CurrentThread {
    seat: Mutex<Seat>,
    /// The thread that watches over whoever drives it, if there is one.
    watch: Option<Box<dyn ThreadHandle>>,
}

struct Seat {
    local: Option<Local>,
    /// Threads in `block_on` that another thread keeps waiting, oldest first. One entry a thread.
    waiting: Vec<Arc<RootWaker>>,
}

impl CurrentThread {
    pub(super) fn new(local: Local) -> Self {
        let seat = Mutex::new(Seat { local: Some(local), waiting: Vec::new() });
        Self { seat, watch: None }
    }

    /// Has whoever drives it watched, if somebody wants to be told.
    ///
    /// # Errors
    ///
    /// If the system refuses the thread.
    pub(super) fn start_watch(
        &mut self,
        config: &Config,
        handle: &Handle,
    ) -> Result<(), BuildError> {
        // Until somebody drives it.
        handle.shared().set_driven(false);
        self.watch = start_watch(config, handle, || ())?;
        Ok(())
    }

    /// Drives the runtime until `future` is done. If another thread does so already, waits until
    /// `future` is done or that thread has finished.
    pub(super) fn block_on<F: Future>(&self, shared: &Shared, future: F) -> F::Output {
        let mut future = pin!(future);
        let root = Arc::new(RootWaker::new(Arc::clone(&shared.remotes[0].reactor)));
        let waker = Waker::from(Arc::clone(&root));
        let mut context = Context::from_waker(&waker);
        let _budget = BudgetScope::enter(shared.config.coop_budget);
        let _place = Place { current: self, root: &root };
        loop {
            if let Some(driver) = self.take_seat(&root) {
                return driver.drive(shared, &root, future.as_mut(), &mut context);
            }
            if root.take_woken()
                && let Poll::Ready(output) = budgeted(|| future.as_mut().poll(&mut context))
            {
                return output;
            }
            root.parker.park();
        }
    }

    /// The worker's seat, or a place in the queue for it.
    fn take_seat(&self, root: &Arc<RootWaker>) -> Option<Driver<'_>> {
        let mut seat = self.seat.lock();
        let queued = seat.waiting.iter().position(|waiting| Arc::ptr_eq(waiting, root));
        match (seat.local.take(), queued) {
            (Some(local), queued) => {
                if let Some(place) = queued {
                    seat.waiting.remove(place);
                }
                Some(Driver { current: self, local: Some(local.into_shared()) })
            }
            (None, Some(_)) => None,
            (None, None) => {
                seat.waiting.push(Arc::clone(root));
                None
            }
        }
    }

    /// The thread needs the seat no more. If it was offered the seat meanwhile, the next in the
    /// queue is.
    fn leave_queue(&self, root: &Arc<RootWaker>) {
        let mut seat = self.seat.lock();
        let Some(place) = seat.waiting.iter().position(|waiting| Arc::ptr_eq(waiting, root)) else {
            return;
        };
        seat.waiting.remove(place);
        let next = if seat.local.is_some() { seat.waiting.first().cloned() } else { None };
        drop(seat);
        if let Some(next) = next {
            next.parker.unpark();
        }
    }

    fn give_seat_back(&self, local: Local) {
        let mut seat = self.seat.lock();
        seat.local = Some(local);
        let next = seat.waiting.first().cloned();
        drop(seat);
        if let Some(next) = next {
            next.parker.unpark();
        }
    }

    /// Cancels every task, and has the watch end. Nobody is in `block_on` any more.
    pub(super) fn shut_down(&mut self, shared: &Shared, wait: Wait) {
        let Some(local) = self.seat.lock().local.take() else { return };
        shared.begin_shutdown();
        let local = local.into_shared();
        {
            let _worker = EnteredWorker::new(Arc::clone(&local));
            local.drain();
        }
        shared.finish_shutdown();
        if let Some(watch) = self.watch.take().filter(|_| wait != Wait::Not) {
            watch.join();
        }
    }
}

/// A thread's claim to a place in the queue. Dropping it, also by a panic of the root future,
/// leaves the queue.
struct Place<'a> {
    current: &'a CurrentThread,
    root: &'a Arc<RootWaker>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.current.leave_queue(self.root);
    }
}

/// The thread that drives the runtime. Dropping it, also by a panic of the root future, passes
/// the seat on.
struct Driver<'a> {
    current: &'a CurrentThread,
    local: Option<Arc<Local>>,
}

impl Driver<'_> {
    fn drive<F: Future>(
        &self,
        shared: &Shared,
        root: &RootWaker,
        mut future: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> F::Output {
        let local = self.local.as_ref().expect("the seat is taken until drop");
        let _worker = EnteredWorker::new(Arc::clone(local));
        let _watched = Watched::new(shared);
        let mut output = None;
        let mut turn = RootTurn::default();
        let stays = local.run_until(|| {
            if shared.has_panicked() {
                return true;
            }
            if turn.has_come(root, local) {
                if let Poll::Ready(ready) = budgeted(|| future.as_mut().poll(context)) {
                    output = Some(ready);
                } else if root.is_woken() {
                    // It has woken itself: its place is behind those that wait now, of which the
                    // first has its turn in the step that follows.
                    turn.is_behind(local);
                }
            }
            output.is_some()
        });
        debug_assert!(stays, "this worker is not given away");
        output.unwrap_or_else(|| {
            shared.begin_shutdown();
            local.drain();
            shared.finish_shutdown();
            panic!(
                "a spawned task panicked, and the runtime was built to shut down then \
                 (`UnhandledPanic::ShutdownRuntime`)"
            )
        })
    }
}

/// When the root is polled: it is one task among the others, and those that waited when it was
/// woken have their turns first.
#[derive(Default)]
struct RootTurn {
    /// How many steps are to come before, once it was woken.
    ahead: Option<usize>,
}

impl RootTurn {
    /// Asked before every step; if so, the root has to be polled.
    fn has_come(&mut self, root: &RootWaker, local: &Local) -> bool {
        if !root.is_woken() || self.is_behind(local) {
            return false;
        }
        self.ahead = None;
        root.take_woken()
    }

    /// A woken root: whether the next step belongs to a task that is ahead of it.
    fn is_behind(&mut self, local: &Local) -> bool {
        let waiting = local.waiting();
        let ahead = self.ahead.get_or_insert(waiting.min(local.event_interval()));
        let is_behind = *ahead > 0 && waiting > 0;
        *ahead = ahead.saturating_sub(1);
        is_behind
    }
}

impl Drop for Driver<'_> {
    fn drop(&mut self) {
        let local = self.local.take().and_then(Arc::into_inner);
        self.current.give_seat_back(local.expect("the context's copy is dropped before"));
    }
}

/// While it lives, the watch and the monitor look; between two `block_on`s there is nothing to
/// watch.
struct Watched<'a>(&'a Shared);

impl<'a> Watched<'a> {
    fn new(shared: &'a Shared) -> Self {
        shared.set_driven(true);
        Self(shared)
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.0.set_driven(false);
    }
}
