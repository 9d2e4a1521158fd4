//! What may go to, and be shared with, other threads is as in tokio.

use graph_runtime::sync::{self, broadcast, futures, mpsc, oneshot, watch};
use std::cell::Cell;
use std::rc::Rc;

/// Neither Send nor Sync.
type Neither = Rc<u8>;
/// Send only.
type OnlySend = Cell<u8>;
/// Send and Sync.
type Both = u8;

/// Compiles if a type has a trait, or has not.
macro_rules! has {
    ($type:ty, $bound:path, true) => {{
        fn has<T: ?Sized + $bound>() {}
        has::<$type>();
    }};
    ($type:ty, $bound:path, false) => {{
        // With the trait there are two ways to read the last line, and so none.
        trait Either<A> {
            fn call() {}
        }
        impl<T: ?Sized> Either<()> for T {}
        impl<T: ?Sized + $bound> Either<u8> for T {}
        <$type as Either<_>>::call();
    }};
}

/// Whether each type is Send, Sync, Unpin.
macro_rules! check {
    ($($type:ty: $send:tt $sync:tt $unpin:tt;)*) => {$(
        has!($type, Send, $send);
        has!($type, Sync, $sync);
        has!($type, Unpin, $unpin);
    )*};
}

#[test]
fn of_locks_and_their_guards() {
    check! {
        sync::Mutex<Neither>: false false true;
        sync::Mutex<OnlySend>: true true true;
        sync::MutexGuard<'_, OnlySend>: true false true;
        sync::MutexGuard<'_, Both>: true true true;
        sync::MutexGuard<'_, Neither>: false false true;
        sync::MappedMutexGuard<'_, OnlySend>: true false true;
        sync::OwnedMutexGuard<Neither>: false false true;
        sync::OwnedMutexGuard<OnlySend>: true false true;
        sync::OwnedMappedMutexGuard<Neither, Both>: false false true;
        sync::OwnedMappedMutexGuard<Both, Both>: true true true;
        sync::RwLock<Neither>: false false true;
        sync::RwLock<OnlySend>: true false true;
        sync::RwLock<Both>: true true true;
        sync::RwLockReadGuard<'_, OnlySend>: false false true;
        sync::RwLockReadGuard<'_, Both>: true true true;
        sync::RwLockWriteGuard<'_, OnlySend>: false false true;
        sync::RwLockWriteGuard<'_, Both>: true true true;
        sync::RwLockMappedWriteGuard<'_, Both>: true true true;
        sync::OwnedRwLockReadGuard<OnlySend>: false false true;
        sync::OwnedRwLockReadGuard<Both>: true true true;
        sync::OwnedRwLockWriteGuard<OnlySend>: false false true;
        sync::OwnedRwLockWriteGuard<Both>: true true true;
        sync::OwnedRwLockMappedWriteGuard<OnlySend>: false false true;
        sync::OwnedRwLockMappedWriteGuard<Both>: true true true;
    }
}

#[test]
fn of_what_has_no_value_or_one() {
    check! {
        sync::Semaphore: true true true;
        sync::SemaphorePermit<'_>: true true true;
        sync::OwnedSemaphorePermit: true true true;
        sync::Barrier: true true true;
        sync::BarrierWaitResult: true true true;
        sync::Notify: true true true;
        futures::Notified<'_>: true true false;
        futures::OwnedNotified: true true false;
        sync::OnceCell<Neither>: false false true;
        sync::OnceCell<OnlySend>: true false true;
        sync::OnceCell<Both>: true true true;
        sync::SetOnce<Neither>: false false true;
        sync::SetOnce<OnlySend>: true false true;
        sync::SetOnce<Both>: true true true;
        sync::AcquireError: true true true;
        sync::TryAcquireError: true true true;
        sync::TryLockError: true true true;
    }
}

#[test]
fn of_channels() {
    check! {
        mpsc::Sender<Neither>: false false true;
        mpsc::Sender<OnlySend>: true true true;
        mpsc::Receiver<Neither>: false false true;
        mpsc::Receiver<OnlySend>: true true true;
        mpsc::WeakSender<OnlySend>: true true true;
        mpsc::Permit<'_, Neither>: false false true;
        mpsc::Permit<'_, OnlySend>: true true true;
        mpsc::OwnedPermit<OnlySend>: true true true;
        mpsc::UnboundedSender<Neither>: false false true;
        mpsc::UnboundedSender<OnlySend>: true true true;
        mpsc::UnboundedReceiver<OnlySend>: true true true;
        mpsc::WeakUnboundedSender<OnlySend>: true true true;
        oneshot::Sender<Neither>: false false true;
        oneshot::Sender<OnlySend>: true true true;
        oneshot::Receiver<Neither>: false false true;
        oneshot::Receiver<OnlySend>: true true true;
        broadcast::Sender<Neither>: false false true;
        broadcast::Sender<OnlySend>: true true true;
        broadcast::Receiver<OnlySend>: true true true;
        broadcast::WeakSender<OnlySend>: true true true;
        watch::Sender<OnlySend>: false false true;
        watch::Sender<Both>: true true true;
        watch::Receiver<OnlySend>: false false true;
        watch::Receiver<Both>: true true true;
        watch::Ref<'_, OnlySend>: false false true;
        watch::Ref<'_, Both>: false true true;
    }
}

/// Compiles if the futures may go to, and be shared with, other threads.
#[test]
fn of_futures() {
    fn both<F: Future + Send + Sync>(_: F) {}
    fn send<F: Future + Send>(_: F) {}
    let mutex = std::sync::Arc::new(sync::Mutex::new(Cell::new(0)));
    both(mutex.lock());
    both(std::sync::Arc::clone(&mutex).lock_owned());
    let lock = sync::RwLock::new(0);
    both(lock.read());
    both(lock.write());
    let semaphore = std::sync::Arc::new(sync::Semaphore::new(1));
    both(semaphore.acquire_many(1));
    both(std::sync::Arc::clone(&semaphore).acquire_owned());
    both(sync::Barrier::new(1).wait());
    both(sync::Notify::new().notified());
    both(sync::SetOnce::<u8>::new().wait());
    both(sync::OnceCell::new().get_or_init(|| async { 1 }));
    let (sender, mut receiver) = mpsc::channel::<Cell<u8>>(1);
    send(sender.send(Cell::new(0)));
    both(sender.reserve());
    both(sender.closed());
    both(sender.clone().reserve_owned());
    send(sender.send_timeout(Cell::new(0), std::time::Duration::ZERO));
    both(receiver.recv());
    let (mut sender, _receiver) = oneshot::channel::<Cell<u8>>();
    both(sender.closed());
    let (sender, mut receiver) = broadcast::channel::<Cell<u8>>(1);
    both(sender.closed());
    both(receiver.recv());
    let (sender, mut receiver) = watch::channel(0);
    both(sender.closed());
    both(receiver.changed());
}
