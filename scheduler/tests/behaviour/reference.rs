//! The simulator against a plain list scheduler that looks at everything all the time.

use graph_runtime_scheduler::Policy;
use graph_runtime_scheduler::sim::{Schedule, SimGraph, SimTask, lower_bound, simulate};
use primitives::Timestamp;
use proptest::prelude::*;
use std::cmp::Reverse;
use std::time::Duration;

/// A random acyclic graph whose tasks are not numbered in topological order.
fn graph() -> impl Strategy<Value = SimGraph> {
    let task = (0..6u64, prop::collection::vec(any::<prop::sample::Index>(), 0..4));
    prop::collection::vec((task, any::<u32>()), 1..24).prop_map(|mut drafts| {
        let mut tasks: Vec<(u32, SimTask)> = Vec::new();
        let shuffle: Vec<u32> = drafts.iter().map(|&(_, key)| key).collect();
        let mut numbers: Vec<usize> = (0..drafts.len()).collect();
        numbers.sort_by_key(|&n| (shuffle[n], n));
        let mut place = vec![0; drafts.len()];
        for (number, &draft) in numbers.iter().enumerate() {
            place[draft] = number;
        }
        for (n, ((millis, parents), _)) in drafts.drain(..).enumerate() {
            let parents = parents.into_iter().filter(|_| n > 0).map(|p| place[p.index(n)]);
            let runtime = Duration::from_millis(millis);
            let task = SimTask { runtime, parents: parents.collect() };
            tasks.push((place[n] as u32, task));
        }
        tasks.sort_by_key(|&(number, _)| number);
        SimGraph { tasks: tasks.into_iter().map(|(_, task)| task).collect() }
    })
}

fn longest_from(graph: &SimGraph, task: usize) -> Duration {
    let children = (0..graph.tasks.len()).filter(|&c| graph.tasks[c].parents.contains(&task));
    let longest = children.map(|child| longest_from(graph, child)).max().unwrap_or_default();
    graph.tasks[task].runtime + longest
}

fn level(graph: &SimGraph, task: usize) -> usize {
    graph.tasks[task].parents.iter().map(|&parent| level(graph, parent) + 1).max().unwrap_or(0)
}

/// Where a task of the reference is.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Waiting,
    Ready { sequence: usize },
    Running { end: Timestamp },
    Ended,
}

/// Starts, in order: (task, start). O(n^2) and worse, and obviously right.
fn reference(graph: &SimGraph, slots: usize, policy: Policy) -> Vec<(usize, Timestamp)> {
    let n = graph.tasks.len();
    let (mut at, mut now, mut sequence) = (vec![At::Waiting; n], Timestamp::ZERO, 0);
    let mut starts = Vec::new();
    let may_be_ready = |at: &[At], task: usize| {
        let parents_ended = graph.tasks[task].parents.iter().all(|&p| at[p] == At::Ended);
        let lower = |other: usize| level(graph, other) < level(graph, task);
        let barrier = policy == Policy::LevelBarrier;
        let level_open = !barrier || (0..n).all(|other| !lower(other) || at[other] == At::Ended);
        at[task] == At::Waiting && parents_ended && level_open
    };
    let mut wake = |at: &mut Vec<At>| {
        for task in 0..n {
            if may_be_ready(at, task) {
                at[task] = At::Ready { sequence };
                sequence += 1;
            }
        }
    };
    wake(&mut at);
    loop {
        let ready = |at: &[At]| {
            let queued = (0..n).filter_map(|task| match at[task] {
                At::Ready { sequence } => Some((task, sequence)),
                _ => None,
            });
            queued.min_by_key(|&(task, sequence)| match policy {
                Policy::LevelBarrier => (Reverse(Duration::ZERO), level(graph, task), sequence),
                Policy::Fifo => (Reverse(Duration::ZERO), 0, sequence),
                _ => (Reverse(longest_from(graph, task)), 0, sequence),
            })
        };
        let running = |at: &[At]| at.iter().filter(|a| matches!(a, At::Running { .. })).count();
        while let Some((task, _)) = ready(&at).filter(|_| running(&at) < slots) {
            at[task] = At::Running { end: now + graph.tasks[task].runtime };
            starts.push((task, now));
        }
        let end_of = |a: &At| if let At::Running { end } = a { Some(*end) } else { None };
        let Some(next) = at.iter().filter_map(end_of).min() else { return starts };
        now = next;
        for task in (0..n).filter(|&task| end_of(&at[task]) == Some(now)).collect::<Vec<_>>() {
            at[task] = At::Ended;
            wake(&mut at);
        }
    }
}

/// A schedule that respects dependencies, run times and slots.
fn assert_feasible(graph: &SimGraph, slots: usize, schedule: &Schedule) {
    let mut end_of = vec![None; graph.tasks.len()];
    for span in &schedule.spans {
        assert!(end_of[span.task].replace(span.end).is_none(), "task {} ran twice", span.task);
        assert_eq!(span.end - span.start, graph.tasks[span.task].runtime);
        assert!(span.ready <= span.start && span.slot < slots);
    }
    for span in &schedule.spans {
        for &parent in &graph.tasks[span.task].parents {
            let parent_end = end_of[parent].expect("every task ran");
            assert!(parent_end <= span.ready, "{parent} had not ended before {}", span.task);
        }
        let overlaps = |other: &&graph_runtime_scheduler::sim::Span| {
            other.slot == span.slot && other.start < span.end && span.start < other.end
        };
        let same_slot = schedule.spans.iter().filter(overlaps).count();
        assert!(same_slot <= 1, "two tasks at once on slot {}", span.slot);
    }
    assert!(schedule.makespan >= lower_bound(graph, slots).expect("no cycle"));
    assert!(schedule.max_in_flight <= slots);
}

proptest! {
    #[test]
    fn starts_the_same_tasks_at_the_same_times(graph in graph(), slots in 1..5usize) {
        for policy in [Policy::Deadline, Policy::Fifo, Policy::LevelBarrier] {
            let schedule = simulate(&graph, slots, policy).unwrap();
            assert_feasible(&graph, slots, &schedule);
            let starts: Vec<_> = schedule.spans.iter().map(|s| (s.task, s.start)).collect();
            prop_assert_eq!(starts, reference(&graph, slots, policy), "{}", policy);
        }
    }
}

#[test]
fn a_graph_without_a_schedule_is_refused() {
    let task = |parent| SimTask { runtime: Duration::ZERO, parents: vec![parent] };
    let ring = SimGraph { tasks: vec![task(1), task(0)] };
    assert!(simulate(&ring, 1, Policy::Fifo).unwrap_err().is_cycle());
    assert!(lower_bound(&ring, 1).unwrap_err().is_cycle());
    for parent in [1, usize::MAX] {
        let orphan = SimGraph { tasks: vec![task(parent)] };
        assert!(simulate(&orphan, 1, Policy::Fifo).unwrap_err().is_unknown_dependency());
        assert!(lower_bound(&orphan, 1).unwrap_err().is_unknown_dependency());
    }
    assert!(simulate(&SimGraph::default(), 0, Policy::Fifo).unwrap_err().is_invalid());
}
