//! The reactor itself: sleeping and turning. The doors for everybody else are in `registration`.

mod registration;

use crate::driver::{Driver, Readiness, Registrar, WaitLimit};
use crate::mio_driver::MioDriver;
use crate::sources::Sources;
use crate::timers::Timers;
use crate::turn::Turn;
use crate::turning::Turning;
use crate::wake::wake_all;
use crate::wheel::Progress;
use primitives::Timestamp;
use primitives::permit::{Notify, Permit};
use primitives::shim::atomic::{AtomicBool, AtomicU64, Ordering};
use primitives::shim::{CachePadded, Mutex, MutexGuard};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::task::Waker;

/// Batches of timers fired per turn. What is due beyond that waits for the next turn, so a waker
/// that sets a timer in the past cannot keep a worker in its reactor for ever.
const BATCHES_PER_TURN: usize = 16;

/// I/O readiness, timers and sleep of one worker.
///
/// One thread, the owner, [`park`](Self::park)s in it. Any thread may register sources, set
/// timers, cancel them and [`unpark`](Self::unpark) the owner. While the owner is busy elsewhere,
/// any thread may serve the reactor in its stead with [`try_turn`](Self::try_turn).
///
/// # Sleeping
///
/// ```text
///   owner                                          inserter of a timer, or unpark
///   ─────                                          ──────────────────────────────
///   (1) lock driver
///   (2) permit: fall asleep ── there was one ─► look, do not wait
///   (3) timers: read next expiry,                  (a) timers: insert; earlier than what the
///       note what the sleep is for                     note says? then (b)
///   (4) driver: wait                               (b) permit: notify; owner asleep? then (c)
///   (5) permit: wake up; timers: erase note        (c) driver: wake
///   (6) collect the wakers of what is ready
///   (7) unlock driver; then call `awake`, then the wakers
///   (8) timers: collect the wakers of what is due, batch by batch, and call them
/// ```
///
/// (3) and (a) exclude each other: either (3) sees the timer or (a) sees the note. A notify after
/// (2) makes a wake, and a wake before (4) ends (4) at once. A wake that arrives after (5) ends the
/// next wait early, which is harmless.
///
/// # Examples
///
/// ```
/// use graph_runtime_reactor::Reactor;
/// use primitives::Timestamp;
/// use std::task::Waker;
/// use std::time::{Duration, Instant};
///
/// let start = Instant::now();
/// let clock = || Timestamp::ZERO + start.elapsed();
/// let reactor = Reactor::with_mio()?;
/// let deadline = clock() + Duration::from_micros(50);
/// reactor.insert_timer(deadline, Waker::noop().clone());
/// while reactor.park(&clock, None).timers == 0 {}
/// assert!(clock() >= deadline);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Reactor {
    /// Held for the length of a turn, sleep included.
    driver: Mutex<Turning>,
    registrar: Arc<dyn Registrar>,
    permit: CachePadded<Permit>,
    timers: CachePadded<Timers>,
    sources: Mutex<Sources>,
    /// Whether deadlines mean other moments than they did when the driver last waited.
    clock_changed: AtomicBool,
    registered: AtomicU64,
    deregistered: AtomicU64,
    /// An empty vector with room for wakers, kept so that a turn need not allocate.
    spare: Mutex<Vec<Waker>>,
}

impl Reactor {
    /// A reactor on top of `driver`.
    pub fn new(driver: Box<dyn Driver>) -> Self {
        Self {
            registrar: driver.registrar(),
            driver: Mutex::new(Turning::new(driver)),
            permit: CachePadded::default(),
            timers: CachePadded::new(Timers::new()),
            sources: Mutex::default(),
            clock_changed: AtomicBool::new(false),
            registered: AtomicU64::new(0),
            deregistered: AtomicU64::new(0),
            spare: Mutex::default(),
        }
    }

    /// A reactor on top of the operating system: a [`MioDriver`].
    ///
    /// # Errors
    ///
    /// If the operating system has no file descriptors left.
    pub fn with_mio() -> io::Result<Self> {
        Ok(Self::new(Box::new(MioDriver::new()?)))
    }

    /// Sleeps until a source is ready, a timer is due, `until` is reached or
    /// [`unpark`](Self::unpark) was called, then wakes whoever waited for it. Only the owner.
    ///
    /// It may return early, with an empty [`Turn`]. `clock` tells the time on the clock that the
    /// deadlines of timers are on.
    ///
    /// # Panics
    ///
    /// If the driver fails, other than by being interrupted.
    pub fn park(&self, clock: &dyn Fn() -> Timestamp, until: Option<Timestamp>) -> Turn {
        self.park_then(clock, until, || {})
    }

    /// Like [`park`](Self::park), but calls `awake` once, when the sleep is over and before anybody
    /// is woken: what the wakers do may depend on the owner being known to be awake. No lock is
    /// held during the call.
    ///
    /// # Panics
    ///
    /// As `park`.
    pub fn park_then(
        &self,
        clock: &dyn Fn() -> Timestamp,
        until: Option<Timestamp>,
        awake: impl FnOnce(),
    ) -> Turn {
        let limit = |deadline| WaitLimit::until(deadline, clock);
        self.park_for(limit, clock, until, awake)
    }

    /// Like [`park_then`](Self::park_then) while the clock stands still: no timer ends the sleep,
    /// for none will be due. One that becomes the earliest does, since somebody may want to set the
    /// clock forward to it.
    ///
    /// # Panics
    ///
    /// As `park`.
    pub fn park_frozen(&self, clock: &dyn Fn() -> Timestamp, awake: impl FnOnce()) -> Turn {
        self.park_for(|_| WaitLimit::Unlimited, clock, None, awake)
    }

    fn park_for(
        &self,
        limit: impl FnOnce(Option<Timestamp>) -> WaitLimit,
        clock: &dyn Fn() -> Timestamp,
        until: Option<Timestamp>,
        awake: impl FnOnce(),
    ) -> Turn {
        let mut turn = Turn::default();
        let mut turning = self.driver.lock();
        if self.permit.fall_asleep() {
            let deadline = self.timers.fall_asleep(until);
            // ORDERING: Relaxed, for a look that is nearly always in vain: whoever sets it leaves
            // a permit afterwards, which ends this sleep. Acquire pairs with the Release in
            // `clock_changed`, so that `limit` goes by the changed clock.
            if self.clock_changed.load(Ordering::Relaxed)
                && self.clock_changed.swap(false, Ordering::Acquire)
            {
                turning.clock_changed();
            }
            turning.wait(limit(deadline));
            turn.unparked = self.permit.wake_up();
            self.timers.wake_up();
        } else {
            turn.unparked = true;
            turning.wait(WaitLimit::Zero);
        }
        self.finish(turning, clock, awake, turn)
    }

    /// Tells the owner that its clock was stopped, set forward or resumed by somebody else than
    /// the passing of time. Any thread.
    ///
    /// # Panics
    ///
    /// As [`unpark`](Self::unpark), which it does.
    pub fn clock_changed(&self) {
        // ORDERING: Release pairs with the Acquire in `park_for`.
        self.clock_changed.store(true, Ordering::Release);
        self.unpark();
    }

    /// Wakes whoever waits for what is ready or due now, without waiting. Any thread.
    ///
    /// `None` if somebody else is at it: the owner sleeps in it, or another thread serves it.
    ///
    /// # Panics
    ///
    /// If the driver fails, other than by being interrupted.
    pub fn try_turn(&self, clock: &dyn Fn() -> Timestamp) -> Option<Turn> {
        let mut turning = self.driver.try_lock()?;
        turning.wait(WaitLimit::Zero);
        Some(self.finish(turning, clock, || {}, Turn::default()))
    }

    /// Fires the timers that are due now if one was due at `due_by` already, without waiting.
    /// Any thread, even while the owner sleeps.
    ///
    /// An owner that is stuck in a poll, or whose thread the operating system does not run, fires
    /// nothing; this is how another worker does so in its stead. When nothing is overdue it costs
    /// one load from memory.
    pub fn expire_overdue(&self, clock: &dyn Fn() -> Timestamp, due_by: Timestamp) -> Turn {
        let mut turn = Turn::default();
        if self.timers.was_due_at(due_by) {
            let wakers = std::mem::take(&mut *self.spare.lock());
            self.fire(clock(), wakers, &mut turn);
        }
        turn
    }

    /// Ends the owner's sleep, or keeps it from falling asleep the next time. Any thread.
    ///
    /// Everything written before is visible to the owner after the `park` that reports
    /// [`unparked`](Turn::unparked). A system call is made only if the owner is asleep.
    ///
    /// # Panics
    ///
    /// If the driver cannot be woken: the owner would sleep on.
    #[inline]
    pub fn unpark(&self) {
        if self.permit.notify() == Notify::Wake {
            self.disturb();
        }
    }

    /// Ends the driver's wait.
    #[cold]
    fn disturb(&self) {
        if let Err(error) = self.registrar.wake() {
            panic!("the reactor's owner cannot be woken: {error}");
        }
    }

    /// The second half of a turn: collects wakers, ends the turn, calls `awake` and then them and
    /// those of due timers.
    fn finish(
        &self,
        mut turning: MutexGuard<'_, Turning>,
        clock: &dyn Fn() -> Timestamp,
        awake: impl FnOnce(),
        mut turn: Turn,
    ) -> Turn {
        let mut wakers = std::mem::take(&mut *self.spare.lock());
        self.dispatch(&mut turning.events, &mut wakers, &mut turn);
        drop(turning);
        awake();
        self.fire(clock(), wakers, &mut turn);
        turn
    }

    /// Wakes `wakers` and those of the timers due at `now`, batch by batch.
    fn fire(&self, now: Timestamp, mut wakers: Vec<Waker>, turn: &mut Turn) {
        for _ in 0..BATCHES_PER_TURN {
            let progress = self.timers.expire(now, &mut wakers, turn);
            wake_all(&mut wakers, turn);
            if progress == Progress::Done {
                break;
            }
        }
        *self.spare.lock() = wakers;
    }

    /// Marks the sources that `events` name as ready.
    fn dispatch(&self, events: &mut Vec<Readiness>, wakers: &mut Vec<Waker>, turn: &mut Turn) {
        if events.is_empty() {
            return;
        }
        let sources = self.sources.lock();
        for event in events.drain(..) {
            if let Some(source) = sources.get(event.token) {
                turn.io_events += 1;
                source.set_readiness(event.ready, wakers);
            }
        }
    }
}

impl fmt::Debug for Reactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reactor").field("timers", &self.timer_count()).finish_non_exhaustive()
    }
}
