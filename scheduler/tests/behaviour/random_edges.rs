//! Edges added one by one: the search for rings against naive reachability, and the order of a
//! grown graph against that of the same graph submitted whole.

use crate::common::{NOW, id, run_one_by_one, scheduler, timed};
use graph_runtime_scheduler::{FailurePolicy, Policy};
use proptest::prelude::*;

const TASKS: usize = 40;

/// Whether there is a way along `edges` from `from` to `to`.
fn reaches(edges: &[(usize, usize)], from: usize, to: usize) -> bool {
    let mut seen = [false; TASKS];
    let mut pending = vec![from];
    while let Some(task) = pending.pop() {
        if task == to {
            return true;
        }
        if !std::mem::replace(&mut seen[task], true) {
            pending.extend(edges.iter().filter(|edge| edge.0 == task).map(|edge| edge.1));
        }
    }
    false
}

proptest! {
    #[test]
    fn rings_are_found_as_by_naive_reachability(
        wanted in prop::collection::vec((0..TASKS, 0..TASKS), 1..160),
        at_first in 0..60_usize,
    ) {
        let mut edges: Vec<(usize, usize)> = Vec::new();
        let (whole, added) = wanted.split_at(at_first.min(wanted.len()));
        for &(before, after) in whole {
            if !reaches(&edges, after, before) {
                edges.push((before, after));
            }
        }
        let spec = |task: usize| {
            let before = edges.iter().filter(|edge| edge.1 == task);
            let before: Vec<u64> = before.map(|edge| edge.0 as u64).collect();
            timed(task as u64, 1, &before)
        };
        let specs = (0..TASKS).map(spec).collect();
        let mut scheduler = scheduler(|_| ());
        scheduler.submit_graph(specs, FailurePolicy::FailFast, NOW).unwrap();
        for &(before, after) in added {
            let answer = scheduler.connect(id(before as u64), id(after as u64), NOW);
            prop_assert_eq!(answer.is_err(), reaches(&edges, after, before));
            if answer.is_ok() {
                edges.push((before, after));
            }
        }
        let order = run_one_by_one(&mut scheduler);
        let place = |task: usize| order.iter().position(|&it| it == task as u64).unwrap();
        prop_assert_eq!(order.len(), TASKS);
        prop_assert!(edges.iter().all(|&(before, after)| place(before) < place(after)));
    }

    #[test]
    fn a_grown_graph_runs_in_the_order_of_a_whole_one(
        tasks in prop::collection::vec(
            (1..1_000_u64, prop::collection::vec(any::<prop::sample::Index>(), 0..3)),
            2..8,
        ),
    ) {
        // So small that no way upwards is longer than what an addition follows, and so different in
        // their estimates that ranks decide.
        let spec = |(number, (seconds, after)): (usize, &(u64, Vec<prop::sample::Index>))| {
            let after = after.iter().filter(|_| number > 0).map(|d| d.index(number) as u64);
            timed(number as u64, seconds * 64 + (1 << number), &after.collect::<Vec<_>>())
        };
        let specs: Vec<_> = tasks.iter().enumerate().map(spec).collect();
        let new = || scheduler(|config| config.policy = Policy::CriticalPath);
        let mut whole = new();
        whole.submit_graph(specs.clone(), FailurePolicy::FailFast, NOW).unwrap();

        let mut grown = new();
        let graph = grown.submit_graph(specs[..1].to_vec(), FailurePolicy::FailFast, NOW).unwrap();
        for spec in &specs[1..] {
            grown.submit_into(graph, spec.clone(), NOW).unwrap();
        }
        let mut at_once = new();
        let first = specs[..1].to_vec();
        let graph = at_once.submit_graph(first, FailurePolicy::FailFast, NOW).unwrap();
        at_once.grow(graph, specs[1..].to_vec(), NOW).unwrap();

        let expected = run_one_by_one(&mut whole);
        prop_assert_eq!(run_one_by_one(&mut grown), expected.clone());
        prop_assert_eq!(run_one_by_one(&mut at_once), expected);
    }
}
