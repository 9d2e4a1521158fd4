//! Under a level barrier nothing overtakes a lower level, and nothing is stuck, whatever ends how.

use crate::common::{NOW, id};
use graph_runtime_scheduler::{
    EndState, FailurePolicy, Policy, SchedulerConfig, TaskScheduler, TaskSpec, TaskState,
};
use proptest::prelude::*;
use proptest::sample::Index;

fn end() -> impl Strategy<Value = EndState> {
    prop_oneof![
        4 => Just(EndState::Completed),
        1 => Just(EndState::Failed),
        1 => Just(EndState::Cancelled),
    ]
}

fn level(dependencies: &[Vec<usize>], task: usize) -> usize {
    dependencies[task].iter().map(|&d| level(dependencies, d) + 1).max().unwrap_or(0)
}

proptest! {
    #[test]
    fn levels_start_in_order_and_everything_ends(
        tasks in prop::collection::vec((prop::collection::vec(any::<Index>(), 0..3), end()), 1..30),
        cancelled in prop::collection::vec(any::<Index>(), 0..4),
        in_flight in 1..5usize,
        fail_fast in any::<bool>(),
    ) {
        let dependencies: Vec<Vec<usize>> = tasks.iter().enumerate()
            .map(|(n, (deps, _))| deps.iter().filter(|_| n > 0).map(|d| d.index(n)).collect())
            .collect();
        let policy = Policy::LevelBarrier;
        let config =
            SchedulerConfig { policy, max_in_flight: in_flight, ..Default::default() };
        let mut scheduler = TaskScheduler::new(config).unwrap();
        let specs = dependencies.iter().enumerate().map(|(n, deps)| {
            TaskSpec::new(id(n as u64), n).after_all(deps.iter().map(|&d| id(d as u64)))
        });
        let failure =
            if fail_fast { FailurePolicy::FailFast } else { FailurePolicy::ContinueIndependent };
        scheduler.submit_graph(specs.collect(), failure, NOW).unwrap();

        let mut cancelled = cancelled.into_iter();
        while !scheduler.is_idle() {
            let mut running = Vec::new();
            while let Some(task) = scheduler.dispatch(NOW) {
                let mine = level(&dependencies, task.payload);
                for other in (0..tasks.len()).filter(|&n| level(&dependencies, n) < mine) {
                    let state = scheduler.state(id(other as u64));
                    prop_assert!(matches!(state, Some(TaskState::Ended(_))), "{other}: {state:?}");
                }
                running.push(task);
            }
            prop_assert!(!running.is_empty(), "stuck: {:?}", scheduler.counts());
            if let Some(which) = cancelled.next() {
                let _ = scheduler.cancel(id(which.index(tasks.len()) as u64), NOW);
            }
            for task in running {
                scheduler.finish(task.ticket, tasks[task.payload].1, NOW).unwrap();
            }
        }
        prop_assert_eq!(scheduler.counts().ended(), tasks.len());
    }
}
