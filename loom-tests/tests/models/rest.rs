//! An observer that rests while the workers do: it is never asleep while one of them is awake.

use loom_tests::explore;
use primitives::parker::Parker;
use primitives::shim::{UNBOUNDED, sync::Arc, thread};
use scheduler::steal::Rest;
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] =
    &[(Mutant::RestRouse, "rest::a_worker_gets_up_while_the_observer_lies_down")];

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
