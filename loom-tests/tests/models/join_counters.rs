//! The join counters: one arrival is the last, and it sees what all others did.

use loom_tests::{Tracked, explore};
use primitives::join_counters::JoinCounters;
use primitives::shim::sync::Arc;
use primitives::shim::{UNBOUNDED, thread};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::JoinArriveRelease, "join_counters::the_last_of_two_sees_the_other"),
    (Mutant::JoinLastAcquire, "join_counters::the_last_of_two_sees_the_other"),
    (Mutant::JoinAddAcquire, "join_counters::the_last_of_two_sees_the_other"),
    (Mutant::JoinStaleCount, "join_counters::the_last_of_two_sees_the_other"),
    (Mutant::JoinStaleCount, "join_counters::arrivals_of_several_at_once_are_counted"),
    (Mutant::JoinArriveRelease, "join_counters::the_last_of_three_sees_all"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

/// Threads that each do something and arrive with a count of their own; the last reads what all
/// of them did.
fn meet<const N: usize>(preemptions: usize, counts: [u32; N]) {
    explore(preemptions, move || {
        let expected = counts.iter().sum();
        let shared = Arc::new((JoinCounters::new(1), [(); N].map(|()| Tracked::new(0))));
        let arrive = move |shared: &(JoinCounters, [Tracked; N]), index: usize| {
            let (joins, done) = shared;
            done[index].write(1);
            let is_last = joins.arrive(0, counts[index], expected);
            if is_last {
                assert!(done.iter().all(|it| it.read() == 1), "the last sees what all did");
            }
            is_last
        };
        let others: Vec<_> = (1..N)
            .map(|index| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || arrive(&shared, index))
            })
            .collect();
        let mut last = usize::from(arrive(&shared, 0));
        for other in others {
            last += usize::from(other.join().unwrap());
        }
        assert_eq!(last, 1, "one of them is the last");
    });
}

#[test]
fn the_last_of_two_sees_the_other() {
    meet(UNBOUNDED, [1, 1]);
}

#[test]
fn the_last_of_three_sees_all() {
    meet(3, [1, 1, 1]);
}

#[test]
fn arrivals_of_several_at_once_are_counted() {
    meet(UNBOUNDED, [3, 2]);
}
