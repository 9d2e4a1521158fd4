//! The mutex: one at a time, and nobody who waits is forgotten.

use graph_runtime::sync::Mutex;
use loom_tests::{Hand, Tracked, explore};
use primitives::park_on;
use primitives::shim::thread;
use std::sync::Arc;
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::MutexLockAcquire, "sync_mutex::two_exclude_each_other"),
    (Mutant::MutexUnlockRelease, "sync_mutex::two_exclude_each_other"),
    (Mutant::MutexParkedLost, "sync_mutex::two_wait_in_line"),
    (Mutant::MutexDropKeepsWake, "sync_mutex::one_gives_up_after_it_was_woken"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

fn increment(mutex: &Mutex<Tracked>) {
    let value = park_on(mutex.lock());
    value.write(value.read() + 1);
}

fn spawn_increment(mutex: &Arc<Mutex<Tracked>>) -> thread::JoinHandle<()> {
    let mutex = Arc::clone(mutex);
    thread::spawn(move || increment(&mutex))
}

#[test]
fn two_exclude_each_other() {
    explore(3, || {
        let mutex = Arc::new(Mutex::new(Tracked::new(0)));
        let other = spawn_increment(&mutex);
        increment(&mutex);
        other.join().unwrap();
        assert_eq!(mutex.try_lock().unwrap().read(), 2);
    });
}

#[test]
fn two_wait_in_line() {
    explore(3, || {
        let mutex = Arc::new(Mutex::new(Tracked::new(0)));
        let guard = mutex.try_lock().unwrap();
        let first = Hand::waiting(Arc::clone(&mutex).lock_owned());
        let second = Hand::waiting(Arc::clone(&mutex).lock_owned());
        let other = thread::spawn(move || drop(first.finish()));
        drop(guard);
        other.join().unwrap();
        assert!(second.is_woken(), "the first one does not forget it");
        second.finish().write(1);
    });
}

#[test]
fn one_gives_up_after_it_was_woken() {
    explore(2, || {
        let mutex = Arc::new(Mutex::new(Tracked::new(0)));
        let guard = mutex.try_lock().unwrap();
        let gives_up = Hand::waiting(mutex.lock());
        let other = spawn_increment(&mutex);
        drop(guard);
        drop(gives_up);
        other.join().unwrap();
        assert_eq!(mutex.try_lock().unwrap().read(), 1);
    });
}

#[test]
fn one_gives_up_while_another_unlocks() {
    explore(2, || {
        let mutex = Arc::new(Mutex::new(Tracked::new(0)));
        let gives_up = {
            let guard = mutex.try_lock().unwrap();
            let gives_up = Hand::waiting(Arc::clone(&mutex).lock_owned());
            drop(guard);
            gives_up
        };
        let other = spawn_increment(&mutex);
        drop(gives_up);
        increment(&mutex);
        other.join().unwrap();
    });
}
