//! A task as it stands in the file, before its references are resolved.

use std::time::Duration;

use crate::error::Problem;
use crate::json::Object;
use crate::task::Task;

/// A task whose `parents` are still empty, and the references to fill them from.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) task: Task,
    /// The object that describes the task.
    pub(crate) place: String,
    /// The field that holds its id.
    pub(crate) id_key: &'static str,
    pub(crate) parents: Option<Vec<&'a str>>,
    pub(crate) children: Option<Vec<&'a str>>,
}

impl<'a> Draft<'a> {
    /// Puts a draft together from the object that states the graph and the one that states the
    /// costs; in the inline form they are the same.
    pub(crate) fn new(
        graph: &Object<'a>,
        costs: &Object<'a>,
        id_key: &'static str,
        kind_in_name: bool,
    ) -> Result<Self, Problem> {
        let id = required_text(graph, id_key, "every task needs one")?;
        let name = graph.text("name")?.unwrap_or(id);
        let kind = if kind_in_name { None } else { program(costs)? };
        let task = Task {
            id: id.to_owned(),
            name: name.to_owned(),
            kind: kind.unwrap_or(name).to_owned(),
            runtime: runtime(costs)?,
            parents: Vec::new(),
            memory_bytes: memory_bytes(costs)?,
            cores: costs.amount("coreCount")?.or(costs.amount("cores")?),
            avg_cpu: costs.amount("avgCPU")?,
            read_bytes: costs.count("readBytes", 1)?,
            written_bytes: costs.count("writtenBytes", 1)?,
        };
        Ok(Self {
            task,
            place: graph.place().to_owned(),
            id_key,
            parents: references(graph, "parents")?,
            children: references(graph, "children")?,
        })
    }

    /// The place of the `index`-th reference in the list `key`.
    pub(crate) fn place_of(&self, key: &str, index: usize) -> String {
        format!("{}.{key}[{index}]", self.place)
    }
}

/// A string field that must be there.
pub(crate) fn required_text<'a>(
    object: &Object<'a>,
    key: &str,
    hint: &'static str,
) -> Result<&'a str, Problem> {
    object.text(key)?.ok_or_else(|| Problem::Missing { place: object.place_of(key), hint })
}

fn references<'a>(object: &Object<'a>, key: &str) -> Result<Option<Vec<&'a str>>, Problem> {
    object.list(key)?.map(|list| list.texts()).transpose()
}

fn program<'a>(costs: &Object<'a>) -> Result<Option<&'a str>, Problem> {
    let command = costs.object("command")?;
    let program = command.map(|command| command.text("program")).transpose()?.flatten();
    Ok(program.or(costs.text("category")?))
}

/// Resident memory; up to 1.3 the field was called `memory` and counted in units of 1000 bytes.
fn memory_bytes(costs: &Object<'_>) -> Result<Option<u64>, Problem> {
    Ok(costs.count("memoryInBytes", 1)?.or(costs.count("memory", 1_000)?))
}

/// The recorded runtime. Missing is an error: a task that silently takes no time would spoil
/// every figure that is computed from the file.
fn runtime(costs: &Object<'_>) -> Result<Duration, Problem> {
    for key in ["runtimeInSeconds", "runtime"] {
        if let Some(seconds) = costs.number(key)? {
            return checked_runtime(seconds).map_err(|reason| Problem::Runtime {
                place: costs.place_of(key),
                seconds,
                reason,
            });
        }
    }
    let place = costs.place_of("runtimeInSeconds");
    Err(Problem::Missing { place, hint: "every task needs its recorded runtime, 0 if it had none" })
}

fn checked_runtime(seconds: f64) -> Result<Duration, &'static str> {
    if seconds < 0.0 {
        return Err("is negative; give seconds, 0 or more");
    }
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|runtime| *runtime <= Task::RUNTIME_MAX)
        .ok_or("is more than ten years; give seconds, not milliseconds or nanoseconds")
}
