//! Guards lend the value or a part of it, and unlock once, when they go.

use graph_runtime::sync::{
    MappedMutexGuard, Mutex, MutexGuard, OwnedMappedMutexGuard, OwnedMutexGuard,
    OwnedRwLockMappedWriteGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock,
    RwLockMappedWriteGuard, RwLockReadGuard, RwLockWriteGuard,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

type Pair = (u32, Option<String>);

fn pair() -> Pair {
    (1, Some("one".to_owned()))
}

#[test]
fn of_a_mutex() {
    let mutex = Mutex::new(pair());
    let guard = mutex.try_lock().unwrap();
    assert!(std::ptr::eq(MutexGuard::mutex(&guard), &mutex));
    let name = MutexGuard::try_map(guard, |pair| pair.1.as_mut()).unwrap();
    let mut name = MappedMutexGuard::map(name, |name| name.as_mut_str());
    name.make_ascii_uppercase();
    assert_eq!((format!("{name}"), format!("{name:?}")), ("ONE".to_owned(), "\"ONE\"".to_owned()));
    assert!(mutex.try_lock().is_err());
    let name = MappedMutexGuard::try_map(name, |_| None::<&mut u32>).unwrap_err();
    drop(name);
    assert!(mutex.try_lock().is_ok());
    assert_eq!(mutex.into_inner().1.unwrap(), "ONE");
}

#[test]
fn of_an_owned_mutex() {
    let mutex = Arc::new(Mutex::new(pair()));
    let guard = Arc::clone(&mutex).try_lock_owned().unwrap();
    assert!(Arc::ptr_eq(OwnedMutexGuard::mutex(&guard), &mutex));
    let mut guard = OwnedMutexGuard::try_map(guard, |_| None::<&mut u32>).unwrap_err();
    guard.0 = 2;
    let number = OwnedMutexGuard::map(guard, |pair| &mut pair.0);
    let number = OwnedMappedMutexGuard::map(number, |number| number);
    assert_eq!(*number, 2);
    assert!(Arc::clone(&mutex).try_lock_owned().is_err());
    drop(number);
    assert_eq!(Arc::strong_count(&mutex), 1);
    assert!(mutex.try_lock().is_ok());
}

#[test]
fn of_a_lock_to_read() {
    let lock = Arc::new(RwLock::new(pair()));
    let name = RwLockReadGuard::try_map(lock.try_read().unwrap(), |pair| pair.1.as_ref()).unwrap();
    let first = RwLockReadGuard::map(name, |name| &name[..1]);
    let owned = Arc::clone(&lock).try_read_owned().unwrap();
    assert!(Arc::ptr_eq(OwnedRwLockReadGuard::rwlock(&owned), &lock));
    let owned = OwnedRwLockReadGuard::map(owned, |pair| &pair.0);
    assert_eq!((&*first, *owned), ("o", 1));
    drop(first);
    assert!(lock.try_write().is_err());
    drop(owned);
    assert!(lock.try_write().is_ok());
}

#[test]
fn of_a_lock_to_write() {
    let lock = RwLock::new(pair());
    let guard = lock.try_write().unwrap();
    let guard = RwLockWriteGuard::try_map(guard, |_| None::<&mut u32>).unwrap_err();
    let mut number = RwLockWriteGuard::map(guard, |pair| &mut pair.0);
    *number += 1;
    let number = RwLockMappedWriteGuard::map(number, |number| number);
    assert!(lock.try_read().is_err());
    drop(number);
    let whole = RwLockWriteGuard::into_mapped(lock.try_write().unwrap());
    assert_eq!(whole.0, 2);
}

#[test]
fn downgrading_lets_readers_in_and_no_writer() {
    let lock = Arc::new(RwLock::new(pair()));
    let guard = lock.try_write().unwrap();
    let guard = RwLockWriteGuard::try_downgrade_map(guard, |_| None::<&u32>).unwrap_err();
    assert!(lock.try_read().is_err(), "it is still there to write");
    let number = RwLockWriteGuard::downgrade_map(guard, |pair| &pair.0);
    assert!(lock.try_write().is_err());
    assert_eq!(*number, lock.try_read().unwrap().0);
    drop(number);

    let guard = Arc::clone(&lock).try_write_owned().unwrap();
    assert!(Arc::ptr_eq(OwnedRwLockWriteGuard::rwlock(&guard), &lock));
    let guard = guard.downgrade();
    assert!(lock.try_read().is_ok() && lock.try_write().is_err());
    drop(guard);
    let guard = Arc::clone(&lock).try_write_owned().unwrap();
    let number = OwnedRwLockWriteGuard::map(guard, |pair| &mut pair.0);
    assert!(Arc::ptr_eq(OwnedRwLockMappedWriteGuard::rwlock(&number), &lock));
    assert!(lock.try_read().is_err());
    drop(number);
    assert!(lock.try_write().is_ok());
}

#[test]
fn a_panic_unlocks() {
    let (mutex, lock) = (Mutex::new(0), RwLock::new(0));
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let _mutex = mutex.try_lock().unwrap();
        let _lock = lock.try_write().unwrap();
        panic!("under both locks");
    }));
    assert!(panic.is_err());
    assert!(mutex.try_lock().is_ok() && lock.try_write().is_ok());
    let map = AssertUnwindSafe(|| MutexGuard::map(mutex.try_lock().unwrap(), |_| panic!("here")));
    let map: Result<MappedMutexGuard<'_, u32>, _> = catch_unwind(map);
    assert!(map.is_err() && mutex.try_lock().is_ok());
}

#[test]
fn values_may_be_unsized() {
    let mutex: Arc<Mutex<[u32]>> = Arc::new(Mutex::new([1, 2, 3]));
    mutex.try_lock().unwrap()[1] = 5;
    assert_eq!(*mutex.try_lock().unwrap(), [1, 5, 3]);
    let lock: Box<RwLock<dyn std::fmt::Debug>> = Box::new(RwLock::new("text"));
    assert_eq!(format!("{:?}", lock.try_read().unwrap()), "\"text\"");
    assert_eq!(format!("{mutex:?}"), "Mutex { data: [1, 5, 3] }");
}

#[test]
fn the_number_of_readers_can_be_limited() {
    let lock = RwLock::with_max_readers(0, 2);
    let readers = (lock.try_read().unwrap(), lock.try_read().unwrap());
    assert!(lock.try_read().is_err());
    drop(readers);
    assert!(lock.try_write().is_ok());
}
