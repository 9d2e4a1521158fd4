//! A value that is set once arrives whole.

use graph_runtime::sync::{OnceCell, SetOnce};
use loom_tests::{Tracked, explore};
use primitives::park_on;
use primitives::shim::thread;
use std::sync::Arc;
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::OnceFillRelease, "sync_once::a_look_meets_the_set"),
    (Mutant::OnceGetAcquire, "sync_once::a_look_meets_the_set"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

fn seven() -> Tracked {
    let tracked = Tracked::new(0);
    tracked.write(7);
    tracked
}

#[test]
fn a_look_meets_the_set() {
    explore(3, || {
        let cell = Arc::new(SetOnce::new());
        let other = {
            let cell = Arc::clone(&cell);
            thread::spawn(move || assert!(cell.set(seven()).is_ok()))
        };
        if let Some(value) = cell.get() {
            assert_eq!(value.read(), 7);
        }
        other.join().unwrap();
    });
}

#[test]
fn a_wait_meets_the_set() {
    explore(3, || {
        let cell = Arc::new(SetOnce::new());
        let other = {
            let cell = Arc::clone(&cell);
            thread::spawn(move || assert!(cell.set(seven()).is_ok()))
        };
        assert_eq!(park_on(cell.wait()).read(), 7);
        other.join().unwrap();
    });
}

#[test]
fn two_compute_one_value() {
    explore(2, || {
        let cell = Arc::new(OnceCell::new());
        let other = {
            let cell = Arc::clone(&cell);
            thread::spawn(move || {
                assert_eq!(park_on(cell.get_or_init(|| async { seven() })).read(), 7);
            })
        };
        assert_eq!(park_on(cell.get_or_init(|| async { seven() })).read(), 7);
        other.join().unwrap();
    });
}
