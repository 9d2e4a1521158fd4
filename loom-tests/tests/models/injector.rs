//! The injector: a push that races with closing leaves nothing behind.

use loom_tests::explore;
use primitives::shim::sync::Arc;
use primitives::shim::thread;
use scheduler::steal::{Injector, Pushed};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::InjectorPushFence, "injector::a_push_meets_close"),
    (Mutant::InjectorCloseFence, "injector::a_push_meets_close"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

/// Pushes as an outside spawner does, and returns what it had to dispose of.
fn push(injector: &Injector<u32>, item: u32) -> Vec<u32> {
    match injector.push(item) {
        Pushed::Accepted => Vec::new(),
        Pushed::Closed => drain(injector),
    }
}

fn drain(injector: &Injector<u32>) -> Vec<u32> {
    std::iter::from_fn(|| injector.pop()).collect()
}

fn close_against(preemptions: usize, pushers: u32) {
    explore(preemptions, move || {
        let injector = Arc::new(Injector::new());
        let threads: Vec<_> = (0..pushers)
            .map(|item| {
                let injector = Arc::clone(&injector);
                thread::spawn(move || push(&injector, item))
            })
            .collect();
        injector.close();
        let mut disposed = drain(&injector);
        for thread in threads {
            disposed.extend(thread.join().unwrap());
        }
        disposed.sort_unstable();
        assert!(disposed.iter().copied().eq(0..pushers), "each item once: {disposed:?}");
    });
}

#[test]
fn a_push_meets_close() {
    close_against(6, 1);
}

#[test]
fn two_pushes_meet_close() {
    close_against(3, 2);
}
