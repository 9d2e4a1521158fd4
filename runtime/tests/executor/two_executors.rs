//! Executors that feed each other through the smallest of queues.

use crate::common::{Gate, Reports, Slot, check_all_ended, is_pending, noop, wait, waiting};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::{AsyncTaskExecutor, ExecutableTask, ExecutorConfig, TaskError, task_fn};
use std::sync::Arc;

/// Two of them on one runtime, each with room for one task that waits.
fn two(runtime: &Runtime, max_in_flight: usize) -> [Arc<AsyncTaskExecutor>; 2] {
    let config = ExecutorConfig { max_in_flight, max_queue_size: 1, ..ExecutorConfig::default() };
    [(); 2].map(|()| {
        Arc::new(AsyncTaskExecutor::on(runtime.handle().clone(), config.clone()).unwrap())
    })
}

/// A task that submits another one of its kind to the other executor, `hops` times in all.
fn ball(mut executors: [Arc<AsyncTaskExecutor>; 2], hops: u64) -> ExecutableTask {
    executors.rotate_left(1);
    ExecutableTask::new(task_fn(move |_| {
        let next = (hops > 0).then(|| ball(executors.clone(), hops - 1));
        let to = Arc::clone(&executors[0]);
        async move {
            if let Some(next) = next {
                drop(to.submit(next).await?);
            }
            Ok::<_, TaskError>(())
        }
    }))
}

#[test]
fn tasks_go_back_and_forth_between_them() {
    const HOPS: u64 = 2_000;
    for mut builder in [Builder::new_multi_thread(), Builder::new_current_thread()] {
        let runtime = builder.build().unwrap();
        let executors = two(&runtime, 2);
        // Not more of them than there is room for, or all could wait for each other.
        for _ in 0..2 {
            let first = executors[0].submit(ball(executors.clone(), HOPS));
            drop(runtime.block_on(first).unwrap());
        }
        runtime.block_on(async {
            while !executors.iter().all(|it| it.counts().unfinished() == 0) {
                executors[0].idle().await;
                executors[1].idle().await;
            }
        });
        let completed: usize = executors.iter().map(|it| it.counts().completed).sum();
        assert_eq!(completed as u64, 2 * (HOPS + 1));
        executors.iter().for_each(|it| check_all_ended(it, it.counts().submitted));
    }
}

#[test]
fn when_all_wait_for_each_other_a_cancellation_frees_them() {
    let runtime = Builder::new_multi_thread().build().unwrap();
    let executors = two(&runtime, 1);
    let (gate, (reports, seen)) = (Gate::default(), Reports::new());
    // In each, one that waits for the gate and then for room in the other, and one behind it.
    for (own, other) in [(0, 1), (1, 0)] {
        let (gate, reports) = (gate.clone(), reports.clone());
        let to = Arc::clone(&executors[other]);
        let task = task_fn(move |_| {
            let (gate, reports, to) = (gate.clone(), reports.clone(), Arc::clone(&to));
            async move {
                reports.report("begun");
                gate.wait().await;
                drop(to.submit(noop()).await?);
                Ok::<_, TaskError>(())
            }
        });
        drop(executors[own].try_submit(ExecutableTask::new(task)).unwrap());
        seen.next();
        drop(executors[own].try_submit(noop()).unwrap());
    }
    gate.open();
    // Nothing can happen any more. Who is freed here lets the other one go on.
    let mut waits = Box::pin(executors[0].submit(noop()));
    assert!(is_pending(&mut waits));
    drop(waits);
    executors[0].cancel_all();
    check_all_ended(&executors[1], 2);
    check_all_ended(&executors[0], 3);
    let counts = executors[0].counts();
    assert_eq!((counts.cancelled, counts.completed), (2, 1));
    assert_eq!(executors[1].counts().completed, 2);
}

#[test]
fn what_one_cannot_finish_the_other_does_not_wait_for() {
    let runtime = Builder::new_multi_thread().build().unwrap();
    let executors = two(&runtime, 1);
    let (gate, (reports, seen)) = (Gate::default(), Reports::new());
    let handle = executors[0].try_submit(waiting("first", &reports, &gate)).unwrap();
    seen.next();
    // A task of the second waits for one of the first, which is shut down.
    let handle = Slot::filled(handle);
    let waits = task_fn(move |_| {
        let handle = handle.clone();
        async move { handle.take().await.await }
    });
    let waits = executors[1].try_submit(ExecutableTask::new(waits)).unwrap();
    wait(executors[0].shutdown());
    let error = wait(waits).unwrap_err();
    assert!(error.is_failed(), "it returned the error of the other: {error}");
    check_all_ended(&executors[0], 1);
    check_all_ended(&executors[1], 1);
}
