//! What the monitor sees steers how much runs.

use crate::common::{Gate, Reports, wait, waiting};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::seam::Seams;
use graph_runtime::{
    AsyncTaskExecutor, Controller, ExecutorConfig, ResourceMonitorConfig, ResourceRequirements,
    Timestamp,
};
use monitor::{Sample, Sampler};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A machine whose figures the test sets.
#[derive(Clone, Default)]
struct Machine(Arc<Mutex<Sample>>);

impl Machine {
    fn set(&self, cpu: f64, memory_used: u64) {
        let mut sample = self.0.lock().unwrap();
        sample.cpu_utilization = Some(cpu);
        sample.memory_used_bytes = Some(memory_used);
    }
}

impl Sampler for Machine {
    fn sample(&mut self, now: Timestamp) -> Sample {
        Sample { at: now, ..*self.0.lock().unwrap() }
    }
}

/// A runtime on that machine, and an executor with changes to its configuration.
fn on(machine: &Machine, change: impl FnOnce(&mut ExecutorConfig)) -> (Runtime, AsyncTaskExecutor) {
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
        while executor.counts().completed < ended {
            std::thread::yield_now();
        }
        // A window without enough ends is cut off after 100 ms, ten samples.
        let samples = executor.resource_monitor().unwrap().samples();
        while executor.resource_monitor().unwrap().samples() < samples + 12 {
            std::thread::yield_now();
        }
    }
    assert!(executor.counts().ready > 0, "they wait although there is room for 16");
    // Nothing ends any more: only the timer can notice that the machine is free.
    machine.set(0.1, 0);
    while executor.counts().running < 16 && executor.counts().ready > 0 {
        std::thread::yield_now();
    }
    gates.iter().for_each(Gate::open);
    for handle in handles {
        wait(handle).unwrap();
    }
}

#[test]
fn a_task_waits_for_memory_unless_it_would_be_the_only_one() {
    let machine = Machine::default();
    machine.set(0.0, 900);
    let (_runtime, executor) = on(&machine, |config| config.memory_threshold = 1_000);
    let (reports, seen) = Reports::new();
    let gate = Gate::default();
    let needs = |memory_bytes| ResourceRequirements { memory_bytes, ..Default::default() };
    let task = |name, bytes| waiting(name, &reports, &gate).requires(needs(bytes));

    let alone = executor.try_submit(task("alone", 500)).unwrap();
    assert_eq!(seen.next(), "alone", "it does not fit, but nothing else runs");
    let frugal = executor.try_submit(task("frugal", 0)).unwrap();
    assert_eq!(seen.next(), "frugal");
    let hungry = executor.try_submit(task("hungry", 200)).unwrap();
    assert_eq!(executor.counts().ready, 1);
    machine.set(0.0, 100);
    assert_eq!(seen.next(), "hungry", "nothing else goes on: the timer has noticed");
    gate.open();
    for handle in [alone, frugal, hungry] {
        wait(handle).unwrap();
    }
}
