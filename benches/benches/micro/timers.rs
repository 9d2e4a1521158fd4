//! Timers of one reactor, set and cancelled among none, a thousand and a hundred thousand others.
//!
//! Guards what a timer wheel is for: most timeouts never fire, so to set and to cancel one must be
//! cheap, and as cheap among many.

use benches::{Bench, Claim, Rounds, in_batches};
use primitives::Timestamp;
use primitives::rng::Rng;
use reactor::{Reactor, TimerKey};
use std::task::Waker;
use std::time::{Duration, Instant};

const BATCH: u64 = 1024;
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
/// How much more a timer may cost among a hundred thousand others: they do not fit into the cache.
const GROWTH_MAX: f64 = 4.0;

/// How many others there are, for each size the claims' parts.
const OTHERS: [(usize, &str); 3] = [
    (0, "timers, no others"),
    (1_000, "timers, among 1k others"),
    (100_000, "timers, among 100k others"),
];

const fn set(part: &'static str) -> Claim {
    Claim {
        part,
        what: "set",
        holds: "to set a timer costs one lock that is free",
        limit: |machine| 4.0 * machine.locked_ns,
    }
}

const fn cancel(part: &'static str) -> Claim {
    Claim {
        part,
        what: "cancel",
        holds: "to cancel a timer costs one lock that is free",
        limit: |machine| 3.0 * machine.locked_ns,
    }
}

const fn expire(part: &'static str) -> Claim {
    Claim {
        part,
        what: "expire in a batch",
        holds: "a timer that is due costs no lock of its own",
        limit: |machine| 2.0 * machine.locked_ns,
    }
}

pub(crate) fn measure(bench: &mut Bench) {
    let rows = OTHERS.map(|(others, part)| {
        let timers = || Timers::among(others);
        [
            bench.measure(set(part), timers, |timers, items| timers.each(items, Timers::set)),
            bench.measure(cancel(part), timers, |timers, items| timers.each(items, Timers::cancel)),
            bench.measure(expire(part), timers, |timers, items| timers.each(items, Timers::expire)),
        ]
    });
    let mut growth = |name, claim, which: usize| {
        let [few, .., many]: [Option<Rounds>; 3] = rows.map(|row| row[which]);
        bench.compare(name, claim, GROWTH_MAX, many, few);
    };
    growth("timers/set, 100k others against none", "setting a timer is O(1)", 0);
    growth("timers/cancel, 100k others against none", "cancelling a timer is O(1)", 1);
    growth("timers/expire, 100k others against none", "timers not due cost nothing", 2);
}

/// A reactor on a clock of its own, and the timers under test.
struct Timers {
    reactor: Reactor,
    now: Timestamp,
    others: usize,
    rng: Rng,
    deadlines: Vec<Timestamp>,
    keys: Vec<TimerKey>,
}

impl Timers {
    /// With that many others, due within an hour that never comes.
    fn among(others: usize) -> Self {
        let reactor = Reactor::with_mio().expect("the machine has descriptors left");
        let mut timers = Self {
            reactor,
            now: Timestamp::ZERO,
            others,
            rng: Rng::new(1),
            deadlines: Vec::new(),
            keys: Vec::new(),
        };
        timers.draw(others as u64, 24 * HOUR, HOUR);
        timers.set();
        timers.keys = Vec::with_capacity(BATCH as usize);
        timers
    }

    /// Draws deadlines from `first` from now on, within `span`.
    fn draw(&mut self, count: u64, first: Duration, span: Duration) {
        let Self { now, rng, .. } = self;
        let random = |_| *now + first + span.mul_f64(rng.unit());
        self.deadlines = (0..count).map(random).collect();
    }

    /// Runs `measured` on batches of timers. In the end only the others are left.
    fn each(&mut self, items: u64, measured: impl Fn(&mut Self) -> Duration) -> Duration {
        in_batches(items, BATCH, |items| {
            self.draw(items, SECOND, 60 * SECOND);
            let elapsed = measured(self);
            self.keys.drain(..).for_each(|key| {
                self.reactor.cancel_timer(key);
            });
            assert_eq!(self.reactor.timer_count(), self.others, "only the others are left");
            elapsed
        })
    }

    fn set(&mut self) -> Duration {
        let start = Instant::now();
        for &deadline in &self.deadlines {
            self.keys.push(self.reactor.insert_timer(deadline, Waker::noop().clone()));
        }
        start.elapsed()
    }

    fn cancel(&mut self) -> Duration {
        self.set();
        let start = Instant::now();
        for key in self.keys.drain(..) {
            assert!(self.reactor.cancel_timer(key), "it is not due");
        }
        start.elapsed()
    }

    fn expire(&mut self) -> Duration {
        let count = self.deadlines.len();
        self.draw(count as u64, Duration::ZERO, Duration::from_millis(1));
        self.set();
        self.keys.clear();
        self.now = self.now + Duration::from_millis(2);
        let (now, start) = (self.now, Instant::now());
        let turn = self.reactor.try_turn(&|| now).expect("nobody else is at it");
        let elapsed = start.elapsed();
        assert_eq!(turn.timers, count, "all are due, and no others");
        elapsed
    }
}
