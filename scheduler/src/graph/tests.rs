//! What can only be seen from inside: that nothing is left behind, and how much is looked at.

use super::{EndState, FailurePolicy, SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
use primitives::Timestamp;

const NOW: Timestamp = Timestamp::ZERO;

fn spec(id: u64, after: &[u64]) -> TaskSpec<u64> {
    TaskSpec::new(TaskId::new(id), id).after_all(after.iter().copied().map(TaskId::new))
}

fn diamond(base: u64) -> Vec<TaskSpec<u64>> {
    [&[][..], &[0], &[0], &[1, 2]]
        .iter()
        .zip(base..)
        .map(|(after, id)| spec(id, &after.iter().map(|n| base + n).collect::<Vec<_>>()))
        .collect()
}

fn assert_nothing_left(scheduler: &TaskScheduler<u64>) {
    assert!(scheduler.is_idle());
    assert_eq!(scheduler.graph.slots().count(), 0);
    assert_eq!(scheduler.graph.edges_in_use(), 0);
    scheduler.turnstile.assert_nothing_left();
}

#[test]
fn edges_and_records_go_when_their_tasks_end() {
    let mut scheduler = TaskScheduler::new(SchedulerConfig::default()).unwrap();
    for (round, end) in
        [EndState::Completed, EndState::Failed, EndState::Cancelled].iter().enumerate()
    {
        let base = round as u64 * 10;
        scheduler.submit_graph(diamond(base), FailurePolicy::FailFast, NOW).unwrap();
        scheduler.submit(spec(base + 9, &[base + 3]), NOW).unwrap();
        while let Some(task) = scheduler.dispatch(NOW) {
            scheduler.finish(task.ticket, *end, NOW).unwrap();
        }
        assert_nothing_left(&scheduler);
    }
}

#[test]
fn cancelling_everything_leaves_nothing() {
    let mut scheduler = TaskScheduler::new(SchedulerConfig::default()).unwrap();
    scheduler.submit_graph(diamond(0), FailurePolicy::FailFast, NOW).unwrap();
    scheduler.submit(spec(9, &[3]), NOW).unwrap();
    assert_eq!(scheduler.cancel_all(NOW), []);
    assert_nothing_left(&scheduler);
}

#[test]
fn forgetting_a_graph_empties_the_directory() {
    let mut scheduler = TaskScheduler::new(SchedulerConfig::default()).unwrap();
    let graph = scheduler.submit_graph(diamond(0), FailurePolicy::FailFast, NOW).unwrap();
    assert!(!scheduler.forget_graph(graph), "it has not ended");
    while let Some(task) = scheduler.dispatch(NOW) {
        scheduler.finish(task.ticket, EndState::Completed, NOW).unwrap();
    }
    assert!(scheduler.forget_graph(graph));
    assert!(scheduler.known() == 0);
    assert!(!scheduler.forget_graph(graph), "its id names nothing any more");
}

#[test]
fn deadlines_of_tasks_that_have_ended_do_not_pile_up() {
    let config = SchedulerConfig { overdue: super::Overdue::Report, ..Default::default() };
    let mut scheduler = TaskScheduler::new(config).unwrap();
    for id in 0..1_000 {
        let late = Timestamp::from_nanos(1_000_000 + id);
        scheduler.submit(spec(id, &[]).deadline(late), NOW).unwrap();
        let task = scheduler.dispatch(NOW).unwrap();
        scheduler.finish(task.ticket, EndState::Completed, NOW).unwrap();
    }
    assert!(scheduler.agenda_len() <= 64, "{}", scheduler.agenda_len());
    assert_eq!(scheduler.next_wake(), None);
}

#[test]
fn a_crowd_that_waits_for_a_group_costs_the_others_nothing() {
    const CROWD: u64 = 10_000;
    let groups = vec![crate::GroupLimit::new("db", 1)];
    let mut scheduler =
        TaskScheduler::new(SchedulerConfig { groups, ..Default::default() }).unwrap();
    for id in 0..CROWD {
        scheduler.submit(spec(id, &[]).group("db").priority(1), NOW).unwrap();
    }
    let first = scheduler.dispatch(NOW).unwrap();
    for id in CROWD..2 * CROWD {
        scheduler.submit(spec(id, &[]), NOW).unwrap();
        let task = scheduler.dispatch(NOW).unwrap();
        assert_eq!(task.payload, id);
        scheduler.finish(task.ticket, EndState::Completed, NOW).unwrap();
    }
    assert!(scheduler.turnstile.looks <= 2, "{}", scheduler.turnstile.looks);

    // Each of the crowd is looked at when there is a place for it, and once more when there is
    // none.
    let mut running = Some(first);
    while let Some(task) = running {
        scheduler.finish(task.ticket, EndState::Completed, NOW).unwrap();
        running = scheduler.dispatch(NOW);
    }
    assert_eq!(scheduler.counts().completed as u64, 2 * CROWD);
    assert!(scheduler.turnstile.looks <= 2 * CROWD, "{}", scheduler.turnstile.looks);
}
