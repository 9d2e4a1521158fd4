//! Permits: what was done under them is seen, and none is lost.

use graph_runtime::sync::Semaphore;
use loom_tests::{Hand, Tracked, explore};
use primitives::park_on;
use primitives::shim::thread;
use std::sync::Arc;
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::PermitsAcquire, "sync_semaphore::one_permit_is_for_one"),
    (Mutant::PermitsRelease, "sync_semaphore::one_permit_is_for_one"),
    (Mutant::PermitsDropKeeps, "sync_semaphore::one_gives_up_after_it_was_served"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

#[test]
fn one_permit_is_for_one() {
    explore(3, || {
        let shared = Arc::new((Semaphore::new(1), Tracked::new(0)));
        let other = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let _permit = park_on(shared.0.acquire()).unwrap();
                shared.1.write(shared.1.read() + 1);
            })
        };
        {
            let _permit = park_on(shared.0.acquire()).unwrap();
            shared.1.write(shared.1.read() + 1);
        }
        other.join().unwrap();
        assert_eq!((shared.0.available_permits(), shared.1.read()), (1, 2));
    });
}

#[test]
fn many_are_collected_one_by_one() {
    explore(2, || {
        let semaphore = Arc::new(Semaphore::new(0));
        let others = [(); 2].map(|()| {
            let semaphore = Arc::clone(&semaphore);
            thread::spawn(move || semaphore.add_permits(1))
        });
        park_on(semaphore.acquire_many(2)).unwrap().forget();
        others.into_iter().for_each(|other| other.join().unwrap());
        assert_eq!(semaphore.available_permits(), 0);
    });
}

#[test]
fn one_gives_up_after_it_was_served() {
    explore(2, || {
        let semaphore = Arc::new(Semaphore::new(0));
        let gives_up = Hand::waiting(semaphore.acquire());
        let other = {
            let semaphore = Arc::clone(&semaphore);
            thread::spawn(move || drop(park_on(semaphore.acquire()).unwrap()))
        };
        semaphore.add_permits(1);
        drop(gives_up);
        other.join().unwrap();
        assert_eq!(semaphore.available_permits(), 1);
    });
}

#[test]
fn closing_meets_a_wait() {
    explore(2, || {
        let semaphore = Arc::new(Semaphore::new(0));
        let other = {
            let semaphore = Arc::clone(&semaphore);
            thread::spawn(move || assert!(park_on(semaphore.acquire()).is_err()))
        };
        semaphore.close();
        other.join().unwrap();
    });
}
