//! Deadlines on the machine's own clock.

use crate::support::at;
use graph_runtime_reactor::{Driver, MioDriver, Reactor, Turn, WaitLimit};
use primitives::Timestamp;
use std::task::Waker;
use std::time::{Duration, Instant};

/// A reactor on the operating system with a clock that starts at 0.
struct Machine {
    reactor: Reactor,
    start: Instant,
}

impl Machine {
    fn new() -> Self {
        let reactor = Reactor::with_mio().expect("descriptors are left");
        Self { reactor, start: Instant::now() }
    }

    fn now(&self) -> Timestamp {
        at(0) + self.start.elapsed()
    }

    fn park(&self) -> Turn {
        self.reactor.park(&|| self.now(), None)
    }

    /// Sleeps; returns how late it woke up.
    fn sleep(&self, duration: Duration) -> Duration {
        let deadline = self.now() + duration;
        self.reactor.insert_timer(deadline, Waker::noop().clone());
        while self.park().timers == 0 {}
        let now = self.now();
        assert!(now >= deadline, "woke up {:?} early", deadline - now);
        now - deadline
    }
}

/// A timeout in milliseconds, rounded up, would take a millisecond every single time.
#[test]
fn short_sleeps_are_shorter_than_a_millisecond() {
    let machine = Machine::new();
    let duration = Duration::from_micros(100);
    let best = (0..200).map(|_| machine.sleep(duration)).min().expect("200 sleeps");
    assert!(best < Duration::from_micros(800), "200 sleeps of 100 µs, best {best:?} late");
}

#[test]
fn no_sleep_is_too_short() {
    let machine = Machine::new();
    for nanos in [0, 1, 999, 16_384, 65_537, 1_000_001, 3_141_592] {
        machine.sleep(Duration::from_nanos(nanos));
    }
}

/// The descriptor stays armed for a deadline that nobody waits for any more. Its expiry may end one
/// wait early, and must then be neither taken for the later deadline nor keep that from being
/// armed.
#[test]
fn a_stale_expiry_ends_at_most_one_wait_early() {
    let start = Instant::now();
    let clock = || at(0) + start.elapsed();
    let mut driver = MioDriver::new().expect("descriptors are left");
    let mut events = Vec::new();
    for _ in 0..20 {
        driver.registrar().wake().expect("the driver is alive");
        let now = clock();
        let stale = WaitLimit::Until { now, deadline: now + Duration::from_millis(1) };
        driver.wait(stale, &mut events).expect("ended by the wake");
        let (mut now, mut waits) = (clock(), 0);
        let deadline = now + Duration::from_millis(2);
        while now < deadline {
            driver.wait(WaitLimit::Until { now, deadline }, &mut events).expect("ended by a timer");
            (now, waits) = (clock(), waits + 1);
        }
        assert!(waits <= 2, "{waits} waits for one deadline");
    }
}

/// If the driver took the armed hour for good enough, this test would take an hour.
#[test]
fn an_earlier_deadline_is_armed_in_place_of_a_later_one() {
    let mut driver = MioDriver::new().expect("descriptors are left");
    let mut events = Vec::new();
    driver.registrar().wake().expect("the driver is alive");
    let hour = WaitLimit::Until { now: at(0), deadline: at(3_600_000_000_000) };
    driver.wait(hour, &mut events).expect("ended by the wake");
    let start = Instant::now();
    let soon = WaitLimit::Until { now: at(1_000), deadline: at(201_000) };
    driver.wait(soon, &mut events).expect("ended by the timer");
    assert!(start.elapsed() >= Duration::from_micros(200));
    assert!(events.is_empty(), "the driver's own descriptors are nobody's sources");
}
