//! Random submissions, ends and cancellations, compared with the model after every step.

use crate::common::{NOW, id};
use crate::model::{Model, State, Task};
use graph_runtime_scheduler::{
    Cancelled, EndState, Event, FailurePolicy, GraphId, Policy, Reason, ResourceRequirements,
    SchedulerConfig, TaskScheduler, TaskSpec, TaskState, Ticket,
};
use primitives::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::HashMap;
use std::time::Duration;

/// Thousandths of a core, bytes, thousandths of an I/O channel.
const TOTALS: [u64; 3] = [1_000, 7, 900];

/// What is random about a task: dependencies, priority, deadline, estimate, what it takes of each
/// budget.
type Draft = (Vec<Index>, u32, Option<u64>, u64, [u64; 3]);

#[derive(Debug, Clone)]
enum Step {
    Submit(Draft),
    SubmitGraph(Vec<Draft>, bool),
    Dispatch,
    Finish(Index, EndState),
    Cancel(Index),
    CancelGraph(Index),
    CancelAll,
    SetLimit(usize),
}

fn draft() -> impl Strategy<Value = Draft> {
    let dependencies = prop::collection::vec(any::<Index>(), 0..3);
    // Often nothing, and often the same as others, which then go strictly in order.
    let amount = |total: u64| {
        prop_oneof![
            4 => Just(0),
            2 => prop::sample::select(vec![total / 3, total / 3 + 1, total / 2, total]),
            1 => 0..=total,
        ]
    };
    let [cpu, memory, io] = TOTALS.map(amount);
    let needs = prop_oneof![Just([0; 3]), (cpu, memory, io).prop_map(<[u64; 3]>::from)];
    (dependencies, 0..2u32, prop::option::weighted(0.2, 0..9u64), 0..4u64, needs)
}

fn fits(used: [u64; 3], task: &Task) -> bool {
    (0..3).all(|budget| used[budget] + task.needs[budget] <= TOTALS[budget])
}

fn end() -> impl Strategy<Value = EndState> {
    prop_oneof![
        6 => Just(EndState::Completed),
        1 => Just(EndState::Failed),
        1 => Just(EndState::TimedOut),
        1 => Just(EndState::Cancelled),
        1 => Just(EndState::Skipped),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => draft().prop_map(Step::Submit),
        4 => (prop::collection::vec(draft(), 1..8), any::<bool>())
            .prop_map(|(drafts, fail_fast)| Step::SubmitGraph(drafts, fail_fast)),
        16 => Just(Step::Dispatch),
        12 => (any::<Index>(), end()).prop_map(|(which, end)| Step::Finish(which, end)),
        2 => any::<Index>().prop_map(Step::Cancel),
        1 => any::<Index>().prop_map(Step::CancelGraph),
        1 => Just(Step::CancelAll),
        1 => (0..5usize).prop_map(Step::SetLimit),
    ]
}

/// The scheduler and the model side by side. A task's id and payload are its number.
struct Twins {
    scheduler: TaskScheduler<usize>,
    model: Model,
    policy: Policy,
    limit: usize,
    graphs: Vec<GraphId>,
    tickets: HashMap<usize, Ticket>,
    ended: HashMap<usize, EndState>,
    graphs_ended: Vec<GraphId>,
}

impl Twins {
    fn new(policy: Policy) -> Self {
        let [cpu, memory, io] = TOTALS;
        let config = SchedulerConfig {
            policy,
            max_in_flight: 3,
            cpu_cores: cpu as f64 / 1_000.0,
            memory_bytes: memory as usize,
            io_capacity: io as f64 / 1_000.0,
            ..Default::default()
        };
        Self {
            scheduler: TaskScheduler::new(config).unwrap(),
            model: Model::default(),
            policy,
            limit: 3,
            graphs: Vec::new(),
            tickets: HashMap::new(),
            ended: HashMap::new(),
            graphs_ended: Vec::new(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Submit(draft) => self.submit(draft),
            Step::SubmitGraph(drafts, fail_fast) => self.submit_graph(drafts, fail_fast),
            Step::Dispatch => drop(self.dispatch()),
            Step::Finish(which, end) => {
                let running = self.model.running();
                if !running.is_empty() {
                    self.finish(*which.get(&running), end);
                }
            }
            Step::Cancel(which) if !self.model.tasks.is_empty() => {
                self.cancel(which.index(self.model.tasks.len()));
            }
            Step::CancelGraph(which) if !self.graphs.is_empty() => {
                let graph = which.index(self.graphs.len());
                let running = |t: &Task| t.state == State::Running && t.graph == Some(graph);
                let expected = self.model.tasks.iter().filter(|t| running(t)).count();
                let tickets = self.scheduler.cancel_graph(self.graphs[graph], NOW);
                assert_eq!(tickets.len(), expected);
                self.model.cancel_graph(graph);
            }
            Step::CancelAll => {
                let tickets = self.scheduler.cancel_all(NOW);
                assert_eq!(tickets.len(), self.model.running().len());
                self.model.cancel_all();
            }
            Step::SetLimit(limit) => {
                self.limit = limit.max(1);
                self.scheduler.set_max_in_flight(limit);
            }
            Step::Cancel(_) | Step::CancelGraph(_) => {}
        }
        self.compare();
    }

    /// Makes a task of `draft` that may depend on any task before number `number`.
    fn task(&self, draft: Draft, number: usize, graph: Option<usize>) -> Task {
        let (dependencies, priority, deadline, estimate, needs) = draft;
        let dependencies = dependencies.into_iter().filter(|_| number > 0);
        let mut dependencies: Vec<usize> = dependencies.map(|d| d.index(number)).collect();
        // Beyond 64 steps upwards ranks are allowed to be too low: do not go there.
        let known: Vec<usize> =
            dependencies.iter().copied().filter(|&d| d < self.model.tasks.len()).collect();
        if self.model.ways_up(&known) > 64 {
            dependencies.retain(|&d| d >= self.model.tasks.len());
        }
        let (linked, state) = (Vec::new(), State::Waiting);
        Task { dependencies, linked, graph, priority, deadline, estimate, needs, state }
    }

    fn spec(number: usize, task: &Task) -> TaskSpec<usize> {
        let [cpu, memory, io] = task.needs;
        let requirements = ResourceRequirements {
            cpu_cores: cpu as f64 / 1_000.0,
            memory_bytes: memory as usize,
            io_intensity: io as f64 / 1_000.0,
        };
        let mut spec = TaskSpec::new(id(number as u64), number)
            .after_all(task.dependencies.iter().map(|&d| id(d as u64)))
            .priority(task.priority)
            .estimate(Duration::from_nanos(task.estimate))
            .requirements(requirements);
        spec.deadline = task.deadline.map(Timestamp::from_nanos);
        spec
    }

    fn submit(&mut self, draft: Draft) {
        let number = self.model.tasks.len();
        let task = self.task(draft, number, None);
        self.scheduler.submit(Self::spec(number, &task), NOW).unwrap();
        self.model.submit(vec![task]);
    }

    fn submit_graph(&mut self, drafts: Vec<Draft>, fail_fast: bool) {
        let first = self.model.tasks.len();
        let graph = Some(self.graphs.len());
        let drafts = drafts.into_iter().zip(first..);
        let tasks: Vec<Task> = drafts.map(|(draft, n)| self.task(draft, n, graph)).collect();
        let specs = tasks.iter().zip(first..).map(|(task, n)| Self::spec(n, task)).collect();
        let failure =
            if fail_fast { FailurePolicy::FailFast } else { FailurePolicy::ContinueIndependent };
        self.graphs.push(self.scheduler.submit_graph(specs, failure, NOW).unwrap());
        self.model.graphs.push((failure, false));
        self.model.submit(tasks);
    }

    /// What starts fits, and is the first of those that take what it takes; the first of all starts
    /// if it fits, and as long as anything does that takes nothing, something starts. Who else may
    /// overtake one that does not fit, and how often, is random admission's affair.
    fn dispatch(&mut self) -> Option<usize> {
        let (running, used) = (self.model.running(), self.model.used());
        let head = self.model.head(self.policy, |_| true);
        let head_fits = head.is_some_and(|head| fits(used, &self.model.tasks[head]));
        let is_free = running.len() < self.limit;
        self.explain();
        // Unless time is about to change who is first.
        if let Some(first) = head.filter(|&it| self.scheduler.peek() == Some(id(it as u64))) {
            let is_next = self.scheduler.why(id(first as u64), NOW) == Some(Reason::Next);
            assert_eq!(is_next, is_free && head_fits);
        }
        let dispatch = self.scheduler.dispatch(NOW);
        let started = dispatch.as_ref().map(|dispatch| dispatch.payload);
        match started {
            Some(started) => {
                assert!(is_free);
                let needs = self.model.tasks[started].needs;
                let first = self.model.head(self.policy, |task| task.needs == needs);
                assert_eq!(first, Some(started), "those that take the same go in order");
                assert!(fits(used, &self.model.tasks[started]));
                assert!(!head_fits || head == Some(started));
            }
            None if is_free => {
                assert!(!head_fits);
                let light = self.model.head(self.policy, |task| task.needs == [0; 3]);
                assert_eq!(light, None, "nothing holds it up");
            }
            None => {}
        }
        if let Some(dispatch) = dispatch {
            self.tickets.insert(dispatch.payload, dispatch.ticket);
            self.model.tasks[dispatch.payload].state = State::Running;
        }
        started
    }

    /// Whatever has not started has a reason, and the reason is true.
    fn explain(&self) {
        let running = self.model.running();
        for (number, task) in self.model.tasks.iter().enumerate() {
            let reason = self.scheduler.why(id(number as u64), NOW);
            match (task.state, reason) {
                (State::Running | State::Ended(_), None) => {}
                (State::Waiting, Some(Reason::Dependency { first, unmet })) => {
                    let first = first.as_u64() as usize;
                    assert!(task.linked.contains(&first) && self.model.is_live(first));
                    let state = self.scheduler.state(id(number as u64));
                    assert_eq!(state, Some(TaskState::Waiting { unmet }));
                }
                (State::Ready { .. }, Some(Reason::Slot { running: now, limit })) => {
                    assert_eq!((now, limit), (running.len(), self.limit));
                    assert!(now >= limit);
                }
                (State::Ready { .. }, Some(Reason::Behind { first })) => {
                    assert_ne!(first.as_u64(), number as u64);
                    assert_eq!(self.scheduler.state(first), Some(TaskState::Ready));
                }
                (State::Ready { .. }, Some(Reason::Cpu { wanted, free, total })) => {
                    self.lacks(task, 0, [wanted, free, total].map(thousandths));
                }
                (State::Ready { .. }, Some(Reason::Memory { wanted, free, total })) => {
                    self.lacks(task, 1, [wanted, free, total]);
                }
                (State::Ready { .. }, Some(Reason::Io { wanted, free, total })) => {
                    self.lacks(task, 2, [wanted, free, total].map(thousandths));
                }
                (State::Ready { .. }, Some(Reason::Reserved { first })) => {
                    let first = &self.model.tasks[first.as_u64() as usize];
                    assert!(matches!(first.state, State::Ready { .. }));
                    assert!(!fits(self.model.used(), first) && task.needs != [0; 3]);
                }
                (State::Ready { .. }, Some(Reason::Next)) => {}
                (state, reason) => panic!("task {number} is {state:?} because {reason:?}"),
            }
        }
    }

    /// It is true that a task wants more of a budget than is free.
    fn lacks(&self, task: &Task, budget: usize, [wanted, free, total]: [u64; 3]) {
        let left = TOTALS[budget] - self.model.used()[budget];
        assert_eq!([wanted, free, total], [task.needs[budget], left, TOTALS[budget]]);
        assert!(wanted > free);
    }

    fn finish(&mut self, task: usize, end: EndState) {
        let ticket = self.tickets[&task];
        self.scheduler.finish(ticket, end, NOW).unwrap();
        self.model.end(task, end);
        assert!(self.scheduler.finish(ticket, end, NOW).unwrap_err().is_stale());
    }

    fn cancel(&mut self, task: usize) {
        let answer = self.scheduler.cancel(id(task as u64), NOW);
        match self.model.tasks[task].state {
            State::Running => assert_eq!(answer, Cancelled::Running(self.tickets[&task])),
            State::Ended(end) => assert_eq!(answer, Cancelled::AlreadyEnded(end)),
            State::Waiting | State::Ready { .. } => {
                assert_eq!(answer, Cancelled::Ended);
                self.model.end(task, EndState::Cancelled);
            }
        }
    }

    fn compare(&mut self) {
        while let Some(event) = self.scheduler.next_event() {
            self.note(event);
        }
        for (number, task) in self.model.tasks.iter().enumerate() {
            let unmet = task.linked.iter().collect::<std::collections::HashSet<_>>();
            let unmet = unmet.into_iter().filter(|&&d| self.model.is_live(d)).count();
            let expected = match task.state {
                State::Waiting => TaskState::Waiting { unmet },
                State::Ready { .. } => TaskState::Ready,
                State::Running => TaskState::Running { ticket: self.tickets[&number] },
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
            assert_eq!(self.graphs_ended.contains(&graph), counts.unfinished() == 0);
        }
    }

    fn note(&mut self, event: Event<usize>) {
        match event {
            Event::Ended { id, end, payload, cause, .. } => {
                let task = id.as_u64() as usize;
                assert_eq!(self.ended.insert(task, end), None, "{id} ended twice");
                let never_started = (!self.tickets.contains_key(&task)).then_some(task);
                assert_eq!(payload, never_started);
                let skipped = end == EndState::Skipped && never_started.is_some();
                assert_eq!(cause.is_some(), skipped);
                if let Some(cause) = cause.map(|cause| cause.as_u64() as usize) {
                    assert!(self.model.tasks[task].dependencies.contains(&cause));
                    assert_ne!(self.ended[&cause], EndState::Completed);
                }
            }
            Event::GraphEnded { graph, counts } => {
                assert!(!self.graphs_ended.contains(&graph), "{graph} ended twice");
                assert_eq!(counts.unfinished(), 0);
                self.graphs_ended.push(graph);
            }
            Event::DeadlinePassed { ticket, .. }
            | Event::LimitReached { ticket, .. }
            | Event::Silent { ticket, .. } => panic!("nobody watches {ticket}"),
            Event::CancelRunning { ticket } => {
                let running = |task: &usize| self.tickets[task] == ticket;
                assert!(self.model.running().iter().any(running), "{ticket} does not run");
            }
        }
    }

    /// Whatever happened before, completing what starts must lead to the end of everything.
    fn run_out(&mut self) {
        while !self.scheduler.is_idle() {
            if self.dispatch().is_none() {
                let running = self.model.running();
                self.finish(*running.first().expect("deadlock"), EndState::Completed);
            }
            self.compare();
        }
    }
}

fn thousandths(whole: f64) -> u64 {
    (whole * 1_000.0).round() as u64
}

proptest! {
    #[test]
    fn lives_as_the_model_does(
        steps in prop::collection::vec(step(), 1..60),
        policy in prop::sample::select(&[
            Policy::Deadline,
            Policy::Demote,
            Policy::StaticBoost,
            Policy::CriticalPath,
            Policy::Fifo,
        ][..]),
    ) {
        let mut twins = Twins::new(policy);
        for step in steps {
            twins.take(step);
        }
        twins.run_out();
        prop_assert_eq!(twins.ended.len(), twins.model.tasks.len());
    }
}
