//! Random failures, retries, limits on time, signs of life, cancellations and trigger rules on a
//! virtual clock, compared with the model after every step.

use crate::common::id;
use crate::failures_model::{Graph, Model, SEED, State, Task, Told};
use crate::failures_steps::{Draft, Step, step};
use graph_runtime_scheduler::{
    Cancelled, Dependents, EndState, Event, FailurePolicy, GraphId, GraphPlan, LimitKind,
    SchedulerConfig, TaskScheduler, TaskSpec, TaskState,
};
use primitives::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

const LIMIT: usize = 4;

/// The scheduler and the model side by side. A task's id and payload are its number.
struct Twins {
    scheduler: TaskScheduler<usize>,
    config: SchedulerConfig,
    model: Model,
    now: Timestamp,
    graphs: Vec<GraphId>,
    ended: HashMap<usize, EndState>,
    graphs_ended: HashSet<GraphId>,
}

impl Twins {
    fn new() -> Self {
        let config = SchedulerConfig { max_in_flight: LIMIT, seed: SEED, ..Default::default() };
        Self {
            scheduler: TaskScheduler::new(config.clone()).unwrap(),
            config,
            model: Model::default(),
            now: Timestamp::ZERO,
            graphs: Vec::new(),
            ended: HashMap::new(),
            graphs_ended: HashSet::new(),
        }
    }

    fn take(&mut self, step: Step) {
        let running = self.model.all_in(|state| state == State::Running);
        let pick = |which: Index| (!running.is_empty()).then(|| *which.get(&running));
        match step {
            Step::Submit(draft) => self.submit(draft),
            Step::SubmitGraph(drafts, failure, timeout) => {
                self.submit_graph(drafts, failure, timeout);
            }
            Step::Dispatch => drop(self.dispatch()),
            Step::Finish(which, end) => pick(which).into_iter().for_each(|it| self.finish(it, end)),
            Step::Heartbeat(which) => pick(which).into_iter().for_each(|it| self.heartbeat(it)),
            Step::Cancel(which) if !self.model.tasks.is_empty() => {
                self.cancel(which.index(self.model.tasks.len()));
            }
            Step::CancelGraph(which) if !self.graphs.is_empty() => {
                let graph = which.index(self.graphs.len());
                let mut stopped = self.scheduler.cancel_graph(self.graphs[graph], self.now);
                let mut expected = self.model.cancel_graph(graph);
                stopped.sort();
                expected.sort();
                assert_eq!(stopped, expected);
            }
            Step::CancelAll => {
                let stopped = self.scheduler.cancel_all(self.now);
                assert_eq!(stopped.len(), self.model.cancel_all().len());
            }
            Step::Hold(which) => self.recent(which).into_iter().for_each(|it| self.hold(it)),
            Step::Release(which) => {
                let held = self.model.all_held();
                if !held.is_empty() {
                    self.release(*which.get(&held));
                }
            }
            Step::Connect(before, after) => {
                let (before, after) = (self.recent(before), self.recent(after));
                if let (Some(before), Some(after)) = (before, after) {
                    self.connect(before.min(after), before.max(after));
                }
            }
            Step::Remove(which, dependents) => {
                self.recent(which).into_iter().for_each(|it| self.remove(it, dependents));
            }
            Step::Wake => self.wake(),
            Step::Pass(duration) => self.pass_to(self.now + duration),
            Step::Cancel(_) | Step::CancelGraph(_) => {}
        }
        self.compare();
    }

    /// Makes a task of `draft` that may depend on any task before number `number`.
    fn task(draft: Draft, number: usize, graph: Option<usize>) -> Task {
        let (dependencies, rule, retry, idle, total) = draft;
        let dependencies = dependencies.into_iter().filter(|_| number > 0);
        // Rather on late ones: of those more are alive.
        let dependency = |which: Index| number - 1 - which.index(number.min(12));
        Task {
            dependencies: dependencies.map(dependency).collect(),
            rule,
            graph,
            retry,
            idle,
            total,
            state: State::Waiting,
            attempts: 0,
            ticket: None,
            is_last: false,
            ends_at: None,
            sign: Timestamp::ZERO,
            is_reported: false,
            holds: 0,
            is_triggered: false,
        }
    }

    fn spec(number: usize, task: &Task) -> TaskSpec<usize> {
        let mut spec = TaskSpec::new(id(number as u64), number)
            .after_all(task.dependencies.iter().map(|&d| id(d as u64)))
            .trigger(task.rule);
        if let Some(policy) = task.retry {
            spec = spec.retry(policy);
        }
        if let Some(idle) = task.idle {
            spec = spec.idle_timeout(idle);
        }
        if let Some(total) = task.total {
            spec = spec.total_timeout(total);
        }
        spec
    }

    fn submit(&mut self, draft: Draft) {
        let number = self.model.tasks.len();
        let task = Self::task(draft, number, None);
        self.scheduler.submit(Self::spec(number, &task), self.now).unwrap();
        self.model.submit(vec![task]);
    }

    fn submit_graph(
        &mut self,
        drafts: Vec<Draft>,
        failure: FailurePolicy,
        timeout: Option<Duration>,
    ) {
        let (first, graph) = (self.model.tasks.len(), Some(self.graphs.len()));
        let drafts = drafts.into_iter().zip(first..);
        let tasks: Vec<Task> = drafts.map(|(draft, n)| Self::task(draft, n, graph)).collect();
        let specs: Vec<_> =
            tasks.iter().zip(first..).map(|(task, n)| Self::spec(n, task)).collect();
        let mut plan =
            GraphPlan::new(&self.config, specs.len(), |node| specs[node].terms()).unwrap();
        if let Some(timeout) = timeout {
            plan = plan.timeout(timeout);
        }
        let submitted = self.scheduler.submit_plan(plan, |node| first + node, failure, self.now);
        self.graphs.push(submitted.unwrap());
        self.model.graphs.push(Graph::new(failure, timeout.map(|timeout| self.now + timeout)));
        self.model.submit(tasks);
    }

    fn dispatch(&mut self) -> Option<usize> {
        let running = self.model.all_in(|state| state == State::Running).len();
        let ready = self.model.all_in(|state| state == State::Ready);
        let dispatch = self.scheduler.dispatch(self.now);
        assert_eq!(dispatch.is_some(), !ready.is_empty() && running < LIMIT, "a slot is lost");
        let dispatch = dispatch?;
        let task = dispatch.payload;
        assert!(ready.contains(&task), "{task} is not ready");
        self.model.start(task, dispatch.ticket, self.now);
        assert_eq!(dispatch.attempt, self.model.tasks[task].attempts);
        assert_eq!(dispatch.idle_timeout, self.model.tasks[task].idle);
        Some(task)
    }

    fn finish(&mut self, task: usize, end: EndState) {
        let ticket = self.model.tasks[task].ticket.unwrap();
        let next = self.model.retry(task, end, self.now);
        assert_eq!(self.scheduler.retry(ticket, end, task, self.now), next.ok_or(task));
        if next.is_none() {
            self.scheduler.finish(ticket, end, self.now).unwrap();
            self.model.end(task, end);
        }
        assert!(self.scheduler.finish(ticket, end, self.now).unwrap_err().is_stale());
        assert_eq!(self.scheduler.retry(ticket, end, task, self.now), Err(task));
        self.scheduler.heartbeat(ticket, Timestamp::MAX);
    }

    fn heartbeat(&mut self, task: usize) {
        self.scheduler.heartbeat(self.model.tasks[task].ticket.unwrap(), self.now);
        self.model.heartbeat(task, self.now);
    }

    fn cancel(&mut self, task: usize) {
        let answer = self.scheduler.cancel(id(task as u64), self.now);
        match self.model.tasks[task].state {
            State::Running => {
                assert_eq!(answer, Cancelled::Running(self.model.tasks[task].ticket.unwrap()));
                self.model.tasks[task].is_last = true;
            }
            State::Ended(end) => assert_eq!(answer, Cancelled::AlreadyEnded(end)),
            State::Waiting | State::Ready | State::Backoff { .. } => {
                assert_eq!(answer, Cancelled::Ended);
                self.model.end(task, EndState::Cancelled);
            }
        }
    }

    /// One of the latest tasks, of which more are alive.
    fn recent(&self, which: Index) -> Option<usize> {
        let known = self.model.tasks.len();
        (known > 0).then(|| known - 1 - which.index(known.min(12)))
    }

    fn hold(&mut self, task: usize) {
        let can_be = self.model.is_untouched(task);
        assert_eq!(self.scheduler.hold(id(task as u64)).is_ok(), can_be);
        if can_be {
            self.model.hold(task);
        }
    }

    fn release(&mut self, task: usize) {
        assert!(self.scheduler.release(id(task as u64), self.now));
        self.model.release(task);
    }

    /// Later tasks depend on earlier ones, so this closes no ring.
    fn connect(&mut self, before: usize, after: usize) {
        let can_be = before != after && self.model.is_untouched(after);
        let connected =
            self.scheduler.connect(id(before as u64), id(after as u64), self.now).is_ok();
        assert_eq!(connected, can_be);
        if can_be {
            self.model.connect(before, after);
        }
    }

    fn remove(&mut self, task: usize, dependents: Dependents) {
        let can_be = self.model.is_untouched(task);
        let removed = self.scheduler.remove(id(task as u64), dependents, self.now);
        assert_eq!(removed.is_ok(), can_be);
        match dependents {
            _ if !can_be => {}
            Dependents::Skip => self.model.end(task, EndState::Cancelled),
            Dependents::Detach => self.model.detach(task),
        }
    }

    fn wake(&mut self) {
        let Some(next) = self.scheduler.next_wake() else {
            assert_eq!(self.model.next_wake(), None, "nobody would come");
            return;
        };
        assert!(self.model.next_wake().is_none_or(|at| next <= at), "too late");
        let just_before = next.saturating_sub(Duration::from_nanos(1));
        if just_before > self.now {
            self.pass_to(just_before);
            self.compare();
        }
        self.pass_to(next.max(self.now));
    }

    fn pass_to(&mut self, now: Timestamp) {
        self.now = now;
        self.scheduler.pass_time(now);
        self.model.pass_time(now);
        assert!(self.scheduler.next_wake().is_none_or(|next| next > now), "it is done");
    }

    fn compare(&mut self) {
        let mut told = Vec::new();
        while let Some(event) = self.scheduler.next_event() {
            told.extend(self.note(event));
        }
        told.sort();
        self.model.told.sort();
        assert_eq!(told, std::mem::take(&mut self.model.told));
        for (number, task) in self.model.tasks.iter().enumerate() {
            let expected = match task.state {
                State::Waiting => {
                    // The same edge may have been added twice.
                    let state = self.scheduler.state(id(number as u64));
                    assert!(
                        matches!(state, Some(TaskState::Waiting { .. })),
                        "{number}: {state:?}"
                    );
                    continue;
                }
                State::Ready => TaskState::Ready,
                State::Running => TaskState::Running { ticket: task.ticket.unwrap() },
                State::Backoff { until } => {
                    TaskState::BackingOff { until, attempts: task.attempts }
                }
                State::Ended(end) => {
                    assert_eq!(self.ended.get(&number), Some(&end), "told of {number}");
                    TaskState::Ended(end)
                }
            };
            assert_eq!(self.scheduler.state(id(number as u64)), Some(expected), "task {number}");
        }
        assert_eq!(self.scheduler.counts(), self.model.counts(|_| true));
        for (number, &graph) in self.graphs.iter().enumerate() {
            let counts = self.model.counts(|task| task.graph == Some(number));
            assert_eq!(self.scheduler.graph_counts(graph), Some(counts));
            assert_eq!(self.graphs_ended.contains(&graph), !self.model.is_graph_live(number));
        }
    }

    fn note(&mut self, event: Event<usize>) -> Option<Told> {
        match event {
            Event::Ended { id, end, payload, cause, limit, .. } => {
                let task = id.as_u64() as usize;
                assert_eq!(self.ended.insert(task, end), None, "{id} ended twice");
                assert!(payload.is_none_or(|payload| payload == task));
                let is_named = |cause: usize| self.model.tasks[task].dependencies.contains(&cause);
                assert!(cause.is_none_or(|cause| is_named(cause.as_u64() as usize)));
                // Whoever did not run when it ended says why.
                let skipped = end == EndState::Skipped && payload.is_some();
                assert_eq!(cause.is_some(), skipped);
                assert_eq!(limit.is_some(), end == EndState::TimedOut && payload.is_some());
                None
            }
            Event::GraphEnded { graph, counts } => {
                assert!(self.graphs_ended.insert(graph), "{graph} ended twice");
                assert_eq!(counts.unfinished(), 0);
                None
            }
            Event::DeadlinePassed { ticket, .. } => panic!("nobody watches {ticket}"),
            Event::CancelRunning { ticket } => Some(Told::Cancel(ticket)),
            Event::LimitReached { ticket, limit } => {
                assert!(matches!(limit.kind, LimitKind::Total | LimitKind::Graph));
                Some(Told::Limit(ticket))
            }
            Event::Silent { ticket, since, .. } => Some(Told::Silent(ticket, since)),
        }
    }

    /// Whatever happened before, completing what starts must lead to the end of everything.
    fn run_out(&mut self) {
        // Releasing one may end another.
        while let Some(&task) = self.model.all_held().first() {
            self.release(task);
            self.compare();
        }
        while !self.scheduler.is_idle() {
            if self.dispatch().is_none() {
                match self.model.all_in(|state| state == State::Running).first() {
                    Some(&task) => self.finish(task, EndState::Completed),
                    None => self.wake(),
                }
            }
            self.compare();
        }
        assert_eq!(self.scheduler.next_wake(), None);
        assert_eq!(self.ended.len(), self.model.tasks.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_200))]

    #[test]
    fn fails_and_is_tried_again_as_the_model_says(
        steps in prop::collection::vec(step(), 1..150),
    ) {
        let mut twins = Twins::new();
        for step in steps {
            twins.take(step);
        }
        twins.run_out();
    }
}
