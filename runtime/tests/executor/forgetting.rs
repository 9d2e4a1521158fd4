//! A long-running executor does not grow.

use crate::common::{executor, noop, wait};
use graph_runtime::{ExecutorError, SchedulerError};

#[test]
fn a_hundred_thousand_tasks_through_a_small_queue_leave_nothing() {
    let tasks = 100_000;
    let executor = executor(|config| {
        config.max_queue_size = 16;
        config.max_in_flight = 8;
    });
    wait(async {
        for n in 0..tasks {
            let handle = executor.submit(noop()).await.unwrap();
            if n % 7 == 0 {
                handle.await.unwrap();
            }
            assert!(executor.counts().pending() <= 16);
        }
        executor.idle().await;
    });
    assert_eq!(executor.counts().completed, tasks);
    assert_eq!(executor.known_tasks(), 0);
    assert_eq!(executor.metrics().tasks.completed, tasks as u64);
}

#[test]
fn an_ended_task_is_known_until_its_handle_is_gone() {
    let executor = executor(|_| ());
    let handle = executor.try_submit(noop()).unwrap();
    let id = handle.id();
    wait(executor.idle());
    assert_eq!(executor.known_tasks(), 1);
    let duplicate = executor.try_submit(noop().with_id(id)).unwrap_err();
    assert!(matches!(
        duplicate.error,
        ExecutorError::Rejected(SchedulerError::DuplicateId { id: twice }) if twice == id
    ));
    drop(handle);
    assert_eq!(executor.known_tasks(), 0);
    let late = executor.try_submit(noop().after(id)).unwrap_err();
    assert!(matches!(
        late.error,
        ExecutorError::Rejected(SchedulerError::UnknownDependency { dependency, .. })
            if dependency == id
    ));
    wait(executor.try_submit(noop().with_id(id)).unwrap()).unwrap();
}

#[test]
fn a_consumed_handle_has_let_go() {
    let executor = executor(|_| ());
    let mut handle = executor.try_submit(noop()).unwrap();
    wait(&mut handle).unwrap();
    assert_eq!(executor.known_tasks(), 0);
    assert!(handle.is_finished());
}
