//! Drains that race with each other and with whoever submits: nothing is lost or runs twice.

use crate::common::{executor, noop, wait};
use futures_lite::future::{block_on, poll_once};
use graph_runtime::task::yield_now;
use graph_runtime::{ExecutableTask, Graph, GroupLimit, TaskError, TaskId, task_fn};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

/// How often each task has run to its end.
type Runs = Arc<Mutex<BTreeMap<TaskId, usize>>>;

fn counting(runs: &Runs) -> ExecutableTask {
    let runs = Arc::clone(runs);
    ExecutableTask::new(task_fn(move |context| {
        let (runs, id) = (Arc::clone(&runs), context.id());
        async move {
            yield_now().await;
            *runs.lock().unwrap().entry(id).or_default() += 1;
            Ok::<_, TaskError>(())
        }
    }))
}

#[test]
fn of_several_drains_one_returns_each_task() {
    let other = executor(|_| ());
    for round in 0..30 {
        let (executor, runs) = (executor(|config| config.max_in_flight = 4), Runs::default());
        let (left, mut accepted) = thread::scope(|scope| {
            let submitters = [(); 2].map(|()| {
                scope.spawn(|| {
                    let accepted = (0..2_000).map_while(|_| {
                        let handle = executor.try_submit(counting(&runs)).ok()?;
                        Some(handle.id())
                    });
                    accepted.collect::<Vec<_>>()
                })
            });
            let drains = [None, None, Some(Instant::now())].map(|deadline| {
                let executor = &executor;
                scope.spawn(move || {
                    (0..round).for_each(|_| thread::yield_now());
                    // One that is given up takes nothing with it.
                    let first = block_on(poll_once(executor.drain(deadline)));
                    first.unwrap_or_else(|| wait(executor.drain(deadline)))
                })
            });
            let left = drains.map(|drain| drain.join().unwrap());
            (left, submitters.map(|it| it.join().unwrap()).concat())
        });
        let last = wait(executor.drain(None));
        assert!(last.is_empty(), "{last:?}");
        let mut graph = Graph::new();
        for left in left.into_iter().flat_map(|it| it.remaining.into_iter().chain(it.cancelled)) {
            graph.push(left.task);
        }
        assert!(wait(other.run(graph)).unwrap().is_complete());
        let runs = runs.lock().unwrap();
        assert!(runs.values().all(|&runs| runs == 1), "none runs twice");
        accepted.sort_unstable();
        assert!(runs.keys().copied().eq(accepted), "none is lost");
        assert_eq!(executor.counts().unfinished(), 0);
        assert_eq!(executor.known_tasks(), 0);
    }
}

#[test]
fn what_another_executor_refuses_comes_back_whole() {
    let with_group = || executor(|config| config.groups = vec![GroupLimit::new("group", 1)]);
    let (first, runs) = (with_group(), Runs::default());
    first.pause();
    for _ in 0..10 {
        drop(first.try_submit(counting(&runs).group("group")).unwrap());
    }
    let graph = wait(first.drain(None)).into_graph();
    let other = executor(|_| ());
    let refused = other.try_submit_graph(graph).unwrap_err();
    assert!(refused.error.is_rejected(), "{}", refused.error);
    let small = executor(|config| config.max_queue_size = 9);
    let refused = wait(small.submit_graph(*refused.task)).unwrap_err();
    let refused = wait(first.submit_graph(*refused.task)).unwrap_err();
    assert!(refused.error.is_draining());
    assert!(wait(with_group().run(*refused.task)).unwrap().is_complete());
    assert_eq!(runs.lock().unwrap().values().sum::<usize>(), 10);
    wait(other.try_submit(noop()).unwrap()).unwrap();
}
