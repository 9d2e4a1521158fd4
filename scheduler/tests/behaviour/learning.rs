//! What a history, and what has ended in the same run, are worth where nobody gives estimates.

use crate::families::{FAMILIES, family};
use graph_runtime_scheduler::sim::{Schedule, SimGraph, SimJob, simulate, simulate_jobs};
use graph_runtime_scheduler::{History, Policy, SchedulerConfig};
use primitives::rng::Rng;
use std::time::Duration;

/// A graph of a family whose tasks have kinds: each takes the time of its kind, more or less.
fn with_kinds(name: &str, tasks: usize, seed: u64) -> (SimGraph, Vec<String>) {
    let mut rng = Rng::new(seed);
    let mut graph = family(name, tasks, &mut rng);
    let millis = [(); 8].map(|()| 10.0 * 300_f64.powf(rng.unit()));
    let kinds: Vec<usize> = (0..graph.tasks.len()).map(|_| rng.below(8) as usize).collect();
    for (task, &kind) in graph.tasks.iter_mut().zip(&kinds) {
        task.runtime = Duration::from_secs_f64(millis[kind] * (0.8 + 0.4 * rng.unit()) / 1e3);
    }
    (graph, kinds.iter().map(usize::to_string).collect())
}

fn learnt(graph: &SimGraph, kinds: &[String], slots: usize, history: &History) -> Schedule {
    let config = SchedulerConfig { max_in_flight: slots, ..Default::default() };
    let job = SimJob { kinds, history: Some(history), ..SimJob::new(graph) };
    simulate_jobs(&[job], &config).expect("a valid graph").remove(0)
}

fn fifo(graph: &SimGraph, slots: usize) -> Schedule {
    simulate(graph, slots, Policy::Fifo).expect("a valid graph")
}

/// The geometric mean of the makespans over those of FIFO, on graphs of all families.
fn against_fifo(run: impl Fn(&SimGraph, &[String], usize, u64) -> Schedule) -> f64 {
    let mut logs = Vec::new();
    for (name, seed) in FAMILIES.iter().flat_map(|&name| (0..2).map(move |seed| (name, seed))) {
        for (tasks, slots) in [(100, 2), (300, 4), (600, 16)] {
            let (graph, kinds) = with_kinds(name, tasks, seed);
            let ours = run(&graph, &kinds, slots, seed).makespan;
            logs.push(ours.div_duration_f64(fifo(&graph, slots).makespan).ln());
        }
    }
    (logs.iter().sum::<f64>() / logs.len() as f64).exp()
}

#[test]
fn tasks_start_as_they_come_while_a_kind_has_not_been_seen() {
    for name in FAMILIES {
        let (mut graph, mut kinds) = with_kinds(name, 200, 1);
        let all = (0..graph.tasks.len()).collect();
        graph.tasks.push(graph.tasks[0].clone());
        graph.tasks.last_mut().expect("it has just been pushed").parents = all;
        kinds.push("only".to_owned());
        let ours = learnt(&graph, &kinds, 4, &History::default());
        assert_eq!(ours, fifo(&graph, 4), "{name}");
    }
}

#[test]
fn what_ends_teaches_what_is_to_come() {
    let ours =
        against_fifo(|graph, kinds, slots, _| learnt(graph, kinds, slots, &History::default()));
    assert!(ours < 0.99, "{ours}");
}

/// Of another run, in which each task took another time.
#[test]
fn a_history_of_other_runs_is_better_than_none() {
    let ours = against_fifo(|graph, kinds, slots, seed| {
        let mut history = History::default();
        let mut rng = Rng::new(seed ^ 7);
        for (task, kind) in graph.tasks.iter().zip(kinds) {
            history.observe(kind, task.runtime.mul_f64(0.6 + 0.8 * rng.unit()));
        }
        learnt(graph, kinds, slots, &history)
    });
    assert!(ours < 0.97, "{ours}");
}
