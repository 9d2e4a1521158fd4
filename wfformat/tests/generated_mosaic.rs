//! The generated workflow is what it says it is, and a fair ground for comparing policies.

mod list_schedule;

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

#[test]
fn it_has_the_shape_of_three_mosaics() {
    let workflow = generate(SEED_DEFAULT);
    let count = |kind: &str| workflow.tasks.iter().filter(|task| task.kind == kind).count();
    let tiles = 3 * 3 + 3 * 4 + 4 * 4;
    let overlaps = 12 + 17 + 24;
    for (kind, expected) in [("project", tiles), ("correct", tiles), ("difference", overlaps)] {
        assert_eq!(count(kind), expected, "{kind}");
    }
    for kind in ["concat", "model", "table", "add", "shrink", "jpeg"] {
        assert_eq!(count(kind), 3, "{kind}, one a band");
    }
    let children = workflow.children();
    let is_end =
        |ends: &[usize], kind: &str| ends.len() == 1 && workflow.tasks[ends[0]].kind == kind;
    let roots: Vec<usize> =
        (0..200).filter(|&task| workflow.tasks[task].parents.is_empty()).collect();
    let leaves: Vec<usize> = (0..200).filter(|&task| children[task].is_empty()).collect();
    assert!(is_end(&roots, "header") && is_end(&leaves, "colour"));
}

/// Pareto with exponent 2: half the tasks stay below 1.42 times the least, a sixteenth reaches
/// the cut at four times.
#[test]
fn drawn_runtimes_have_a_heavy_tail() {
    let projects = |seed| {
        let tasks = generate(seed).tasks.into_iter();
        tasks.filter(|task| task.kind == "project").map(|task| task.runtime.as_millis())
    };
    let mut millis: Vec<u128> = (0..100).flat_map(projects).collect();
    millis.sort_unstable();
    let share = |bound: u128| millis.partition_point(|&m| m < bound) as f64 / millis.len() as f64;
    assert_eq!((millis[0] / 100, *millis.last().unwrap()), (80, 32_000));
    assert!((share(11_314) - 0.5).abs() < 0.03, "{}", share(11_314));
    assert!((share(32_000) - 15.0 / 16.0).abs() < 0.02, "{}", share(32_000));
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
    let fifo = list_schedule::fifo(&workflow, SLOTS);
    let critical_path = list_schedule::critical_path_first(&workflow, SLOTS);
    let barrier = barrier_makespan(&workflow);
    assert!(workflow.lower_bound(SLOTS) <= critical_path, "seed {seed}");
    assert!(fifo < barrier, "seed {seed}: FIFO {fifo:?}, barrier {barrier:?}");
    fifo.as_secs_f64() / critical_path.as_secs_f64()
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
