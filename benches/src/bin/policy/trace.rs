//! The workflows that are compared on.

use benches::workflow_files;
use scheduler::sim::{SimGraph, SimTask, lower_bound};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};
use thiserror::Error;
use wfformat::{Workflow, generate};

/// How many workflows are generated where there are none to read.
const GENERATED: u64 = 6;
/// The virtual clock goes no further.
const WORK_MAX: Duration = Duration::from_nanos(u64::MAX);

/// Why there is nothing to compare on.
#[derive(Debug, Error)]
pub(crate) enum TraceError {
    #[error("cannot read {}: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("no usable WfFormat file (*.json) in {}", path.display())]
    Nothing { path: PathBuf },
}

/// A workflow as the simulator wants it.
pub(crate) struct Trace {
    /// The name of its file, or what else it is called.
    pub(crate) file: String,
    pub(crate) graph: SimGraph,
    /// The kind of each task.
    pub(crate) kinds: Vec<String>,
    /// The memory of each task, if any is known.
    pub(crate) memory: Option<Vec<usize>>,
    /// By slots.
    published: HashMap<usize, Published>,
}

/// What is published about a workflow on so many slots, in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Published {
    /// A better lower bound than ours.
    bound: f64,
    /// The makespan when the longest way goes first.
    pub(crate) critical_path: f64,
    /// The best makespan known.
    pub(crate) best: f64,
}

impl Trace {
    /// `memory` is in bytes, 0 where it is not known.
    pub(crate) fn new(
        file: String,
        graph: SimGraph,
        kinds: Vec<String>,
        memory: Vec<usize>,
    ) -> Self {
        let memory = memory.iter().any(|&bytes| bytes > 0).then_some(memory);
        Self { file, graph, kinds, memory, published: HashMap::new() }
    }

    fn of(file: String, workflow: Workflow) -> Self {
        let memory = workflow.tasks.iter().map(|task| task.memory_bytes.unwrap_or(0) as usize);
        let memory = memory.collect();
        let kinds = workflow.tasks.iter().map(|task| task.kind.clone()).collect();
        let tasks = workflow.tasks.into_iter();
        let tasks = tasks.map(|task| SimTask { runtime: task.runtime, parents: task.parents });
        Self::new(file, SimGraph { tasks: tasks.collect() }, kinds, memory)
    }

    /// What no schedule can beat, in seconds.
    pub(crate) fn bound_s(&self, slots: usize) -> f64 {
        let own = lower_bound(&self.graph, slots).expect("the reader has checked it");
        let published = self.published.get(&slots).map_or(0.0, |it| it.bound);
        own.as_secs_f64().max(published)
    }

    /// What others have found, if they have looked.
    pub(crate) fn published(&self, slots: usize) -> Option<Published> {
        self.published.get(&slots).copied()
    }

    pub(crate) fn work(&self) -> Duration {
        self.graph.total_work()
    }
}

/// The workflows of a folder, or of one file. Files that cannot be used are named and left out.
pub(crate) fn read(path: &Path) -> Result<Vec<Trace>, TraceError> {
    let unreadable = |error| TraceError::Unreadable { path: path.to_owned(), error };
    let files = match fs::metadata(path).map_err(unreadable)?.is_dir() {
        true => workflow_files(path).map_err(unreadable)?,
        false => vec![path.to_owned()],
    };
    let mut traces: Vec<Trace> = files.iter().filter_map(|file| read_file(file)).collect();
    if traces.is_empty() {
        return Err(TraceError::Nothing { path: path.to_owned() });
    }
    let table = path.join("bounds.csv");
    if table.is_file()
        && let Ok(table) = fs::read_to_string(table)
    {
        traces.iter_mut().for_each(|trace| trace.published = published(&table, &trace.file));
    }
    Ok(traces)
}

fn read_file(path: &Path) -> Option<Trace> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
    match Workflow::read(path) {
        Ok(workflow) if workflow.total_work() > WORK_MAX => {
            eprintln!("left out: {}: all tasks together take more than 584 years", path.display());
            None
        }
        Ok(workflow) => Some(Trace::of(name, workflow)),
        Err(error) => {
            eprintln!("left out: {error}");
            None
        }
    }
}

/// The rows about `file` of a table with the columns file, slots, bound, tight bound, FIFO,
/// critical path and best known.
fn published(table: &str, file: &str) -> HashMap<usize, Published> {
    let row = |line: &str| {
        let columns: Vec<&str> = line.split(',').map(str::trim).collect();
        match columns[..] {
            [of, slots, _, tight, _, critical_path, best] if of == file => {
                let published = Published {
                    bound: tight.parse().ok()?,
                    critical_path: critical_path.parse().ok()?,
                    best: best.parse().ok()?,
                };
                Some((slots.parse().ok()?, published))
            }
            _ => None,
        }
    };
    table.lines().filter_map(row).collect()
}

/// Workflows drawn from the first seeds.
pub(crate) fn generated() -> Vec<Trace> {
    (1..=GENERATED).map(|seed| Trace::of(format!("generated-{seed}"), generate(seed))).collect()
}

#[cfg(test)]
mod tests {
    use super::read;
    use std::process::{self, Command};
    use std::{env, fs};

    #[test]
    fn what_cannot_be_used_is_left_out_of_a_folder() {
        let folder = env::temp_dir().join(format!("policy-traces-{}", process::id()));
        fs::create_dir(&folder).unwrap();
        let workflow = |name: &str, tasks: usize, runtime: &str| {
            let task = |n: usize| format!(r#"{{"name": "{n}", "runtime": {runtime}}}"#);
            let tasks: Vec<String> = (0..tasks).map(task).collect();
            let json = format!(r#"{{"workflow": {{"tasks": [{}]}}}}"#, tasks.join(","));
            fs::write(folder.join(name), json).unwrap();
        };
        workflow("good.json", 3, "1");
        workflow("centuries.json", 60, "3.1e8");
        workflow("not-json.txt", 3, "1");
        fs::write(folder.join("cut.json"), "{").unwrap();
        fs::create_dir(folder.join("folder.json")).unwrap();
        // Nobody ever writes to them.
        let pipes = ["pipe.json", "bounds.csv"].map(|name| folder.join(name));
        let pipe = Command::new("mkfifo").args(pipes).status().unwrap();
        assert!(pipe.success());
        let traces = read(&folder).map(|all| all.into_iter().map(|it| it.file).collect());
        fs::remove_dir_all(&folder).unwrap();
        let traces: Vec<String> = traces.expect("one is usable");
        assert_eq!(traces, ["good.json"]);
    }
}
