//! Published traces of real runs are read, quirks and all, and have the figures that were computed
//! for them elsewhere.
//!
//! The files are too large for this repository. They are looked for beside it; where they are
//! missing the tests say so on standard error and pass.

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
