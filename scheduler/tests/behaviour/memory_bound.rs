//! The bound that knows memory against trying every schedule.

use graph_runtime_scheduler::SchedulerError;
use graph_runtime_scheduler::sim::{SimGraph, SimTask, lower_bound, memory_lower_bound};
use proptest::prelude::*;
use std::time::Duration;

const MEMORY: usize = 10;
const SECOND: Duration = Duration::from_secs(1);

/// A graph with the memory of its tasks, and slots.
fn case() -> impl Strategy<Value = (SimGraph, Vec<usize>, usize)> {
    let parents = prop::collection::vec(any::<prop::sample::Index>(), 0..2);
    let task = (1..8_u32, 0..=MEMORY, parents);
    (prop::collection::vec(task, 1..7), 1..5_usize).prop_map(|(drafts, slots)| {
        let memory = drafts.iter().map(|draft| draft.1).collect();
        let task = |(n, (seconds, _, parents)): (usize, (u32, usize, Vec<prop::sample::Index>))| {
            let parents = parents.iter().filter(|_| n > 0).map(|parent| parent.index(n));
            SimTask { runtime: seconds * SECOND, parents: parents.collect() }
        };
        let tasks = drafts.into_iter().enumerate().map(task).collect();
        (SimGraph { tasks }, memory, slots)
    })
}

/// The least makespan there is. Some best schedule starts tasks in some order, each as soon as its
/// parents have ended, there is room for it, and the one before it in the order has started.
fn least_makespan(graph: &SimGraph, memory: &[usize], slots: usize) -> Duration {
    let mut best = Duration::MAX;
    let mut spans = vec![None; graph.tasks.len()];
    start_next(graph, memory, slots, Duration::ZERO, &mut spans, &mut best);
    best
}

type Spans = Vec<Option<(Duration, Duration)>>;

fn start_next(
    graph: &SimGraph,
    memory: &[usize],
    slots: usize,
    from: Duration,
    spans: &mut Spans,
    best: &mut Duration,
) {
    if spans.iter().all(Option::is_some) {
        let end = spans.iter().flatten().map(|span| span.1).max().unwrap_or_default();
        *best = end.min(*best);
        return;
    }
    for task in 0..spans.len() {
        let parents = graph.tasks[task].parents.iter().map(|&parent| spans[parent]);
        let Some(ends) = parents.map(|span| Some(span?.1)).collect::<Option<Vec<_>>>() else {
            continue;
        };
        if spans[task].is_some() {
            continue;
        }
        let ready = ends.into_iter().max().unwrap_or_default().max(from);
        let fits = |&time: &Duration| {
            let runs = |other: &usize| {
                spans[*other].is_some_and(|(start, end)| start <= time && time < end)
            };
            let running: Vec<usize> = (0..spans.len()).filter(runs).collect();
            let taken: usize = running.iter().map(|&other| memory[other]).sum();
            running.len() < slots && taken + memory[task] <= MEMORY
        };
        let later = spans.iter().flatten().map(|span| span.1).filter(|&end| end > ready);
        let start = [ready].into_iter().chain(later).filter(fits).min();
        let start = start.expect("when nothing runs everything fits");
        spans[task] = Some((start, start + graph.tasks[task].runtime));
        start_next(graph, memory, slots, start, spans, best);
        spans[task] = None;
    }
}

proptest! {
    #[test]
    fn no_schedule_is_shorter((graph, memory, slots) in case()) {
        let bound = memory_lower_bound(&graph, slots, &memory, MEMORY).unwrap();
        let least = least_makespan(&graph, &memory, slots);
        prop_assert!(bound <= least, "{bound:?} is more than {least:?}");
        let tasks = graph.tasks.iter().zip(&memory);
        let area: Duration = tasks.map(|(task, &it)| task.runtime * it as u32).sum();
        prop_assert!(bound >= lower_bound(&graph, slots).unwrap().max(area / MEMORY as u32));
    }

    #[test]
    fn equal_tasks_take_as_long_as_the_bound_says(
        tasks in 1..60_u32,
        seconds in 1..9_u32,
        memory in 0..=MEMORY,
        slots in 1..9_usize,
    ) {
        let task = SimTask { runtime: seconds * SECOND, parents: vec![] };
        let graph = SimGraph { tasks: vec![task; tasks as usize] };
        let bound =
            memory_lower_bound(&graph, slots, &vec![memory; tasks as usize], MEMORY).unwrap();
        let together = slots.min(MEMORY.checked_div(memory).unwrap_or(slots)) as u32;
        prop_assert_eq!(bound, tasks.div_ceil(together) * seconds * SECOND);
    }
}

/// Run time in seconds, memory, parents.
fn bound_of(tasks: &[(u32, usize, &[usize])], slots: usize) -> Result<Duration, SchedulerError> {
    let memory: Vec<usize> = tasks.iter().map(|task| task.1).collect();
    let task = |&(seconds, _, parents): &(u32, usize, &[usize])| SimTask {
        runtime: seconds * SECOND,
        parents: parents.to_vec(),
    };
    let graph = SimGraph { tasks: tasks.iter().map(task).collect() };
    memory_lower_bound(&graph, slots, &memory, MEMORY)
}

#[test]
fn each_part_of_the_bound_counts() {
    let alone = bound_of(&[(3, 6, &[]), (4, 7, &[]), (5, 1, &[])], 3);
    assert_eq!(alone, Ok(7 * SECOND), "the first two exclude each other");

    let area = bound_of(&[(4, 5, &[]), (4, 4, &[]), (4, 3, &[]), (4, 8, &[])], 4);
    assert_eq!(area, Ok(8 * SECOND), "20 of memory in rounds of 10");

    let two_of_three = bound_of(&[(4, 5, &[]), (3, 5, &[]), (3, 5, &[])], 3);
    assert_eq!(two_of_three, Ok(6 * SECOND), "two of them come one after the other");

    // A fork, four tasks of which two go together, and a join.
    let inner: (u32, usize, &[usize]) = (5, 5, &[0]);
    let fork = [(7, 1, &[][..]), inner, inner, inner, inner, (8, 1, &[1, 2, 3, 4])];
    assert_eq!(bound_of(&fork, 4), Ok(25 * SECOND), "7 before them, 10, and 8 after them");
}

#[test]
fn what_has_no_schedule_has_no_bound() {
    let too_large = bound_of(&[(1, 2, &[]), (1, 11, &[])], 1).unwrap_err();
    assert!(too_large.to_string().contains("memory_bytes"), "{too_large}");
    assert!(matches!(bound_of(&[(1, 1, &[0])], 1), Err(SchedulerError::Cycle { .. })));
    assert!(bound_of(&[(1, 1, &[7])], 1).is_err(), "there is no such parent");
    assert_eq!(bound_of(&[], 1), Ok(Duration::ZERO));
}
