//! No task starts before its dependencies have ended, and each runs exactly once.

use crate::common::{executor, wait};
use graph_runtime::{AsyncTaskExecutor, EndState, ExecutableTask, Graph, TaskError, task, task_fn};
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The life of one task as the task itself saw it: ticks of a clock that all tasks share.
#[derive(Default)]
struct Life {
    began: AtomicU64,
    ended: AtomicU64,
    runs: AtomicU64,
}

/// For each task the earlier ones it depends on.
fn parents() -> impl Strategy<Value = Vec<Vec<usize>>> {
    let edge = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
    prop::collection::vec(edge, 1..60).prop_map(|tasks| {
        let earlier = |(n, edges): (usize, Vec<prop::sample::Index>)| {
            if n == 0 { Vec::new() } else { edges.iter().map(|edge| edge.index(n)).collect() }
        };
        tasks.into_iter().enumerate().map(earlier).collect()
    })
}

fn task(clock: &Arc<AtomicU64>, life: &Arc<Life>, yields: usize) -> ExecutableTask {
    let (clock, life) = (Arc::clone(clock), Arc::clone(life));
    ExecutableTask::new(task_fn(move |_| {
        let (clock, life) = (Arc::clone(&clock), Arc::clone(&life));
        async move {
            let tick = || clock.fetch_add(1, Ordering::SeqCst) + 1;
            life.began.store(tick(), Ordering::SeqCst);
            for _ in 0..yields {
                task::yield_now().await;
            }
            life.runs.fetch_add(1, Ordering::SeqCst);
            life.ended.store(tick(), Ordering::SeqCst);
            Ok::<_, TaskError>(())
        }
    }))
}

/// Builds the tasks, has `submit` run them, and looks at what they saw.
fn check(parents: &[Vec<usize>], submit: impl FnOnce(Vec<ExecutableTask>)) {
    let clock = Arc::new(AtomicU64::new(0));
    let lives: Vec<Arc<Life>> = parents.iter().map(|_| Arc::default()).collect();
    let mut tasks: Vec<ExecutableTask> = Vec::new();
    for (n, parents) in parents.iter().enumerate() {
        let ids: Vec<_> = parents.iter().map(|&parent| tasks[parent].id).collect();
        tasks.push(task(&clock, &lives[n], n % 3).after_all(ids));
    }
    submit(tasks);
    for (life, parents) in lives.iter().zip(parents) {
        assert_eq!(life.runs.load(Ordering::SeqCst), 1);
        for &parent in parents {
            let ended = lives[parent].ended.load(Ordering::SeqCst);
            assert!(ended < life.began.load(Ordering::SeqCst));
        }
    }
}

fn on_four_workers() -> AsyncTaskExecutor {
    executor(|config| config.worker_count = 4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn of_random_graphs(parents in parents()) {
        let executor = on_four_workers();
        check(&parents, |tasks| {
            let mut graph = Graph::new();
            tasks.into_iter().for_each(|task| { graph.push(task); });
            let report = wait(executor.run(graph)).unwrap();
            assert!(report.tasks().all(|task| task.end == EndState::Completed));
            for task in report.tasks() {
                assert!(Some(task.submitted_at) <= task.ready_at);
                assert!(task.ready_at <= task.started_at);
                assert!(task.started_at <= Some(task.finished_at));
            }
        });
        assert_eq!(executor.known_tasks(), 0);
    }

    #[test]
    fn of_random_tasks_submitted_one_by_one(parents in parents()) {
        let executor = on_four_workers();
        check(&parents, |tasks| {
            let handles: Vec<_> =
                tasks.into_iter().map(|task| executor.try_submit(task).unwrap()).collect();
            for handle in handles {
                wait(handle).unwrap();
            }
        });
        assert_eq!(executor.known_tasks(), 0);
    }
}
