//! The figures of recorded `/proc` files, computed by hand.

mod common {
    pub(crate) mod proc_tree;
}

use common::proc_tree::ProcTree;
use graph_runtime_monitor::{Pressure, ProcSampler, Sample, Sampler};
use primitives::Timestamp;

const SECOND: u64 = 1_000_000_000;

fn sampled(tree: &ProcTree, change: impl FnOnce(&ProcTree)) -> (Sample, Sample) {
    let mut sampler = ProcSampler::with_root(tree.root());
    let first = sampler.sample(Timestamp::ZERO);
    change(tree);
    (first, sampler.sample(Timestamp::from_nanos(2 * SECOND)))
}

#[test]
fn levels_are_there_at_once_and_rates_from_the_second_sample_on() {
    let tree = ProcTree::healthy("levels");
    let (first, second) = sampled(&tree, |tree| {
        // 30 ticks of user, 10 of iowait, 60 of idle.
        tree.edit("stat", "cpu  100 10 50 1000 40", "cpu  130 10 50 1060 50");
        // 0.5 s, 1 s and 2 s of 2 s.
        tree.edit("pressure/cpu", "total=1000000", "total=1500000");
        tree.edit("pressure/memory", "total=2000000", "total=3000000");
        tree.edit("pressure/io", "total=3000000", "total=5000000");
    });

    assert_eq!(first.memory_used_bytes, Some(2_000_000 << 10));
    assert_eq!(first.memory_available_bytes, Some(6_000_000 << 10));
    assert_eq!(first.process_rss_bytes, Some(1500 * procfs::page_size()));
    assert_eq!((first.cpu_utilization, first.io_wait), (None, None));
    assert_eq!((first.process_cpu, first.pressure), (None, None));

    assert_eq!(second.at, Timestamp::from_nanos(2 * SECOND));
    assert_eq!(second.cpu_utilization, Some(0.3));
    assert_eq!(second.io_wait, Some(0.1));
    assert_eq!(second.pressure, Some(Pressure { cpu: 0.25, memory: 0.5, io: 1.0 }));
    assert!(second.process_cpu.is_some_and(|cores| cores >= 0.0));
}

#[test]
fn stolen_time_is_busy_and_guest_time_is_not_counted_twice() {
    let tree = ProcTree::healthy("stolen");
    let (_, second) = sampled(&tree, |tree| {
        // 25 ticks stolen, 75 idle, and 50 of guest time that the kernel has in user time too.
        tree.edit("stat", "1000 40 5 15 20 30", "1075 40 5 15 45 80");
    });
    assert_eq!(second.cpu_utilization, Some(0.25));
}

#[test]
fn a_missing_file_costs_only_its_own_figures() {
    let tree = ProcTree::healthy("missing");
    let (_, second) = sampled(&tree, |tree| {
        tree.edit("stat", "cpu  100", "cpu  110");
        tree.remove("pressure/memory");
        tree.remove("self/statm");
    });
    assert_eq!((second.pressure, second.process_rss_bytes), (None, None));
    assert_eq!(second.cpu_utilization, Some(1.0));
    assert_eq!(second.memory_used_bytes, Some(2_000_000 << 10));
}

#[test]
fn no_files_at_all_is_all_unknown_but_the_cpu_clock() {
    let mut sampler = ProcSampler::with_root("/nonexistent");
    assert_eq!(sampler.sample(Timestamp::ZERO), Sample::unknown(Timestamp::ZERO));
    let second = sampler.sample(Timestamp::from_nanos(SECOND));
    let only_cpu = Sample { process_cpu: second.process_cpu, ..Sample::unknown(second.at) };
    assert!(second.process_cpu.is_some());
    assert_eq!(second, only_cpu);
}

#[test]
fn rates_come_back_after_a_counter_ran_backwards() {
    let tree = ProcTree::healthy("backwards");
    let mut sampler = ProcSampler::with_root(tree.root());
    sampler.sample(Timestamp::ZERO);
    tree.edit("stat", "cpu  100 10 50 1000", "cpu  90 10 50 1100");
    let backwards = sampler.sample(Timestamp::from_nanos(SECOND));
    assert_eq!(backwards.cpu_utilization, None);
    tree.edit("stat", "cpu  100 10 50 1000", "cpu  140 10 50 1150");
    let forwards = sampler.sample(Timestamp::from_nanos(2 * SECOND));
    assert_eq!(forwards.cpu_utilization, Some(0.5));
}
