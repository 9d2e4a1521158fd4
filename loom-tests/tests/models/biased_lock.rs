//! The biased lock: one thread at a time, whichever way each comes in.

use loom_tests::{Tracked, explore};
use primitives::biased_lock::BiasedLock;
use primitives::shim::sync::Arc;
use primitives::shim::thread;
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::BiasedLightFence, "biased_lock::a_stranger_meets_the_favoured_thread_anywhere"),
    (Mutant::BiasedHeavyFence, "biased_lock::a_stranger_meets_the_favoured_thread_anywhere"),
    (Mutant::BiasedRevokeAtOnce, "biased_lock::a_stranger_meets_the_favoured_thread_anywhere"),
    (Mutant::BiasedSecondFavourite, "biased_lock::nobody_takes_the_favourites_place"),
    (Mutant::BiasedLeaveRelease, "biased_lock::a_stranger_meets_the_favoured_thread_anywhere"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

type Lock = Arc<BiasedLock<Tracked>>;

fn increment(lock: &Lock) {
    let value = lock.lock();
    value.write(value.read() + 1);
}

/// A lock that favours the calling thread. Under loom a streak of two is enough.
fn favouring() -> Lock {
    let lock = Arc::new(BiasedLock::new(Tracked::new(0)));
    (0..2).for_each(|_| increment(&lock));
    lock
}

#[test]
fn a_stranger_meets_the_favoured_thread_anywhere() {
    explore(4, || {
        let lock = favouring();
        let stranger = {
            let lock = Arc::clone(&lock);
            thread::spawn(move || increment(&lock))
        };
        (0..2).for_each(|_| increment(&lock));
        stranger.join().unwrap();
        assert_eq!(lock.lock().read(), 5);
    });
}

#[test]
fn nobody_takes_the_favourites_place() {
    explore(3, || {
        let lock = favouring();
        let rival = {
            let lock = Arc::clone(&lock);
            thread::spawn(move || (0..3).for_each(|_| increment(&lock)))
        };
        increment(&lock);
        rival.join().unwrap();
        assert_eq!(lock.lock().read(), 6);
    });
}

#[test]
fn strangers_do_not_meet_each_other() {
    explore(2, || {
        let lock = favouring();
        let strangers = [(); 2].map(|()| {
            let lock = Arc::clone(&lock);
            thread::spawn(move || increment(&lock))
        });
        increment(&lock);
        for stranger in strangers {
            stranger.join().unwrap();
        }
        assert_eq!(lock.lock().read(), 5);
    });
}
