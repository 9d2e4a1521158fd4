//! The split form, WfFormat 1.5: the graph in one list, what happened in another.

use std::collections::HashMap;

use crate::draft::{Draft, required_text};
use crate::error::Problem;
use crate::json::{List, Object};

/// Where the graph is.
pub(crate) const TASKS: &str = "workflow.specification.tasks";
/// Where the runtimes are.
const EXECUTIONS: &str = "workflow.execution.tasks";

/// Reads both lists and joins them by id; their orders may differ.
pub(crate) fn drafts<'a>(
    workflow: &Object<'a>,
    specification: &Object<'a>,
    kind_in_name: bool,
) -> Result<Vec<Draft<'a>>, Problem> {
    let tasks = required_list(specification, "a workflow needs a list of tasks")?;
    if tasks.is_empty() {
        return Err(Problem::Empty { place: TASKS.to_owned() });
    }
    let Some(execution) = workflow.object("execution")? else {
        let hint = "without an execution there are no runtimes; use the trace of a run";
        return Err(Problem::Missing { place: workflow.place_of("execution"), hint });
    };
    let executions = required_list(&execution, "the runtimes of the tasks belong here")?;
    let mut executions = by_id(&executions)?;
    let drafts = tasks
        .objects()
        .map(|graph| {
            let graph = graph?;
            let id = required_text(&graph, "id", "every task needs one")?;
            // An execution may serve twice here: the linker then refuses the duplicate id.
            let costs =
                executions.get_mut(id).ok_or_else(|| half(graph.place(), id, EXECUTIONS))?;
            costs.used = true;
            Draft::new(&graph, &costs.object, "id", kind_in_name)
        })
        .collect::<Result<Vec<_>, _>>()?;
    // Of several leftovers, the first in the file, so that the message does not depend on hashing.
    let leftover = executions.iter().filter(|(_, e)| !e.used).min_by_key(|(_, e)| e.index);
    match leftover {
        Some((id, execution)) => Err(half(execution.object.place(), id, TASKS)),
        None => Ok(drafts),
    }
}

/// An entry of the execution list.
struct Execution<'a> {
    object: Object<'a>,
    index: usize,
    used: bool,
}

fn by_id<'a>(list: &List<'a>) -> Result<HashMap<&'a str, Execution<'a>>, Problem> {
    let mut executions: HashMap<&str, Execution<'_>> = HashMap::new();
    for (index, object) in list.objects().enumerate() {
        let object = object?;
        let id = required_text(&object, "id", "it joins the execution to its specification")?;
        if let Some(first) = executions.get(id) {
            let first = first.object.place().to_owned();
            return Err(Problem::DuplicateId {
                place: object.place_of("id"),
                id: id.into(),
                first,
            });
        }
        executions.insert(id, Execution { object, index, used: false });
    }
    Ok(executions)
}

fn required_list<'a>(object: &Object<'a>, hint: &'static str) -> Result<List<'a>, Problem> {
    let missing = || Problem::Missing { place: object.place_of("tasks"), hint };
    object.list("tasks")?.ok_or_else(missing)
}

fn half(place: &str, id: &str, other: &'static str) -> Problem {
    Problem::HalfTask { place: place.to_owned(), task: id.to_owned(), other }
}
