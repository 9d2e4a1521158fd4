//! Blocking methods work on threads that may block, and say what to do on those that must not.

use crate::support::{two_workers, watched};
use graph_runtime::sync::{Mutex, RwLock, Semaphore, broadcast, mpsc, oneshot};
use graph_runtime::task::spawn_blocking;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

type Call = Box<dyn FnOnce() + Send>;

/// The panic message of `block`, called by a task.
fn message_in_a_task(block: impl FnOnce() + Send + 'static) -> String {
    watched(move || {
        two_workers().block_on(async {
            let task = graph_runtime::spawn(async {
                let panic = catch_unwind(AssertUnwindSafe(block)).expect_err("it must not block");
                *panic.downcast::<String>().expect("a message")
            });
            task.await.unwrap()
        })
    })
}

#[test]
fn a_task_is_told_what_to_do_instead() {
    let calls: [(&str, Call); 8] = [
        ("Mutex::blocking_lock", Box::new(|| drop(Mutex::new(0).blocking_lock()))),
        ("RwLock::blocking_read", Box::new(|| drop(RwLock::new(0).blocking_read()))),
        ("RwLock::blocking_write", Box::new(|| drop(RwLock::new(0).blocking_write()))),
        ("Semaphore::blocking_acquire", Box::new(|| drop(Semaphore::new(1).blocking_acquire()))),
        ("Sender::blocking_send", Box::new(|| mpsc::channel(1).0.blocking_send(1).unwrap())),
        (
            "Receiver::blocking_recv",
            Box::new(|| assert_eq!(mpsc::channel::<u8>(1).1.blocking_recv(), None)),
        ),
        (
            "Receiver::blocking_recv",
            Box::new(|| assert!(oneshot::channel::<u8>().1.blocking_recv().is_err())),
        ),
        (
            "Receiver::blocking_recv",
            Box::new(|| assert!(broadcast::channel::<u8>(1).1.blocking_recv().is_err())),
        ),
    ];
    for (name, call) in calls {
        let message = message_in_a_task(call);
        assert!(message.contains(name), "{message}");
        assert!(message.contains("await instead, or move the call to `spawn_blocking`"));
    }
}

#[test]
fn threads_of_the_blocking_pool_may_block() {
    let sum = watched(|| {
        two_workers().block_on(async {
            let (sender, mut receiver) = mpsc::channel(1);
            let mutex = Arc::new(Mutex::new(0));
            let guard = mutex.lock().await;
            let locks = {
                let mutex = Arc::clone(&mutex);
                spawn_blocking(move || *mutex.blocking_lock() += 100)
            };
            let sends = spawn_blocking(move || {
                for n in 0..10 {
                    sender.blocking_send(n).unwrap();
                }
            });
            let mut sum = 0;
            while let Some(n) = receiver.recv().await {
                sum += n;
            }
            drop(guard);
            sends.await.unwrap();
            locks.await.unwrap();
            sum + *mutex.lock().await
        })
    });
    assert_eq!(sum, 145);
}

#[test]
fn threads_outside_may_block() {
    watched(|| {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let (request, response) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let received = [receiver.blocking_recv(), receiver.blocking_recv()];
            request.send(received).unwrap();
        });
        sender.send(1).unwrap();
        drop(sender);
        assert_eq!(response.blocking_recv(), Ok([Some(1), None]));
        thread.join().unwrap();
    });
}
