//! Who gives up passes on what it was given.

use crate::support::{Hand, now};
use graph_runtime::sync::{Mutex, Notify, OnceCell, RwLock, Semaphore, broadcast, mpsc, watch};

#[test]
fn a_permit_goes_to_the_next() {
    let semaphore = Semaphore::new(0);
    let first = Hand::waiting(semaphore.acquire());
    let mut second = Hand::waiting(semaphore.acquire());
    semaphore.add_permits(1);
    assert!(first.is_woken() && !second.is_woken());
    drop(first);
    assert!(second.is_woken());
    drop(second.assert_ready().unwrap());
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn permits_given_in_part_go_to_those_behind() {
    let semaphore = Semaphore::new(2);
    let greedy = Hand::waiting(semaphore.acquire_many(5));
    let mut modest: Vec<_> = (0..2).map(|_| Hand::waiting(semaphore.acquire())).collect();
    drop(greedy);
    for hand in &mut modest {
        assert!(hand.is_woken());
        hand.assert_ready().unwrap().forget();
    }
    assert_eq!(semaphore.available_permits(), 0);
}

#[test]
fn one_in_the_middle_leaves_the_line_closed_up() {
    let semaphore = Semaphore::new(0);
    let mut hands: Vec<_> = (0..3).map(|_| Hand::waiting(semaphore.acquire())).collect();
    drop(hands.remove(1));
    semaphore.add_permits(2);
    for hand in &mut hands {
        drop(hand.assert_ready().unwrap());
    }
}

#[test]
fn a_wake_of_the_mutex_goes_to_the_next() {
    let mutex = Mutex::new(0);
    let guard = mutex.try_lock().unwrap();
    let first = Hand::waiting(mutex.lock());
    let mut second = Hand::waiting(mutex.lock());
    drop(guard);
    assert!(first.is_woken() && !second.is_woken());
    drop(first);
    assert!(second.is_woken());
    drop(second.assert_ready());
}

#[test]
fn a_wake_of_the_mutex_is_kept_while_somebody_else_holds_it() {
    let mutex = Mutex::new(0);
    let guard = mutex.try_lock().unwrap();
    let first = Hand::waiting(mutex.lock());
    let mut second = Hand::waiting(mutex.lock());
    drop(guard);
    let overtakes = mutex.try_lock().unwrap();
    drop(first);
    assert!(!second.is_woken(), "there is nothing to be had yet");
    drop(overtakes);
    assert!(second.is_woken());
    drop(second.assert_ready());
}

#[test]
fn a_mutex_that_was_handed_over_is_unlocked() {
    let mutex = Mutex::new(0);
    let mut guard = mutex.try_lock().unwrap();
    let mut first = Hand::waiting(mutex.lock());
    let mut second = Hand::waiting(mutex.lock());
    // The first one loses until the lock is handed to it.
    loop {
        drop(guard);
        match mutex.try_lock() {
            Ok(taken) => guard = taken,
            Err(_) => break,
        }
        first.assert_pending();
    }
    drop(first);
    assert!(second.is_woken());
    drop(second.assert_ready());
}

#[test]
fn a_writer_that_gives_up_lets_readers_in() {
    let lock = RwLock::new(0);
    let reads = lock.try_read().unwrap();
    let writer = Hand::waiting(lock.write());
    let mut reader = Hand::waiting(lock.read());
    drop(writer);
    assert!(reader.is_woken());
    drop(reader.assert_ready());
    drop(reads);
    assert!(lock.try_write().is_ok());
}

#[test]
fn a_signal_goes_to_the_next() {
    let notify = Notify::new();
    let first = Hand::waiting(notify.notified());
    let mut second = Hand::waiting(notify.notified());
    notify.notify_one();
    drop(first);
    assert!(second.is_woken());
    second.assert_ready();
}

#[test]
fn a_signal_that_nobody_else_waits_for_stays() {
    let notify = Notify::new();
    let only = Hand::waiting(notify.notified());
    notify.notify_one();
    drop(only);
    now(notify.notified());
}

#[test]
fn a_signal_for_all_is_not_passed_on() {
    let notify = Notify::new();
    let first = Hand::waiting(notify.notified());
    notify.notify_waiters();
    drop(first);
    Hand::waiting(notify.notified());
}

#[test]
fn room_in_a_channel_goes_to_the_next() {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.try_send(0).unwrap();
    let first = Hand::waiting(sender.send(1));
    let mut second = Hand::waiting(sender.send(2));
    assert_eq!(receiver.try_recv(), Ok(0));
    assert!(first.is_woken() && !second.is_woken());
    drop(first);
    assert!(second.is_woken());
    second.assert_ready().unwrap();
    assert_eq!(receiver.try_recv(), Ok(2), "what was not sent is not received");
}

#[test]
fn a_receiver_that_gives_up_loses_no_message() {
    let (sender, mut receiver) = mpsc::channel(4);
    let waits = Hand::waiting(receiver.recv());
    sender.try_send(1).unwrap();
    assert!(waits.is_woken());
    drop(waits);
    assert_eq!(now(receiver.recv()), Some(1));

    let (sender, mut receiver) = broadcast::channel(4);
    let waits = Hand::waiting(receiver.recv());
    sender.send(1).unwrap();
    assert!(waits.is_woken());
    drop(waits);
    assert_eq!(now(receiver.recv()), Ok(1));

    let (sender, mut receiver) = watch::channel(0);
    let waits = Hand::waiting(receiver.changed());
    sender.send(1).unwrap();
    assert!(waits.is_woken());
    drop(waits);
    assert_eq!(now(receiver.changed()), Ok(()));
}

#[test]
fn computing_a_cell_becomes_the_turn_of_the_next() {
    let cell = OnceCell::new();
    let first = Hand::waiting(cell.get_or_init(std::future::pending::<u32>));
    let mut second = Hand::waiting(cell.get_or_init(|| async { 2 }));
    drop(first);
    assert!(second.is_woken());
    assert_eq!(*second.assert_ready(), 2);
}
