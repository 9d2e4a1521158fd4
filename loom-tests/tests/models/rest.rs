//! An observer that rests while the workers do: it is never asleep while one of them is awake.

use loom_tests::explore;
use primitives::parker::Parker;
use primitives::shim::{UNBOUNDED, sync::Arc, thread};
use scheduler::steal::{Idle, Rest};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::RestRouse, "rest::a_worker_gets_up_while_the_observer_lies_down"),
    (Mutant::IdleAsleepFence, "rest::one_gets_up_while_the_last_falls_asleep"),
    (Mutant::IdleAwakeFence, "rest::one_gets_up_while_the_last_falls_asleep"),
    (Mutant::IdleRelapseFence, "rest::one_gets_up_for_a_moment_while_the_last_falls_asleep"),
    (Mutant::IdleRelapseUnseen, "rest::one_gets_up_for_a_moment_while_the_last_falls_asleep"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

/// What the observer does between two looks. A lost wake-up leaves it parked for good.
fn rest(rest: &Rest, parker: &Parker) {
    if rest.begin() {
        parker.park();
    }
    rest.end();
}

#[test]
fn a_worker_gets_up_while_the_observer_lies_down() {
    explore(UNBOUNDED, || {
        let shared = Arc::new((Rest::default(), Parker::new()));
        assert!(!shared.0.set_idle(true));
        let worker = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                if shared.0.set_idle(false) {
                    shared.1.unpark();
                }
            })
        };
        rest(&shared.0, &shared.1);
        worker.join().unwrap();
    });
}

#[test]
fn the_worker_dozes_and_gets_up_again() {
    explore(4, || {
        let shared = Arc::new((Rest::default(), Parker::new()));
        let worker = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                assert!(!shared.0.set_idle(true));
                if shared.0.set_idle(false) {
                    shared.1.unpark();
                }
            })
        };
        rest(&shared.0, &shared.1);
        worker.join().unwrap();
    });
}

/// Two workers, of which one sleeps. What the observer is told in the end.
fn told(other: impl Fn(&Idle, &Rest) + Send + Sync + 'static) -> bool {
    let shared = Arc::new((Idle::new(2), Rest::default()));
    shared.0.fall_asleep(1, false);
    let other = {
        let shared = Arc::clone(&shared);
        thread::spawn(move || other(&shared.0, &shared.1))
    };
    fall_asleep(&shared.0, &shared.1, 0);
    other.join().unwrap();
    shared.1.begin()
}

fn fall_asleep(idle: &Idle, rest: &Rest, worker: usize) {
    idle.fall_asleep(worker, false);
    idle.tell_if_all_asleep(|idle| _ = rest.set_idle(idle));
}

fn get_up(idle: &Idle, rest: &Rest, worker: usize) {
    idle.wake_up(worker);
    idle.tell_awake(|idle| _ = rest.set_idle(idle));
}

#[test]
fn one_gets_up_while_the_last_falls_asleep() {
    explore(3, || {
        assert!(!told(|idle, rest| get_up(idle, rest, 1)), "it is awake");
    });
}

/// If the observer were left to believe that somebody is awake it would never rest again.
#[test]
fn one_gets_up_for_a_moment_while_the_last_falls_asleep() {
    explore(3, || {
        let other = |idle: &Idle, rest: &Rest| {
            get_up(idle, rest, 1);
            fall_asleep(idle, rest, 1);
        };
        assert!(told(other), "both sleep");
    });
}
