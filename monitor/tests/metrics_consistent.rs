//! Snapshots taken while workers record: no task is ever lost or counted twice.

use graph_runtime_monitor::{ExecutionMetrics, Lateness, TaskEnd, WorkerStats};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

const WORKERS: usize = 3;
const TASKS: u64 = 4_000;

const ENDS: [TaskEnd; 5] =
    [TaskEnd::Completed, TaskEnd::Failed, TaskEnd::Cancelled, TaskEnd::TimedOut, TaskEnd::Skipped];

#[test]
fn ends_never_outnumber_submissions_in_any_snapshot() {
    let metrics = ExecutionMetrics::new(WORKERS);
    thread::scope(|scope| {
        let mut queues = Vec::new();
        for worker in 0..WORKERS {
            let (queue, tasks) = mpsc::sync_channel::<u64>(8);
            queues.push(queue);
            let recorder = metrics.recorder(Some(worker));
            scope.spawn(move || {
                for task in tasks {
                    let time = Duration::from_nanos(task);
                    recorder.started(time);
                    recorder.ended(ENDS[(task % 5) as usize], Some(time), None);
                }
            });
        }
        let outside = metrics.recorder(None);
        let submitter = scope.spawn(move || {
            for task in 0..TASKS {
                outside.submitted(1);
                queues[task as usize % WORKERS].send(task).expect("the worker lives");
            }
        });
        while !submitter.is_finished() {
            let tasks = metrics.snapshot().tasks;
            assert!(tasks.ended() <= tasks.submitted, "{tasks:?}");
            assert_eq!(tasks.submitted, tasks.ended() + tasks.live());
        }
    });
    let snapshot = metrics.snapshot();
    assert_eq!((snapshot.tasks.submitted, snapshot.tasks.live()), (TASKS, 0));
    let tasks = snapshot.tasks;
    let ends = [tasks.completed, tasks.failed, tasks.cancelled, tasks.timed_out, tasks.skipped];
    assert_eq!(ends, [TASKS / 5; 5]);
    assert_eq!((snapshot.queue_wait.count, snapshot.run_time.count), (TASKS, TASKS));
    assert_eq!(snapshot.run_time.max, Duration::from_nanos(TASKS - 1));
}

#[test]
fn lateness_counts_what_missed_and_what_met_its_deadline() {
    let metrics = ExecutionMetrics::new(1);
    metrics.recorder(None).submitted(3);
    metrics.recorder(None).rejected(2);
    let worker = metrics.recorder(Some(0));
    let late = Duration::from_millis(7);
    worker.ended(TaskEnd::Completed, None, Some(Lateness::Met));
    worker.ended(TaskEnd::TimedOut, None, Some(Lateness::Missed(late)));
    worker.ended(TaskEnd::Completed, None, None);
    let snapshot = metrics.snapshot();
    assert_eq!((snapshot.deadlines_met, snapshot.lateness.count), (1, 1));
    assert_eq!((snapshot.lateness.p50, snapshot.lateness.max), (late, late));
    assert_eq!((snapshot.tasks.rejected, snapshot.tasks.live()), (2, 0));
    assert_eq!(snapshot.run_time.count, 0);
}

#[test]
fn an_index_without_a_worker_records_with_the_outsiders() {
    let metrics = ExecutionMetrics::new(0);
    metrics.recorder(Some(5)).submitted(1);
    assert_eq!(metrics.snapshot().tasks.submitted, 1);
}

#[test]
fn executors_on_one_runtime_show_the_same_workers() {
    let first = ExecutionMetrics::new(2);
    let second = ExecutionMetrics::with_workers(first.workers().clone());
    let stats = WorkerStats {
        polls: 1,
        local_pops: 2,
        lifo_pops: 3,
        steals: 4,
        steal_attempts: 5,
        injector_pops: 6,
        parks: 7,
        busy_ns: 8,
    };
    first.workers()[1].publish(&stats);
    first.recorder(None).submitted(1);
    let snapshot = second.snapshot();
    assert_eq!(snapshot.tasks.submitted, 0, "tasks are counted by their own executor");
    assert_eq!(snapshot.workers.len(), 2);
    assert_eq!(snapshot.workers[0], Default::default());
    let shown = snapshot.workers[1];
    assert_eq!((shown.polls, shown.local_pops, shown.lifo_pops), (1, 2, 3));
    assert_eq!((shown.steals, shown.steal_attempts, shown.injector_pops), (4, 5, 6));
    assert_eq!((shown.parks, shown.busy), (7, Duration::from_nanos(8)));
}
