//! A driver without file descriptors on a virtual clock, and wakers that can be watched.

use graph_runtime_reactor::{Driver, Reactor, Readiness, Ready, Registrar, WaitLimit};
use mio::event::Source;
use mio::{Interest, Registry, Token};
use primitives::Timestamp;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::task::{Wake, Waker};

/// A moment of the virtual clock.
pub(crate) fn at(nanos: u64) -> Timestamp {
    Timestamp::from_nanos(nanos)
}

/// What a sleep until a deadline does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sleep {
    /// Time jumps to the deadline.
    Jumps,
    /// The thread really sleeps, until an event, a wake or [`World::advance_to`].
    Holds,
}

/// The operating system of a test: clock, events and wakes.
pub(crate) struct World {
    sleep: Sleep,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
pub(crate) struct State {
    now: Timestamp,
    woken: bool,
    events: Vec<Readiness>,
    asleep: Option<WaitLimit>,
    /// The tokens that were registered, in order.
    pub(crate) tokens: Vec<Token>,
    /// Every limit that the driver was given.
    pub(crate) limits: Vec<WaitLimit>,
    /// What the next wait or registration fails with.
    pub(crate) fault: Option<io::ErrorKind>,
}

impl World {
    /// A world at the origin of time, and a reactor in it.
    pub(crate) fn with_reactor(sleep: Sleep) -> (Arc<Self>, Arc<Reactor>) {
        let state = Mutex::default();
        let world = Arc::new(Self { sleep, state, changed: Condvar::new() });
        let reactor = Arc::new(Reactor::new(Box::new(VirtualDriver(Arc::clone(&world)))));
        (world, reactor)
    }

    /// What has happened so far.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics under this lock")
    }

    /// The virtual clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.state().now
    }

    /// Lets time pass.
    pub(crate) fn advance_to(&self, now: Timestamp) {
        self.state().now = now;
        self.changed.notify_all();
    }

    /// Makes a source ready.
    pub(crate) fn make_ready(&self, token: Token, ready: Ready) {
        self.state().events.push(Readiness { token, ready });
        self.changed.notify_all();
    }

    /// Waits until a thread sleeps in the driver; says for what.
    pub(crate) fn until_asleep(&self) -> WaitLimit {
        let mut state = self.state();
        loop {
            if let Some(limit) = state.asleep {
                return limit;
            }
            state = self.changed.wait(state).expect("no test panics under this lock");
        }
    }
}

struct VirtualDriver(Arc<World>);

impl Driver for VirtualDriver {
    fn registrar(&self) -> Arc<dyn Registrar> {
        Arc::clone(&self.0) as Arc<dyn Registrar>
    }

    fn wait(&mut self, limit: WaitLimit, events: &mut Vec<Readiness>) -> io::Result<()> {
        let world = &*self.0;
        let mut state = world.state();
        state.limits.push(limit);
        if let Some(fault) = state.fault.take() {
            return Err(fault.into());
        }
        loop {
            let over = match limit {
                WaitLimit::Zero => true,
                WaitLimit::Until { deadline, .. } => state.now >= deadline,
                WaitLimit::Unlimited => false,
            };
            if over || state.woken || !state.events.is_empty() {
                break;
            }
            if let (WaitLimit::Until { deadline, .. }, Sleep::Jumps) = (limit, world.sleep) {
                state.now = deadline;
                continue;
            }
            state.asleep = Some(limit);
            world.changed.notify_all();
            state = world.changed.wait(state).expect("no test panics under this lock");
        }
        state.asleep = None;
        state.woken = false;
        events.append(&mut state.events);
        Ok(())
    }
}

impl Registrar for World {
    fn register(&self, _: &mut dyn Source, token: Token, _: Interest) -> io::Result<()> {
        let mut state = self.state();
        if let Some(fault) = state.fault.take() {
            return Err(fault.into());
        }
        state.tokens.push(token);
        Ok(())
    }

    fn deregister(&self, _: &mut dyn Source) -> io::Result<()> {
        Ok(())
    }

    fn wake(&self) -> io::Result<()> {
        self.state().woken = true;
        self.changed.notify_all();
        Ok(())
    }
}

/// A source that exists in a [`World`] only.
pub(crate) struct FakeSource;

impl Source for FakeSource {
    fn register(&mut self, _: &Registry, _: Token, _: Interest) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn reregister(&mut self, _: &Registry, _: Token, _: Interest) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn deregister(&mut self, _: &Registry) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// A waker that counts.
#[derive(Default)]
pub(crate) struct Count(AtomicUsize);

impl Count {
    /// A counter and its waker.
    pub(crate) fn with_waker() -> (Arc<Self>, Waker) {
        let count = Arc::new(Self::default());
        let waker = Waker::from(Arc::clone(&count));
        (count, waker)
    }

    /// How often it was woken.
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A waker that runs a closure when woken, and another when dropped.
pub(crate) struct Hook<W: Fn() + Send + Sync, D: Fn() + Send + Sync> {
    on_wake: W,
    on_drop: D,
}

/// A waker for [`Hook`].
pub(crate) fn hook(
    on_wake: impl Fn() + Send + Sync + 'static,
    on_drop: impl Fn() + Send + Sync + 'static,
) -> Waker {
    Waker::from(Arc::new(Hook { on_wake, on_drop }))
}

impl<W: Fn() + Send + Sync, D: Fn() + Send + Sync> Wake for Hook<W, D> {
    fn wake(self: Arc<Self>) {
        (self.on_wake)();
    }
}

impl<W: Fn() + Send + Sync, D: Fn() + Send + Sync> Drop for Hook<W, D> {
    fn drop(&mut self) {
        (self.on_drop)();
    }
}
