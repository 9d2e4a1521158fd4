//! From references to edges.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::draft::Draft;
use crate::error::Problem;
use crate::task::Task;

/// How tasks of one file refer to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum References {
    /// By id only: names need not be unique.
    Ids,
    /// By name, as the old schemas say, else by id.
    NamesOrIds,
}

/// Which list an edge is stated in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Parents,
    Children,
}

impl Side {
    fn key(self) -> &'static str {
        match self {
            Side::Parents => "parents",
            Side::Children => "children",
        }
    }

    fn role(self) -> &'static str {
        match self {
            Side::Parents => "parent",
            Side::Children => "child",
        }
    }

    fn list<'d, 'a>(self, draft: &'d Draft<'a>) -> Option<&'d [&'a str]> {
        match self {
            Side::Parents => draft.parents.as_deref(),
            Side::Children => draft.children.as_deref(),
        }
    }
}

/// An edge and where it is stated: the `index`-th entry of `owner`'s list.
#[derive(Debug, Clone, Copy)]
struct Statement {
    parent: usize,
    child: usize,
    owner: usize,
    index: usize,
}

/// Resolves every reference and gives the tasks their parents.
///
/// An edge may be stated at its child (`parents`), at its parent (`children`) or at both ends.
/// A task without one of the lists leaves that end open; where both ends have their list, both
/// must name the edge. A file in which one of the lists is empty for every task has stated its
/// edges at the other end only: writers of the old form did so.
pub(crate) fn link(drafts: Vec<Draft<'_>>, references: References) -> Result<Vec<Task>, Problem> {
    let names = Names::new(&drafts, references)?;
    let by_child = statements(&drafts, &names, Side::Parents)?;
    let by_parent = statements(&drafts, &names, Side::Children)?;
    if !by_child.is_empty() && !by_parent.is_empty() {
        check_agreement(&drafts, &by_child, &by_parent, Side::Children)?;
        check_agreement(&drafts, &by_parent, &by_child, Side::Parents)?;
    }
    let mut parents = vec![Vec::new(); drafts.len()];
    let mut seen = HashSet::new();
    for edge in by_child.iter().chain(&by_parent) {
        if seen.insert((edge.parent, edge.child)) {
            parents[edge.child].push(edge.parent);
        }
    }
    let with_parents = |(draft, parents): (Draft<'_>, _)| Task { parents, ..draft.task };
    Ok(drafts.into_iter().zip(parents).map(with_parents).collect())
}

/// Every edge that one side states, in file order.
fn statements(
    drafts: &[Draft<'_>],
    names: &Names<'_>,
    side: Side,
) -> Result<Vec<Statement>, Problem> {
    let mut statements = Vec::new();
    for (owner, draft) in drafts.iter().enumerate() {
        for (index, reference) in side.list(draft).unwrap_or_default().iter().enumerate() {
            let other = names.resolve(reference, drafts, owner, side, index)?;
            let (parent, child) = match side {
                Side::Parents => (other, owner),
                Side::Children => (owner, other),
            };
            statements.push(Statement { parent, child, owner, index });
        }
    }
    Ok(statements)
}

/// Every edge in `stated` must be in `other` as well, unless the task at that end, whose list
/// `other_side` it would be in, has no such list.
fn check_agreement(
    drafts: &[Draft<'_>],
    stated: &[Statement],
    other: &[Statement],
    other_side: Side,
) -> Result<(), Problem> {
    let known: HashSet<(usize, usize)> = other.iter().map(|e| (e.parent, e.child)).collect();
    for edge in stated.iter().filter(|e| !known.contains(&(e.parent, e.child))) {
        let (far_end, stated_side) = match other_side {
            Side::Children => (edge.parent, Side::Parents),
            Side::Parents => (edge.child, Side::Children),
        };
        if other_side.list(&drafts[far_end]).is_some() {
            return Err(Problem::EdgeMismatch {
                place: drafts[edge.owner].place_of(stated_side.key(), edge.index),
                parent: drafts[edge.parent].task.id.clone(),
                child: drafts[edge.child].task.id.clone(),
                missing: format!("{}.{}", drafts[far_end].place, other_side.key()),
            });
        }
    }
    Ok(())
}

/// Who is meant by a name or an id.
struct Names<'d> {
    ids: HashMap<&'d str, usize>,
    /// Empty when references are by id. A second bearer of the name makes it ambiguous.
    names: HashMap<&'d str, (usize, Option<usize>)>,
}

impl<'d> Names<'d> {
    fn new(drafts: &'d [Draft<'_>], references: References) -> Result<Self, Problem> {
        let mut ids = HashMap::with_capacity(drafts.len());
        let mut names = HashMap::new();
        for (index, draft) in drafts.iter().enumerate() {
            if let Some(first) = ids.insert(draft.task.id.as_str(), index) {
                return Err(Problem::DuplicateId {
                    place: format!("{}.{}", draft.place, draft.id_key),
                    id: draft.task.id.clone(),
                    first: drafts[first].place.clone(),
                });
            }
            if references == References::NamesOrIds {
                match names.entry(draft.task.name.as_str()) {
                    Entry::Vacant(entry) => drop(entry.insert((index, None))),
                    Entry::Occupied(mut entry) => entry.get_mut().1 = Some(index),
                }
            }
        }
        Ok(Self { ids, names })
    }

    /// The task that `reference`, the `index`-th in a list of `drafts[owner]`, stands for.
    fn resolve(
        &self,
        reference: &str,
        drafts: &[Draft<'_>],
        owner: usize,
        side: Side,
        index: usize,
    ) -> Result<usize, Problem> {
        let named = self.names.get(reference).copied();
        if let Some((task, None)) = named {
            return Ok(task);
        }
        if let Some(&task) = self.ids.get(reference) {
            return Ok(task);
        }
        let place = drafts[owner].place_of(side.key(), index);
        let reference = reference.to_owned();
        Err(match named {
            Some((first, Some(second))) => Problem::AmbiguousName {
                place,
                reference,
                first: drafts[first].place.clone(),
                second: drafts[second].place.clone(),
            },
            _ => Problem::UnknownTask {
                place,
                task: drafts[owner].task.id.clone(),
                role: side.role(),
                reference,
            },
        })
    }
}
