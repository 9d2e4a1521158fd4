//! Whatever the files say, a sampler never panics and never shows a figure that cannot be.

use crate::layouts;
use crate::tree::Tree;
use graph_runtime_monitor::{Pressure, ProcSampler, Sample, Sampler};
use primitives::Timestamp;
use proptest::prelude::*;
use std::time::Duration;

/// What must hold of every sample.
pub(crate) fn check_possible(sample: &Sample) {
    let shares = [sample.cpu_utilization, sample.io_wait].into_iter().flatten();
    let stalls = |p: &Pressure| [p.cpu, p.memory, p.io].into_iter().flatten();
    let stalls = stalls(&sample.pressure).chain(stalls(&sample.cgroup_pressure));
    let stalls = stalls.flat_map(|stall| [Some(stall.some), stall.full].into_iter().flatten());
    for share in shares.chain(stalls) {
        assert!((0.0..=1.0).contains(&share), "{sample:?}");
    }
    let cores = [sample.process_cpu, sample.cgroup_cpu, sample.throttling.map(|it| it.cores)];
    for cores in cores.into_iter().flatten() {
        assert!(cores.is_finite() && cores >= 0.0, "{sample:?}");
    }
    assert!(sample.cpu_quota.is_none_or(|quota| quota > 0.0), "{sample:?}");
    assert!(sample.cpus_allowed().is_none_or(|cpus| cpus.is_finite() && cpus > 0.0), "{sample:?}");
    assert!(sample.workers_allowed().is_none_or(|workers| workers > 0), "{sample:?}");
    let used = sample.memory_used_bytes.unwrap_or(0);
    let available = sample.memory_available_bytes.unwrap_or(0);
    assert!(used.checked_add(available).is_some(), "{sample:?}");
}

/// Samples before and a second after `file` says `text`.
fn second_sample(tree: &Tree, file: &str, text: impl AsRef<[u8]>) -> Sample {
    let healthy = tree.text(file);
    let mut sampler = ProcSampler::with_source(Box::new(tree.clone()));
    check_possible(&sampler.sample(Timestamp::ZERO));
    tree.write(file, text);
    let sample = sampler.sample(Timestamp::from_nanos(1_000_000_000));
    check_possible(&sample);
    tree.write(file, healthy);
    sample
}

#[test]
fn hostile_memory_files_are_unknown() {
    let tree = layouts::bare();
    let healthy = tree.text("/proc/meminfo");
    let hostile = [
        healthy.replace("8000000 kB", "18446744073709551615 kB"), // wraps around if multiplied
        healthy.replace("8000000 kB", "18014398509481985 kB"),    // wraps around to 1 KiB
        healthy.replace("8000000 kB", "8000000"),                 // no unit: kB or bytes?
        healthy.replace("8000000 kB", "8000000 GB"),
        healthy.replace("8000000 kB", "-8000000 kB"),
        healthy.replace("8000000 kB", "0 kB"),
        healthy.replace("6000000 kB", "8000001 kB"), // more available than there is
        healthy.replace("MemAvailable:", "MemAvailable\u{e9}"), // ends within a character
        healthy.replace("MemAvailable:", "MemElse:"),
        healthy[..healthy.find("0000 kB\nBuffers").expect("that line")].to_owned(),
        "\n\n".to_owned(),
        String::new(),
    ];
    for text in hostile {
        let sample = second_sample(&tree, "/proc/meminfo", &text);
        assert_eq!(sample.memory_used_bytes, None, "{text}");
        assert_eq!(sample.memory_available_bytes, None, "{text}");
    }
}

#[test]
fn hostile_pressure_files_are_unknown() {
    let tree = layouts::v2();
    let hostile = [
        "some\n",
        "full\n",
        "some avg10=0 avg60=0 avg300=0 total=18446744073709551615\n", // an aeon in a second
        "some avg10=0 avg60=0 avg300=0 total=9999999999\n",
        "some avg10=0 avg60=0 avg300=0 total=99999999999999999999\n",
        "some avg10=0 avg60=0 avg300=0 total=0\n", // backwards
        "some avg10=0 avg60=0 avg300=0\n",
        "some avg10=0 avg60=0 avg300=0 total=1000000", // cut off, perhaps within the number
        "",
    ];
    let own = "/sys/fs/cgroup/jobs.slice/job.service/cpu.pressure";
    for text in hostile {
        assert_eq!(second_sample(&tree, "/proc/pressure/cpu", text).pressure.cpu, None, "{text}");
        assert_eq!(second_sample(&tree, own, text).cgroup_pressure.cpu, None, "{text}");
    }
}

#[test]
fn hostile_cpu_and_process_files_are_unknown() {
    let tree = layouts::bare();
    let healthy = tree.text("/proc/stat");
    let hostile = [
        healthy.replace("cpu  100 10", "cpu  18446744073709551615 18446744073709551615"),
        healthy.replace("cpu  100 10 50 1000 40", "cpu  100 10 50 18446744073709551615 41"),
        healthy.replace("cpu  100 10 50 1000 40 5 15 20 30 0", "cpu  101 10 50"),
        healthy.replace("cpu  100", "cpu  1e9"),
        healthy.replace("1000 40", "1000 39"), // backwards
        healthy.clone(),                       // nothing moved: no tick, no share
        "\0\0\0".to_owned(),
        String::new(),
    ];
    for text in hostile {
        let sample = second_sample(&tree, "/proc/stat", &text);
        assert_eq!((sample.cpu_utilization, sample.io_wait), (None, None), "{text}");
    }
    let hostile =
        ["1 18446744073709551615 0 0 0 0 0\n", "100 101 0 0 0 0 0\n", "100\n", "", "a b\n"];
    for text in hostile {
        let sample = second_sample(&tree, "/proc/self/statm", text);
        assert_eq!(sample.process_rss_bytes, None, "{text}");
    }
}

#[test]
fn hostile_control_groups_are_unknown() {
    let tree = layouts::v2();
    let own = "/sys/fs/cgroup/jobs.slice/job.service";
    let with = |name: &str, text: &str| second_sample(&tree, &format!("{own}/{name}"), text);
    for text in ["0 100000\n", "1 0\n", "100000\n", "max", "99999999999999999999 1\n", "x\n", ""] {
        assert_eq!(with("cpu.max", text).cpu_quota, None, "{text:?}");
    }
    for text in ["-1\n", "1000", "99999999999999999999\n", "1G\n", ""] {
        assert_eq!(with("memory.max", text).memory_limit_bytes, None, "{text:?}");
        assert_eq!(with("memory.high", text).memory_limit_bytes, None, "{text:?}");
        assert_eq!(with("memory.current", text).working_set_bytes, None, "{text:?}");
    }
    for text in ["inactive_file\n", "inactive_file 12", "active_file 5\n", ""] {
        assert_eq!(with("memory.stat", text).working_set_bytes, None, "{text:?}");
    }
    assert_eq!(with("memory.current", "5\n").working_set_bytes, Some(0), "counted late");
    for text in ["\n", "3-1\n", "0-4294967296\n", "0,0\n", "0-3"] {
        assert_eq!(with("cpuset.cpus.effective", text).cpuset_cpus, None, "{text:?}");
    }
    // Backwards, and a year in a second.
    for usage in ["2999999", "31536000000000", "x"] {
        let text =
            layouts::CPU_STAT_V2.replace("usage_usec 3000000", &format!("usage_usec {usage}"));
        assert_eq!(with("cpu.stat", &text).cgroup_cpu, None, "{usage}");
    }
    let text = layouts::CPU_STAT_V2.replace("throttled_usec 4", "throttled_usec 9999999999");
    assert_eq!(with("cpu.stat", &text).throttling, None);
    for (file, text) in [("/proc/self/cgroup", "x:y\n"), ("/proc/self/cgroup", "")] {
        assert_eq!(second_sample(&tree, file, text).cpu_quota, None, "{text:?}");
    }
}

#[test]
fn a_process_that_used_more_than_the_machine_has_is_unknown() {
    let tree = layouts::bare();
    let mut sampler = ProcSampler::with_source(Box::new(tree.clone()));
    sampler.sample(Timestamp::ZERO);
    tree.set_process_cpu(Some(Duration::MAX));
    assert_eq!(sampler.sample(Timestamp::from_nanos(1)).process_cpu, None);
}

#[test]
fn a_folder_or_an_endless_file_is_unknown() {
    let root = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(root.path().join("stat")).expect("mkdir");
    std::os::unix::fs::symlink("/dev/zero", root.path().join("meminfo")).expect("symlink");
    std::fs::create_dir(root.path().join("self")).expect("mkdir");
    std::fs::write(root.path().join("self/statm"), "5000 1500 700 300 0 900 0\n").expect("write");
    let mut sampler = ProcSampler::with_root(root.path());
    let sample = sampler.sample(Timestamp::ZERO);
    assert_eq!((sample.cpu_utilization, sample.memory_used_bytes), (None, None));
    assert_eq!(sample.process_rss_bytes, Some(1500 * procfs::page_size()));
    assert_eq!(std::iter::from_fn(|| sampler.next_warning()).count(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any bytes anywhere in any file, under any layout.
    #[test]
    fn damaged_files_never_panic(
        layout in 0_usize..5,
        file in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        cut in 0_usize..12,
        damage in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..12),
            "[0-9 \n:=.kB-]{0,24}".prop_map(String::into_bytes),
        ],
    ) {
        let (_, tree) = layouts::all().into_iter().nth(layout).expect("one of them");
        let paths = tree.paths();
        let file = &paths[file.index(paths.len())];
        let text = tree.text(file);
        let start = at.index(text.len());
        let end = (start + cut).min(text.len());
        let bytes = [&text.as_bytes()[..start], &damage, &text.as_bytes()[end..]].concat();
        second_sample(&tree, file, &bytes);
    }
}
