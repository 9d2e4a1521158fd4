//! What the policies make of deadlines, between graphs and as time passes.

use crate::common::{Scheduler, at, events, id, run_one_by_one, scheduler, spec, start_all, timed};
use crate::families::{FAMILIES, family};
use graph_runtime_scheduler::sim::{
    Schedule, SimGraph, SimJob, SimTask, lower_bound, simulate_jobs,
};
use graph_runtime_scheduler::{
    EndState, FailurePolicy, GraphPlan, Overdue, Policy, SchedulerConfig, TaskScheduler,
};
use primitives::Timestamp;
use primitives::rng::Rng;

const NOW: Timestamp = Timestamp::ZERO;

fn under(policy: Policy) -> Scheduler {
    scheduler(|config| {
        config.policy = policy;
        config.max_in_flight = 1;
    })
}

/// Submits a graph of tasks (number, seconds, dependencies), due as a whole at `due`.
fn submit(scheduler: &mut Scheduler, due: u64, tasks: &[(u64, u64, &[u64])]) {
    let specs: Vec<_> = tasks.iter().map(|&(n, s, after)| timed(n, s, after)).collect();
    let config = SchedulerConfig { max_in_flight: 1, ..Default::default() };
    let plan = GraphPlan::new(&config, specs.len(), |node| specs[node].terms()).unwrap();
    let graph = scheduler.submit_plan(plan.due_by(at(due)), |_| "", FailurePolicy::default(), NOW);
    graph.unwrap();
}

/// What starts at `second`; it ends at once.
fn next(scheduler: &mut Scheduler, second: u64) -> Option<u64> {
    let task = scheduler.dispatch(at(second))?;
    scheduler.finish(task.ticket, EndState::Completed, at(second)).unwrap();
    Some(task.id.as_u64())
}

#[test]
fn earliest_deadline_between_graphs_and_longest_way_inside() {
    let mut scheduler = under(Policy::Deadline);
    submit(&mut scheduler, 100, &[(1, 9, &[]), (2, 90, &[1])]);
    submit(&mut scheduler, 50, &[(3, 1, &[]), (4, 2, &[]), (5, 3, &[3])]);
    assert_eq!(run_one_by_one(&mut scheduler), [3, 5, 4, 1, 2]);
}

#[test]
fn graphs_without_deadlines_go_in_order_and_after_those_with() {
    let mut scheduler = under(Policy::Deadline);
    for graph in [vec![timed(1, 1, &[]), timed(2, 2, &[])], vec![timed(3, 50, &[])]] {
        scheduler.submit_graph(graph, FailurePolicy::default(), NOW).unwrap();
    }
    scheduler.submit(timed(4, 80, &[]), NOW).unwrap();
    submit(&mut scheduler, 900, &[(5, 1, &[])]);
    assert_eq!(run_one_by_one(&mut scheduler), [5, 2, 1, 3, 4]);
}

#[test]
fn critical_path_compares_the_tasks_of_all_graphs() {
    let mut scheduler = under(Policy::CriticalPath);
    for graph in [vec![timed(1, 1, &[]).deadline(at(2))], vec![timed(2, 50, &[])]] {
        scheduler.submit_graph(graph, FailurePolicy::default(), NOW).unwrap();
    }
    assert_eq!(run_one_by_one(&mut scheduler), [2, 1]);
}

#[test]
fn whatever_waits_lends_its_priority() {
    let mut scheduler = under(Policy::Deadline);
    let graph = vec![spec(1, &[]), spec(2, &[]), spec(3, &[2]), spec(4, &[3]).priority(7)];
    scheduler.submit_graph(graph, FailurePolicy::default(), NOW).unwrap();
    scheduler.submit(spec(5, &[]).priority(3), NOW).unwrap();
    scheduler.submit(spec(6, &[]), NOW).unwrap();
    scheduler.submit(spec(7, &[6]).priority(5), NOW).unwrap();
    assert_eq!(run_one_by_one(&mut scheduler), [2, 3, 4, 6, 7, 5, 1]);
}

#[test]
fn a_boost_comes_with_the_time_and_not_before() {
    let mut scheduler = under(Policy::StaticBoost);
    let due = [(1, 100, 0), (2, 300, 0), (3, 1_000, 0)];
    for (n, due, priority) in due {
        scheduler.submit(spec(n, &[]).priority(priority).deadline(at(due)), NOW).unwrap();
    }
    for n in 10..20 {
        scheduler.submit(spec(n, &[]).priority(600), NOW).unwrap();
    }
    assert_eq!(next(&mut scheduler, 39), Some(10));
    assert_eq!(next(&mut scheduler, 60), Some(11), "500 is less than 600");
    assert_eq!(next(&mut scheduler, 91), Some(1), "1,000 is more");
    assert_eq!(next(&mut scheduler, 92), Some(12));
    assert_eq!(next(&mut scheduler, 300), Some(2), "overdue");
    assert_eq!(next(&mut scheduler, 300), Some(13));
}

#[test]
fn a_deadline_brought_forward_brings_the_boost_forward() {
    let mut scheduler = under(Policy::StaticBoost);
    scheduler.submit(spec(1, &[]).priority(1), NOW).unwrap();
    scheduler.submit(spec(2, &[]), NOW).unwrap();
    assert_eq!(scheduler.peek(), Some(id(1)));
    scheduler.submit(spec(3, &[2]).deadline(at(5)), NOW).unwrap();
    assert_eq!(next(&mut scheduler, 0), Some(2));
}

#[test]
fn a_hopeless_graph_makes_nothing_else_late() {
    let demoted = [(Policy::Deadline, [1, 2, 3]), (Policy::Demote, [3, 1, 2])];
    for (policy, expected) in demoted {
        let mut scheduler = under(policy);
        submit(&mut scheduler, 20, &[(1, 15, &[]), (2, 10, &[1])]);
        submit(&mut scheduler, 30, &[(3, 12, &[])]);
        assert_eq!(run_one_by_one(&mut scheduler), expected, "{policy}");
    }
}

/// Two slots: whoever is due first takes both, and leaves the other one too little time.
#[test]
fn whoever_has_to_start_first_goes_first_if_all_can_be_in_time() {
    let seconds = std::time::Duration::from_secs;
    let task = |n, parents: &[usize]| SimTask { runtime: seconds(n), parents: parents.to_vec() };
    let chain = SimGraph { tasks: vec![task(45, &[]), task(45, &[0])] };
    let wide = SimGraph { tasks: vec![task(10, &[]), task(10, &[])] };
    let jobs = [(&chain, 95), (&wide, 50)]
        .map(|(graph, due)| SimJob { deadline: Some(at(due)), ..SimJob::new(graph) });
    for (policy, ends) in [(Policy::Deadline, [100, 10]), (Policy::Demote, [90, 20])] {
        let config = SchedulerConfig { policy, max_in_flight: 2, ..Default::default() };
        let schedules = simulate_jobs(&jobs, &config).unwrap();
        let ended: Vec<u64> = schedules.iter().map(|it| it.makespan.as_secs()).collect();
        assert_eq!(ended, ends, "{policy}");
    }
}

/// How many of all jobs of some random streams, which the slots can just about do, are late.
fn late_in_streams(policy: Policy) -> usize {
    let late = |seed: u64| {
        let mut rng = Rng::new(seed);
        let families = FAMILIES.map(|name| family(name, 40, &mut rng));
        let mut arrival = Timestamp::ZERO;
        let jobs: Vec<SimJob<'_>> = (0..40)
            .map(|_| {
                let graph = &families[rng.below(families.len() as u32) as usize];
                arrival = arrival + graph.total_work().mul_f64((0.5 + rng.unit()) / (4.0 * 0.9));
                let bound = lower_bound(graph, 4).unwrap();
                let deadline = Some(arrival + bound.mul_f64(1.2 + 2.3 * rng.unit()));
                SimJob { arrival, deadline, ..SimJob::new(graph) }
            })
            .collect();
        let config = SchedulerConfig { policy, max_in_flight: 4, ..Default::default() };
        let schedules = simulate_jobs(&jobs, &config).unwrap();
        let is_late = |(job, schedule): (&SimJob<'_>, &Schedule)| {
            job.deadline.is_some_and(|deadline| deadline < job.arrival + schedule.makespan)
        };
        jobs.iter().zip(&schedules).filter(|&it| is_late(it)).count()
    };
    (0..20).map(late).sum()
}

#[test]
fn each_policy_that_knows_more_about_deadlines_misses_fewer() {
    let [fifo, deadline, demote] =
        [Policy::Fifo, Policy::Deadline, Policy::Demote].map(late_in_streams);
    assert!(demote < deadline && 2 * deadline < fifo, "{demote} {deadline} {fifo} of 800");
}

#[test]
fn too_much_work_for_the_slots_is_hopeless_as_well() {
    let mut scheduler = under(Policy::Demote);
    submit(&mut scheduler, 20, &[(1, 15, &[]), (2, 10, &[])]);
    submit(&mut scheduler, 30, &[(3, 12, &[])]);
    assert_eq!(run_one_by_one(&mut scheduler), [3, 1, 2]);
}

#[test]
fn a_graph_is_given_up_when_its_time_has_come() {
    let mut scheduler = under(Policy::Demote);
    submit(&mut scheduler, 20, &[(1, 5, &[]), (2, 10, &[1])]);
    submit(&mut scheduler, 90, &[(3, 12, &[])]);
    scheduler.submit(spec(4, &[]), NOW).unwrap();
    assert_eq!(next(&mut scheduler, 5), Some(1), "15 seconds are enough");
    assert_eq!(next(&mut scheduler, 11), Some(3), "9 seconds are not");
    assert_eq!(next(&mut scheduler, 12), Some(4), "even what nobody waits for");
    assert_eq!(next(&mut scheduler, 13), Some(2), "it is late, not lost");
    assert_eq!(next(&mut scheduler, 14), None);
}

#[test]
fn a_task_by_itself_is_given_up_by_itself() {
    let mut scheduler: TaskScheduler<&str> = under(Policy::Demote);
    scheduler.submit(timed(1, 10, &[]).deadline(at(9)), NOW).unwrap();
    scheduler.submit(timed(2, 10, &[]).deadline(at(10)), NOW).unwrap();
    assert_eq!(run_one_by_one(&mut scheduler), [2, 1]);
}

fn watching(overdue: Overdue) -> Scheduler {
    scheduler(|config| config.overdue = overdue)
}

#[test]
fn a_deadline_that_passes_while_its_task_runs_is_told_once() {
    let mut scheduler = watching(Overdue::Report);
    scheduler.submit(spec(1, &[]).deadline(at(9)), NOW).unwrap();
    scheduler.submit(spec(2, &[]).deadline(at(5)), NOW).unwrap();
    scheduler.submit(spec(3, &[]), NOW).unwrap();
    assert_eq!(scheduler.next_wake(), None, "nothing runs");
    let running = start_all(&mut scheduler);
    assert_eq!(scheduler.next_wake(), Some(at(5)));
    scheduler.pass_time(at(4));
    assert_eq!(events(&mut scheduler), [""; 0]);
    scheduler.pass_time(at(6));
    assert_eq!(events(&mut scheduler), ["2 should have ended by 5"]);
    let first = running.iter().find(|task| task.id == id(1)).expect("it runs");
    scheduler.finish(first.ticket, EndState::Completed, at(7)).unwrap();
    assert_eq!(scheduler.next_wake(), None, "1 was in time");
    scheduler.pass_time(at(99));
    assert_eq!(events(&mut scheduler), ["1 completed"]);
}

#[test]
fn a_deadline_that_passes_cancels_if_asked_to() {
    let mut scheduler = watching(Overdue::Cancel);
    scheduler.submit(spec(1, &[]).deadline(at(5)), NOW).unwrap();
    let task = scheduler.dispatch(at(8)).expect("late, but it runs");
    scheduler.pass_time(at(8));
    let stop = format!("stop {}", task.ticket);
    assert_eq!(events(&mut scheduler), ["1 should have ended by 5", &stop]);
    scheduler.finish(task.ticket, EndState::Cancelled, at(8)).unwrap();
    assert_eq!(events(&mut scheduler), ["1 cancelled"]);
}

#[test]
fn the_earlier_deadline_of_a_task_and_its_graph_is_watched() {
    let config = SchedulerConfig { overdue: Overdue::Report, ..Default::default() };
    let mut scheduler = TaskScheduler::new(config.clone()).unwrap();
    let specs = [spec(1, &[]).deadline(at(3)), spec(2, &[]).deadline(at(30)), spec(3, &[])];
    let plan = GraphPlan::new(&config, specs.len(), |node| specs[node].terms()).unwrap();
    let plan = plan.due_by(at(20));
    scheduler.submit_plan(plan, |_| "", FailurePolicy::default(), NOW).unwrap();
    start_all(&mut scheduler);
    scheduler.pass_time(at(10));
    assert_eq!(events(&mut scheduler), ["1 should have ended by 3"]);
    scheduler.pass_time(at(20));
    let mut both = events(&mut scheduler);
    both.sort();
    assert_eq!(both, ["2 should have ended by 20", "3 should have ended by 20"]);
}

#[test]
fn whoever_does_not_ask_is_not_told() {
    let mut scheduler = watching(Overdue::Ignore);
    scheduler.submit(spec(1, &[]).deadline(at(1)), NOW).unwrap();
    start_all(&mut scheduler);
    assert_eq!(scheduler.next_wake(), None);
    scheduler.pass_time(at(9));
    assert_eq!(events(&mut scheduler), [""; 0]);
}
