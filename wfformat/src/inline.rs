//! The inline form, WfFormat up to 1.4: one list, one object a task.

use crate::draft::Draft;
use crate::error::Problem;
use crate::json::{List, Object};

/// Reads the list. A task without an id goes by its name, as all did up to 1.1.
pub(crate) fn drafts<'a>(tasks: &List<'a>, kind_in_name: bool) -> Result<Vec<Draft<'a>>, Problem> {
    if tasks.is_empty() {
        return Err(Problem::Empty { place: tasks.place().to_owned() });
    }
    tasks
        .objects()
        .map(|task| {
            let task = task?;
            let id_key = id_key(&task)?;
            Draft::new(&task, &task, id_key, kind_in_name)
        })
        .collect()
}

fn id_key(task: &Object<'_>) -> Result<&'static str, Problem> {
    Ok(if task.text("id")?.is_some() { "id" } else { "name" })
}
