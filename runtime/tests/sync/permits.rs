//! Permits can be counted, split, merged, forgotten and added.

use crate::support::Hand;
use graph_runtime::sync::Semaphore;
use std::sync::Arc;

#[test]
fn by_reference() {
    let semaphore = Semaphore::new(5);
    let mut many = semaphore.try_acquire_many(4).unwrap();
    let two = many.split(2).unwrap();
    assert!(many.split(3).is_none());
    assert_eq!((many.num_permits(), two.num_permits()), (2, 2));
    many.merge(two);
    assert_eq!(many.num_permits(), 4);
    assert!(std::ptr::eq(many.semaphore(), &semaphore));
    many.split(1).unwrap().forget();
    drop(many);
    assert_eq!(semaphore.available_permits(), 4);
}

#[test]
fn owned() {
    let semaphore = Arc::new(Semaphore::new(5));
    let mut many = Arc::clone(&semaphore).try_acquire_many_owned(4).unwrap();
    let two = many.split(2).unwrap();
    assert!(Arc::ptr_eq(two.semaphore(), &semaphore));
    many.merge(two);
    many.split(1).unwrap().forget();
    drop(many);
    assert_eq!(semaphore.available_permits(), 4);
    assert_eq!(Arc::strong_count(&semaphore), 1);
}

#[test]
#[should_panic = "merging permits of different semaphores"]
fn merging_strangers_is_a_mistake() {
    let (one, other) = (Semaphore::new(1), Semaphore::new(1));
    one.try_acquire().unwrap().merge(other.try_acquire().unwrap());
}

#[test]
fn only_free_permits_can_be_forgotten() {
    let semaphore = Semaphore::new(3);
    let held = semaphore.try_acquire().unwrap();
    assert_eq!((semaphore.forget_permits(5), semaphore.available_permits()), (2, 0));
    drop(held);
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn added_permits_serve_many_at_once() {
    let semaphore = Semaphore::new(0);
    let mut waiting: Vec<_> = (0..100).map(|_| Hand::waiting(semaphore.acquire())).collect();
    semaphore.add_permits(150);
    assert_eq!(semaphore.available_permits(), 50);
    for hand in &mut waiting {
        hand.assert_ready().unwrap().forget();
    }
}

#[test]
#[should_panic = "at most usize::MAX >> 3 permits"]
fn there_can_be_too_many() {
    let semaphore = Semaphore::new(Semaphore::MAX_PERMITS);
    semaphore.add_permits(1);
}

#[test]
fn a_semaphore_can_be_a_static() {
    static TWO: Semaphore = Semaphore::const_new(2);
    let _one = TWO.try_acquire().unwrap();
    assert_eq!(TWO.available_permits(), 1);
}
