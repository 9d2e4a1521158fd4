//! Whatever the files say, a sampler never panics and never shows a figure that cannot be.

mod common {
    pub(crate) mod proc_tree;
}

use common::proc_tree::{HEALTHY, ProcTree};
use graph_runtime_monitor::{ProcSampler, Sample, Sampler};
use primitives::Timestamp;
use proptest::prelude::*;
use std::fs;

/// What must hold of every sample.
fn check_possible(sample: &Sample) {
    let shares = [sample.cpu_utilization, sample.io_wait].into_iter().flatten();
    let pressures = sample.pressure.iter().flat_map(|p| [p.cpu, p.memory, p.io]);
    for share in shares.chain(pressures) {
        assert!((0.0..=1.0).contains(&share), "{sample:?}");
    }
    assert!(sample.process_cpu.is_none_or(|cores| cores.is_finite() && cores >= 0.0), "{sample:?}");
    let used = sample.memory_used_bytes.unwrap_or(0);
    let available = sample.memory_available_bytes.unwrap_or(0);
    assert!(used.checked_add(available).is_some(), "{sample:?}");
}

/// Samples before and after `file` says `text`.
fn second_sample(tree: &ProcTree, file: &str, text: &[u8]) -> Sample {
    let mut sampler = ProcSampler::with_root(tree.root());
    check_possible(&sampler.sample(Timestamp::ZERO));
    tree.write(file, text);
    let sample = sampler.sample(Timestamp::from_nanos(1_000_000));
    check_possible(&sample);
    sample
}

#[test]
fn hostile_memory_files_are_unknown() {
    let tree = ProcTree::healthy("hostile-memory");
    let (_, healthy) = HEALTHY[1];
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
        healthy.replace("Slab:", ""),
        "\n\n".to_owned(),
        String::new(),
    ];
    for text in hostile {
        let sample = second_sample(&tree, "meminfo", text.as_bytes());
        assert_eq!(sample.memory_used_bytes, None, "{text}");
        assert_eq!(sample.memory_available_bytes, None, "{text}");
    }
}

#[test]
fn hostile_pressure_files_are_unknown() {
    let tree = ProcTree::healthy("hostile-pressure");
    let hostile = [
        "some",
        "full",
        "some avg10=0 avg60=0 avg300=0 total=18446744073709551615", // an aeon in a millisecond
        "some avg10=0 avg60=0 avg300=0 total=99999999999999999999",
        "some avg10=0 avg60=0 avg300=0 total=0", // backwards
        "some avg10=0 avg60=0 avg300=0",
        "some avg10=x avg60=0 avg300=0 total=1000000",
        "",
    ];
    for text in hostile {
        assert_eq!(second_sample(&tree, "pressure/cpu", text.as_bytes()).pressure, None, "{text}");
        tree.edit("pressure/cpu", "some", "some");
    }
}

#[test]
fn hostile_cpu_and_process_files_are_unknown() {
    let tree = ProcTree::healthy("hostile-cpu");
    let (_, healthy) = HEALTHY[0];
    let hostile = [
        healthy.replace("cpu  100 10", "cpu  18446744073709551615 18446744073709551615"),
        healthy.replace("cpu  100 10 50 1000 40", "cpu  100 10 50 18446744073709551615 41"),
        healthy.replace("cpu  100 10 50 1000 40 5 15 20 30 0", "cpu  101 10 50"),
        healthy.replace("cpu  100", "cpu  1e9"),
        healthy.replace("1000 40", "1000 39"), // I/O wait does decrease at times
        healthy.to_owned(),                    // nothing moved: no tick, no share
        "\0\0\0".to_owned(),
        String::new(),
    ];
    for text in hostile {
        let sample = second_sample(&tree, "stat", text.as_bytes());
        assert_eq!((sample.cpu_utilization, sample.io_wait), (None, None), "{text}");
        tree.edit("stat", "cpu", "cpu");
    }
    for text in
        ["1 18446744073709551615 0 0 0 0 0", "100 101 0 0 0 0 0", "100", "", "a b c d e f g"]
    {
        let sample = second_sample(&tree, "self/statm", text.as_bytes());
        assert_eq!(sample.process_rss_bytes, None, "{text}");
    }
}

#[test]
fn a_folder_or_an_endless_file_is_unknown() {
    let tree = ProcTree::healthy("odd-files");
    tree.remove("stat");
    fs::create_dir(tree.root().join("stat")).expect("mkdir");
    tree.remove("meminfo");
    std::os::unix::fs::symlink("/dev/zero", tree.root().join("meminfo")).expect("symlink");
    let sample = second_sample(&tree, "self/statm", b"5000 1500 700 300 0 900 0");
    assert_eq!((sample.cpu_utilization, sample.memory_used_bytes), (None, None));
    assert_eq!(sample.process_rss_bytes, Some(1500 * procfs::page_size()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any bytes anywhere in any file.
    #[test]
    fn damaged_files_never_panic(
        file in 0..HEALTHY.len(),
        at in any::<prop::sample::Index>(),
        cut in 0_usize..12,
        damage in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..12),
            "[0-9 \n:=.kB-]{0,24}".prop_map(String::into_bytes),
        ],
    ) {
        let tree = ProcTree::healthy("damaged");
        let (file, text) = HEALTHY[file];
        let start = at.index(text.len());
        let end = (start + cut).min(text.len());
        let bytes = [&text.as_bytes()[..start], &damage, &text.as_bytes()[end..]].concat();
        second_sample(&tree, file, &bytes);
    }
}
