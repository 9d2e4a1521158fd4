//! A closed loop of tasks and what they share, on a virtual clock.
//!
//! In each phase the tasks in service share a total speed that depends on how many they are
//! (processor sharing), so every plant is one function: timers are `n`, two cores `n.min(2)`, a
//! server that degrades rises and falls. A task may wait before its service, for feedback that
//! comes late. Everything random comes from a seed.

use graph_runtime_scheduler::adaptive::{
    Class, ConcurrencyController, Decision, LimitReason, Meter, Signals, Window,
};
use primitives::Timestamp;
use primitives::rng::Rng;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long tasks are, as multiples of the phase's size; the mean is 1.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spread {
    Same,
    Exponential,
    /// Pareto with a tail index of 1.5: the variance is infinite. Cut off at a thousand.
    HeavyTail,
}

/// So many tasks of one kind.
#[derive(Clone, Copy)]
pub(crate) struct Phase {
    pub(crate) kind: &'static str,
    pub(crate) tasks: usize,
    /// Seconds of service a task needs.
    pub(crate) size: f64,
    pub(crate) spread: Spread,
    /// Seconds before its service.
    pub(crate) delay: f64,
    /// The total speed of so many in service.
    pub(crate) speed: fn(f64) -> f64,
    /// How many could run beside each other.
    pub(crate) width: usize,
    /// By how much the speed goes up and down, every 5 ms.
    pub(crate) jitter: f64,
    /// From when to when nothing is served, in seconds since the beginning.
    pub(crate) outage: (f64, f64),
}

pub(crate) const PHASE: Phase = Phase {
    kind: "task",
    tasks: 20_000,
    size: 0.001,
    spread: Spread::Same,
    delay: 0.0,
    speed: |n| n,
    width: usize::MAX,
    jitter: 0.0,
    outage: (0.0, 0.0),
};

/// Throughput has its top, 1, at `knee` in service, and falls to both sides, to a quarter on the
/// far one.
pub(crate) fn degrading(n: f64, knee: f64) -> f64 {
    let share = n / knee;
    let speed = 2.0 * share / (1.0 + share * share);
    if share > 1.0 { speed.max(0.25) } else { speed }
}

impl Phase {
    /// The highest speed there is with at most `max` in service.
    pub(crate) fn top(&self, max: usize) -> f64 {
        let most = max.min(self.width);
        (1..=most).map(|n| (self.speed)(n as f64)).fold(0.0, f64::max)
    }

    /// How long it takes at that speed.
    pub(crate) fn oracle(&self, max: usize) -> f64 {
        self.tasks as f64 * self.size / self.top(max)
    }
}

/// One window and what was decided after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) at: f64,
    pub(crate) phase: usize,
    pub(crate) window: Window,
    pub(crate) decision: Decision,
}

pub(crate) struct Run {
    pub(crate) makespan: f64,
    pub(crate) steps: Vec<Step>,
    /// When each phase's last task was started.
    pub(crate) phase_ends: Vec<f64>,
    pub(crate) in_flight_max: usize,
}

impl Run {
    pub(crate) fn limits(&self) -> Vec<usize> {
        self.steps.iter().map(|step| step.decision.limit).collect()
    }

    /// Whether some decision had this reason.
    pub(crate) fn has(&self, reason: LimitReason) -> bool {
        self.steps.iter().any(|step| step.decision.reason == reason)
    }

    /// The share of windows of a phase, after the first `skip`, in whose time the limit was within.
    pub(crate) fn share_within(&self, phase: usize, skip: usize, low: usize, high: usize) -> f64 {
        let of_phase = self.steps.iter().filter(|step| step.phase == phase).skip(skip);
        let (mut inside, mut all) = (0.0, 0.0);
        for step in of_phase {
            let seconds = step.window.span.as_secs_f64();
            all += seconds;
            inside += if (low..=high).contains(&step.window.limit) { seconds } else { 0.0 };
        }
        inside / all
    }
}

/// A limit that never changes.
#[derive(Debug)]
pub(crate) struct Fixed(pub usize);

impl ConcurrencyController for Fixed {
    fn limit(&self) -> usize {
        self.0
    }

    fn observe(&mut self, _window: &Window, _now: Timestamp) -> Decision {
        Decision { limit: self.0, reason: LimitReason::Best }
    }
}

/// What is in service in one phase.
#[derive(Default)]
struct Service {
    /// Service that each has had since the beginning of time.
    had: f64,
    /// By how much each will have had when it ends: (bits of that, number), started at.
    ends: BTreeMap<(u64, usize), f64>,
}

/// Something that happens.
enum Next {
    Served(usize),
    Delayed,
    Tick,
}

const TICK: f64 = 0.005;

pub(crate) struct Plant<'a> {
    phases: &'a [Phase],
    services: Vec<Service>,
    /// Ends of delays: (bits of when, number), phase, size, started at.
    delays: BTreeMap<(u64, usize), (usize, f64, f64)>,
    rng: Rng,
    now: f64,
    in_flight: usize,
    phase: usize,
    started: usize,
    number: usize,
    ticks: u64,
    factor: f64,
}

/// Runs all phases under a controller, with signals that are a function of time and in-flight.
pub(crate) fn run(
    phases: &[Phase],
    controller: &mut dyn ConcurrencyController,
    seed: u64,
    signals: impl Fn(f64, usize) -> Signals,
) -> Run {
    let plant = Plant {
        phases,
        services: phases.iter().map(|_| Service::default()).collect(),
        delays: BTreeMap::new(),
        rng: Rng::new(seed),
        now: 0.0,
        in_flight: 0,
        phase: 0,
        started: 0,
        number: 0,
        ticks: 1,
        factor: 1.0,
    };
    plant.run(controller, signals)
}

/// Without any signals.
pub(crate) fn run_blind(
    phases: &[Phase],
    controller: &mut dyn ConcurrencyController,
    seed: u64,
) -> Run {
    run(phases, controller, seed, |_, _| Signals::default())
}

impl Plant<'_> {
    fn run(
        mut self,
        controller: &mut dyn ConcurrencyController,
        signals: impl Fn(f64, usize) -> Signals,
    ) -> Run {
        let mut limit = controller.limit();
        let mut meter = Meter::new(limit, Timestamp::ZERO);
        let mut run =
            Run { makespan: 0.0, steps: Vec::new(), phase_ends: Vec::new(), in_flight_max: 0 };
        loop {
            self.start(limit, &mut run);
            run.in_flight_max = run.in_flight_max.max(self.in_flight);
            meter.note(self.in_flight, self.is_held_back(limit), stamp(self.now));
            let now = stamp(self.now);
            if let Some(window) = meter.close(signals(self.now, self.in_flight), now) {
                let decision = controller.observe(&window, now);
                let phase = self.phase.min(self.phases.len() - 1);
                run.steps.push(Step { at: self.now, phase, window, decision });
                limit = decision.limit;
                meter.set_limit(limit, now);
                continue;
            }
            if self.in_flight == 0 && self.phase == self.phases.len() {
                break;
            }
            let (at, next) = self.next();
            self.advance(at);
            match next {
                Next::Served(phase) => {
                    let started_at = self.end(phase);
                    let run_time = Duration::from_secs_f64(self.now - started_at);
                    meter.complete(Class::named(self.phases[phase].kind), run_time);
                }
                Next::Delayed => self.serve(),
                Next::Tick => self.shake(),
            }
        }
        run.makespan = self.now;
        run
    }

    fn width(&self) -> usize {
        self.phases.get(self.phase).map_or(0, |phase| phase.width)
    }

    fn is_held_back(&self, limit: usize) -> bool {
        self.in_flight >= limit && self.width() > self.in_flight
    }

    fn start(&mut self, limit: usize, run: &mut Run) {
        while self.in_flight < limit.min(self.width()) {
            let phase = self.phases[self.phase];
            let size = phase.size * self.draw(phase.spread);
            let at = self.now + phase.delay;
            self.delays.insert((at.to_bits(), self.number), (self.phase, size, self.now));
            self.number += 1;
            self.in_flight += 1;
            self.started += 1;
            if self.started == phase.tasks {
                run.phase_ends.push(self.now);
                (self.phase, self.started) = (self.phase + 1, 0);
            }
        }
    }

    fn draw(&mut self, spread: Spread) -> f64 {
        let unit = 1.0 - self.rng.unit();
        match spread {
            Spread::Same => 1.0,
            Spread::Exponential => -unit.ln(),
            // The mean of a Pareto distribution from 1 on is 3 for this index.
            Spread::HeavyTail => unit.powf(-1.0 / 1.5).min(1_000.0) / 3.0,
        }
    }

    /// What each task in service of a phase gets in a second.
    fn share(&self, phase: usize) -> f64 {
        let n = self.services[phase].ends.len() as f64;
        self.factor * (self.phases[phase].speed)(n) / n
    }

    fn next(&self) -> (f64, Next) {
        let mut first = (self.ticks as f64 * TICK, Next::Tick);
        if let Some((&(at, _), _)) = self.delays.first_key_value() {
            let at = f64::from_bits(at);
            if at <= first.0 {
                first = (at, Next::Delayed);
            }
        }
        for (phase, service) in self.services.iter().enumerate() {
            if let Some((&(end, _), _)) = service.ends.first_key_value() {
                let left = (f64::from_bits(end) - service.had).max(0.0);
                let at = self.now + left / self.share(phase);
                if at < first.0 {
                    first = (at, Next::Served(phase));
                }
            }
        }
        first
    }

    fn advance(&mut self, at: f64) {
        let seconds = (at - self.now).max(0.0);
        for phase in 0..self.services.len() {
            if !self.services[phase].ends.is_empty() {
                self.services[phase].had += seconds * self.share(phase);
            }
        }
        self.now = at;
    }

    fn end(&mut self, phase: usize) -> f64 {
        self.in_flight -= 1;
        self.services[phase].ends.pop_first().expect("it has been served").1
    }

    fn serve(&mut self) {
        let ((_, number), (phase, size, started_at)) =
            self.delays.pop_first().expect("its delay is over");
        let service = &mut self.services[phase];
        service.ends.insert(((service.had + size).to_bits(), number), started_at);
    }

    fn shake(&mut self) {
        self.ticks += 1;
        let phase = self.phases.get(self.phase).or(self.phases.last());
        let (jitter, outage) = phase.map_or((0.0, (0.0, 0.0)), |it| (it.jitter, it.outage));
        self.factor = 1.0 + jitter * (2.0 * self.rng.unit() - 1.0);
        if (outage.0..outage.1).contains(&self.now) {
            self.factor = 0.0;
        }
    }
}

fn stamp(seconds: f64) -> Timestamp {
    Timestamp::from_nanos((seconds * 1e9) as u64)
}

/// The makespan with the best of the fixed limits 1, 2, 4 and so on up to `max`.
pub(crate) fn best_fixed(phases: &[Phase], max: usize, seed: u64) -> f64 {
    let predict = |limit: usize| {
        let time = |phase: &Phase| {
            let in_service = limit.min(phase.width) as f64;
            // Those that are still delayed are not in service, so it may be faster than this.
            phase.tasks as f64 * phase.size / (phase.speed)(in_service)
        };
        phases.iter().map(time).sum::<f64>()
    };
    let limits = || (0..).map(|power| 1 << power).take_while(|&limit| limit <= max);
    let least = limits().map(predict).fold(f64::INFINITY, f64::min);
    // The others cannot be the best, and take the longest to simulate.
    let likely = limits().filter(|&limit| predict(limit) < 2.0 * least);
    likely
        .map(|limit| run_blind(phases, &mut Fixed(limit), seed).makespan)
        .fold(f64::INFINITY, f64::min)
}
