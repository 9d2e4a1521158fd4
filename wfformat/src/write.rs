//! Writing WfFormat 1.5.

use serde::Serialize;

use crate::task::Task;
use crate::workflow::Workflow;

/// The document, fields in the order in which they are written.
#[derive(Serialize)]
struct Document<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(rename = "schemaVersion")]
    schema_version: &'static str,
    workflow: Sections<'a>,
}

#[derive(Serialize)]
struct Sections<'a> {
    specification: Specification<'a>,
    execution: Execution<'a>,
}

#[derive(Serialize)]
struct Specification<'a> {
    tasks: Vec<TaskSpecification<'a>>,
}

#[derive(Serialize)]
struct TaskSpecification<'a> {
    name: &'a str,
    id: &'a str,
    parents: Vec<&'a str>,
    children: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Execution<'a> {
    makespan_in_seconds: f64,
    executed_at: &'static str,
    tasks: Vec<TaskExecution<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskExecution<'a> {
    id: &'a str,
    runtime_in_seconds: f64,
    command: Command<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    core_count: Option<f64>,
    #[serde(rename = "avgCPU", skip_serializing_if = "Option::is_none")]
    avg_cpu: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_in_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    read_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written_bytes: Option<u64>,
}

#[derive(Serialize)]
struct Command<'a> {
    program: &'a str,
}

/// See [`Workflow::to_json`].
pub(crate) fn to_json(workflow: &Workflow) -> String {
    let document = Document {
        name: &workflow.name,
        description: workflow.description.as_deref(),
        schema_version: "1.5",
        workflow: Sections {
            specification: specification(workflow),
            execution: execution(workflow),
        },
    };
    let mut json = serde_json::to_string_pretty(&document)
        .expect("strings and numbers always have a JSON form");
    json.push('\n');
    json
}

fn specification(workflow: &Workflow) -> Specification<'_> {
    let id = |&index: &usize| workflow.tasks[index].id.as_str();
    let tasks = workflow.tasks.iter().zip(workflow.children());
    let tasks = tasks.map(|(task, children)| TaskSpecification {
        name: &task.name,
        id: &task.id,
        parents: task.parents.iter().map(id).collect(),
        children: children.iter().map(id).collect(),
    });
    Specification { tasks: tasks.collect() }
}

fn execution(workflow: &Workflow) -> Execution<'_> {
    Execution {
        makespan_in_seconds: workflow.critical_path().as_secs_f64(),
        executed_at: "1970-01-01T00:00:00Z",
        tasks: workflow.tasks.iter().map(task_execution).collect(),
    }
}

fn task_execution(task: &Task) -> TaskExecution<'_> {
    TaskExecution {
        id: &task.id,
        runtime_in_seconds: task.runtime.as_secs_f64(),
        command: Command { program: &task.kind },
        core_count: task.cores,
        avg_cpu: task.avg_cpu,
        memory_in_bytes: task.memory_bytes,
        read_bytes: task.read_bytes,
        written_bytes: task.written_bytes,
    }
}
