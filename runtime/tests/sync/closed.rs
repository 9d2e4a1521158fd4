//! Closing fails those who wait, and those who come, and nobody else.

use crate::support::{Hand, now};
use graph_runtime::sync::{Semaphore, TryAcquireError};

#[test]
fn a_closed_semaphore_fails_everybody_who_waits() {
    let semaphore = Semaphore::new(0);
    // More than are woken at a time.
    let mut waiting: Vec<_> = (0..100).map(|_| Hand::waiting(semaphore.acquire())).collect();
    semaphore.close();
    for hand in &mut waiting {
        assert_eq!(hand.wakes(), 1);
        assert!(hand.assert_ready().is_err());
    }
}

#[test]
fn a_closed_semaphore_fails_everybody_who_comes() {
    let semaphore = Semaphore::new(5);
    semaphore.close();
    assert!(semaphore.is_closed());
    assert!(now(semaphore.acquire()).is_err());
    assert_eq!(semaphore.try_acquire().unwrap_err(), TryAcquireError::Closed);
    assert_eq!(semaphore.available_permits(), 5, "they are there, but nobody gets them");
}

#[test]
fn who_was_given_a_permit_and_has_not_looked_fails_too() {
    let semaphore = Semaphore::new(0);
    let mut served = Hand::waiting(semaphore.acquire());
    let mut late = Hand::waiting(semaphore.acquire());
    semaphore.add_permits(1);
    assert!(served.is_woken());
    semaphore.close();
    assert!(served.assert_ready().is_err());
    assert!(late.assert_ready().is_err());
    assert_eq!(semaphore.available_permits(), 1, "it came back");
}

#[test]
fn what_was_given_in_part_comes_back() {
    let semaphore = Semaphore::new(2);
    let mut greedy = Hand::waiting(semaphore.acquire_many(3));
    assert_eq!(semaphore.available_permits(), 0);
    semaphore.close();
    assert!(greedy.assert_ready().is_err());
    assert_eq!(semaphore.available_permits(), 2);
}
