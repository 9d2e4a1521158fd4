//! The wheel against a sorted map.

use super::{LEVELS, Progress, SLOT_BITS, TICK_BITS, TimerKey, Wheel, tick_of};
use primitives::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

const NO_LIMIT: usize = usize::MAX;

fn at(nanos: u64) -> Timestamp {
    Timestamp::from_nanos(nanos)
}

/// Everything due at `now`.
fn due<T>(wheel: &mut Wheel<T>, now: Timestamp) -> Vec<T> {
    let mut due = Vec::new();
    assert_eq!(wheel.advance(now, NO_LIMIT, &mut due), Progress::Done);
    due
}

#[test]
fn a_timer_fires_at_its_deadline_and_not_a_nanosecond_earlier() {
    for level in 0..LEVELS as u32 - 1 {
        let deadline = (3 << (TICK_BITS + SLOT_BITS * level)) + 12_345;
        let mut wheel = Wheel::new();
        wheel.insert(at(deadline), level);
        assert_eq!(wheel.next_expiry(), Some(at(deadline)), "level {level}");
        assert!(due(&mut wheel, at(deadline - 1)).is_empty());
        assert_eq!(wheel.next_expiry(), Some(at(deadline)), "level {level}");
        assert_eq!(due(&mut wheel, at(deadline)), [level]);
        assert_eq!(wheel.next_expiry(), None);
    }
}

#[test]
fn the_earliest_deadline_is_exact_also_when_an_earlier_one_was_cancelled() {
    let mut wheel = Wheel::new();
    assert_eq!(wheel.earliest_deadline(), None);
    // All in one slot of a higher level.
    let [first, second, third] = [1, 2, 3].map(|n| (1 << 30) + n);
    let key = wheel.insert(at(first), ());
    wheel.insert(at(third), ());
    wheel.insert(at(second), ());
    assert_eq!(wheel.earliest_deadline(), Some(at(first)));
    wheel.cancel(key);
    assert_eq!(wheel.next_expiry(), Some(at(first)), "a lower bound");
    assert_eq!(wheel.earliest_deadline(), Some(at(second)));
}

#[test]
fn the_end_of_time_is_a_deadline_like_any_other() {
    let mut wheel = Wheel::new();
    wheel.insert(Timestamp::MAX, ());
    assert!(due(&mut wheel, at(u64::MAX - 1)).is_empty());
    assert_eq!(wheel.next_expiry(), Some(Timestamp::MAX));
    assert_eq!(due(&mut wheel, Timestamp::MAX), [()]);
}

#[test]
fn a_deadline_in_the_past_is_due_at_once() {
    let mut wheel = Wheel::new();
    assert_eq!(due(&mut wheel, at(1 << 40)), Vec::<&str>::new());
    wheel.insert(at(5), "past");
    assert_eq!(wheel.next_expiry(), Some(at(5)));
    assert_eq!(due(&mut wheel, at(1 << 40)), ["past"]);
}

#[test]
fn a_clock_that_steps_back_is_harmless() {
    let mut wheel = Wheel::new();
    assert_eq!(due(&mut wheel, at(1 << 30)), Vec::<&str>::new());
    wheel.insert(at(1_000), "due");
    wheel.insert(at((1 << 30) + 1), "later");
    assert_eq!(due(&mut wheel, at(2_000)), ["due"]);
    assert_eq!(due(&mut wheel, at((1 << 30) + 1)), ["later"]);
}

#[test]
fn a_key_does_not_name_the_next_tenant_of_its_place() {
    let mut wheel = Wheel::new();
    let first = wheel.insert(at(10), 'a');
    assert_eq!(wheel.cancel(first), Some('a'));
    let second = wheel.insert(at(10), 'b');
    assert_eq!(wheel.cancel(first), None);
    assert_eq!(wheel.payload(first), None);
    assert_eq!(wheel.payload(second), Some(&mut 'b'));
    assert_eq!(wheel.cancel(TimerKey::DEAD), None);
}

#[test]
fn a_cancelled_earliest_timer_costs_at_most_one_early_wake_up_per_level() {
    let mut wheel = Wheel::new();
    let hour = 3_600_000_000_000;
    let early = wheel.insert(at(hour), "early");
    wheel.insert(at(hour + 1_000), "late");
    wheel.cancel(early);
    let mut wake_ups = 0;
    let fired = loop {
        let now = wheel.next_expiry().expect("one timer is pending");
        wake_ups += 1;
        let fired = due(&mut wheel, now);
        if !fired.is_empty() {
            break fired;
        }
    };
    assert_eq!(fired, ["late"]);
    assert!(wake_ups <= LEVELS, "{wake_ups} wake-ups for one timer");
}

#[test]
fn an_unfinished_cascade_goes_on_where_it_stopped() {
    let mut wheel = Wheel::new();
    let deadlines: Vec<_> = (0..10).map(|n| at((5 << 26) + n * 100_000)).collect();
    for &deadline in &deadlines {
        wheel.insert(deadline, deadline);
    }
    let mut fired = Vec::new();
    let mut calls = 0;
    while wheel.advance(at(6 << 26), 1, &mut fired) == Progress::More {
        calls += 1;
        let next = wheel.next_expiry().expect("something is left");
        assert_eq!(Some(&next), deadlines.get(fired.len()), "after {calls} calls");
    }
    assert_eq!(fired, deadlines);
}

#[derive(Debug, Clone)]
enum Step {
    /// A timer this far ahead of (or behind) the present.
    Insert {
        nanos: i64,
    },
    /// The n-th key ever handed out, modulo their number.
    Cancel {
        key: usize,
    },
    Update {
        key: usize,
    },
    /// Time passes; work in batches of `budget`.
    Advance {
        nanos: u64,
        budget: usize,
    },
    /// Time passes exactly to the next expiry.
    AdvanceToNext,
}

/// A span of any order of magnitude that a wheel level covers.
fn span() -> impl Strategy<Value = u64> {
    (0..62u32).prop_flat_map(|bits| 0..=(1u64 << bits))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => span().prop_map(|nanos| Step::Insert { nanos: nanos as i64 }),
        2 => (0i64..200_000).prop_map(|nanos| Step::Insert { nanos }),
        1 => span().prop_map(|nanos| Step::Insert { nanos: -(nanos as i64) }),
        3 => any::<usize>().prop_map(|key| Step::Cancel { key }),
        1 => any::<usize>().prop_map(|key| Step::Update { key }),
        2 => (0u64..100_000, 1usize..4).prop_map(|(nanos, budget)| Step::Advance { nanos, budget }),
        2 => (span(), 1usize..100).prop_map(|(nanos, budget)| Step::Advance { nanos, budget }),
        3 => Just(Step::AdvanceToNext),
    ]
}

/// What the wheel should be: timers by deadline and sequence.
#[derive(Default)]
struct Oracle {
    now: u64,
    pending: BTreeMap<(Timestamp, usize), u32>,
}

struct Check {
    wheel: Wheel<(Timestamp, usize, u32)>,
    oracle: Oracle,
    keys: Vec<(TimerKey, Timestamp)>,
}

impl Check {
    fn new() -> Self {
        Self { wheel: Wheel::new(), oracle: Oracle::default(), keys: Vec::new() }
    }

    fn run(&mut self, step: &Step) {
        match *step {
            Step::Insert { nanos } => self.insert(self.oracle.now.saturating_add_signed(nanos)),
            Step::Cancel { key } => self.cancel(key),
            Step::Update { key } => self.update(key),
            Step::Advance { nanos, budget } => {
                self.advance(self.oracle.now.saturating_add(nanos), budget);
            }
            Step::AdvanceToNext => {
                if let Some(next) = self.wheel.next_expiry() {
                    self.advance(next.as_nanos().max(self.oracle.now), NO_LIMIT);
                }
            }
        }
        self.compare();
    }

    fn insert(&mut self, deadline: u64) {
        let (deadline, sequence) = (at(deadline), self.keys.len());
        self.keys.push((self.wheel.insert(deadline, (deadline, sequence, 0)), deadline));
        self.oracle.pending.insert((deadline, sequence), 0);
    }

    fn cancel(&mut self, key: usize) {
        let Some(sequence) = key.checked_rem(self.keys.len()) else { return };
        let (key, deadline) = self.keys[sequence];
        let expected = self.oracle.pending.remove(&(deadline, sequence));
        let cancelled = self.wheel.cancel(key);
        assert_eq!(cancelled, expected.map(|version| (deadline, sequence, version)));
    }

    fn update(&mut self, key: usize) {
        let Some(sequence) = key.checked_rem(self.keys.len()) else { return };
        let (key, deadline) = self.keys[sequence];
        let expected = self.oracle.pending.get_mut(&(deadline, sequence));
        let payload = self.wheel.payload(key);
        assert_eq!(payload.is_some(), expected.is_some());
        if let (Some(payload), Some(version)) = (payload, expected) {
            payload.2 += 1;
            *version += 1;
        }
    }

    fn advance(&mut self, now: u64, budget: usize) {
        let (before, now) = (tick_of(at(self.oracle.now)), at(now));
        let mut fired = Vec::new();
        while self.wheel.advance(now, budget, &mut fired) == Progress::More {
            assert!(fired.len() < self.oracle.pending.len(), "there is no more");
        }
        let later = self.oracle.pending.split_off(&(now + Duration::from_nanos(1), 0));
        let mut expected: Vec<_> = std::mem::replace(&mut self.oracle.pending, later)
            .into_iter()
            .map(|((deadline, sequence), version)| (deadline, sequence, version))
            .collect();
        let ticks: Vec<_> = fired.iter().map(|timer| tick_of(timer.0).max(before)).collect();
        assert!(ticks.is_sorted(), "fired out of order: {fired:?}");
        fired.sort_unstable();
        expected.sort_unstable();
        assert_eq!(fired, expected, "at {now:?}");
        self.oracle.now = now.as_nanos();
    }

    fn compare(&self) {
        assert_eq!(self.wheel.len(), self.oracle.pending.len());
        let earliest = self.oracle.pending.keys().next().map(|&(deadline, _)| deadline);
        match (self.wheel.next_expiry(), earliest) {
            (None, None) => {}
            (Some(next), Some(earliest)) => assert!(next <= earliest, "{next:?} > {earliest:?}"),
            (next, earliest) => panic!("wheel says {next:?}, earliest is {earliest:?}"),
        }
    }

    /// Follows the next expiry until nothing is left; each timer may cost one early wake-up per
    /// level.
    fn drain(&mut self) {
        let wake_ups_max = (self.keys.len() + 1) * (LEVELS + 1);
        for _ in 0..wake_ups_max {
            if self.wheel.next_expiry().is_none() {
                return;
            }
            self.run(&Step::AdvanceToNext);
        }
        panic!("more than {wake_ups_max} wake-ups for {} timers", self.keys.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_wheel_is_a_sorted_map(steps in prop::collection::vec(step(), 1..200)) {
        let mut check = Check::new();
        for step in &steps {
            check.run(step);
        }
        check.drain();
    }

    #[test]
    fn without_cancellations_the_next_expiry_is_exact(
        deadlines in prop::collection::vec(span(), 1..50),
    ) {
        let mut wheel = Wheel::new();
        for &deadline in &deadlines {
            wheel.insert(at(deadline), deadline);
        }
        let mut sorted = deadlines;
        sorted.sort_unstable();
        sorted.dedup();
        for deadline in sorted {
            prop_assert_eq!(wheel.next_expiry(), Some(at(deadline)));
            prop_assert!(due(&mut wheel, at(deadline)).iter().all(|&d| d == deadline));
        }
        prop_assert_eq!(wheel.next_expiry(), None);
    }
}
