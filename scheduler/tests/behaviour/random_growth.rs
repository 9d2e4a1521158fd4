//! Random growth, edges, removals, holds, cancellations, pauses and drains, compared after every
//! step with a model that answers every question by looking at all tasks.

use crate::common::id;
use crate::growth_model::{Graph, Model, State, Task};
use crate::growth_steps::{Step, step};
use graph_runtime_scheduler::{
    Dependents, EndState, Event, FailurePolicy, GraphId, SchedulerConfig, SchedulerError, TaskId,
    TaskScheduler, TaskSpec, TaskState, Ticket,
};
use primitives::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeSet;
use std::time::Duration;

/// The scheduler and the model side by side. A task's id and payload are its number.
struct Twins {
    scheduler: TaskScheduler<usize>,
    model: Model,
    tickets: Vec<Option<Ticket>>,
    ended: Vec<GraphId>,
    is_paused: bool,
    now: Timestamp,
}

impl Twins {
    fn new() -> Self {
        let config = SchedulerConfig { max_in_flight: 4, ..Default::default() };
        Self {
            scheduler: TaskScheduler::new(config).unwrap(),
            model: Model::default(),
            tickets: Vec::new(),
            ended: Vec::new(),
            is_paused: false,
            now: Timestamp::ZERO,
        }
    }

    fn take(&mut self, step: Step) {
        self.now = self.now + Duration::from_secs(1);
        let number = self.model.tasks.len();
        let task = |which: &Index| which.index(number);
        let graph = |which: Index| which.index(self.model.graphs.len());
        match step {
            Step::Submit(after, None) => self.submit(&after),
            Step::Submit(after, Some(which)) if !self.model.graphs.is_empty() => {
                let graph = graph(which);
                self.grow(&[after], graph, true);
            }
            Step::SubmitGraph(drafts, is_fail_fast) => self.submit_graph(&drafts, is_fail_fast),
            Step::Grow(drafts, which) if !self.model.graphs.is_empty() => {
                let graph = graph(which);
                self.grow(&drafts, graph, false);
            }
            Step::CancelGraph(which) if !self.model.graphs.is_empty() => {
                let graph = graph(which);
                let running = self.scheduler.cancel_graph(self.model.graphs[graph].id, self.now);
                let is_running =
                    |task: &&Task| task.graph == Some(graph) && task.state == State::Running;
                assert_eq!(running.len(), self.model.tasks.iter().filter(is_running).count());
                self.model.cancel_graph(graph);
            }
            Step::Dispatch => drop(self.dispatch()),
            Step::Pause(is_paused) => {
                self.is_paused = is_paused;
                if is_paused { self.scheduler.pause() } else { self.scheduler.resume() }
            }
            Step::Submit(..) | Step::Grow(..) | Step::CancelGraph(_) => {}
            _ if number == 0 => {}
            Step::Connect(before, after) => self.connect(task(&before), task(&after)),
            Step::Remove(which, detach) => self.remove(task(&which), detach),
            Step::Hold(which) => self.hold(task(&which)),
            Step::Release(which) => self.release(task(&which)),
            Step::Finish(which, end) => {
                let running = self.model.all(State::Running);
                if !running.is_empty() {
                    self.finish(*which.get(&running), end);
                }
            }
            Step::Cancel(which) => {
                let task = task(&which);
                let _ = self.scheduler.cancel(name(task), self.now);
                if self.model.is_unstarted(task) {
                    self.model.end(task, EndState::Cancelled);
                }
            }
            Step::Forget(which) => self.forget(task(&which)),
        }
        self.compare();
    }

    /// Makes tasks, each of which may depend on those before it that are not forgotten.
    fn make(
        &mut self,
        drafts: &[Vec<Index>],
        graph: Option<usize>,
        is_static: bool,
    ) -> Vec<TaskSpec<usize>> {
        let known = self.model.tasks.len();
        let mut specs = Vec::new();
        for (draft, number) in drafts.iter().zip(known..) {
            let after = draft.iter().filter(|_| number > 0).map(|which| which.index(number));
            let after: BTreeSet<usize> =
                after.filter(|&d| d >= known || !self.model.tasks[d].is_forgotten).collect();
            let is_broken = after.iter().any(|&d| self.model.has_failed(d));
            specs.push(
                TaskSpec::new(name(number), number).after_all(after.iter().copied().map(name)),
            );
            let waits = after.into_iter().filter(|&d| d >= known || self.model.is_live(d));
            let state = if is_broken { State::Ended(EndState::Skipped) } else { State::Waiting };
            let after = if is_broken { BTreeSet::new() } else { waits.collect() };
            let is_forgotten = false;
            self.model.tasks.push(Task { graph, is_static, after, holds: 0, state, is_forgotten });
            self.tickets.push(None);
        }
        specs
    }

    fn submit(&mut self, after: &[Index]) {
        let spec = self.make(&[after.to_vec()], None, false).remove(0);
        self.scheduler.submit(spec, self.now).unwrap();
        self.model.settle();
    }

    fn submit_graph(&mut self, drafts: &[Vec<Index>], is_fail_fast: bool) {
        let specs = self.make(drafts, Some(self.model.graphs.len()), true);
        let failure =
            if is_fail_fast { FailurePolicy::FailFast } else { FailurePolicy::ContinueIndependent };
        let id = self.scheduler.submit_graph(specs, failure, self.now).unwrap();
        self.model.graphs.push(Graph { id, is_fail_fast, is_stopping: false, is_forgotten: false });
        self.model.settle();
    }

    fn grow(&mut self, drafts: &[Vec<Index>], graph: usize, is_single: bool) {
        let (known, id) = (self.model.tasks.len(), self.model.graphs[graph].id);
        let is_closed = self.model.graphs[graph].is_stopping
            || self.model.counts(Some(graph)).unfinished() == 0;
        let mut specs = self.make(drafts, Some(graph), false);
        let grown = if is_single {
            let grown = self.scheduler.submit_into(id, specs.remove(0), self.now);
            grown.map_err(|refused| refused.error)
        } else {
            // In an order in which some name later ones.
            specs.reverse();
            self.scheduler.grow(id, specs, self.now).map_err(|refused| refused.error)
        };
        assert_eq!(grown.is_err(), is_closed, "{grown:?}");
        if is_closed {
            assert!(grown.unwrap_err().is_too_late());
            self.model.tasks.truncate(known);
            self.tickets.truncate(known);
        }
        self.model.settle();
    }

    fn connect(&mut self, before: usize, after: usize) {
        let answer = self.scheduler.connect(name(before), name(after), self.now);
        let expected = if self.model.tasks[after].is_forgotten {
            Err(SchedulerError::UnknownTask { task: name(after) })
        } else if !self.model.is_unstarted(after) {
            Err(SchedulerError::Started { task: name(after) })
        } else if self.model.tasks[before].is_forgotten {
            let (task, dependency) = (name(after), name(before));
            Err(SchedulerError::UnknownDependency { task, dependency })
        } else if self.model.waits_for(before, after) {
            self.assert_ring(before, after, answer);
            return;
        } else {
            Ok(())
        };
        assert_eq!(answer, expected);
        if expected.is_ok() {
            match self.model.tasks[before].state {
                State::Ended(EndState::Completed) => {}
                State::Ended(_) => self.model.end(after, EndState::Skipped),
                _ => {
                    self.model.tasks[after].after.insert(before);
                    self.model.tasks[after].state = State::Waiting;
                }
            }
        }
    }

    fn assert_ring(&self, before: usize, after: usize, answer: Result<(), SchedulerError>) {
        let Err(SchedulerError::Cycle { tasks }) = answer else {
            panic!("an edge from {before} to {after} closes a ring: {answer:?}")
        };
        let ring: Vec<usize> = tasks.iter().map(|id| id.as_u64() as usize).collect();
        assert_eq!((ring[0], ring[ring.len() - 1]), (after, before));
        for edge in ring.windows(2) {
            assert!(self.model.tasks[edge[1]].after.contains(&edge[0]), "{ring:?}");
        }
    }

    fn remove(&mut self, task: usize, detach: bool) {
        let dependents = if detach { Dependents::Detach } else { Dependents::Skip };
        let answer = self.scheduler.remove(name(task), dependents, self.now);
        assert_eq!(answer.is_ok(), self.model.is_unstarted(task));
        if answer.is_ok() {
            if detach {
                for other in &mut self.model.tasks {
                    other.after.remove(&task);
                }
            }
            self.model.end(task, EndState::Cancelled);
        }
    }

    fn hold(&mut self, task: usize) {
        let answer = self.scheduler.hold(name(task));
        assert_eq!(answer.is_ok(), self.model.is_unstarted(task));
        if answer.is_ok() {
            self.model.tasks[task].holds += 1;
            self.model.tasks[task].state = State::Waiting;
        }
    }

    fn release(&mut self, task: usize) {
        let is_held = self.model.tasks[task].holds > 0 && self.model.is_unstarted(task);
        assert_eq!(self.scheduler.release(name(task), self.now), is_held);
        if is_held {
            self.model.tasks[task].holds -= 1;
            self.model.settle();
        }
    }

    fn dispatch(&mut self) -> Option<usize> {
        let may_start = !self.is_paused
            && self.model.all(State::Running).len() < 4
            && !self.model.all(State::Ready).is_empty();
        let dispatch = self.scheduler.dispatch(self.now);
        assert_eq!(dispatch.is_some(), may_start);
        let dispatch = dispatch?;
        let task = dispatch.payload;
        assert_eq!(self.model.tasks[task].state, State::Ready, "{task}");
        assert_eq!(
            dispatch.graph,
            self.model.tasks[task].graph.map(|graph| self.model.graphs[graph].id)
        );
        assert_eq!(dispatch.node.is_some(), self.model.tasks[task].is_static);
        self.model.tasks[task].state = State::Running;
        self.tickets[task] = Some(dispatch.ticket);
        Some(task)
    }

    fn finish(&mut self, task: usize, end: EndState) {
        self.scheduler.finish(self.tickets[task].unwrap(), end, self.now).unwrap();
        self.model.end(task, end);
    }

    fn forget(&mut self, task: usize) {
        let Task { is_static, state, is_forgotten, graph, .. } = self.model.tasks[task];
        if let (true, Some(graph)) = (is_static, graph) {
            let has_ended = self.model.counts(Some(graph)).unfinished() == 0;
            let is_new = has_ended && !self.model.graphs[graph].is_forgotten;
            assert_eq!(self.scheduler.forget_graph(self.model.graphs[graph].id), is_new);
            self.model.graphs[graph].is_forgotten |= has_ended;
            let of_graph = |task: &&mut Task| task.graph == Some(graph) && task.is_static;
            self.model
                .tasks
                .iter_mut()
                .filter(of_graph)
                .for_each(|it| it.is_forgotten |= has_ended);
        } else {
            let has_ended = matches!(state, State::Ended(_));
            assert_eq!(self.scheduler.forget(name(task)), has_ended && !is_forgotten);
            self.model.tasks[task].is_forgotten |= has_ended;
        }
    }

    fn compare(&mut self) {
        while let Some(event) = self.scheduler.next_event() {
            match event {
                Event::Ended { id, end, payload, .. } => {
                    let task = id.as_u64() as usize;
                    assert_eq!(self.model.tasks[task].state, State::Ended(end), "{task}");
                    assert_eq!(payload.is_some(), self.tickets[task].is_none());
                }
                Event::GraphEnded { graph, counts } => {
                    assert_eq!(counts.unfinished(), 0);
                    assert!(!self.ended.contains(&graph), "{graph} ended twice");
                    self.ended.push(graph);
                }
                _ => {}
            }
        }
        for (number, task) in self.model.tasks.iter().enumerate() {
            let state = self.scheduler.state(name(number));
            match task.state {
                _ if task.is_forgotten => assert_eq!(state, None),
                State::Waiting => {
                    assert!(matches!(state, Some(TaskState::Waiting { .. })), "{number} {state:?}");
                }
                State::Ready => assert_eq!(state, Some(TaskState::Ready), "{number}"),
                State::Running => {
                    let ticket = self.tickets[number].unwrap();
                    assert_eq!(state, Some(TaskState::Running { ticket }), "{number}");
                }
                State::Ended(end) => assert_eq!(state, Some(TaskState::Ended(end)), "{number}"),
            }
        }
        assert_eq!(self.scheduler.counts(), self.model.counts(None));
        let known = self.model.tasks.iter().filter(|task| !task.is_forgotten).count();
        assert_eq!(self.scheduler.known(), known);
        for (number, graph) in self.model.graphs.iter().enumerate() {
            let counts = self.model.counts(Some(number));
            let expected = (!graph.is_forgotten).then_some(counts);
            assert_eq!(self.scheduler.graph_counts(graph.id), expected);
            assert_eq!(self.ended.contains(&graph.id), counts.unfinished() == 0);
        }
    }

    /// Drains: what remains is everything that has not started, in an order in which it could be
    /// submitted, each with what it waits for.
    fn drain(mut self) {
        self.scheduler.drain(None);
        let remaining = self.scheduler.remaining();
        let mut seen = BTreeSet::new();
        for task in &remaining {
            let number = task.id.as_u64() as usize;
            let after: Vec<TaskId> =
                self.model.tasks[number].after.iter().copied().map(name).collect();
            assert_eq!(task.waits_for, after, "{number}");
            for other in task.waits_for.iter().map(|id| id.as_u64() as usize) {
                assert!(seen.contains(&other) || self.model.tasks[other].state == State::Running);
            }
            assert!(self.model.is_unstarted(number) && seen.insert(number), "{number}");
        }
        assert_eq!(
            seen.len(),
            self.model.all(State::Waiting).len() + self.model.all(State::Ready).len()
        );
        assert!(self.scheduler.dispatch(self.now).is_none());
        let running = self.scheduler.cancel_all(self.now);
        assert_eq!(running.len(), self.model.all(State::Running).len());
        for ticket in running {
            self.scheduler.finish(ticket, EndState::Cancelled, self.now).unwrap();
        }
        assert!(self.scheduler.is_idle());
    }

    /// Whatever happened before, completing what starts must lead to the end of everything.
    fn run_out(mut self) {
        self.take(Step::Pause(false));
        for task in 0..self.model.tasks.len() {
            while self.model.is_unstarted(task) && self.model.tasks[task].holds > 0 {
                self.release(task);
            }
        }
        while !self.scheduler.is_idle() {
            if self.dispatch().is_none() {
                let running = self.model.all(State::Running);
                self.finish(*running.first().expect("deadlock"), EndState::Completed);
            }
            self.compare();
        }
    }
}

fn name(task: usize) -> TaskId {
    id(task as u64)
}

proptest! {
    #[test]
    fn grows_as_the_model_does(
        steps in prop::collection::vec(step(), 1..80),
        is_drained: bool,
    ) {
        let mut twins = Twins::new();
        for step in steps {
            twins.take(step);
        }
        if is_drained { twins.drain() } else { twins.run_out() }
    }
}
