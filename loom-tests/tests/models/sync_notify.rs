//! Signals: they publish, and none is lost on its way.

use graph_runtime::sync::Notify;
use loom_tests::{Hand, Tracked, explore};
use primitives::park_on;
use primitives::shim::thread;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::NotifyRelease, "sync_notify::a_signal_publishes"),
    (Mutant::NotifyTakesAlls, "sync_notify::a_signal_meets_an_unfinished_one_for_all"),
    (Mutant::NotifyDropKeeps, "sync_notify::one_gives_up_after_it_was_signalled"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

#[test]
fn a_signal_publishes() {
    explore(3, || {
        let shared = Arc::new((Notify::new(), Tracked::new(0)));
        let other = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                shared.1.write(1);
                shared.0.notify_one();
            })
        };
        park_on(shared.0.notified());
        assert_eq!(shared.1.read(), 1);
        other.join().unwrap();
    });
}

#[test]
fn a_signal_for_all_reaches_who_has_asked() {
    explore(3, || {
        let notify = Arc::new(Notify::new());
        let notified = Arc::clone(&notify).notified_owned();
        let other = {
            let notify = Arc::clone(&notify);
            thread::spawn(move || notify.notify_waiters())
        };
        park_on(notified);
        other.join().unwrap();
    });
}

#[test]
fn one_gives_up_after_it_was_signalled() {
    explore(2, || {
        let notify = Arc::new(Notify::new());
        let gives_up = Hand::waiting(notify.notified());
        let other = {
            let notify = Arc::clone(&notify);
            thread::spawn(move || park_on(notify.notified()))
        };
        notify.notify_one();
        drop(gives_up);
        other.join().unwrap();
    });
}

/// Gives a signal when it is woken.
struct Rings(Arc<Notify>);

impl Wake for Rings {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

/// Under loom two are woken at a time, so the third is still in line when the first one rings.
#[test]
fn a_signal_meets_an_unfinished_one_for_all() {
    explore(1, || {
        let notify = Arc::new(Notify::new());
        let waker = Waker::from(Arc::new(Rings(Arc::clone(&notify))));
        let mut rings = pin!(notify.notified());
        assert!(rings.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        let others = [(); 2].map(|()| Hand::waiting(notify.notified()));
        notify.notify_waiters();
        assert!(others.iter().all(Hand::is_woken));
        assert!(pin!(notify.notified()).enable(), "its signal stays");
    });
}
