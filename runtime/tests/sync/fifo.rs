//! First come, first served.

use crate::support::Hand;
use graph_runtime::sync::{RwLock, Semaphore, mpsc};

#[test]
fn permits_go_to_who_has_waited_longest() {
    let semaphore = Semaphore::new(0);
    let mut waiting: Vec<_> = (0..10).map(|_| Hand::waiting(semaphore.acquire())).collect();
    for next in 0..waiting.len() {
        semaphore.add_permits(1);
        let woken: Vec<_> = waiting.iter().map(Hand::is_woken).collect();
        assert!(woken[..=next].iter().all(|it| *it) && woken[next + 1..].iter().all(|it| !it));
        waiting[next].assert_ready().unwrap().forget();
    }
}

#[test]
fn a_large_request_is_not_overtaken_by_small_ones() {
    let semaphore = Semaphore::new(1);
    let mut large = Hand::waiting(semaphore.acquire_many(3));
    let mut small = Hand::waiting(semaphore.acquire());
    assert!(semaphore.try_acquire().is_err(), "what there was is spoken for");
    semaphore.add_permits(1);
    assert!(!large.is_woken() && !small.is_woken());
    semaphore.add_permits(1);
    assert!(large.is_woken() && !small.is_woken());
    drop(large.assert_ready());
    drop(small.assert_ready());
    assert_eq!(semaphore.available_permits(), 3);
}

#[test]
fn a_reader_waits_behind_a_writer() {
    let lock = RwLock::new(0);
    let reads = lock.try_read().unwrap();
    let mut writer = Hand::waiting(lock.write());
    let mut reader = Hand::waiting(lock.read());
    assert!(lock.try_read().is_err());
    drop(reads);
    assert!(writer.is_woken() && !reader.is_woken());
    let guard = writer.assert_ready();
    reader.assert_pending();
    drop(guard);
    drop(reader.assert_ready());
}

#[test]
fn a_channel_serves_senders_in_order() {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.try_send(0).unwrap();
    let mut waiting: Vec<_> = (1..=5).map(|n| Hand::waiting(sender.send(n))).collect();
    for next in 0..=5 {
        assert_eq!(receiver.try_recv(), Ok(next));
        assert!(sender.try_send(99).is_err() || next == 5, "nobody gets past the line");
        if let Some(hand) = waiting.get_mut(next) {
            assert!(hand.is_woken());
            hand.assert_ready().unwrap();
        }
        assert!(waiting.iter().skip(next + 1).all(|hand| !hand.is_woken()));
    }
}
