//! The generated workflow is what it says it is, and a fair ground for comparing policies.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Duration;

use graph_runtime_wfformat::{SEED_DEFAULT, Workflow, generate};

const SLOTS: usize = 16;

/// The file that ships with the runtime's example.
const SHIPPED: &str =
    include_str!("../../runtime/examples/workflow/data/generated-mosaic-200.json");

#[test]
fn the_shipped_file_is_what_the_default_seed_gives() {
    let generated = generate(SEED_DEFAULT).to_json();
    assert!(
        generated == SHIPPED,
        "the shipped file is stale; run `cargo run -p graph_runtime_wfformat --example generate -- \
         --out runtime/examples/workflow/data/generated-mosaic-200.json`"
    );
}

#[test]
fn the_shipped_file_reads_back_and_says_that_it_is_generated() {
    let workflow = Workflow::parse(SHIPPED).unwrap();
    assert_eq!(workflow, generate(SEED_DEFAULT));
    assert!(workflow.description.unwrap().starts_with("Generated, not recorded"));
    assert!(SHIPPED.len() < 200 << 10);
}

#[test]
fn it_has_the_promised_size() {
    for seed in 0..100 {
        let workflow = generate(seed);
        assert_eq!(workflow.tasks.len(), 200);
        assert_eq!(workflow.max_width(), 53, "one difference an overlap");
        let secs = |range: std::ops::Range<u64>, duration: Duration| {
            assert!(range.contains(&duration.as_secs()), "seed {seed}: {duration:?}");
        };
        secs(1_200..2_500, workflow.total_work());
        secs(60..160, workflow.critical_path());
        secs(75..160, workflow.lower_bound(SLOTS));
    }
}

/// A schedule that knows the critical path is shorter for every seed, by a seventh in the middle;
/// a barrier after every level always costs most.
#[test]
fn knowing_the_critical_path_pays_and_barriers_cost() {
    let mut gains: Vec<f64> = (0..50).map(gain_over_fifo).collect();
    gains.sort_by(f64::total_cmp);
    assert!(gains[0] > 1.05, "{gains:?}");
    assert!(gains[25] > 1.14, "{gains:?}");
    assert!(gain_over_fifo(SEED_DEFAULT) > 1.14);
}

/// How many times longer first come, first served takes than critical path first.
fn gain_over_fifo(seed: u64) -> f64 {
    let workflow = generate(seed);
    let fifo = makespan(&workflow, &vec![Duration::ZERO; workflow.tasks.len()]);
    let critical_path = makespan(&workflow, &upward_ranks(&workflow));
    let barrier = barrier_makespan(&workflow);
    assert!(workflow.lower_bound(SLOTS) <= critical_path, "seed {seed}");
    assert!(fifo < barrier, "seed {seed}: FIFO {fifo:?}, barrier {barrier:?}");
    fifo.as_secs_f64() / critical_path.as_secs_f64()
}

/// Own runtime plus the longest way to a task without children.
fn upward_ranks(workflow: &Workflow) -> Vec<Duration> {
    let children = workflow.children();
    let mut ranks = vec![Duration::ZERO; workflow.tasks.len()];
    for task in workflow.topological_order().into_iter().rev() {
        let longest = children[task].iter().map(|&child| ranks[child]).max().unwrap_or_default();
        ranks[task] = workflow.tasks[task].runtime + longest;
    }
    ranks
}

/// List scheduling: whenever a slot is free the ready task of the highest rank starts, the first
/// to become ready among equals.
fn makespan(workflow: &Workflow, ranks: &[Duration]) -> Duration {
    let children = workflow.children();
    let mut waiting: Vec<usize> = workflow.tasks.iter().map(|task| task.parents.len()).collect();
    let roots = (0..waiting.len()).filter(|&task| waiting[task] == 0);
    let mut ready: BTreeSet<_> = roots.map(|task| (Reverse(ranks[task]), task, task)).collect();
    let mut sequence = waiting.len();
    let mut running = BTreeSet::new();
    let mut now = Duration::ZERO;
    loop {
        while running.len() < SLOTS {
            let Some((_, _, task)) = ready.pop_first() else { break };
            running.insert((now + workflow.tasks[task].runtime, task));
        }
        let Some(&(end, _)) = running.first() else { return now };
        now = end;
        while running.first().is_some_and(|&(end, _)| end == now) {
            let (_, task) = running.pop_first().unwrap();
            for &child in &children[task] {
                waiting[child] -= 1;
                if waiting[child] == 0 {
                    ready.insert((Reverse(ranks[child]), sequence, child));
                    sequence += 1;
                }
            }
        }
    }
}

/// Level by level, in file order, the next when the last task of the one before has ended.
fn barrier_makespan(workflow: &Workflow) -> Duration {
    let mut levels: Vec<Vec<usize>> = Vec::new();
    let mut level_of = vec![0; workflow.tasks.len()];
    for task in workflow.topological_order() {
        let parents = workflow.tasks[task].parents.iter();
        level_of[task] = parents.map(|&parent| level_of[parent] + 1).max().unwrap_or(0);
        levels.resize(levels.len().max(level_of[task] + 1), Vec::new());
        levels[level_of[task]].push(task);
    }
    levels.into_iter().map(|mut level| level_makespan(workflow, &mut level)).sum()
}

fn level_makespan(workflow: &Workflow, level: &mut [usize]) -> Duration {
    level.sort_unstable();
    let mut free_at = [Duration::ZERO; SLOTS];
    for &task in level.iter() {
        let first_free = free_at.iter_mut().min().unwrap();
        *first_free += workflow.tasks[task].runtime;
    }
    free_at.into_iter().max().unwrap()
}
