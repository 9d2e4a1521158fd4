//! Published traces of real runs are read, quirks and all, and have the figures that were computed
//! for them elsewhere.
//!
//! The files are too large for this repository. They are looked for beside it; where they are
//! missing the tests say so on standard error and pass.

mod list_schedule;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use graph_runtime_wfformat::Workflow;

/// File, tasks, edges, critical path in seconds, total work in seconds, largest level.
const TABLE: [(&str, usize, usize, f64, f64, usize); 14] = [
    ("helloworld-forkjoin-10-chameleon", 10, 16, 307.360, 1028.704, 8),
    ("montage-chameleon-2mass-005d-001", 58, 114, 21.385, 221.726, 18),
    ("srasearch-chameleon-40a-001", 84, 122, 2954.201, 62378.627, 41),
    ("blast-chameleon-large-001", 103, 300, 1819.117, 154331.156, 100),
    ("taxprofiler-dirt02-001", 127, 246, 741.580, 3398.646, 20),
    ("soykb-chameleon-20fastq-10ch-001", 176, 374, 5357.880, 33279.666, 100),
    ("rnaseq-dirt02-001", 197, 451, 759.454, 2580.360, 86),
    ("cycles-chameleon-1l-1c-12p-001", 219, 325, 250.112, 4875.971, 108),
    ("epigenomics-chameleon-hep-3seq-100k-001", 233, 285, 213.467, 5331.948, 56),
    ("seismology-chameleon-300p-001", 301, 300, 4.524, 230.298, 300),
    ("1000genome-chameleon-12ch-100k-001", 312, 456, 266.502, 18343.788, 168),
    ("montage-chameleon-2mass-02d-001", 619, 1641, 22.733, 1603.283, 423),
    ("bwa-chameleon-large-001", 1004, 4000, 1655.531, 13276.748, 1000),
    ("montage-chameleon-dss-125d-001", 1066, 3012, 635.451, 36969.148, 900),
];

/// The folder with the traces, or `None` and a line on standard error.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/workflows");
    if folder.is_dir() {
        return Some(folder);
    }
    // Past the test harness, which would swallow what a passing test prints.
    let notice = "SKIPPED: the published traces are not at ../shared/data/workflows\n";
    std::io::stderr().write_all(notice.as_bytes()).unwrap();
    None
}

fn rounds_to(actual: Duration, expected_secs: f64) -> bool {
    (actual.as_secs_f64() - expected_secs).abs() < 0.000_501
}

#[test]
fn every_trace_has_its_known_figures() {
    let Some(folder) = folder() else { return };
    for (name, tasks, edges, critical_path, total_work, width) in TABLE {
        let workflow = Workflow::read(&folder.join(name).with_extension("json")).unwrap();
        assert_eq!(workflow.tasks.len(), tasks, "{name}");
        assert_eq!(workflow.edges(), edges, "{name}");
        assert!(rounds_to(workflow.critical_path(), critical_path), "{name}");
        assert!(rounds_to(workflow.total_work(), total_work), "{name}");
        assert_eq!(workflow.max_width(), width, "{name}");
    }
}

#[test]
fn no_trace_is_left_out_of_the_table() {
    let Some(folder) = folder() else { return };
    let is_trace = |path: &Path| path.extension().is_some_and(|extension| extension == "json");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries.filter(|path| is_trace(path)).collect();
    found.retain(|path| !TABLE.iter().any(|row| path.file_stem().unwrap() == row.0));
    assert_eq!(found, Vec::<PathBuf>::new());
}

#[test]
fn what_is_read_can_be_written_and_read_again() {
    let Some(folder) = folder() else { return };
    for (name, ..) in TABLE {
        let workflow = Workflow::read(&folder.join(name).with_extension("json")).unwrap();
        assert_eq!(Workflow::parse(&workflow.to_json()).unwrap(), workflow, "{name}");
    }
}

#[test]
fn the_kind_is_the_program_but_in_nextflow_the_name() {
    let Some(folder) = folder() else { return };
    let kinds = |name: &str| {
        let workflow = Workflow::read(&folder.join(name)).unwrap();
        let mut kinds: Vec<String> = workflow.tasks.into_iter().map(|task| task.kind).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    let montage = kinds("montage-chameleon-2mass-005d-001.json");
    assert!(montage.contains(&"mProject".to_owned()) && montage.len() < 15, "{montage:?}");
    // A Nextflow `command.program` is a whole script.
    let rnaseq = kinds("rnaseq-dirt02-001.json");
    assert!(rnaseq.len() < 100 && rnaseq.iter().all(|kind| !kind.contains('\n')), "{rnaseq:?}");
}

/// File and reference makespans in seconds: FIFO and critical path first on 4 slots, then on 16.
const MAKESPANS: [(&str, [f64; 4]); 14] = [
    ("helloworld-forkjoin-10-chameleon", [410.474, 409.835, 307.360, 307.360]),
    ("montage-chameleon-2mass-005d-001", [57.277, 55.898, 21.385, 21.385]),
    ("srasearch-chameleon-40a-001", [15929.179, 15602.774, 5497.143, 4143.351]),
    ("blast-chameleon-large-001", [39171.564, 38639.106, 10424.403, 10379.593]),
    ("taxprofiler-dirt02-001", [1095.121, 1026.270, 741.580, 741.580]),
    ("soykb-chameleon-20fastq-10ch-001", [11319.806, 11055.878, 6272.684, 6058.932]),
    ("rnaseq-dirt02-001", [885.136, 759.454, 759.454, 759.454]),
    ("cycles-chameleon-1l-1c-12p-001", [1333.214, 1219.086, 465.319, 358.755]),
    ("epigenomics-chameleon-hep-3seq-100k-001", [1398.985, 1373.602, 419.737, 403.818]),
    ("seismology-chameleon-300p-001", [58.383, 57.678, 15.753, 14.543]),
    ("1000genome-chameleon-12ch-100k-001", [4633.512, 4586.485, 1183.153, 1162.540]),
    ("montage-chameleon-2mass-02d-001", [401.030, 400.896, 105.593, 102.674]),
    ("bwa-chameleon-large-001", [4544.778, 4538.207, 2366.304, 2355.812]),
    ("montage-chameleon-dss-125d-001", [9361.673, 9249.169, 2629.191, 2461.908]),
];

/// Reading is right to the last edge if schedules come out as they did elsewhere; and the list
/// scheduler that judges the generated workflow is right, too.
#[test]
fn schedules_of_every_trace_are_as_long_as_elsewhere() {
    let Some(folder) = folder() else { return };
    for (name, expected) in MAKESPANS {
        let workflow = Workflow::read(&folder.join(name).with_extension("json")).unwrap();
        let makespans = [
            list_schedule::fifo(&workflow, 4),
            list_schedule::critical_path_first(&workflow, 4),
            list_schedule::fifo(&workflow, 16),
            list_schedule::critical_path_first(&workflow, 16),
        ];
        for (actual, expected) in makespans.into_iter().zip(expected) {
            assert!(rounds_to(actual, expected), "{name}: {makespans:?}");
        }
    }
}
