//! The figures of recorded `/proc` files, computed by hand.

use crate::layouts;
use crate::tree::Tree;
use graph_runtime_monitor::sample::{Problem, Stall, ThreadTimes, WorkerThread};
use graph_runtime_monitor::{Pressure, ProcSampler, Sample, Sampler};
use primitives::Timestamp;
use std::io::ErrorKind;
use std::time::Duration;

const SECOND: u64 = 1_000_000_000;

fn sampler(tree: &Tree) -> ProcSampler {
    ProcSampler::with_source(Box::new(tree.clone()))
}

fn sampled(tree: &Tree, change: impl FnOnce(&Tree)) -> (Sample, Sample) {
    let mut sampler = sampler(tree);
    let first = sampler.sample(Timestamp::ZERO);
    change(tree);
    (first, sampler.sample(Timestamp::from_nanos(2 * SECOND)))
}

#[test]
fn levels_are_there_at_once_and_rates_from_the_second_sample_on() {
    let tree = layouts::bare();
    let (first, second) = sampled(&tree, |tree| {
        // 30 ticks of user, 10 of iowait, 60 of idle.
        tree.edit("/proc/stat", "cpu  100 10 50 1000 40", "cpu  130 10 50 1060 50");
        // 0.5 s, 1 s and 2 s of 2 s.
        tree.edit("/proc/pressure/cpu", "total=1000000", "total=1500000");
        tree.edit("/proc/pressure/memory", "total=1000000", "total=2000000");
        tree.edit("/proc/pressure/io", "total=1000000", "total=3000000");
        tree.edit("/proc/pressure/io", "total=500000", "total=700000");
        tree.set_process_cpu(Some(Duration::from_secs(3)));
    });

    assert_eq!(first.memory_used_bytes, Some(2_000_000 << 10));
    assert_eq!(first.memory_available_bytes, Some(6_000_000 << 10));
    assert_eq!(first.process_rss_bytes, Some(1500 * procfs::page_size()));
    assert_eq!((first.cpu_utilization, first.io_wait), (None, None));
    assert_eq!((first.process_cpu, first.pressure), (None, Pressure::default()));

    assert_eq!(second.at, Timestamp::from_nanos(2 * SECOND));
    assert_eq!(second.cpu_utilization, Some(0.3));
    assert_eq!(second.io_wait, Some(0.1));
    assert_eq!(second.process_cpu, Some(1.5));
    let stall = |some, full| Some(Stall { some, full: Some(full) });
    let expected = Pressure { cpu: stall(0.25, 0.0), memory: stall(0.5, 0.0), io: stall(1.0, 0.1) };
    assert_eq!(second.pressure, expected);
}

#[test]
fn stolen_time_is_busy_and_guest_time_is_not_counted_twice() {
    let (_, second) = sampled(&layouts::bare(), |tree| {
        // 25 ticks stolen, 75 idle, and 50 of guest time that the kernel has in user time too.
        tree.edit("/proc/stat", "1000 40 5 15 20 30", "1075 40 5 15 45 80");
    });
    assert_eq!(second.cpu_utilization, Some(0.25));
}

#[test]
fn io_wait_that_is_taken_back_does_not_hide_how_busy_the_machine_is() {
    let (_, second) = sampled(&layouts::bare(), |tree| {
        // 25 ticks of user; 10 of iowait became idle, and 75 were idle.
        tree.edit("/proc/stat", "cpu  100 10 50 1000 40", "cpu  125 10 50 1085 30");
    });
    assert_eq!((second.cpu_utilization, second.io_wait), (Some(0.25), None));
}

#[test]
fn a_missing_file_costs_only_its_own_figures() {
    let tree = layouts::bare();
    let (_, second) = sampled(&tree, |tree| {
        tree.edit("/proc/stat", "cpu  100", "cpu  110");
        tree.remove("/proc/pressure/memory");
        tree.remove("/proc/self/statm");
    });
    assert_eq!((second.pressure.memory, second.process_rss_bytes), (None, None));
    assert!(second.pressure.cpu.is_some() && second.pressure.io.is_some());
    assert_eq!(second.cpu_utilization, Some(1.0));
    assert_eq!(second.memory_used_bytes, Some(2_000_000 << 10));
}

#[test]
fn no_files_at_all_is_all_unknown() {
    let mut sampler = sampler(&Tree::default());
    assert_eq!(sampler.sample(Timestamp::ZERO), Sample::unknown(Timestamp::ZERO));
    let second = Timestamp::from_nanos(SECOND);
    assert_eq!(sampler.sample(second), Sample::unknown(second));
    // What every machine has, and no file that there need not be.
    let missing: Vec<_> = std::iter::from_fn(|| sampler.next_warning()).collect();
    let names: Vec<_> = missing.iter().filter_map(|it| it.path.to_str()).collect();
    assert_eq!(names, ["/proc/stat", "/proc/meminfo", "/proc/self/statm"]);
    assert!(missing.iter().all(|it| it.problem == Problem::Unreadable(ErrorKind::NotFound)));
}

#[test]
fn a_root_without_files_leaves_what_comes_from_system_calls() {
    let mut sampler = ProcSampler::with_root("/nonexistent");
    sampler.sample(Timestamp::ZERO);
    let second = sampler.sample(Timestamp::from_nanos(SECOND));
    assert!(second.process_cpu.is_some() && second.affinity_cpus.is_some());
    let Sample { process_cpu, affinity_cpus, .. } = second;
    assert_eq!(second, Sample { process_cpu, affinity_cpus, ..Sample::unknown(second.at) });
}

#[test]
fn rates_come_back_after_a_counter_ran_backwards() {
    let tree = layouts::bare();
    let mut sampler = sampler(&tree);
    sampler.sample(Timestamp::ZERO);
    tree.edit("/proc/stat", "cpu  100 10 50 1000", "cpu  90 10 50 1100");
    tree.edit("/proc/pressure/cpu", "total=1000000", "total=999999");
    tree.set_process_cpu(None);
    let backwards = sampler.sample(Timestamp::from_nanos(2 * SECOND));
    assert_eq!((backwards.cpu_utilization, backwards.pressure.cpu), (None, None));
    tree.edit("/proc/stat", "cpu  90 10 50 1100", "cpu  140 10 50 1150");
    tree.edit("/proc/pressure/cpu", "total=999999", "total=1499999");
    let forwards = sampler.sample(Timestamp::from_nanos(4 * SECOND));
    assert_eq!(forwards.cpu_utilization, Some(0.5));
    assert_eq!(forwards.pressure.cpu.map(|stall| stall.some), Some(0.25));
    assert_eq!(forwards.process_cpu, None, "there was none before");
}

#[test]
fn each_file_is_warned_about_once_however_often_it_fails() {
    let tree = layouts::bare();
    let mut sampler = sampler(&tree);
    let (healthy, mut warnings) = (tree.text("/proc/meminfo"), Vec::new());
    for second in 0..6 {
        tree.write("/proc/meminfo", if second % 2 == 0 { &healthy } else { "nonsense" });
        let sample = sampler.sample(Timestamp::from_nanos(second * SECOND));
        assert_eq!(sample.memory_available_bytes.is_some(), second % 2 == 0);
        warnings.extend(std::iter::from_fn(|| sampler.next_warning()));
    }
    let seen: Vec<_> = warnings.iter().map(|it| (it.path.to_str(), it.problem)).collect();
    assert_eq!(seen, [(Some("/proc/meminfo"), Problem::Malformed)]);
}

#[test]
fn a_total_that_cannot_be_is_unknown_and_warned_about() {
    let tree = layouts::bare();
    let mut sampler = sampler(&tree);
    sampler.sample(Timestamp::ZERO);
    tree.edit("/proc/stat", "cpu  100", "cpu  1000000000");
    tree.edit("/proc/pressure/io", "total=1000000", "total=99000000");
    let sample = sampler.sample(Timestamp::from_nanos(SECOND));
    assert_eq!((sample.cpu_utilization, sample.io_wait, sample.pressure.io), (None, None, None));
    let warnings: Vec<_> = std::iter::from_fn(|| sampler.next_warning()).collect();
    assert!(warnings.iter().all(|it| it.problem == Problem::Implausible));
    assert_eq!(warnings.len(), 2);
}

#[test]
fn a_thread_that_is_gone_stays_gone_though_its_id_comes_again() {
    let tree = layouts::bare();
    let file = "/proc/self/task/77/schedstat";
    tree.write(file, "1000 200 3\n");
    let mut sampler = sampler(&tree);
    let thread = WorkerThread { worker: 1, tid: 77, registration: 1 };
    let (cpu, run_queue_wait) = (Duration::from_nanos(1000), Duration::from_nanos(200));
    let times = Some(ThreadTimes { cpu, run_queue_wait });
    assert_eq!(sampler.thread_times(thread), times);
    tree.remove(file);
    assert_eq!(sampler.thread_times(thread), None);
    tree.write(file, "1000 200 3\n");
    assert_eq!(sampler.thread_times(thread), None, "this is another thread");
    assert_eq!(sampler.thread_times(WorkerThread { registration: 2, ..thread }), times);
    assert_eq!(sampler.next_warning(), None, "threads do end");
}

#[test]
fn files_stay_open() {
    for (name, tree) in layouts::all() {
        let mut sampler = sampler(&tree);
        sampler.sample(Timestamp::ZERO);
        let opened = tree.opened();
        for tick in 1..50 {
            sampler.sample(Timestamp::from_nanos(tick * SECOND / 10));
        }
        assert_eq!(tree.opened(), opened, "{name}");
    }
}
