//! The figures of control groups, under each layout in which they are mounted.

use crate::layouts::{self, CPU_STAT_V2};
use crate::tree::Tree;
use graph_runtime_monitor::sample::{Stall, Throttling};
use graph_runtime_monitor::{Pressure, ProcSampler, Sample, Sampler};
use primitives::Timestamp;
use std::io::ErrorKind;

const SECOND: u64 = 1_000_000_000;

fn sampler(tree: &Tree) -> ProcSampler {
    ProcSampler::with_source(Box::new(tree.clone()))
}

fn at(sampler: &mut ProcSampler, milliseconds: u64) -> Sample {
    sampler.sample(Timestamp::from_nanos(milliseconds * SECOND / 1000))
}

fn first(tree: &Tree) -> Sample {
    at(&mut sampler(tree), 0)
}

#[test]
fn every_layout_shows_the_same_limits() {
    for (name, tree) in layouts::all() {
        let sample = first(&tree);
        assert_eq!(sample.cpu_quota, Some(2.5), "{name}: the least on the way up");
        assert_eq!(sample.cpuset_cpus, Some(3), "{name}");
        assert_eq!(sample.affinity_cpus, Some(4), "{name}");
        assert_eq!(sample.cpus_allowed(), Some(2.5), "{name}");
        assert_eq!(sample.workers_allowed(), Some(3), "{name}");
        assert_eq!(sample.working_set_bytes, Some(800_000_000), "{name}");
        assert_eq!(sample.memory_limit_bytes, Some(2_000_000_000), "{name}");
        assert_eq!(sample.memory_left_bytes(), Some(1_200_000_000), "{name}");
        assert_eq!((sample.cgroup_cpu, sample.throttling), (None, None), "{name}: no rate yet");
        assert_eq!(sample.cgroup_pressure, Pressure::default(), "{name}: nor here");
        assert_eq!(sampler(&tree).next_warning(), None);
    }
}

#[test]
fn totals_of_version_2_become_rates() {
    let tree = layouts::v2();
    let mut sampler = sampler(&tree);
    at(&mut sampler, 0);
    let own = "/sys/fs/cgroup/jobs.slice/job.service";
    // 3 s of CPU time, 4 periods and 0.5 s of throttling in 2 s; as many above.
    let later = CPU_STAT_V2
        .replace("usage_usec 3000000", "usage_usec 6000000")
        .replace("nr_throttled 10", "nr_throttled 14")
        .replace("throttled_usec 400000", "throttled_usec 900000");
    tree.write(&format!("{own}/cpu.stat"), &later);
    tree.write("/sys/fs/cgroup/jobs.slice/cpu.stat", &later);
    tree.edit(&format!("{own}/memory.pressure"), "total=1000000", "total=2000000");
    tree.edit(&format!("{own}/memory.pressure"), "total=500000", "total=600000");
    let sample = at(&mut sampler, 2000);
    assert_eq!(sample.cgroup_cpu, Some(1.5));
    assert_eq!(sample.throttling, Some(Throttling { periods: 8, cores: 0.5 }), "both levels");
    let none = Stall { some: 0.0, full: Some(0.0) };
    let memory = Stall { some: 0.5, full: Some(0.05) };
    let expected = Pressure { cpu: Some(none), memory: Some(memory), io: Some(none) };
    assert_eq!(sample.cgroup_pressure, expected);
}

#[test]
fn totals_of_version_1_become_rates() {
    for tree in [layouts::v1(), layouts::hybrid()] {
        let mut sampler = sampler(&tree);
        at(&mut sampler, 0);
        let own = "/sys/fs/cgroup/cpu,cpuacct/jobs/job";
        tree.write(&format!("{own}/cpuacct.usage"), "6000000000\n");
        tree.edit(&format!("{own}/cpu.stat"), "nr_throttled 10", "nr_throttled 14");
        tree.edit(&format!("{own}/cpu.stat"), "time 400000000", "time 900000000");
        let sample = at(&mut sampler, 2000);
        assert_eq!(sample.cgroup_cpu, Some(1.5));
        assert_eq!(sample.throttling, Some(Throttling { periods: 4, cores: 0.25 }));
    }
}

#[test]
fn pressure_on_a_hybrid_machine_is_that_of_the_unified_hierarchy() {
    let tree = layouts::hybrid();
    let mut sampler = sampler(&tree);
    at(&mut sampler, 0);
    tree.edit("/sys/fs/cgroup/unified/session/io.pressure", "total=1000000", "total=1500000");
    let io = at(&mut sampler, 2000).cgroup_pressure.io.expect("two readings");
    assert_eq!(io, Stall { some: 0.25, full: Some(0.0) });
    let sample = at(&mut self::sampler(&layouts::v1()), 0);
    assert_eq!(sample.cgroup_pressure, Pressure::default(), "version 1 has none");
}

#[test]
fn without_control_groups_only_the_affinity_limits() {
    let sample = first(&layouts::bare());
    assert_eq!((sample.cpu_quota, sample.cpuset_cpus), (None, None));
    assert_eq!((sample.working_set_bytes, sample.memory_limit_bytes), (None, None));
    assert_eq!(
        (sample.cpus_allowed(), sample.memory_left_bytes()),
        (Some(4.0), Some(6_000_000 << 10))
    );
}

#[test]
fn no_quota_is_infinite_and_no_limit_is_the_largest_number() {
    let tree = layouts::v2();
    tree.write("/sys/fs/cgroup/jobs.slice/cpu.max", "max 100000\n");
    for cgroup in ["jobs.slice", "jobs.slice/job.service"] {
        for file in ["memory.max", "memory.high"] {
            tree.write(&format!("/sys/fs/cgroup/{cgroup}/{file}"), "max\n");
        }
    }
    let sample = first(&tree);
    assert_eq!(sample.cpu_quota, Some(f64::INFINITY));
    assert_eq!(sample.memory_limit_bytes, Some(u64::MAX));
    assert_eq!(sample.cpus_allowed(), Some(3.0), "that of the cpuset");
    assert_eq!(sample.memory_left_bytes(), Some(6_000_000 << 10), "that of the machine");
}

#[test]
fn a_cgroup_without_the_controllers_has_no_limits_of_its_own() {
    let tree = layouts::v2();
    let own = "/sys/fs/cgroup/jobs.slice/job.service";
    for file in ["cpu.max", "memory.max", "memory.high", "cpuset.cpus.effective"] {
        tree.remove(&format!("{own}/{file}"));
    }
    tree.write("/sys/fs/cgroup/jobs.slice/cpuset.cpus.effective", "1\n");
    let mut sampler = sampler(&tree);
    let sample = at(&mut sampler, 0);
    assert_eq!((sample.cpu_quota, sample.memory_limit_bytes), (Some(2.5), Some(4_000_000_000)));
    assert_eq!(sample.cpuset_cpus, Some(1), "that of the nearest that has one");
    assert_eq!(sampler.next_warning(), None, "it is as it should be");
}

#[test]
fn changed_quotas_limits_and_affinities_are_seen_within_a_second() {
    for (name, tree) in layouts::all() {
        let mut sampler = sampler(&tree);
        for tick in 0..100 {
            at(&mut sampler, tick * 100);
        }
        let quota = tree.paths().into_iter().find(|path| {
            (path.ends_with("cpu.max") || path.ends_with("cfs_quota_us"))
                && tree.text(path).starts_with("250000")
        });
        tree.edit(&quota.expect("one has it"), "250000", "50000");
        tree.set_affinity(Some(2));
        let after = (100..110).map(|tick| at(&mut sampler, tick * 100));
        let seen = after.filter(|it| it.cpu_quota == Some(0.5) && it.affinity_cpus == Some(2));
        let seen = seen.map(|sample| sample.cpus_allowed()).next();
        assert_eq!(seen, Some(Some(0.5)), "{name}");
    }
}

#[test]
fn a_process_that_is_moved_is_followed() {
    let tree = layouts::v2();
    let mut sampler = sampler(&tree);
    assert_eq!(at(&mut sampler, 0).cpu_quota, Some(2.5));
    let opened = tree.opened();
    at(&mut sampler, 1000);
    assert_eq!(tree.opened(), opened, "as long as it stays, nothing is opened again");

    tree.write("/sys/fs/cgroup/other/cpu.max", "75000 50000\n");
    tree.write("/sys/fs/cgroup/other/cpu.stat", CPU_STAT_V2);
    tree.write("/proc/self/cgroup", "0::/other\n");
    let moved = at(&mut sampler, 2000);
    assert_eq!((moved.cpu_quota, moved.cgroup_cpu), (Some(1.5), None));
    assert_eq!(moved.working_set_bytes, None, "there is no such file");
    tree.edit("/sys/fs/cgroup/other/cpu.stat", "usage_usec 3000000", "usage_usec 4000000");
    assert_eq!(at(&mut sampler, 3000).cgroup_cpu, Some(1.0));

    tree.remove("/proc/self/cgroup");
    assert_eq!(at(&mut sampler, 4000).cpu_quota, None);
}

#[test]
fn a_cgroup_that_goes_and_comes_back_is_unknown_in_between() {
    for (name, tree) in layouts::all() {
        let mut sampler = sampler(&tree);
        at(&mut sampler, 0);
        let saved: Vec<_> =
            tree.paths().into_iter().map(|path| (path.clone(), tree.text(&path))).collect();
        tree.remove("/sys/fs/cgroup");
        let gone = at(&mut sampler, 1000);
        assert_eq!((gone.cpu_quota, gone.memory_limit_bytes), (None, None), "{name}");
        assert_eq!((gone.working_set_bytes, gone.cpuset_cpus), (None, None), "{name}");
        assert_eq!((gone.cgroup_cpu, gone.throttling), (None, None), "{name}");
        assert_eq!(gone.cpus_allowed(), Some(4.0), "{name}");
        saved.iter().for_each(|(path, text)| tree.write(path, text));
        let back = at(&mut sampler, 2000);
        assert_eq!((back.cpu_quota, back.cgroup_cpu), (Some(2.5), None), "{name}");
        assert_eq!(at(&mut sampler, 3000).cgroup_cpu, Some(0.0), "{name}");
    }
}

#[test]
fn what_cannot_be_read_could_be_less_and_makes_the_least_unknown() {
    let tree = layouts::v2();
    let own = "/sys/fs/cgroup/jobs.slice/job.service/cpu.max";
    tree.refuse(own, ErrorKind::PermissionDenied);
    let mut sampler = sampler(&tree);
    assert_eq!(at(&mut sampler, 0).cpu_quota, None);
    assert_eq!(at(&mut sampler, 1000).cpus_allowed(), Some(3.0), "by what else is known");
    let warning = sampler.next_warning().expect("one");
    assert_eq!(
        warning.to_string(),
        format!(
            "{own} cannot be read (permission denied); the monitor takes what depends on it \
                 for unknown"
        )
    );
    assert_eq!(sampler.next_warning(), None, "one, for two readings");
    tree.write(own, "150000 100000\n");
    assert_eq!(at(&mut sampler, 2000).cpu_quota, Some(1.5));
}

#[test]
fn mounts_that_could_not_be_read_at_first_are_read_when_they_can_be() {
    let tree = layouts::v2();
    let mounts = tree.text("/proc/self/mountinfo");
    // As when there is no descriptor left.
    tree.refuse("/proc/self/mountinfo", ErrorKind::Other);
    let mut sampler = ProcSampler::with_source(Box::new(tree.clone()));
    assert_eq!(sampler.sample(Timestamp::ZERO).cpu_quota, None);
    tree.write("/proc/self/mountinfo", mounts);
    let later = Timestamp::ZERO + 2 * ProcSampler::SELDOM;
    assert_eq!(sampler.sample(later).cpu_quota, Some(2.5));
}
