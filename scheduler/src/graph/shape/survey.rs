//! Looking at every task of a graph, once.

use super::plan::{GraphPlan, PlannedNode};
use super::roster::RosterBuilder;
use crate::control::{Admission, Cost, Names, Needs};
use crate::error::SchedulerError;
use crate::graph::order::due::from_caller;
use crate::graph::record::{Profile, nanos};
use crate::graph::{
    Adjacency, Overdue, Resilience, ResourceRequirements, SchedulerConfig, TaskId, TaskTerms,
    Topology, TriggerRule,
};
use primitives::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// What is known of a graph after its first tasks.
///
/// The tasks of a large graph are in no cache, so they are visited once, in order, and a dependency
/// is resolved when it is met, if it is on an earlier task.
pub(in crate::graph) struct Survey<'a> {
    config: &'a SchedulerConfig,
    admission: Admission,
    roster: RosterBuilder,
    nodes: Vec<PlannedNode>,
    parents: Adjacency,
    /// Dependencies on no task that has been visited, with the node that names them.
    unresolved: Vec<(u32, TaskId)>,
    profiles: Vec<Profile>,
    resiliences: Vec<Resilience>,
    deadlines: HashMap<u32, Timestamp>,
    needs: HashMap<u32, Arc<Needs>>,
    /// Made when a task names something.
    names: Option<Names>,
    /// What the last task that named something has named.
    named: Option<Named>,
    /// What the last few profiles were made of, by their number modulo the length.
    recent: [Option<(Traits, u32)>; 4],
}

/// Groups and costs, and what they come to.
struct Named {
    groups: Vec<Arc<str>>,
    costs: Vec<Cost>,
    needs: Arc<Needs>,
}

/// What makes a profile.
type Traits = (ResourceRequirements, Duration, Option<Duration>, TriggerRule, Option<Resilience>);

impl<'a> Survey<'a> {
    pub(in crate::graph) fn new(config: &'a SchedulerConfig, tasks: usize) -> Self {
        Self {
            config,
            admission: Admission::new(config),
            roster: RosterBuilder::default(),
            nodes: Vec::with_capacity(tasks),
            parents: Adjacency::with_capacity(tasks),
            unresolved: Vec::new(),
            profiles: Vec::new(),
            resiliences: Vec::new(),
            deadlines: HashMap::new(),
            needs: HashMap::new(),
            names: None,
            named: None,
            recent: [None; 4],
        }
    }

    /// The next task.
    pub(in crate::graph) fn visit(&mut self, task: &TaskTerms<'_>) -> Result<(), SchedulerError> {
        let node = self.nodes.len() as u32;
        self.roster.push(task.id);
        let profile = self.profile(task)?;
        self.nodes.push(PlannedNode {
            class: task.priority,
            profile,
            rank: nanos(task.estimate),
            due: from_caller(task.deadline),
        });
        if self.config.overdue != Overdue::Ignore
            && let Some(deadline) = task.deadline
        {
            self.deadlines.insert(node, deadline);
        }
        if !(task.groups.is_empty() && task.costs.is_empty()) {
            self.name(node, task)?;
        }
        let (roster, unresolved) = (&self.roster, &mut self.unresolved);
        self.parents.push(task.dependencies.iter().filter_map(|&id| {
            let parent = roster.node(id);
            if parent.is_none() {
                unresolved.push((node, id));
            }
            parent
        }));
        Ok(())
    }

    /// Looks up what a task names. Many name the same, one after the other.
    fn name(&mut self, node: u32, task: &TaskTerms<'_>) -> Result<(), SchedulerError> {
        let same = |it: &&Named| it.groups == task.groups && it.costs == task.costs;
        if let Some(named) = self.named.as_ref().filter(same) {
            self.needs.insert(node, Arc::clone(&named.needs));
            return Ok(());
        }
        let names = self.names.get_or_insert_with(|| Names::new(self.config));
        if let Some(needs) = names.needs(task, self.config)? {
            let needs = Arc::new(needs);
            self.needs.insert(node, Arc::clone(&needs));
            let (groups, costs) = (task.groups.to_vec(), task.costs.to_vec());
            self.named = Some(Named { groups, costs, needs });
        }
        Ok(())
    }

    /// The number of the task's profile. Requirements are checked when they are seen first.
    fn profile(&mut self, task: &TaskTerms<'_>) -> Result<u32, SchedulerError> {
        let resilience = task.resilience.copied();
        let traits = (task.requirements, task.estimate, task.timeout, task.trigger, resilience);
        if let Some((_, number)) = self.recent.iter().flatten().find(|(it, _)| *it == traits) {
            return Ok(*number);
        }
        self.admission.check(task.id, &task.requirements, self.config)?;
        task.check_times()?;
        // No more than there are tasks.
        let number = self.profiles.len() as u32;
        let mut profile = Profile::from(task);
        if let Some(resilience) = resilience {
            if self.resiliences.last() != Some(&resilience) {
                self.resiliences.push(resilience);
            }
            profile.resilience = self.resiliences.len() as u32 - 1;
        }
        self.profiles.push(profile);
        self.recent[number as usize % self.recent.len()] = Some((traits, number));
        Ok(number)
    }

    /// All tasks have been visited; `terms` tells again what each of them is.
    pub(in crate::graph) fn finish<'t>(
        mut self,
        terms: impl Fn(usize) -> TaskTerms<'t>,
    ) -> Result<GraphPlan, SchedulerError> {
        let tasks = self.nodes.len();
        let Some(roster) = self.roster.finish() else {
            return Err(SchedulerError::DuplicateId { id: duplicate((0..tasks).map(terms)) });
        };
        if self.unresolved.iter().any(|&(_, id)| roster.node(id).is_some()) {
            // Some tasks name later ones.
            self.parents = Adjacency::with_capacity(tasks);
            for node in 0..tasks {
                let dependencies = terms(node).dependencies.iter();
                self.parents.push(dependencies.filter_map(|&id| roster.node(id)));
            }
            self.unresolved.retain(|&(_, id)| roster.node(id).is_none());
        }
        let topology = Topology::new(self.parents).map_err(|ring| SchedulerError::Cycle {
            tasks: ring.into_iter().map(|node| roster.id(node)).collect(),
        })?;
        Ok(GraphPlan {
            roster,
            topology,
            levels: None,
            nodes: self.nodes,
            profiles: self.profiles,
            resiliences: self.resiliences,
            timeout: None,
            outside: self.unresolved,
            deadlines: self.deadlines,
            needs: self.needs,
            deadline: Timestamp::MAX,
            work: 0,
        })
    }
}

/// The first id that comes a second time; there is one.
fn duplicate<'a>(mut tasks: impl Iterator<Item = TaskTerms<'a>>) -> TaskId {
    let mut seen = HashSet::new();
    let second = tasks.find(|task| !seen.insert(task.id));
    second.expect("two tasks have the same id").id
}
