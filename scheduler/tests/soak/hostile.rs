//! Drivers that do everything wrong: their clock stands still, jumps and runs backwards, they hand
//! in the tickets of another scheduler and of attempts long over, name what they have forgotten,
//! and change everything at any time, up to the largest numbers. What they may expect is little,
//! and that they get: nothing panics, no limit is broken, every task ends once, and no payload is
//! lost.

use crate::draft::{GROUPS, RATES, TOTALS, one_in, spec};
use crate::from_env;
use crate::promise::Payload;
use graph_runtime_scheduler::{
    Cancelled, Dependents, Dispatch, EndState, Event, FailurePolicy, GraphId, GraphPlan,
    GroupLimit, LookAhead, Overdue, Policy, RateLimit, SchedulerConfig, TaskId, TaskScheduler,
    TaskSpec, Ticket,
};
use primitives::Timestamp;
use primitives::rng::Rng;
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

const STEPS: u64 = 6_000;
const LIVE_MAX: usize = 120;

const ENDS: [EndState; 5] = [
    EndState::Completed,
    EndState::Failed,
    EndState::Cancelled,
    EndState::TimedOut,
    EndState::Skipped,
];

struct Driver {
    scheduler: TaskScheduler<Payload>,
    config: SchedulerConfig,
    alive: Rc<Cell<usize>>,
    rng: Rng,
    now: Timestamp,
    limit: usize,
    running: Vec<Dispatch<Payload>>,
    /// How often each task that was accepted has ended.
    ends: HashMap<TaskId, usize>,
    /// Some that are known, or were.
    ids: Vec<TaskId>,
    graphs: Vec<GraphId>,
    /// Of attempts that are over.
    stale: Vec<Ticket>,
    /// Of another scheduler.
    foreign: Vec<Ticket>,
    next_id: u64,
    refused: usize,
}

impl Driver {
    fn new(policy: Policy, seed: u64) -> Self {
        let rate =
            |(name, units, burst)| RateLimit::new(name, units, Duration::from_secs(1)).burst(burst);
        let config = SchedulerConfig {
            policy,
            overdue: [Overdue::Ignore, Overdue::Report, Overdue::Cancel][seed as usize % 3],
            patience: [Duration::ZERO, Duration::from_secs(1), Duration::MAX][seed as usize % 3],
            max_in_flight: 5,
            max_pending: 2 * LIVE_MAX,
            cpu_cores: TOTALS[0] as f64 / 1e3,
            memory_bytes: TOTALS[1] as usize,
            io_capacity: TOTALS[2] as f64 / 1e3,
            groups: GROUPS.map(|(name, limit)| GroupLimit::new(name, limit)).into(),
            rates: RATES.map(rate).into(),
            seed,
        };
        Self {
            scheduler: TaskScheduler::new(config.clone()).expect("a sound configuration"),
            limit: config.max_in_flight,
            config,
            alive: Rc::default(),
            rng: Rng::new(seed),
            now: Timestamp::ZERO,
            running: Vec::new(),
            ends: HashMap::new(),
            ids: vec![TaskId::new(u64::MAX >> 1)],
            graphs: Vec::new(),
            stale: Vec::new(),
            foreign: tickets_of_another(),
            next_id: 1,
            refused: 0,
        }
    }

    /// Mostly a little later; now and then anything but that.
    fn tick(&mut self) {
        let nanos = match self.rng.below(40) {
            // Rates are empty for good when no time is left to fill them.
            0 if one_in(&mut self.rng, 100) => u64::MAX - u64::from(self.rng.below(3)),
            1 => 0,
            2..8 => self.now.as_nanos() / 2,
            8..16 => self.now.as_nanos(),
            _ => self.now.as_nanos().saturating_add(u64::from(self.rng.below(1 << 30))),
        };
        self.now = Timestamp::from_nanos(nanos);
    }

    fn any<T: Copy>(rng: &mut Rng, all: &[T]) -> Option<T> {
        (!all.is_empty()).then(|| all[rng.below(all.len() as u32) as usize])
    }

    fn any_id(&mut self) -> TaskId {
        Self::any(&mut self.rng, &self.ids).expect("there is always one")
    }

    fn any_ticket(&mut self) -> Option<Ticket> {
        let running: Vec<Ticket> = self.running.iter().map(|it| it.ticket).collect();
        match self.rng.below(4) {
            0 => Self::any(&mut self.rng, &self.foreign),
            1 => Self::any(&mut self.rng, &self.stale),
            _ => Self::any(&mut self.rng, &running),
        }
    }

    fn draft(&mut self, count: u32) -> Vec<TaskSpec<Payload>> {
        let first = self.next_id;
        let draft = |n: u32| {
            // Now and then one that is known, forgotten or in the list twice.
            let id = match one_in(&mut self.rng, 25) {
                true => self.any_id(),
                false => TaskId::new(first + u64::from(n)),
            };
            let mut after: Vec<TaskId> = (0..self.rng.below(3)).map(|_| self.any_id()).collect();
            after.extend((n > 0).then(|| TaskId::new(first + u64::from(self.rng.below(n)))));
            if one_in(&mut self.rng, 30) {
                after.push(id);
            }
            let payload = Payload::new(&self.alive);
            let (mut spec, _) = spec(id, &after, payload, self.now, &mut self.rng);
            if one_in(&mut self.rng, 5) {
                spec = spec.estimate(Duration::MAX).deadline(Timestamp::MAX).priority(u32::MAX);
            }
            if one_in(&mut self.rng, 5) {
                spec = spec.estimate(Duration::ZERO).deadline(Timestamp::ZERO);
            }
            spec
        };
        let specs = (0..count).map(draft).collect();
        self.next_id += u64::from(count);
        specs
    }

    fn accept(&mut self, ids: Vec<TaskId>, is_accepted: bool) {
        if !is_accepted {
            self.refused += 1;
            return;
        }
        for id in ids {
            // A forgotten id may be used again; what had it has ended.
            let ends = self.ends.insert(id, 0);
            assert!(ends.is_none_or(|ends| ends == 1), "{id} was accepted while it had not ended");
            self.ids.push(id);
        }
    }

    fn submit(&mut self) {
        if self.scheduler.counts().unfinished() > LIVE_MAX {
            return;
        }
        let count = 1 + self.rng.below(9);
        let mut specs = self.draft(count);
        let ids: Vec<TaskId> = specs.iter().map(|spec| spec.id).collect();
        let graph = Self::any(&mut self.rng, &self.graphs);
        let failure = [FailurePolicy::FailFast, FailurePolicy::ContinueIndependent]
            [self.rng.below(2) as usize];
        let before = self.scheduler.counts();
        let (is_accepted, graph) = match (self.rng.below(5), graph) {
            (0, Some(graph)) => (self.scheduler.grow(graph, specs, self.now).is_ok(), None),
            (1, Some(graph)) => {
                let one = specs.swap_remove(0);
                let is_accepted = self.scheduler.submit_into(graph, one, self.now).is_ok();
                return self.accept(vec![ids[0]], is_accepted);
            }
            (2, _) => {
                let one = specs.swap_remove(0);
                let is_accepted = self.scheduler.submit(one, self.now).is_ok();
                return self.accept(vec![ids[0]], is_accepted);
            }
            (3, _) => self.submit_plan(specs, failure),
            _ => {
                let graph = self.scheduler.submit_graph(specs, failure, self.now).ok();
                (graph.is_some(), graph)
            }
        };
        assert!(is_accepted || self.scheduler.counts() == before, "a refusal changes nothing");
        self.accept(ids, is_accepted);
        self.graphs.extend(graph);
    }

    fn submit_plan(
        &mut self,
        specs: Vec<TaskSpec<Payload>>,
        failure: FailurePolicy,
    ) -> (bool, Option<GraphId>) {
        let plan = GraphPlan::new(&self.config, specs.len(), |node| specs[node].terms());
        let Ok(plan) = plan else { return (false, None) };
        let how = LookAhead { slots: self.rng.below(9) as usize, starts_max: 50, seed: 1 };
        let due = [Timestamp::ZERO, self.now, Timestamp::MAX][self.rng.below(3) as usize];
        let timeout = [Duration::ZERO, Duration::from_secs(5), Duration::MAX];
        let plan = plan.due_by(due).timeout(timeout[self.rng.below(3) as usize]);
        let plan = plan.look_ahead(&self.config, how);
        let mut payloads = specs.into_iter().map(|spec| spec.payload);
        let payload = |_| payloads.next().expect("one each");
        let graph = self.scheduler.submit_plan(plan, payload, failure, self.now).ok();
        (graph.is_some(), graph)
    }

    fn start(&mut self) {
        for _ in 0..self.rng.below(8) {
            let Some(dispatch) = self.scheduler.dispatch(self.now) else { return };
            assert!(self.running.len() < self.limit, "{} run", self.running.len());
            assert_eq!(self.ends[&dispatch.id], 0, "{} runs after its end", dispatch.id);
            assert_eq!(self.scheduler.task_of(dispatch.ticket), Some(dispatch.id));
            self.running.push(dispatch);
        }
    }

    /// Ends an attempt in one of several ways, or tries to end one that does not run.
    fn stop(&mut self) {
        if one_in(&mut self.rng, 6)
            && let Some(stale) = Self::any(&mut self.rng, &self.stale)
        {
            let payload = Payload::new(&self.alive);
            assert!(self.scheduler.finish(stale, EndState::Completed, self.now).is_err());
            assert!(self.scheduler.retry(stale, EndState::Failed, payload, self.now).is_err());
            let payload = Payload::new(&self.alive);
            assert!(self.scheduler.take_back(stale, payload, self.now).is_err());
        }
        if self.running.is_empty() {
            return;
        }
        let place = self.rng.below(self.running.len() as u32) as usize;
        let Dispatch { ticket, payload, .. } = self.running.swap_remove(place);
        let end = ENDS[self.rng.below(5) as usize];
        let left = match self.rng.below(3) {
            0 => self.scheduler.retry(ticket, end, payload, self.now).err(),
            1 => self.scheduler.take_back(ticket, payload, self.now).err(),
            _ => Some(payload),
        };
        if let Some(payload) = left {
            drop(payload);
            self.scheduler.finish(ticket, end, self.now).expect("it runs");
        }
        self.stale.push(ticket);
    }

    fn disturb(&mut self) {
        let (one, other) = (self.any_id(), self.any_id());
        let (ticket, graph) = (self.any_ticket(), Self::any(&mut self.rng, &self.graphs));
        let now = self.now;
        let units = [0.0, 1.5, f64::MAX, f64::NAN, -1.0][self.rng.below(5) as usize];
        let kind = self.rng.below(2) as usize;
        let scheduler = &mut self.scheduler;
        match self.rng.below(20) {
            0 => drop(scheduler.connect(one, other, now)),
            1 => drop(scheduler.remove(one, Dependents::Detach, now)),
            2 => drop(scheduler.remove(one, Dependents::Skip, now)),
            3 => drop(scheduler.hold(one)),
            4..8 => drop(scheduler.release(one, now)),
            8..10 => match scheduler.cancel(one, now) {
                Cancelled::Running(ticket) => assert_eq!(scheduler.task_of(ticket), Some(one)),
                Cancelled::Ended | Cancelled::AlreadyEnded(_) | Cancelled::Unknown => {}
            },
            10 if one_in(&mut self.rng, 2) => {
                drop(graph.map(|graph| scheduler.cancel_graph(graph, now)));
            }
            10 => drop(ticket.map(|it| scheduler.heartbeat(it, now))),
            11 => drop(ticket.map(|it| scheduler.correct_cost(it, RATES[kind].0, units, now))),
            12 => drop(scheduler.charge(RATES[kind].0, units.min(3.0), now)),
            13 => scheduler.pause_rate(RATES[kind].0, now).expect("it is declared"),
            14 => scheduler.resume_rate(RATES[kind].0).expect("it is declared"),
            15 => drop(scheduler.set_group_limit(GROUPS[kind].0, self.rng.below(4) as usize)),
            16 => scheduler.set_free_memory([None, Some(0), Some(u64::MAX)][kind]),
            17 => drop(graph.map(|it| scheduler.reestimate(it, |_| Duration::MAX, |_| None))),
            18 => ticket.into_iter().for_each(|it| scheduler.prefetch(it)),
            _ => {
                self.limit = [0, 1, 7, usize::MAX][self.rng.below(4) as usize].max(1);
                scheduler.set_max_in_flight(if self.limit == 1 { 0 } else { self.limit });
            }
        }
    }

    /// Asks everything; the answers must make sense together.
    fn ask(&mut self) {
        let id = self.any_id();
        let why = self.scheduler.why(id, self.now).map(|why| why.to_string());
        assert!(why.is_none() || self.ends.get(&id) == Some(&0), "{id} has ended: {why:?}");
        assert_eq!(self.scheduler.counts().running, self.running.len());
        assert_eq!(self.alive.get(), self.scheduler.counts().unfinished(), "one payload each");
        let usage = self.scheduler.group_usage(GROUPS[0].0).expect("it is declared");
        assert!(usage.0 <= self.running.len());
        let (place, places) = (self.rng.below(999) as usize, [0, 3, usize::MAX]);
        drop(self.scheduler.pending_from(place, places[self.rng.below(3) as usize]));
        assert!(self.scheduler.peek().is_none_or(|id| self.ends[&id] == 0));
        let is_short = self.scheduler.is_short_of_memory();
        assert!(!is_short || self.scheduler.counts().ready > 0);
        if let Some(graph) = Self::any(&mut self.rng, &self.graphs) {
            let known = self.scheduler.graph_counts(graph).is_some();
            assert!(known || !self.scheduler.can_grow(graph));
            assert!(known || self.scheduler.added(graph).count() == 0);
        }
        let remaining = self.scheduler.remaining().len();
        assert_eq!(remaining, self.scheduler.counts().pending(), "whatever does not run remains");
    }

    fn forget(&mut self) {
        let place = self.rng.below(self.ids.len() as u32) as usize;
        self.scheduler.forget(self.ids[place]);
        if let Some(graph) = Self::any(&mut self.rng, &self.graphs) {
            self.scheduler.forget_graph(graph);
        }
        // Few of those that nobody knows any more are named again.
        let Self { scheduler, ids, rng, .. } = self;
        ids.retain(|&id| scheduler.state(id).is_some() || one_in(rng, 2));
        ids.push(TaskId::new(u64::MAX >> 1));
    }

    fn settle(&mut self) {
        while let Some(event) = self.scheduler.next_event() {
            if let Event::Ended { id, .. } = event {
                let ends = self.ends.get_mut(&id).expect("it was accepted");
                *ends += 1;
                assert_eq!(*ends, 1, "{id} ends again");
            }
        }
    }

    fn step(&mut self) {
        self.tick();
        match self.rng.below(20) {
            0..3 => self.submit(),
            3..8 => self.start(),
            8..12 => self.stop(),
            12..16 => self.disturb(),
            16 => self.scheduler.pass_time(self.now),
            17 => drop(self.scheduler.next_wake()),
            18 => self.forget(),
            _ => match one_in(&mut self.rng, 4) {
                true => self.scheduler.pause(),
                false => self.scheduler.resume(),
            },
        }
        self.settle();
        self.ask();
    }

    /// Nothing is stuck for good: what is cancelled or drained ends.
    fn end(mut self) {
        self.scheduler.drain(Some(self.now));
        self.scheduler.pass_time(self.now);
        self.scheduler.drain(None);
        assert!(self.scheduler.dispatch(Timestamp::MAX).is_none(), "nothing starts any more");
        let stops = self.scheduler.cancel_all(Timestamp::ZERO);
        assert_eq!(stops.len(), self.running.len());
        for Dispatch { ticket, .. } in std::mem::take(&mut self.running) {
            self.scheduler.finish(ticket, EndState::Cancelled, Timestamp::ZERO).expect("it runs");
        }
        self.settle();
        assert!(self.scheduler.is_idle() && self.ends.values().all(|&ends| ends == 1));
        assert_eq!(self.alive.get(), 0);
        let (accepted, refused) = (self.ends.len(), self.refused);
        assert!(accepted > 500 && refused > 50, "{accepted} accepted, {refused} refused");
    }
}

/// Tickets of a scheduler with more slots than the other will ever have, and of its first ones.
fn tickets_of_another() -> Vec<Ticket> {
    let config = SchedulerConfig { max_in_flight: 2_000, ..SchedulerConfig::default() };
    let mut other = TaskScheduler::new(config).expect("a sound configuration");
    for id in 0..2_000 {
        other.submit(TaskSpec::new(TaskId::new(id), ()), Timestamp::ZERO).expect("it has room");
    }
    let started = std::iter::from_fn(|| other.dispatch(Timestamp::ZERO));
    started.map(|it| it.ticket).skip(1_000).collect()
}

#[test]
fn whatever_a_driver_does_wrong() {
    let policies = [
        Policy::Deadline,
        Policy::Demote,
        Policy::StaticBoost,
        Policy::CriticalPath,
        Policy::Fifo,
        Policy::LevelBarrier,
    ];
    let seeds = from_env("SOAK_SEED").unwrap_or(1)..;
    for (policy, seed) in policies.into_iter().zip(seeds) {
        let mut driver = Driver::new(policy, seed);
        (0..from_env("SOAK_STEPS").unwrap_or(STEPS)).for_each(|_| driver.step());
        driver.end();
    }
}
