//! The reactor itself: sleeping, turning, and the doors for everybody else.

use crate::driver::{Driver, Readiness, Registrar, WaitLimit};
use crate::error::ReactorError;
use crate::io_source::IoSource;
use crate::mio_driver::MioDriver;
use crate::ready::Ready;
use crate::sources::Sources;
use crate::timers::Timers;
use crate::turn::Turn;
use crate::turning::Turning;
use crate::wake::wake_all;
use crate::wheel::{Progress, TimerKey};
use mio::Interest;
use mio::event::Source;
use primitives::Timestamp;
use primitives::permit::{Notify, Permit};
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
///   (6) collect the wakers of what is ready or due
///   (7) unlock driver; then call the wakers
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

    /// Like [`park`](Self::park), but calls `awake` when the sleep is over and before anybody is
    /// woken: what the wakers do may depend on the owner being known to be awake.
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
        let mut turn = Turn::default();
        let mut turning = self.driver.lock();
        if self.permit.fall_asleep() {
            let limit = WaitLimit::until(self.timers.fall_asleep(until), clock);
            turning.wait(limit);
            turn.unparked = self.permit.wake_up();
            self.timers.wake_up();
        } else {
            turn.unparked = true;
            turning.wait(WaitLimit::Zero);
        }
        awake();
        self.finish(turning, clock, turn)
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
        Some(self.finish(turning, clock, Turn::default()))
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

    /// Lets `waker` be woken at `deadline`, or at the next turn if that is past. Any thread.
    ///
    /// Wakes the owner if it sleeps for something later. After [`close`](Self::close) the timer
    /// never fires and its key names nothing.
    ///
    /// # Panics
    ///
    /// If 2^32 - 1 timers are pending.
    #[inline]
    pub fn insert_timer(&self, deadline: Timestamp, waker: Waker) -> TimerKey {
        let inserted = self.timers.insert(deadline, waker);
        if inserted.wakes_owner {
            self.unpark();
        }
        inserted.key
    }

    /// Lets a pending timer wake `waker` in place of whom it would have woken. Any thread.
    ///
    /// False if it is no longer pending: it has fired, was cancelled, or the reactor was closed.
    pub fn update_timer(&self, key: TimerKey, waker: &Waker) -> bool {
        self.timers.update(key, waker)
    }

    /// Cancels a timer. Any thread. False if it was no longer pending.
    #[inline]
    pub fn cancel_timer(&self, key: TimerKey) -> bool {
        // The waker is dropped here, after the lock was released.
        self.timers.cancel(key).is_some()
    }

    /// No timer is due before this; it may be a little early if the earliest one was cancelled.
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.timers.next_expiry()
    }

    /// How many timers are pending.
    pub fn timer_count(&self) -> usize {
        self.timers.len()
    }

    /// Starts to watch `source` for `interest`. Any thread.
    ///
    /// # Errors
    ///
    /// [`ReactorError::Closed`] and [`ReactorError::TooManySources`], and whatever the operating
    /// system reports.
    pub fn register(
        &self,
        source: &mut dyn Source,
        interest: Interest,
    ) -> io::Result<Arc<IoSource>> {
        // The source takes its place first: its first edge may come before `register` returns.
        let io = self.sources.lock().insert()?;
        if let Err(error) = self.registrar.register(source, io.token(), interest) {
            self.sources.lock().remove(&io);
            return Err(error);
        }
        Ok(io)
    }

    /// Stops watching `source`, which was registered as `io`; whoever still waits for it is woken
    /// and finds it [shut down](crate::ReadyEvent::is_shutdown). Any thread, also after
    /// [`close`](Self::close).
    ///
    /// # Errors
    ///
    /// [`ReactorError::NotRegistered`], and whatever the operating system reports; in the latter
    /// case `io` is shut down all the same.
    pub fn deregister(&self, source: &mut dyn Source, io: &IoSource) -> io::Result<()> {
        let mut sources = self.sources.lock();
        let removed = sources.remove(io);
        let closed = sources.is_closed();
        drop(sources);
        if removed.is_none() && !closed {
            return Err(ReactorError::NotRegistered.into());
        }
        let result = self.registrar.deregister(source);
        shut_down(io);
        result
    }

    /// Ends all waiting: the runtime shuts down. Any thread; a second call does nothing.
    ///
    /// Whoever waits for a source is woken and finds it
    /// [shut down](crate::ReadyEvent::is_shutdown). Whoever waits for a timer is woken as well,
    /// *before* its deadline, and has to ask [`is_closed`](Self::is_closed) before it believes
    /// that its time has come. Nothing can be registered any more, and new timers never fire.
    pub fn close(&self) {
        let sources = self.sources.lock().close();
        for source in &sources {
            shut_down(source);
        }
        self.timers.close();
        let (mut turn, mut wakers) = (Turn::default(), Vec::new());
        // No timer can be added any more, so this ends.
        while self.timers.expire(Timestamp::MAX, &mut wakers, &mut turn) == Progress::More {
            wake_all(&mut wakers, &mut turn);
        }
        wake_all(&mut wakers, &mut turn);
        self.unpark();
    }

    /// Whether [`close`](Self::close) was called.
    pub fn is_closed(&self) -> bool {
        self.sources.lock().is_closed()
    }

    /// The second half of a turn: collects wakers, ends the turn, calls them.
    fn finish(
        &self,
        mut turning: MutexGuard<'_, Turning>,
        clock: &dyn Fn() -> Timestamp,
        mut turn: Turn,
    ) -> Turn {
        let mut wakers = std::mem::take(&mut *self.spare.lock());
        self.dispatch(&mut turning.events, &mut wakers, &mut turn);
        let now = clock();
        let mut progress = self.timers.expire(now, &mut wakers, &mut turn);
        drop(turning);
        wake_all(&mut wakers, &mut turn);
        for _ in 1..BATCHES_PER_TURN {
            if progress == Progress::Done {
                break;
            }
            progress = self.timers.expire(now, &mut wakers, &mut turn);
            wake_all(&mut wakers, &mut turn);
        }
        *self.spare.lock() = wakers;
        turn
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

/// Ends all waiting for one source.
fn shut_down(source: &IoSource) {
    let mut wakers = Vec::new();
    source.set_readiness(Ready::SHUTDOWN, &mut wakers);
    wake_all(&mut wakers, &mut Turn::default());
}

impl fmt::Debug for Reactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reactor").field("timers", &self.timer_count()).finish_non_exhaustive()
    }
}
