//! From bytes to a checked workflow.
//!
//! ```text
//! file -> text -> nodes -> split | inline -> drafts -> link (names to indices) -> order
//!      -> Workflow
//! ```

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::Problem;
use crate::json::Object;
use crate::node::Node;
use crate::workflow::Workflow;
use crate::{inline, link, order, split};

/// Reads and parses the file at `path`.
pub(crate) fn file(path: &Path) -> Result<Workflow, Problem> {
    let bytes = bytes(path)?;
    let json = String::from_utf8(bytes)
        .map_err(|error| Problem::NotUtf8 { offset: error.utf8_error().valid_up_to() })?;
    text(&json)
}

/// The file's bytes, never more than the bound.
fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    match bounded_bytes(path, Workflow::FILE_BYTES_MAX) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Problem::TooLarge { limit_bytes: Workflow::FILE_BYTES_MAX }),
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => Err(Problem::Directory),
        Err(cause) => Err(Problem::Io { cause }),
    }
}

/// The file's bytes, or `None` if there are more than `limit_bytes`.
fn bounded_bytes(path: &Path, limit_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    let file = File::open(path)?;
    if file.metadata()?.len() > limit_bytes {
        return Ok(None);
    }
    // What the metadata says is only a hint: a device node says 0 and may go on for ever.
    let mut bytes = Vec::new();
    file.take(limit_bytes + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit_bytes).then_some(bytes))
}

/// Parses and checks a document.
pub(crate) fn text(json: &str) -> Result<Workflow, Problem> {
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    // The parser's own recursion limit turns deep nesting into an error.
    let value: Node<'_> = serde_json::from_str(json).map_err(|error| syntax(json, &error))?;
    let root = Object::new(&value, String::new())?;
    let (place, drafts, references) = drafts(&root)?;
    let tasks = link::link(drafts, references)?;
    order::check_acyclic(place, &tasks)?;
    Ok(Workflow {
        name: root.text("name")?.unwrap_or("unnamed").to_owned(),
        description: root.text("description")?.map(str::to_owned),
        tasks,
    })
}

/// The tasks as they stand in the file, the place of their list, and how they refer to each other.
fn drafts<'a>(
    root: &Object<'a>,
) -> Result<(&'static str, Vec<crate::draft::Draft<'a>>, link::References), Problem> {
    let Some(workflow) = root.object("workflow")? else {
        let expected = "an object `workflow` as in WfFormat";
        return Err(Problem::NoWorkflow { place: "top level".into(), expected });
    };
    let named_by_kind = is_nextflow(root)?;
    if let Some(specification) = workflow.object("specification")? {
        let drafts = split::drafts(&workflow, &specification, named_by_kind)?;
        return Ok((split::TASKS, drafts, link::References::Ids));
    }
    for (key, place) in [("tasks", "workflow.tasks"), ("jobs", "workflow.jobs")] {
        if let Some(tasks) = workflow.list(key)? {
            let drafts = inline::drafts(&tasks, named_by_kind)?;
            return Ok((place, drafts, link::References::NamesOrIds));
        }
    }
    let expected = "`specification` and `execution` (WfFormat 1.5) or `tasks` (up to 1.4)";
    Err(Problem::NoWorkflow { place: "workflow".into(), expected })
}

/// Nextflow writes whole scripts into `command.program` and the kind of task into its name.
fn is_nextflow(root: &Object<'_>) -> Result<bool, Problem> {
    // `wms` is what `runtimeSystem` was called up to 1.4.
    for key in ["runtimeSystem", "wms"] {
        if let Some(system) = root.object(key)? {
            return Ok(system.text("name")?.is_some_and(|n| n.eq_ignore_ascii_case("nextflow")));
        }
    }
    Ok(false)
}

fn syntax(json: &str, error: &serde_json::Error) -> Problem {
    let message = error.to_string();
    // Display appends the position, which has fields of its own here.
    let mut reason = message.split(" at line ").next().unwrap_or_default().to_owned();
    if let Some(advice) = advice(json, error) {
        reason.push_str("; ");
        reason.push_str(advice);
    }
    // An empty text ends before its first column.
    Problem::Syntax { line: error.line(), column: error.column().max(1), reason }
}

/// What to do about what goes wrong most often.
fn advice(json: &str, error: &serde_json::Error) -> Option<&'static str> {
    if json.trim_ascii().is_empty() {
        return Some("the file is empty");
    }
    if error.is_eof() {
        return Some("the file is cut off, so fetch or write it again");
    }
    let line = json.lines().nth(error.line().checked_sub(1)?)?;
    let before = line.get(..error.column())?;
    let word = before.rfind([':', ',', '[']).map_or(line, |at| &line[at + 1..]);
    let word = word.trim_ascii().trim_start_matches('-');
    let is_no_number = ["NaN", "nan", "Inf", "inf"].iter().any(|it| word.starts_with(it));
    is_no_number.then_some("JSON has no NaN and no infinity, so give a number")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::bounded_bytes;

    #[test]
    fn an_endless_file_is_given_up_at_the_bound() {
        assert_eq!(bounded_bytes(Path::new("/dev/zero"), 10_000).unwrap(), None);
        assert_eq!(bounded_bytes(Path::new("/dev/null"), 0).unwrap(), Some(Vec::new()));
    }

    #[test]
    fn the_bound_itself_is_within_bounds() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let whole = std::fs::read(&path).unwrap();
        let length = whole.len() as u64;
        assert_eq!(bounded_bytes(&path, length).unwrap(), Some(whole));
        assert_eq!(bounded_bytes(&path, length - 1).unwrap(), None);
    }
}
