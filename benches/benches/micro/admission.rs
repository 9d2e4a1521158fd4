//! Admission at its limit: one task ends, the next one starts.
//!
//! Guards that limits and budgets are a few whole numbers: a task pays next to nothing for them,
//! and asking in vain costs nothing that grows.

use benches::{Bench, Claim, in_batches};
use primitives::Timestamp;
use scheduler::{
    Dispatch, EndState, ResourceRequirements, SchedulerConfig, TaskId, TaskScheduler, TaskSpec,
};
use std::collections::VecDeque;
use std::hint::black_box;
use std::time::{Duration, Instant};

const LIMIT: usize = 64;
const BATCH: u64 = 256;
/// How much more a step may cost with three budgets than with none.
const BUDGETS_MAX: f64 = 1.5;

const NO_BUDGETS: Claim = Claim {
    part: "admission",
    what: "end and start at a limit",
    holds: "admitting costs less than a system call",
    limit: |machine| machine.system_call_ns,
};

const BUDGETS: Claim = Claim { what: "end and start at a limit and three budgets", ..NO_BUDGETS };

const IN_VAIN: Claim = Claim {
    part: "admission",
    what: "ask in vain at a full budget",
    holds: "a task that has to wait costs a look at it",
    limit: |machine| 2.0 * machine.locked_ns,
};

pub(crate) fn measure(bench: &mut Bench) {
    let run = |gate: &mut Gate, items| gate.complete_and_admit(items);
    let without = bench.measure(NO_BUDGETS, || Gate::new(SchedulerConfig::default()), run);
    let with = bench.measure(BUDGETS, || Gate::new(budgets()), run);
    bench.compare(
        "admission/three budgets against none",
        "budgets are a few additions",
        BUDGETS_MAX,
        with,
        without,
    );
    bench.measure(
        IN_VAIN,
        || Gate::new(budgets()),
        |gate, items| {
            let start = Instant::now();
            for _ in 0..items {
                assert!(black_box(gate.scheduler.dispatch(Timestamp::ZERO)).is_none());
            }
            start.elapsed()
        },
    );
}

/// What each task needs.
const NEEDS: ResourceRequirements =
    ResourceRequirements { cpu_cores: 0.25, memory_bytes: 1 << 20, io_intensity: 0.1 };

/// Exactly as much as the limit allows to run.
fn budgets() -> SchedulerConfig {
    SchedulerConfig {
        cpu_cores: NEEDS.cpu_cores * LIMIT as f64,
        memory_bytes: NEEDS.memory_bytes * LIMIT,
        io_capacity: NEEDS.io_intensity * LIMIT as f64,
        ..SchedulerConfig::default()
    }
}

/// A scheduler with as many running tasks as may run, and more that wait.
struct Gate {
    scheduler: TaskScheduler<u64>,
    running: VecDeque<Dispatch<u64>>,
    submitted: u64,
}

impl Gate {
    fn new(config: SchedulerConfig) -> Self {
        let config = SchedulerConfig { max_in_flight: LIMIT, ..config };
        let scheduler = TaskScheduler::new(config).expect("a sound configuration");
        let mut gate = Self { scheduler, running: VecDeque::new(), submitted: 0 };
        gate.submit(BATCH + LIMIT as u64);
        while let Some(task) = gate.scheduler.dispatch(Timestamp::ZERO) {
            gate.running.push_back(task);
        }
        assert_eq!(gate.running.len(), LIMIT, "as many as the limit and the budgets allow");
        gate
    }

    fn submit(&mut self, count: u64) {
        for number in self.submitted..self.submitted + count {
            let task = TaskSpec::new(TaskId::new(number), number).requirements(NEEDS);
            self.scheduler.submit(task, Timestamp::ZERO).expect("there is room");
        }
        self.submitted += count;
    }

    /// The oldest running task ends, its end is read, and the next one starts. Those that have
    /// ended are replaced off the clock.
    fn complete_and_admit(&mut self, items: u64) -> Duration {
        in_batches(items, BATCH, |items| {
            let mut ended = Vec::with_capacity(items as usize);
            let start = Instant::now();
            for _ in 0..items {
                let task = self.running.pop_front().expect("64 tasks run");
                let end = self.scheduler.finish(task.ticket, EndState::Completed, Timestamp::ZERO);
                end.expect("it was running");
                ended.extend(self.scheduler.next_event().map(|_| task.id));
                self.running.extend(self.scheduler.dispatch(Timestamp::ZERO));
            }
            let elapsed = start.elapsed();
            assert_eq!(self.running.len(), LIMIT, "each end makes room for one");
            assert_eq!(ended.len() as u64, items, "each task ends once");
            ended.into_iter().for_each(|id| assert!(self.scheduler.forget(id), "it was known"));
            self.submit(items);
            elapsed
        })
    }
}
