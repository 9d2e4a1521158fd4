//! Random tasks under budgets, groups and rates that change, compared with the model after every
//! step.

use crate::common::id;
use crate::gate_model::Model;
use crate::gate_tasks::{CPU, GROUPS, MEMORY, Needs, RATE_TERMS, RATES, State};
use graph_runtime_scheduler::{
    Cancelled, EndState, GroupLimit, Policy, RateLimit, ResourceRequirements, SchedulerConfig,
    TaskScheduler, TaskSpec, Ticket,
};
use primitives::Timestamp;
use primitives::rng::Rng;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::HashMap;
use std::time::Duration;

const GROUP_NAMES: [&str; GROUPS] = ["a", "b", "c"];
const RATE_NAMES: [&str; RATES] = ["r", "s"];
const GROUP_LIMITS: [usize; GROUPS] = [1, 2, 3];

#[derive(Debug, Clone)]
enum Step {
    Submit {
        priority: u32,
        estimate: u64,
        needs: Needs,
    },
    Dispatch,
    /// Until nothing starts any more.
    DispatchAll,
    Finish(Index),
    Cancel(Index),
    Wait(u64),
    SetLimit(usize),
    SetGroupLimit(usize, usize),
    Correct(Index, usize, u64),
    Charge(usize, u64),
    Pause(usize, u64),
    Resume(usize),
    ReadMemory(Option<u64>),
    PassTime,
}

fn needs() -> impl Strategy<Value = Needs> {
    let amount = || prop_oneof![3 => Just(0), 1 => 1..=10_u64];
    let group = || prop::bool::weighted(0.25);
    let cost = |burst: i128| prop::option::weighted(0.25, 0..=burst as u64);
    let groups = [group(), group(), group()];
    (amount(), amount(), groups, (cost(RATE_TERMS[0].2), cost(RATE_TERMS[1].2)))
        .prop_map(|(cpu, memory, groups, (r, s))| Needs { cpu, memory, groups, costs: [r, s] })
}

fn step() -> impl Strategy<Value = Step> {
    let any_rate = || 0..RATES;
    prop_oneof![
        12 => (0..3_u32, prop_oneof![Just(0), 1..30_u64], needs())
            .prop_map(|(priority, estimate, needs)| Step::Submit { priority, estimate, needs }),
        8 => Just(Step::Dispatch),
        4 => Just(Step::DispatchAll),
        12 => any::<Index>().prop_map(Step::Finish),
        1 => any::<Index>().prop_map(Step::Cancel),
        6 => (0..12_u64).prop_map(Step::Wait),
        1 => (0..6_usize).prop_map(Step::SetLimit),
        1 => (0..GROUPS, 1..4_usize).prop_map(|(group, limit)| Step::SetGroupLimit(group, limit)),
        1 => (any::<Index>(), any_rate(), 0..20_u64)
            .prop_map(|(which, rate, units)| Step::Correct(which, rate, units)),
        1 => (any_rate(), 0..8_u64).prop_map(|(rate, units)| Step::Charge(rate, units)),
        1 => (any_rate(), 0..30_u64).prop_map(|(rate, nanos)| Step::Pause(rate, nanos)),
        1 => any_rate().prop_map(Step::Resume),
        2 => prop::option::weighted(0.9, 0..12_u64).prop_map(Step::ReadMemory),
        1 => Just(Step::PassTime),
    ]
}

/// The scheduler and the model side by side. A task's id and payload are its number.
struct Twins {
    scheduler: TaskScheduler<usize>,
    model: Model,
    tickets: HashMap<usize, Ticket>,
    /// How many steps at least one had lost patience in, and at least two.
    impatient: [usize; 2],
}

impl Twins {
    fn new() -> Self {
        let rate = |(name, (units, period, burst)): (&str, (i128, i128, i128))| {
            let period = Duration::from_nanos(period as u64);
            RateLimit::new(name, units as u64, period).burst(burst as u64)
        };
        let group = |(name, limit): (&str, usize)| GroupLimit::new(name, limit);
        let config = SchedulerConfig {
            policy: Policy::CriticalPath,
            max_in_flight: 6,
            cpu_cores: CPU as f64 / 10.0,
            memory_bytes: MEMORY as usize,
            groups: GROUP_NAMES.into_iter().zip(GROUP_LIMITS).map(group).collect(),
            rates: RATE_NAMES.into_iter().zip(RATE_TERMS).map(rate).collect(),
            ..Default::default()
        };
        Self {
            scheduler: TaskScheduler::new(config).unwrap(),
            model: Model::new(6, GROUP_LIMITS),
            tickets: HashMap::new(),
            impatient: [0; 2],
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.model.now)
    }

    fn take(&mut self, step: Step) {
        let now = self.now();
        match step {
            Step::Submit { priority, estimate, needs } => self.submit(priority, estimate, needs),
            Step::Dispatch => drop(self.dispatch()),
            Step::DispatchAll => while self.dispatch().is_some() {},
            Step::Finish(which) => {
                let running = self.model.all_in(State::Running);
                if !running.is_empty() {
                    self.finish(*which.get(&running));
                }
            }
            Step::Cancel(which) => {
                let ready = self.model.all_in(State::Ready);
                if !ready.is_empty() {
                    let task = *which.get(&ready);
                    let cancelled = self.scheduler.cancel(id(task as u64), now);
                    assert_eq!(cancelled, Cancelled::Ended);
                    self.model.end(task);
                }
            }
            Step::Wait(nanos) => self.wait(nanos),
            Step::SetLimit(limit) => {
                self.scheduler.set_max_in_flight(limit);
                self.model.limit = limit.max(1);
            }
            Step::SetGroupLimit(group, limit) => {
                self.scheduler.set_group_limit(GROUP_NAMES[group], limit).unwrap();
                self.model.group_limits[group] = limit;
            }
            Step::Correct(which, rate, units) => {
                let running = self.model.all_in(State::Running);
                if !running.is_empty() {
                    let task = *which.get(&running);
                    let (ticket, name) = (self.tickets[&task], RATE_NAMES[rate]);
                    self.scheduler.correct_cost(ticket, name, units as f64, now).unwrap();
                    self.model.correct(task, rate, units);
                }
            }
            Step::Charge(rate, units) => {
                self.scheduler.charge(RATE_NAMES[rate], units as f64, now).unwrap();
                self.model.charge(rate, units.into());
            }
            Step::Pause(rate, nanos) => {
                let until = self.model.now + nanos;
                let end = Timestamp::from_nanos(until);
                self.scheduler.pause_rate(RATE_NAMES[rate], end).unwrap();
                self.model.pause(rate, until);
            }
            Step::Resume(rate) => {
                self.scheduler.resume_rate(RATE_NAMES[rate]).unwrap();
                self.model.resume(rate);
            }
            Step::ReadMemory(free) => {
                self.scheduler.set_free_memory(free);
                self.model.read_memory(free);
            }
            Step::PassTime => self.scheduler.pass_time(now),
        }
        self.compare();
    }

    fn submit(&mut self, priority: u32, estimate: u64, needs: Needs) {
        let number = self.model.tasks.len();
        let mut spec = TaskSpec::new(id(number as u64), number)
            .priority(priority)
            .estimate(Duration::from_nanos(estimate))
            .requirements(ResourceRequirements {
                cpu_cores: needs.cpu as f64 / 10.0,
                memory_bytes: needs.memory as usize,
                ..Default::default()
            });
        for group in (0..GROUPS).filter(|&group| needs.groups[group]) {
            spec = spec.group(GROUP_NAMES[group]);
        }
        for (name, cost) in RATE_NAMES.into_iter().zip(needs.costs) {
            spec = cost.into_iter().fold(spec, |spec, cost| spec.costs(name, cost as f64));
        }
        self.scheduler.submit(spec, self.now()).unwrap();
        self.model.submit(priority, estimate, needs);
    }

    fn dispatch(&mut self) -> Option<usize> {
        let (now, expected) = (self.now(), self.model.choose());
        let started = self.scheduler.dispatch(now);
        assert_eq!(started.as_ref().map(|task| task.payload), expected);
        let Some(started) = started else {
            self.assert_only_rivals_hold_up();
            return None;
        };
        self.tickets.insert(started.payload, started.ticket);
        self.assert_allowed(started.payload);
        self.model.start(started.payload);
        Some(started.payload)
    }

    /// Nothing starts: who lacks nothing waits for a slot, or behind one that needs some of the
    /// same.
    fn assert_only_rivals_hold_up(&self) {
        let model = &self.model;
        if model.all_in(State::Running).len() >= model.limit {
            return;
        }
        for task in model.all_in(State::Ready) {
            let is_rival =
                |&other: &usize| model.is_before(other, task) && model.share(other, task);
            let has_rivals = model.all_in(State::Ready).iter().any(is_rival);
            assert!(has_rivals || !model.is_allowed(task), "{task} waits for strangers");
        }
    }

    /// Whatever the order is: nothing that there is no room for may start.
    fn assert_allowed(&self, task: usize) {
        assert!(self.model.is_allowed(task));
    }

    fn finish(&mut self, task: usize) {
        let ticket = self.tickets[&task];
        self.scheduler.finish(ticket, EndState::Completed, self.now()).unwrap();
        self.model.end(task);
    }

    /// Nothing may start before the next wake that could not start before, unless because of a task
    /// that runs longer than expected.
    fn wait(&mut self, nanos: u64) {
        while self.dispatch().is_some() {}
        let wake = self.scheduler.next_wake();
        self.model.advance(nanos);
        if wake.is_none_or(|wake| self.now() < wake) {
            let started = self.model.clone().choose();
            let heavy = started.is_none_or(|task| self.model.tasks[task].needs.is_heavy());
            assert!(heavy, "{started:?} may start before {wake:?}");
        }
    }

    fn compare(&mut self) {
        let holders = self.model.holders();
        let steps = self.impatient.iter_mut().zip(1..);
        steps.for_each(|(steps, least)| *steps += usize::from(holders >= least));
        while self.scheduler.next_event().is_some() {}
        let counts = self.scheduler.counts();
        assert_eq!(counts.running, self.model.all_in(State::Running).len());
        assert_eq!(counts.ready, self.model.all_in(State::Ready).len());
        for (group, name) in GROUP_NAMES.into_iter().enumerate() {
            let expected = (self.model.running_in(group), self.model.group_limits[group]);
            assert_eq!(self.scheduler.group_usage(name), Some(expected));
        }
        for task in self.model.all_in(State::Ready) {
            assert!(self.scheduler.why(id(task as u64), self.now()).is_some());
        }
    }

    /// Whatever happened before, ends and time must lead to the end of everything.
    fn run_out(&mut self) {
        while !self.scheduler.is_idle() {
            while self.dispatch().is_some() {}
            if let Some(&task) = self.model.all_in(State::Running).first() {
                self.finish(task);
            } else {
                let wake = self.scheduler.next_wake().expect("nothing runs, and nothing will");
                assert!(wake > self.now(), "there is something to do already");
                self.model.advance(wake.as_nanos() - self.model.now);
            }
            self.compare();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn starts_what_the_model_starts(steps in prop::collection::vec(step(), 1..80)) {
        let mut twins = Twins::new();
        steps.into_iter().for_each(|step| twins.take(step));
        twins.run_out();
    }
}

/// A crowd that never thins out, so that some lose patience.
#[test]
fn starts_what_the_model_starts_in_a_crowd() {
    let mut impatient = [0; 2];
    for seed in 0..8 {
        let (mut twins, mut rng) = (Twins::new(), Rng::new(seed));
        for _ in 0..1_500 {
            if twins.scheduler.counts().ready < 20 {
                let mut needs = Needs::default();
                needs.groups = needs.groups.map(|_| rng.below(3) == 0);
                needs.costs =
                    [3, 5].map(|most| (rng.below(5) == 0).then(|| rng.below(most).into()));
                needs.cpu = u64::from(rng.below(3) / 2 * rng.below(10));
                needs.memory = u64::from(rng.below(6) / 5 * rng.below(10));
                let estimate = u64::from(rng.below(2) * rng.below(12));
                twins.take(Step::Submit { priority: rng.below(3), estimate, needs });
            }
            if rng.below(8) == 0 {
                twins.take(Step::ReadMemory(Some(rng.below(12).into())));
            }
            let running = twins.model.all_in(State::Running);
            if !running.is_empty() {
                twins.finish(running[rng.below(running.len() as u32) as usize]);
                twins.compare();
            }
            twins.take(Step::Wait(rng.below(3).into()));
        }
        impatient.iter_mut().zip(twins.impatient).for_each(|(sum, steps)| *sum += steps);
        twins.run_out();
    }
    let [some, several] = impatient;
    assert!(some > 100 && several > 10, "hardly anybody lost patience: {impatient:?} steps");
}
