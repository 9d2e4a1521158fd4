//! The parking permit and the parker: no wake-up is lost, and it publishes what came before it.

use loom_tests::{Tracked, explore};
use primitives::parker::Parker;
use primitives::permit::{Notify, Permit};
use primitives::shim::atomic::{AtomicU32, Ordering};
use primitives::shim::sync::Arc;
use primitives::shim::{UNBOUNDED, thread};
use scheduler::steal::{Injector, Pushed};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::PermitNotifyRelease, "permit::a_notify_meets_a_sleeper_anywhere"),
    (Mutant::PermitIgnored, "permit::a_notify_meets_a_sleeper_anywhere"),
    (Mutant::PermitNotifyRelease, "permit::park_returns_after_unpark"),
    (Mutant::PermitIgnored, "permit::every_unpark_is_answered"),
    (Mutant::PermitIgnored, "permit::a_push_before_an_unpark_is_found"),
    (Mutant::ParkerGate, "permit::park_returns_after_unpark"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

#[test]
fn a_notify_meets_a_sleeper_anywhere() {
    explore(UNBOUNDED, || {
        let shared = Arc::new((Permit::new(), Tracked::new(0)));
        let notifier = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                shared.1.write(1);
                shared.0.notify()
            })
        };
        let (permit, data) = &*shared;
        let slept = permit.fall_asleep();
        let used = !slept || permit.wake_up();
        if used {
            assert_eq!(data.read(), 1, "the permit publishes");
        }
        let notify = notifier.join().unwrap();
        let interrupted = slept && used;
        assert_eq!(notify == Notify::Wake, interrupted, "exactly a sleeper has to be disturbed");
        assert_eq!(permit.fall_asleep(), used, "one notify is one permit");
    });
}

#[test]
fn two_notifies_merge_and_publish_both() {
    explore(4, || {
        let shared = Arc::new((Permit::new(), [AtomicU32::new(0), AtomicU32::new(0)]));
        let notifiers = [0, 1].map(|index| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                shared.1[index].store(1, Ordering::Relaxed);
                shared.0.notify()
            })
        });
        let (permit, data) = &*shared;
        let mut seen = 0;
        if !permit.fall_asleep() || permit.wake_up() {
            seen = data.iter().map(|flag| flag.load(Ordering::Relaxed)).sum();
            assert!(seen > 0, "the permit publishes at least one");
        }
        for notifier in notifiers {
            let _: Notify = notifier.join().unwrap();
        }
        assert!(seen == 2 || !permit.fall_asleep(), "what was not seen has left a permit");
    });
}

#[test]
fn park_returns_after_unpark() {
    explore(UNBOUNDED, || {
        let shared = Arc::new((Parker::new(), Tracked::new(0)));
        let waker = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                shared.1.write(1);
                shared.0.unpark();
            })
        };
        // If the wake-up were lost, loom would report a deadlock here.
        shared.0.park();
        assert_eq!(shared.1.read(), 1);
        waker.join().unwrap();
    });
}

#[test]
fn every_unpark_is_answered() {
    explore(3, || {
        let shared = Arc::new((Parker::new(), AtomicU32::new(0)));
        let wakers = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                shared.1.fetch_add(1, Ordering::Relaxed);
                shared.0.unpark();
            })
        });
        // One permit may stand for both, but then it shows both.
        while shared.1.load(Ordering::Relaxed) < 2 {
            shared.0.park();
        }
        for waker in wakers {
            waker.join().unwrap();
        }
    });
}

/// A worker and the inbox of its pinned tasks: it looks before each sleep, and nowhere else.
#[test]
fn a_push_before_an_unpark_is_found() {
    explore(3, || {
        let shared = Arc::new((Injector::new(), Parker::new()));
        let senders = [1, 2].map(|item| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                assert_eq!(shared.0.push(item), Pushed::Accepted);
                shared.1.unpark();
            })
        });
        let (inbox, parker) = &*shared;
        let mut sum = 0;
        while sum < 3 {
            match inbox.pop() {
                Some(item) => sum += item,
                None => parker.park(),
            }
        }
        for sender in senders {
            sender.join().unwrap();
        }
    });
}
