//! Memory grows linearly with the tasks, modestly, and recycled slots do not add to it.
//!
//! Alone in its process, because it reads the peak size of the whole of it.

use graph_runtime_scheduler::{
    EndState, FailurePolicy, GraphId, SchedulerConfig, TaskId, TaskScheduler, TaskSpec,
};
use primitives::Timestamp;

const TASKS: u64 = if cfg!(debug_assertions) { 50_000 } else { 1_000_000 };
const NOW: Timestamp = Timestamp::ZERO;

/// What the specs (about 150 bytes), the scheduler's record of a live task, its edge and its
/// places in the job may take together.
const BYTES_PER_TASK: u64 = 600;

/// The most memory the process has had resident so far.
fn peak_bytes() -> u64 {
    let status =
        std::fs::read_to_string("/proc/self/status").expect("Linux has a proc file system");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse::<u64>().ok()).expect("a number of KiB") * 1024
}

fn submit(scheduler: &mut TaskScheduler<u64>, first: u64, is_chain: bool) -> GraphId {
    let spec = |n| TaskSpec::new(TaskId::new(n), n);
    let after = |n| (is_chain && n > first).then(|| TaskId::new(n - 1));
    let specs = (first..first + TASKS).map(|n| spec(n).after_all(after(n))).collect();
    scheduler.submit_graph(specs, FailurePolicy::FailFast, NOW).expect("valid")
}

fn run(scheduler: &mut TaskScheduler<u64>) {
    while let Some(task) = scheduler.dispatch(NOW) {
        scheduler.finish(task.ticket, EndState::Completed, NOW).expect("it runs");
        while scheduler.next_event().is_some() {}
    }
    assert!(scheduler.is_idle());
}

#[test]
fn memory_is_linear_and_used_again() {
    // The chain last: it takes more, and the peak only ever rises.
    let before = peak_bytes();
    for is_chain in [false, true] {
        let mut scheduler = TaskScheduler::new(SchedulerConfig::default()).expect("valid");
        let mut sizes = Vec::new();
        for round in 0..3 {
            let graph = submit(&mut scheduler, round * TASKS, is_chain);
            run(&mut scheduler);
            assert!(scheduler.forget_graph(graph));
            sizes.push((peak_bytes() - before) / TASKS);
        }
        eprintln!("chain: {is_chain}, peak bytes per task after each round: {sizes:?}");
        assert!(sizes[0] < BYTES_PER_TASK, "{sizes:?}");
        assert!(sizes[2] < sizes[0] + BYTES_PER_TASK / 4, "rounds must not add up: {sizes:?}");
    }
}
