//! What was promised to all tasks, and whether it is kept.

use crate::bucket::Bucket;
use crate::draft::{GROUPS, MEMORY, RATES, TOTALS};
use crate::promise::{Dependency, KINDS, Payload, Promise, State};
use graph_runtime_scheduler::{
    Counts, Dispatch, EndState, Event, GraphId, LimitKind, TaskId, Ticket,
};
use primitives::Timestamp;
use std::collections::HashMap;

#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) id: GraphId,
    /// Submitted with it.
    pub(crate) members: Vec<TaskId>,
    pub(crate) live: usize,
    fails_fast: bool,
    /// Nothing starts in it any more but what outlives a failure.
    is_stopping: bool,
    /// Nothing starts in it any more.
    pub(crate) is_cancelled: bool,
    pub(crate) has_ended: bool,
}

#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) promises: HashMap<TaskId, Promise>,
    pub(crate) graphs: HashMap<usize, Graph>,
    numbers: HashMap<GraphId, usize>,
    pub(crate) running: Vec<TaskId>,
    /// Those that have ended alone or were added, and are remembered.
    pub(crate) ended_alone: Vec<TaskId>,
    pub(crate) ended_graphs: Vec<usize>,
    pub(crate) buckets: [Bucket; KINDS],
    pub(crate) group_limits: [usize; KINDS],
    pub(crate) limit: usize,
    pub(crate) is_paused: bool,
    /// The memory that the machine had free at the last reading, and what has been taken since.
    free_memory: Option<u64>,
    taken_memory: u64,
    /// Of running tasks.
    used: [u64; 3],
    in_group: [usize; KINDS],
    submitted: usize,
    /// Of those that have ended.
    pub(crate) ended: Counts,
    /// Whose attempt has just been finished, and how.
    pub(crate) finishing: Option<(TaskId, EndState)>,
    /// Events that ask for an attempt's end.
    pub(crate) stops: Vec<Ticket>,
    /// Attempts said to be silent.
    pub(crate) silent: Vec<Ticket>,
}

impl Books {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            promises: HashMap::new(),
            graphs: HashMap::new(),
            numbers: HashMap::new(),
            running: Vec::new(),
            ended_alone: Vec::new(),
            ended_graphs: Vec::new(),
            buckets: RATES.map(|(_, units, burst)| Bucket::new(burst as f64, units as f64)),
            group_limits: GROUPS.map(|(_, limit)| limit),
            limit,
            is_paused: false,
            free_memory: None,
            taken_memory: 0,
            used: [0; 3],
            in_group: [0; KINDS],
            submitted: 0,
            ended: Counts::default(),
            finishing: None,
            stops: Vec::new(),
            silent: Vec::new(),
        }
    }

    pub(crate) fn live(&self) -> usize {
        self.submitted - self.ended.ended()
    }

    pub(crate) fn add_graph(
        &mut self,
        number: usize,
        id: GraphId,
        members: Vec<TaskId>,
        fails_fast: bool,
    ) {
        let live = members.len();
        let graph = Graph {
            id,
            members,
            live,
            fails_fast,
            is_stopping: false,
            is_cancelled: false,
            has_ended: false,
        };
        self.graphs.insert(number, graph);
        self.numbers.insert(id, number);
    }

    pub(crate) fn add(&mut self, id: TaskId, mut promise: Promise) {
        for (dependency, state) in &mut promise.dependencies {
            // One of the same graph may come later.
            if let Some(other) = self.promises.get_mut(dependency) {
                other.dependents.push(id);
                if let State::Ended(end) = other.state {
                    *state = Dependency::Ended(end);
                }
            }
        }
        self.submitted += 1;
        self.promises.insert(id, promise);
    }

    /// Dependencies among tasks that were added together, in any order.
    pub(crate) fn link_late(&mut self, ids: &[TaskId]) {
        for &id in ids {
            let dependencies: Vec<TaskId> =
                self.promises[&id].dependencies.keys().copied().collect();
            for dependency in dependencies {
                let dependents =
                    &mut self.promises.get_mut(&dependency).expect("it is known").dependents;
                if !dependents.contains(&id) {
                    dependents.push(id);
                }
            }
        }
    }

    pub(crate) fn read_memory(&mut self, free: Option<u64>) {
        (self.free_memory, self.taken_memory) = (free, 0);
    }

    /// A task has been started: was it to?
    pub(crate) fn start(&mut self, dispatch: Dispatch<Payload>, now: Timestamp) {
        let promise = self.promises.get_mut(&dispatch.id).expect("only known tasks start");
        match promise.state {
            State::Waiting => {}
            State::Backoff(until) => assert!(until <= now, "tried again too early"),
            _ => panic!("{promise:?} starts"),
        }
        assert!(!self.is_paused, "nothing starts during a pause");
        assert!(promise.may_start(), "{promise:?} starts before its dependencies let it");
        assert_eq!(promise.holds, 0, "{promise:?} is held");
        assert!(!promise.is_cancelled, "{promise:?} was cancelled");
        assert!(self.running.len() < self.limit, "the limit is {}", self.limit);
        promise.attempts += 1;
        assert_eq!(dispatch.attempt, promise.attempts);
        assert!(promise.attempts <= promise.max_attempts);
        if let Some(number) = promise.graph {
            let graph = &self.graphs[&number];
            assert_eq!(dispatch.graph, Some(graph.id));
            assert!(!graph.is_cancelled && !graph.has_ended);
            assert!(!graph.is_stopping || promise.trigger.outlives_failure());
        }
        let (need, others) = (promise.needs[MEMORY], self.used[MEMORY]);
        let is_free = self.free_memory.is_none_or(|free| self.taken_memory + need <= free);
        assert!(need == 0 || others == 0 || is_free, "the machine has no memory for {promise:?}");
        self.taken_memory += need;
        for ((used, need), total) in self.used.iter_mut().zip(promise.needs).zip(TOTALS) {
            *used += need;
            assert!(*used <= total, "{used} of {total} are used");
        }
        for kind in 0..KINDS {
            if promise.groups[kind] {
                self.in_group[kind] += 1;
                assert!(self.in_group[kind] <= self.group_limits[kind]);
            }
            if promise.costs[kind] > 0.0 {
                self.buckets[kind].start(promise.costs[kind], now);
            }
        }
        promise.charged = promise.costs;
        promise.state = State::Running(dispatch.ticket, dispatch.payload);
        self.running.push(dispatch.id);
    }

    /// A task runs no longer: its ticket, and what it was run with.
    pub(crate) fn stop(&mut self, id: TaskId) -> (Ticket, Payload) {
        let place = self.running.iter().position(|&it| it == id).expect("it runs");
        self.running.swap_remove(place);
        let promise = self.promises.get_mut(&id).expect("it is known");
        self.used.iter_mut().zip(promise.needs).for_each(|(used, need)| *used -= need);
        self.taken_memory = self.taken_memory.saturating_sub(promise.needs[MEMORY]);
        for kind in 0..KINDS {
            self.in_group[kind] -= usize::from(promise.groups[kind]);
        }
        match std::mem::replace(&mut promise.state, State::Waiting) {
            State::Running(ticket, payload) => (ticket, payload),
            state => panic!("{state:?} does not run"),
        }
    }

    pub(crate) fn note(&mut self, event: Event<Payload>) {
        match event {
            Event::Ended { id, graph, end, payload, cause, limit } => {
                assert_eq!(graph.map(|graph| self.numbers[&graph]), self.promises[&id].graph);
                let was_limit = limit.map(|limit| limit.kind);
                self.end(id, end, payload, cause, was_limit);
            }
            Event::GraphEnded { graph, counts } => {
                let number = self.numbers[&graph];
                let graph = self.graphs.get_mut(&number).expect("it is known");
                assert!(!graph.has_ended && graph.live == 0, "{graph:?} ends");
                assert_eq!(counts.unfinished(), 0);
                graph.has_ended = true;
                self.ended_graphs.push(number);
            }
            Event::LimitReached { ticket, limit } => {
                let is_it = |id: &&TaskId| self.ticket(**id) == Some(ticket);
                let id = *self.running.iter().find(is_it).expect("what runs out of time runs");
                if limit.kind == LimitKind::Graph {
                    self.stop_graph(id);
                }
                self.stops.push(ticket);
            }
            Event::CancelRunning { ticket } => self.stops.push(ticket),
            Event::Silent { ticket, .. } => self.silent.push(ticket),
            Event::DeadlinePassed { .. } => {}
        }
    }

    pub(crate) fn ticket(&self, id: TaskId) -> Option<Ticket> {
        match self.promises.get(&id)?.state {
            State::Running(ticket, _) => Some(ticket),
            _ => None,
        }
    }

    fn stop_graph(&mut self, id: TaskId) {
        let number = self.promises[&id].graph.expect("it is in a graph");
        self.graphs.get_mut(&number).expect("it is known").is_stopping = true;
    }

    /// A task has ended: was it to, and for the first time?
    fn end(
        &mut self,
        id: TaskId,
        end: EndState,
        payload: Option<Payload>,
        cause: Option<TaskId>,
        limit: Option<LimitKind>,
    ) {
        if limit == Some(LimitKind::Graph) {
            self.stop_graph(id);
        }
        let promise = &self.promises[&id];
        if self.finishing == Some((id, end)) {
            self.finishing = None;
            assert!(payload.is_none() && cause.is_none());
        } else {
            assert!(payload.is_some(), "{promise:?} has not run, so its payload comes back");
            assert!(matches!(promise.state, State::Waiting | State::Backoff(_)), "{promise:?}");
            self.check_end(promise, end, cause, limit);
        }
        let promise = self.promises.get_mut(&id).expect("it is known");
        promise.state = State::Ended(end);
        self.ended.add_ended(end);
        let (graph, is_static) = (promise.graph, promise.is_static);
        let dependents = std::mem::take(&mut promise.dependents);
        for dependent in dependents {
            if let Some(dependent) = self.promises.get_mut(&dependent) {
                let state = dependent.dependencies.get_mut(&id).expect("it was linked");
                if *state == Dependency::Open {
                    *state = Dependency::Ended(end);
                }
            }
        }
        if !is_static {
            self.ended_alone.push(id);
        }
        if let Some(number) = graph {
            let graph = self.graphs.get_mut(&number).expect("it is known");
            graph.live -= 1;
            graph.is_stopping |= graph.fails_fast && end.is_failure();
        }
    }

    /// Whether a task that does not run may end so.
    fn check_end(
        &self,
        promise: &Promise,
        end: EndState,
        cause: Option<TaskId>,
        limit: Option<LimitKind>,
    ) {
        match end {
            EndState::Skipped => {
                let cause = cause.expect("somebody is the cause");
                assert!(promise.dependencies.contains_key(&cause), "{promise:?} of {cause}");
                assert!(promise.can_never_start(), "{promise:?} is skipped");
            }
            EndState::Cancelled => {
                let graph = promise.graph.map(|number| &self.graphs[&number]);
                let is_stopping = graph.is_some_and(|graph| {
                    graph.is_cancelled || graph.is_stopping && !promise.trigger.outlives_failure()
                });
                assert!(is_stopping || promise.is_cancelled, "{promise:?} is cancelled");
            }
            EndState::TimedOut => assert!(limit.is_some(), "{promise:?} times out"),
            EndState::Completed | EndState::Failed => panic!("{promise:?} has not run"),
        }
    }

    pub(crate) fn forget(&mut self, id: TaskId) {
        let promise = self.promises.remove(&id).expect("it is known");
        assert!(!promise.is_live());
    }

    pub(crate) fn forget_graph(&mut self, number: usize) {
        let graph = self.graphs.remove(&number).expect("it is known");
        self.numbers.remove(&graph.id);
        graph.members.iter().for_each(|&id| self.forget(id));
    }

    /// Those that hold nothing any more have given everything back.
    pub(crate) fn assert_empty(&self) {
        assert_eq!((self.used, self.in_group), ([0; 3], [0; KINDS]));
        assert!(self.running.is_empty());
        assert_eq!(self.live(), 0);
    }
}
