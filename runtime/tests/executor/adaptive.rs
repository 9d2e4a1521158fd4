//! What the monitor sees steers how much runs.

use crate::common::{Gate, Reports, until, wait, waiting};
use graph_runtime::adaptive::LimitReason;
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::seam::Seams;
use graph_runtime::{
    AsyncTaskExecutor, Controller, ExecutableTask, ExecutorConfig, Graph, Reason,
    ResourceMonitorConfig, ResourceRequirements, TaskError, Timestamp, task_fn,
};
use monitor::{Sample, Sampler};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A machine whose figures the test sets.
#[derive(Clone, Default)]
struct Machine(Arc<Mutex<Sample>>);

impl Machine {
    fn set(&self, cpu: f64, memory_used: u64) {
        let mut sample = self.0.lock().unwrap();
        sample.cpu_utilization = Some(cpu);
        sample.memory_used_bytes = Some(memory_used);
    }

    /// Whether memory is read for each sample from now on, or an old figure repeated.
    fn set_memory_age(&self, age: Duration) {
        self.0.lock().unwrap().memory_age = age;
    }
}

impl Sampler for Machine {
    fn sample(&mut self, now: Timestamp) -> Sample {
        Sample { at: now, ..*self.0.lock().unwrap() }
    }
}

/// That machine, with memory read only for a sample for which somebody expects it.
#[derive(Clone)]
struct OnDemand {
    machine: Machine,
    is_expected: bool,
}

impl Sampler for OnDemand {
    fn sample(&mut self, now: Timestamp) -> Sample {
        let is_read = std::mem::take(&mut self.is_expected);
        let memory_age = if is_read { Duration::ZERO } else { Duration::from_millis(500) };
        Sample { memory_age, ..self.machine.sample(now) }
    }

    fn expect_memory(&mut self) {
        self.is_expected = true;
    }
}

/// A runtime on that machine, and an executor with changes to its configuration.
fn on(
    machine: &(impl Sampler + Clone + Sync + 'static),
    change: impl FnOnce(&mut ExecutorConfig),
) -> (Runtime, AsyncTaskExecutor) {
    let mut config = ExecutorConfig::default();
    change(&mut config);
    let sampler = machine.clone();
    let seams =
        Seams { make_sampler: Arc::new(move || Box::new(sampler.clone())), ..Seams::default() };
    let monitor = ResourceMonitorConfig {
        monitoring_interval: Duration::from_millis(10),
        memory_threshold: config.memory_threshold,
        ..ResourceMonitorConfig::default()
    };
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).resource_monitor(monitor).seams(seams).build().unwrap();
    let executor = AsyncTaskExecutor::on(runtime.handle().clone(), config).unwrap();
    (runtime, executor)
}

/// Waits until the machine has been looked at so many times more.
#[track_caller]
fn wait_for_samples(executor: &AsyncTaskExecutor, more: u64) {
    let monitor = executor.resource_monitor().unwrap();
    let enough = monitor.samples() + more;
    until(|| monitor.samples() >= enough);
}

/// Keeps the runtime awake, and with it its monitor, until the guard is dropped.
fn keep_awake(runtime: &Runtime) -> impl Drop + use<> {
    struct Abort(graph_runtime::task::AbortHandle);
    impl Drop for Abort {
        fn drop(&mut self) {
            self.0.abort();
        }
    }
    let task = runtime.spawn(async {
        loop {
            graph_runtime::task::yield_now().await;
        }
    });
    Abort(task.abort_handle())
}

#[test]
fn a_busy_machine_runs_fewer_tasks_and_a_free_one_more_again() {
    let machine = Machine::default();
    machine.set(1.0, 0);
    let (runtime, executor) = on(&machine, |config| {
        config.adaptive_scheduling = true;
        config.controller = Controller::Aimd;
        config.max_in_flight = 16;
    });
    let _awake = keep_awake(&runtime);
    let (reports, _seen) = Reports::new();
    let gates: Vec<Gate> = (0..48).map(|_| Gate::default()).collect();
    let handles: Vec<_> = gates
        .iter()
        .map(|gate| executor.try_submit(waiting("task", &reports, gate)).unwrap())
        .collect();
    // One by one, tasks end; those that start in their place become fewer, down to one.
    let mut ended = 0;
    while executor.counts().running > 1 {
        gates[ended].open();
        ended += 1;
        until(|| executor.counts().completed >= ended);
        // A window without enough ends is cut off after 100 ms, ten samples.
        wait_for_samples(&executor, 12);
    }
    assert!(executor.counts().ready > 0, "they wait although there is room for 16");
    // Nothing ends any more: only the timer can notice that the machine is free.
    machine.set(0.1, 0);
    until(|| executor.counts().running >= 16 || executor.counts().ready == 0);
    gates.iter().for_each(Gate::open);
    for handle in handles {
        wait(handle).unwrap();
    }
}

/// The task, which takes so much memory.
fn taking(memory_bytes: usize, task: ExecutableTask) -> ExecutableTask {
    task.requires(ResourceRequirements { memory_bytes, ..Default::default() })
}

#[test]
fn a_task_waits_for_memory_unless_it_would_be_the_only_one_to_take_any() {
    let machine = Machine::default();
    machine.set(0.0, 900);
    let (_runtime, executor) = on(&machine, |config| config.memory_threshold = 1_000);
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let task = |name, bytes| taking(bytes, waiting(name, &reports, &gate));

    let alone = executor.try_submit(task("alone", 500)).unwrap();
    assert_eq!(seen.next(), "alone", "it does not fit, but nothing else takes any");
    let hungry = executor.try_submit(task("hungry", 200)).unwrap();
    assert_eq!(executor.counts().ready, 1);
    let frugal = executor.try_submit(task("frugal", 0)).unwrap();
    assert_eq!(seen.next(), "frugal", "who needs no memory passes who waits for it");
    machine.set(0.0, 100);
    assert_eq!(seen.next(), "hungry", "nothing else goes on: the timer has noticed");
    gate.open();
    for handle in [alone, frugal, hungry] {
        wait(handle).unwrap();
    }
}

#[test]
fn memory_of_started_tasks_is_set_aside_until_memory_is_read_again() {
    let machine = Machine::default();
    machine.set(0.0, 100);
    machine.set_memory_age(Duration::from_millis(500));
    let (_runtime, executor) = on(&machine, |config| config.memory_threshold = 1_000);
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let task = |name, bytes| taking(bytes, waiting(name, &reports, &gate));

    let alone = executor.try_submit(task("alone", 0)).unwrap();
    let first = executor.try_submit(task("first", 500)).unwrap();
    assert_eq!([seen.next(), seen.next()], ["alone", "first"]);
    // What is repeated says nothing about the first.
    let second = executor.try_submit(task("second", 500)).unwrap();
    wait_for_samples(&executor, 12);
    assert_eq!(executor.counts().ready, 1, "600 of 1000 are in use or set aside");
    machine.set_memory_age(Duration::ZERO);
    assert_eq!(seen.next(), "second", "the first has turned out not to need what it said");
    gate.open();
    for handle in [alone, first, second] {
        wait(handle).unwrap();
    }
}

#[test]
fn a_guard_has_memory_read_while_it_holds_a_task_back() {
    let machine = Machine::default();
    machine.set(0.0, 900);
    let sampler = OnDemand { machine: machine.clone(), is_expected: false };
    let (_runtime, executor) = on(&sampler, |config| config.memory_threshold = 1_000);
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let task = |name, bytes| taking(bytes, waiting(name, &reports, &gate));

    let alone = executor.try_submit(task("alone", 500)).unwrap();
    assert_eq!(seen.next(), "alone");
    let hungry = executor.try_submit(task("hungry", 200)).unwrap();
    assert_eq!(executor.counts().ready, 1);
    machine.set(0.0, 100);
    assert_eq!(seen.next(), "hungry", "the figure it waits for is not an old one");
    gate.open();
    for handle in [alone, hungry] {
        wait(handle).unwrap();
    }
}

#[test]
fn an_executor_goes_by_its_own_memory_threshold() {
    let machine = Machine::default();
    machine.set(0.0, 900);
    let (runtime, _) = on(&machine, |_| ());
    let config = ExecutorConfig { memory_threshold: 1_000, ..ExecutorConfig::default() };
    let executor = AsyncTaskExecutor::on(runtime.handle().clone(), config).unwrap();
    let awake = keep_awake(&runtime);
    wait_for_samples(&executor, 1);
    drop(awake);
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let submit =
        |name, bytes| executor.try_submit(taking(bytes, waiting(name, &reports, &gate))).unwrap();
    let first = submit("first", 1);
    assert_eq!(seen.next(), "first");
    let second = submit("second", 100);
    let reason = second.why().map(|why| why.reason);
    assert!(matches!(reason, Some(Reason::MachineMemory { wanted: 100, .. })), "{reason:?}");
    gate.open();
    wait(first).unwrap();
    wait(second).unwrap();
}

/// Runs at most so many graphs of tasks that compute for a millisecond, until the limit has been
/// decided on for this reason.
fn compute_until(executor: &AsyncTaskExecutor, graphs: usize, reason: LimitReason) -> bool {
    let is_reason =
        || executor.concurrency().decisions.iter().any(|it| it.decision.reason == reason);
    (0..graphs).any(|_| {
        let mut graph = Graph::new();
        for _ in 0..50 {
            let task = task_fn(|_| async {
                let end = Instant::now() + Duration::from_millis(1);
                while Instant::now() < end {
                    std::hint::spin_loop();
                }
                Ok::<_, TaskError>(())
            });
            graph.push(ExecutableTask::new(task));
        }
        executor.block_on(executor.run(graph)).unwrap();
        is_reason()
    })
}

#[test]
fn workers_above_their_target_get_no_more_tasks() {
    let machine = Machine::default();
    machine.set(0.0, 0);
    let adaptive = |cpu_target| {
        on(&machine, |config| {
            config.adaptive_scheduling = true;
            config.cpu_target = cpu_target;
        })
    };
    let (_runtime, modest) = adaptive(0.2);
    assert!(compute_until(&modest, 60, LimitReason::CpuBusy), "{:?}", modest.concurrency());
    let (_runtime, greedy) = adaptive(1.0);
    assert!(!compute_until(&greedy, 10, LimitReason::CpuBusy), "{:?}", greedy.concurrency());
}

#[test]
fn memory_over_its_threshold_brings_the_limit_down() {
    let machine = Machine::default();
    machine.set(0.0, 2_000);
    let (runtime, executor) = on(&machine, |config| {
        config.adaptive_scheduling = true;
        config.memory_threshold = 1_000;
    });
    let _awake = keep_awake(&runtime);
    assert!(compute_until(&executor, 60, LimitReason::Memory), "{:?}", executor.concurrency());
    assert_eq!(executor.concurrency().limit, 1);
}
