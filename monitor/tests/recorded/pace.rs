//! When each file is read: not all with one sample, and each within a second.

use crate::layouts::{self, CPU_STAT_V2};
use crate::tree::Tree;
use graph_runtime_monitor::{ProcSampler, Sample, Sampler};
use primitives::Timestamp;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::time::Duration;

const TICK_MS: u64 = 100;

fn sampler(tree: &Tree) -> ProcSampler {
    ProcSampler::with_source(Box::new(tree.clone()))
}

fn at(sampler: &mut ProcSampler, milliseconds: u64) -> Sample {
    sampler.sample(Timestamp::from_nanos(milliseconds * 1_000_000))
}

/// What is read together with the file at `path`.
fn group(path: &str) -> &'static str {
    let is_of = |names: &[&str]| names.iter().any(|name| path.contains(name));
    match path {
        "/proc/stat" => "CPU of the machine",
        "/proc/meminfo" => "memory of the machine",
        "/proc/self/cgroup" => "which cgroup",
        _ if path.contains("/proc/pressure/") => PRESSURE,
        _ if path.contains(".pressure") => CGROUP_PRESSURE,
        _ if is_of(&["memory.stat", "memory.current", "memory.usage_"]) => "memory of the cgroup",
        _ if is_of(&["memory.", "cpuset.", "statm"]) => "limits and resident memory",
        _ if is_of(&["cpu.max", "cpu.stat", "cpu.cfs_", "cpuacct.usage"]) => "quota",
        _ => panic!("{path} belongs nowhere"),
    }
}

const PRESSURE: &str = "pressure";
const CGROUP_PRESSURE: &str = "pressure of the cgroup";

/// The least and the most milliseconds between two readings of a group, if there is a sample every
/// 100 ms.
fn apart_ms(group: &str) -> std::ops::RangeInclusive<u64> {
    if [PRESSURE, CGROUP_PRESSURE].contains(&group) { 1_600..=1_800 } else { 700..=1_000 }
}

#[test]
fn each_file_is_read_when_it_is_its_turn_and_one_group_with_a_sample() {
    for (name, tree) in layouts::all() {
        let mut sampler = sampler(&tree);
        at(&mut sampler, 0);
        // Not the mounts, which are read only when the process moves.
        let mut files = tree.take_read();
        files.retain(|path| !path.ends_with("mountinfo"));
        let mut last_ms: BTreeMap<_, u64> = files.into_iter().map(|path| (path, 0)).collect();
        for now in (1..=600).map(|tick| tick * TICK_MS) {
            at(&mut sampler, now);
            let read = tree.take_read();
            let mut groups: Vec<_> = read.iter().map(|path| group(path)).collect();
            groups.dedup();
            assert!(groups.len() <= 1, "{name}: {groups:?} at {now} ms");
            for path in read {
                let before = last_ms.insert(path.clone(), now).expect("all are read at first");
                let (apart, due) = (now - before, apart_ms(group(&path)));
                assert!(apart <= *due.end(), "{name}: {path} after {apart} ms");
                assert!(apart >= *due.start() || before == 0, "{name}: {path} after {apart} ms");
            }
        }
        let oldest = last_ms.iter().min_by_key(|(_, ms)| **ms);
        assert!(oldest.is_some_and(|(_, &ms)| ms >= 58_200), "{name}: {oldest:?}");
    }
}

#[test]
fn a_file_that_fails_does_not_stop_other_groups() {
    for (name, tree) in layouts::all() {
        let mut sampler = sampler(&tree);
        at(&mut sampler, 0);
        let mut files = tree.take_read();
        // Without these two there is nothing to be known of cgroups.
        files.retain(|path| !path.ends_with("mountinfo") && path != "/proc/self/cgroup");
        let there_are = tree.paths();
        let mut now = 0;
        for broken in files.iter().filter(|path| there_are.contains(path)) {
            let text = tree.text(broken);
            tree.refuse(broken, ErrorKind::PermissionDenied);
            for _ in 0..18 {
                now += TICK_MS;
                at(&mut sampler, now);
            }
            let read = tree.take_read();
            for other in files.iter().filter(|path| group(path) != group(broken)) {
                assert!(read.contains(other), "{name}: {other} without {broken}");
            }
            tree.write(broken, text);
        }
    }
}

#[test]
fn version_1_tells_its_limits_with_its_memory_and_is_not_asked_twice() {
    let tree = layouts::v1();
    let mut sampler = sampler(&tree);
    assert_eq!(at(&mut sampler, 0).memory_limit_bytes, Some(2_000_000_000));
    let has_asked = |read: Vec<String>| read.iter().any(|path| path.contains("limit_in_bytes"));
    assert!(!has_asked(tree.take_read()));
    // Where there are no statistics, each level is asked.
    tree.refuse("/sys/fs/cgroup/memory/jobs/job/memory.stat", ErrorKind::PermissionDenied);
    at(&mut sampler, 2_000);
    assert!(has_asked(tree.take_read()));
}

#[test]
fn the_first_sample_after_a_pause_reads_everything() {
    let tree = layouts::v2();
    let mut sampler = sampler(&tree);
    at(&mut sampler, 0);
    let mut everything = tree.take_read();
    everything.retain(|path| !path.ends_with("mountinfo"));
    at(&mut sampler, 100);
    tree.take_read();
    at(&mut sampler, 10_000);
    assert_eq!(tree.take_read(), everything);
}

#[test]
fn memory_is_read_when_somebody_expects_it() {
    let tree = layouts::v2();
    let mut sampler = sampler(&tree);
    assert_eq!(at(&mut sampler, 0).memory_age, Duration::ZERO);
    tree.edit("/proc/meminfo", "6000000 kB", "5000000 kB");
    let own = "/sys/fs/cgroup/jobs.slice/job.service";
    tree.write(&format!("{own}/memory.current"), "1000000000\n");
    let soon = at(&mut sampler, 100);
    assert_eq!(soon.memory_available_bytes, Some(6_000_000 << 10), "repeated");
    assert_eq!(soon.memory_age, Duration::from_millis(100));
    sampler.expect_memory();
    let now = at(&mut sampler, 200);
    assert_eq!(now.memory_available_bytes, Some(5_000_000 << 10));
    assert_eq!(now.working_set_bytes, Some(900_000_000));
    assert_eq!(now.memory_age, Duration::ZERO);
    assert_eq!(at(&mut sampler, 300).memory_age, Duration::from_millis(100), "once");
}

#[test]
fn the_memory_of_a_cgroup_without_a_limit_makes_nothing_old() {
    let tree = layouts::v2();
    for cgroup in ["jobs.slice", "jobs.slice/job.service"] {
        for file in ["memory.max", "memory.high"] {
            tree.write(&format!("/sys/fs/cgroup/{cgroup}/{file}"), "max\n");
        }
    }
    let mut sampler = sampler(&tree);
    at(&mut sampler, 0);
    sampler.expect_memory();
    tree.take_read();
    assert_eq!(at(&mut sampler, 50).memory_age, Duration::ZERO);
    assert_eq!(tree.take_read(), ["/proc/meminfo"], "what is left does not depend on the other");
}

/// A sampler that knows how busy the machine and the cgroup are: of two cores, this process keeps
/// one and a half busy, others in the cgroup a quarter, and others outside of it another.
fn with_others(tree: &Tree) -> ProcSampler {
    let mut sampler = sampler(tree);
    at(&mut sampler, 0);
    tree.set_process_cpu(Some(Duration::from_secs(3)));
    tree.edit("/proc/stat", "cpu  100 10 50 1000 40", "cpu  500 10 50 1000 40");
    let stat = CPU_STAT_V2.replace("usage_usec 3000000", "usage_usec 6500000");
    tree.write("/sys/fs/cgroup/jobs.slice/job.service/cpu.stat", stat);
    let sample = at(&mut sampler, 2_000);
    assert_eq!((sample.cpu_utilization, sample.cgroup_cpu), (Some(1.0), Some(1.75)));
    sampler
}

#[test]
fn between_readings_others_are_taken_to_go_on() {
    let tree = layouts::v2();
    let mut sampler = with_others(&tree);
    // From one and a half cores to a half, for 50 ms.
    tree.set_process_cpu(Some(Duration::from_millis(3_025)));
    let sample = at(&mut sampler, 2_050);
    assert_eq!((sample.process_cpu, sample.cgroup_cpu), (Some(0.5), Some(0.75)));
    assert_eq!(sample.cpu_utilization, Some(0.5), "half a core of others, and half a core");
    // To two cores, which leaves none for others.
    tree.set_process_cpu(Some(Duration::from_millis(3_125)));
    let sample = at(&mut sampler, 2_100);
    assert_eq!((sample.process_cpu, sample.cgroup_cpu), (Some(2.0), Some(2.0)));
    assert_eq!(sample.cpu_utilization, Some(1.0));
}

#[test]
fn without_the_process_s_own_cpu_the_last_reading_is_repeated() {
    let tree = layouts::v2();
    let mut sampler = with_others(&tree);
    tree.set_process_cpu(None);
    let sample = at(&mut sampler, 2_050);
    assert_eq!((sample.process_cpu, sample.cgroup_cpu), (None, Some(1.75)));
    assert_eq!(sample.cpu_utilization, Some(1.0));
}

#[test]
fn what_cannot_be_read_is_unknown_until_it_is_read_again() {
    let tree = layouts::v2();
    let mut sampler = with_others(&tree);
    tree.refuse("/proc/stat", ErrorKind::PermissionDenied);
    let samples: Vec<_> = (21..=30).map(|tick| at(&mut sampler, tick * TICK_MS)).collect();
    let is_unknown = |sample: &Sample| sample.cpu_utilization.is_none();
    let from = samples.iter().position(is_unknown).expect("within a second");
    assert!(samples[from..].iter().all(is_unknown));
    assert!(samples.iter().all(|sample| sample.cgroup_cpu.is_some()));
    assert_eq!(std::iter::from_fn(|| sampler.next_warning()).count(), 1);
}
