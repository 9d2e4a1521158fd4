//! A graph that grows for ever keeps nothing of the tasks that have ended and been forgotten.
//!
//! Alone in its process, because it reads the peak size of the whole of it.

use graph_runtime_scheduler::{
    EndState, Event, GraphId, SchedulerConfig, TaskId, TaskScheduler, TaskSpec,
};
use primitives::Timestamp;

const ROUNDS: u64 = if cfg!(debug_assertions) { 50_000 } else { 1_000_000 };
const NOW: Timestamp = Timestamp::ZERO;

/// What comes after the loop.
const AFTER: TaskId = TaskId::new(1);

/// What the process may have grown by after as many rounds as there are: less than a byte for each.
const SLACK_BYTES: u64 = if cfg!(debug_assertions) { 40_000 } else { 512 * 1024 };

/// The most memory the process has had resident so far.
fn peak_bytes() -> u64 {
    let status =
        std::fs::read_to_string("/proc/self/status").expect("Linux has a proc file system");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse::<u64>().ok()).expect("a number of KiB") * 1024
}

/// Starts whatever may start, completes it and forgets it, except the driver.
fn run(scheduler: &mut TaskScheduler<u64>, driver: TaskId) {
    while let Some(task) = scheduler.dispatch(NOW) {
        scheduler.finish(task.ticket, EndState::Completed, NOW).expect("it runs");
        while let Some(event) = scheduler.next_event() {
            if let Event::Ended { id, .. } = event {
                assert!(id != driver && scheduler.forget(id));
            }
        }
    }
}

/// One generation of a loop: three tasks, two of them behind a third, an edge more, and one to what
/// comes after the loop.
fn grow(scheduler: &mut TaskScheduler<u64>, graph: GraphId, round: u64, driver: TaskId) {
    let [first, second, third] = [2, 3, 4].map(|n| TaskId::new(3 * round + n));
    let specs = vec![TaskSpec::new(second, round).after(third), TaskSpec::new(third, round)];
    scheduler.grow(graph, specs, NOW).expect("the graph runs");
    scheduler.submit_into(graph, TaskSpec::new(first, round).after(third), NOW).expect("it runs");
    scheduler.connect(second, first, NOW).expect("no ring");
    scheduler.connect(first, AFTER, NOW).expect("no ring");
    scheduler.hold(third).expect("it has not started");
    assert!(scheduler.release(third, NOW));
    run(scheduler, driver);
}

#[test]
fn an_endless_graph_does_not_grow_memory() {
    let mut scheduler = TaskScheduler::new(SchedulerConfig::default()).expect("valid");
    let driver = TaskId::new(0);
    let specs = vec![TaskSpec::new(driver, 0), TaskSpec::new(AFTER, 0).after(driver)];
    let graph = scheduler.submit_graph(specs, Default::default(), NOW).expect("valid");
    let running = scheduler.dispatch(NOW).expect("it is ready");

    let warm = ROUNDS / 10;
    (0..warm).for_each(|round| grow(&mut scheduler, graph, round, driver));
    let before = peak_bytes();
    (warm..warm + ROUNDS).for_each(|round| grow(&mut scheduler, graph, round, driver));
    let grown = peak_bytes() - before;
    assert!(grown < SLACK_BYTES, "{ROUNDS} rounds took {grown} bytes");
    assert_eq!(scheduler.known(), 2);

    scheduler.finish(running.ticket, EndState::Completed, NOW).expect("it runs");
    let after = scheduler.dispatch(NOW).expect("the loop has ended");
    scheduler.finish(after.ticket, EndState::Completed, NOW).expect("it runs");
    let counts = scheduler.graph_counts(graph).expect("it is remembered");
    assert_eq!(counts.completed as u64, 3 * (warm + ROUNDS) + 2);
    assert!(scheduler.forget_graph(graph) && scheduler.is_idle());
}
