//! Looking ahead against trying everything, and on graphs too large for that.

use crate::families::{FAMILIES, family};
use graph_runtime_scheduler::sim::{
    Schedule, SimGraph, SimJob, SimTask, lower_bound, simulate, simulate_jobs,
};
use graph_runtime_scheduler::{
    EndState, FailurePolicy, GraphPlan, GroupLimit, LookAhead, Policy, RateLimit, SchedulerConfig,
    TaskId, TaskScheduler, TaskSpec,
};
use primitives::Timestamp;
use primitives::rng::Rng;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::time::Duration;

const MEMORY: usize = 10;

fn graph() -> impl Strategy<Value = SimGraph> {
    let task = (1..8_u64, prop::collection::vec(any::<prop::sample::Index>(), 0..2));
    prop::collection::vec(task, 1..7).prop_map(|drafts| {
        let task = |(n, (seconds, parents)): (usize, (u64, Vec<prop::sample::Index>))| SimTask {
            runtime: Duration::from_secs(seconds),
            parents: parents.iter().filter(|_| n > 0).map(|parent| parent.index(n)).collect(),
        };
        SimGraph { tasks: drafts.into_iter().enumerate().map(task).collect() }
    })
}

/// The makespan if tasks start in the order of `places`, as soon as they are ready and there is a
/// slot and memory for them, and none overtakes one that waits for memory.
fn list_schedule(graph: &SimGraph, memory: &[usize], slots: usize, places: &[usize]) -> Duration {
    let n = graph.tasks.len();
    let (mut starts, mut now) = (vec![None; n], Duration::ZERO);
    loop {
        let end = |task: usize, starts: &[Option<Duration>]| {
            starts[task].map(|start| start + graph.tasks[task].runtime)
        };
        loop {
            let ended = |task: usize| end(task, &starts).is_some_and(|end| end <= now);
            let runs = |task: &usize| starts[*task].is_some() && !ended(*task);
            let is_ready = |task: &usize| {
                starts[*task].is_none() && graph.tasks[*task].parents.iter().all(|&p| ended(p))
            };
            let used: usize = (0..n).filter(runs).map(|task| memory[task]).sum();
            let fits = |task: &usize| {
                (0..n).filter(runs).count() < slots && used + memory[*task] <= MEMORY
            };
            let head = (0..n).filter(is_ready).min_by_key(|&task| places[task]);
            let Some(task) = head.filter(fits) else { break };
            starts[task] = Some(now);
        }
        let ends = (0..n).filter_map(|task| end(task, &starts));
        let Some(next) = ends.filter(|&end| end > now).min() else { return now };
        now = next;
    }
}

/// The least makespan of all orders.
fn best_of_all(graph: &SimGraph, memory: &[usize], slots: usize) -> Duration {
    let mut places: Vec<usize> = (0..graph.tasks.len()).collect();
    let mut best = Duration::MAX;
    permute(&mut places, 0, &mut |places| {
        best = best.min(list_schedule(graph, memory, slots, places));
    });
    best
}

fn permute(places: &mut [usize], fixed: usize, each: &mut impl FnMut(&[usize])) {
    if fixed == places.len() {
        return each(places);
    }
    for other in fixed..places.len() {
        places.swap(fixed, other);
        permute(places, fixed + 1, each);
        places.swap(fixed, other);
    }
}

fn run(graph: &SimGraph, memory: &[usize], slots: usize, look_ahead: Option<u64>) -> Schedule {
    let config =
        SchedulerConfig { max_in_flight: slots, memory_bytes: MEMORY, ..Default::default() };
    let look_ahead = look_ahead.map(|starts_max| LookAhead { slots, starts_max, seed: 7 });
    let job = SimJob { memory, look_ahead, ..SimJob::new(graph) };
    simulate_jobs(&[job], &config).expect("a valid graph").remove(0)
}

proptest! {
    // The search is a heuristic with a budget, so it is held to graphs that stay the same.
    #![proptest_config(ProptestConfig {
        cases: 64,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn finds_the_best_order_of_a_small_graph(
        graph in graph(),
        slots in 1..4_usize,
        memory in prop::collection::vec(0..=MEMORY, 6),
    ) {
        let critical_path = run(&graph, &memory, slots, None).makespan;
        let best = best_of_all(&graph, &memory, slots);
        let found = run(&graph, &memory, slots, Some(40_000)).makespan;
        prop_assert!(lower_bound(&graph, slots).unwrap() <= best);
        prop_assert!(best <= critical_path);
        prop_assert_eq!(found, best, "critical path {:?}", critical_path);
        // Without a budget for memory no order is worse than twice the best (R. L. Graham, 1966).
        let unbounded = simulate(&graph, slots, Policy::Deadline).unwrap().makespan;
        prop_assert!(unbounded <= 2 * best_of_all(&graph, &[0; 6], slots));
    }
}

/// The makespan on two slots of tasks that take a second each, but for one that takes two, and of
/// which three have to go one after the other because of `change`.
fn one_by_one(
    look_ahead: bool,
    config: SchedulerConfig,
    change: impl Fn(TaskSpec<()>) -> TaskSpec<()>,
) -> u64 {
    let task = |n: u64| {
        let seconds = if n == 0 { 2 } else { 1 };
        let task = TaskSpec::new(TaskId::new(n), ()).estimate(Duration::from_secs(seconds));
        if n > 1 { change(task) } else { task }
    };
    let tasks: Vec<_> = (0..5).map(task).collect();
    let config = SchedulerConfig { max_in_flight: 2, ..config };
    let mut plan = GraphPlan::new(&config, 5, |n| tasks[n].terms()).unwrap();
    if look_ahead {
        plan = plan.look_ahead(&config, LookAhead { slots: 2, starts_max: 10_000, seed: 1 });
    }
    let mut scheduler = TaskScheduler::new(config).unwrap();
    let mut now = Timestamp::ZERO;
    scheduler.submit_plan(plan, |n| n, FailurePolicy::default(), now).unwrap();
    let mut running = Vec::new();
    while !scheduler.is_idle() {
        while let Some(started) = scheduler.dispatch(now) {
            running.push((now + tasks[started.payload].estimate, started.ticket));
        }
        let ends = running.iter().map(|&(end, _)| end);
        now = ends.chain(scheduler.next_wake().filter(|&at| at > now)).min().expect("deadlock");
        for (_, ticket) in running.extract_if(.., |(end, _)| *end == now) {
            scheduler.finish(ticket, EndState::Completed, now).unwrap();
        }
        scheduler.pass_time(now);
    }
    now.as_nanos() / 1_000_000_000
}

#[test]
fn what_can_only_go_one_by_one_begins_early() {
    let groups = || vec![GroupLimit::new("db", 1)];
    let config = || SchedulerConfig { groups: groups(), ..Default::default() };
    let makespan = |look_ahead| one_by_one(look_ahead, config(), |task| task.group("db"));
    // The longest, and the first of those that take a second; then one by one.
    assert_eq!((makespan(false), makespan(true)), (4, 3));

    let rates = || vec![RateLimit::new("calls", 1, Duration::from_secs(1))];
    let config = || SchedulerConfig { rates: rates(), ..Default::default() };
    let makespan = |look_ahead| one_by_one(look_ahead, config(), |task| task.costs("calls", 1.0));
    assert_eq!((makespan(false), makespan(true)), (4, 3));
}

/// The most memory that is taken at any moment.
fn peak_memory(schedule: &Schedule, memory: &[usize]) -> usize {
    let ends = schedule.spans.iter().map(|span| (span.end, 0, memory[span.task]));
    let starts = schedule.spans.iter().map(|span| (span.start, 1, memory[span.task]));
    let mut changes: Vec<_> = ends.chain(starts).collect();
    changes.sort_unstable();
    let (mut now, mut peak) = (0_usize, 0);
    for (_, is_start, bytes) in changes {
        now = if is_start == 1 { now + bytes } else { now - bytes };
        peak = peak.max(now);
    }
    peak
}

#[test]
fn is_never_worse_than_the_critical_path_whatever_the_family() {
    for name in FAMILIES {
        for (tasks, slots) in [(60, 2), (300, 4), (2_000, 16)] {
            let graph = family(name, tasks, &mut Rng::new(tasks as u64));
            let mut rng = Rng::new(5);
            let memory: Vec<usize> =
                graph.tasks.iter().map(|_| rng.below(MEMORY as u32 / 2) as usize + 1).collect();
            for memory in [&[][..], &memory] {
                let before = run(&graph, memory, slots, None);
                let after = run(&graph, memory, slots, Some(20 * tasks as u64));
                assert!(after.makespan <= before.makespan, "{name}, {tasks} tasks");
                assert!(after.makespan >= lower_bound(&graph, slots).expect("no cycle"));
                if !memory.is_empty() {
                    assert!(peak_memory(&after, memory) <= MEMORY, "{name}, {tasks} tasks");
                }
                assert_eq!(run(&graph, memory, slots, Some(20 * tasks as u64)), after, "seeded");
            }
        }
    }
}

#[test]
fn a_hundred_thousand_tasks_of_each_family_keep_every_rule() {
    for name in FAMILIES {
        let graph = family(name, 100_000, &mut Rng::new(1));
        for policy in [Policy::Deadline, Policy::Fifo] {
            let schedule = simulate(&graph, 16, policy).expect("a valid graph");
            let mut ends = vec![None; graph.tasks.len()];
            for span in &schedule.spans {
                assert!(ends[span.task].replace(span.end).is_none(), "{name}: twice");
            }
            for span in &schedule.spans {
                let parents = graph.tasks[span.task].parents.iter();
                let ready = parents.map(|&parent| ends[parent].expect("it ran")).max();
                assert!(ready.is_none_or(|ready| ready <= span.start), "{name}: too early");
            }
            let bound = lower_bound(&graph, 16).expect("no cycle");
            assert!(bound <= schedule.makespan && schedule.makespan <= 2 * bound, "{name}");
            assert!(schedule.max_in_flight <= 16);
        }
    }
}
