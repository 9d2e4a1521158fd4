//! Finding the best limit by trying others.

use super::guards::{holds, holds_empty};
use super::kinds::Kinds;
use super::patience::Patience;
use super::search::{Direction, Search};
use super::trial::{Noise, Trial};
use super::{ConcurrencyController, ControllerSettings, Decision, LimitReason, Window};
use primitives::Timestamp;

/// Windows at the best known limit before another is tried.
const KNOWN_MIN: u32 = 2;
/// The most windows after which what is tried is judged by what is known, however little that is.
const PROBE_MAX: u32 = 6;
/// How many standard errors make a difference.
const CONFIDENCE: f64 = 2.0;
/// A first window that is worse by this factor (a logarithm) is enough.
const CLIFF: f64 = 0.5;
/// What each doubling of the limit has to gain to be worth the memory and the waiting.
const WORTH: f64 = 0.03;
/// Throughput that is off by this factor (a logarithm), and four deviations, twice in a row, has
/// changed for good.
const SHIFT: f64 = 0.25;
const SHIFT_DEVIATIONS: f64 = 4.0;
/// Throughput that has fallen by this factor (a logarithm) may be jammed: search from the start.
const COLLAPSE: f64 = 0.7;
/// After memory has got short the limit falls to this share of what runs.
const DECREASE: f64 = 0.75;

/// Finds the limit that gives the most throughput, by trying.
///
/// At the best limit known it measures throughput, then tries a higher or lower one, and stays
/// there if that gives significantly more: a difference of two standard errors, or, if there is
/// none after a few windows, whichever is better after three per cent for each doubling have been
/// charged. So where throughput is flat, the limit falls until it is not. Between limits that are
/// known to be worse on both sides the gap is halved, and the search rests when it is narrow (see
/// `Search`).
///
/// At the start, and wherever throughput grows as the limit does, there is a step with each
/// generation of tasks, and each is up to three doublings long: the first window is enough if it
/// shows (nearly) all that the step could give, and also if throughput falls off a cliff.
///
/// The search begins anew, from a limit that worked for the kind of task that runs now, or from
/// the start, when another kind of task does most of the work, or when throughput is far off, twice
/// in a row. It holds still while fewer tasks are ready than may run.
///
/// Throughput alone is followed; but the limit does not rise while the workers (or the CPU, if
/// nothing is known of them) are busier than their target, quota is used up, started tasks wait
/// long for a worker, or memory in use is near its threshold, and it falls as long as memory is
/// over it. If nothing ends for long, what is being tried was too much; if then still nothing ends,
/// the limit rises, since what runs may wait for what is held back.
///
/// Sources: hill climbing on measured throughput as in J. L. Hellerstein, V. Morrison and
/// E. Eilebrecht, "Applying control theory in the real world: experience with building a controller
/// for the .NET thread pool", ACM SIGMETRICS Performance Evaluation Review 37(3), 2009; long steps
/// while they pay as in the slow start of V. Jacobson, "Congestion avoidance and control", SIGCOMM
/// 1988, left by what the first part of a round shows as in S. Ha and I. Rhee, "Taming the
/// elephants: new TCP slow start", Computer Networks 55(9), 2011; probing around a bandwidth that
/// is known, rounds of one latency, and no verdict while the application is what limits, as in
/// N. Cardwell et al., "BBR: congestion-based congestion control", ACM Queue 14(5), 2016.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::adaptive::{
///     ConcurrencyController, ControllerSettings, Prober, Window,
/// };
/// use primitives::Timestamp;
/// use std::time::Duration;
///
/// // Timers: throughput grows with what is in flight.
/// let mut prober = Prober::new(ControllerSettings { max: 256, ..ControllerSettings::default() });
/// for _ in 0..40 {
///     let limit = prober.limit();
///     let window = Window {
///         span: Duration::from_millis(10),
///         limit,
///         completions: limit as u64,
///         work: limit as f64 * 0.01,
///         in_flight: limit as f64,
///         held_back: 1.0,
///         is_settled: true,
///         ..Window::default()
///     };
///     prober.observe(&window, Timestamp::ZERO);
/// }
/// assert!(prober.limit() > 128);
/// ```
#[derive(Debug)]
pub struct Prober {
    settings: ControllerSettings,
    /// The best limit known.
    base: usize,
    /// Throughput there.
    known: Trial,
    /// That is from before the limit had taken full effect: good enough to go on, not to stay.
    is_rough: bool,
    /// Nothing has failed yet, so that steps are long, and clear after one window.
    is_starting: bool,
    /// What is being tried.
    probe: Option<Probe>,
    search: Search,
    noise: Noise,
    /// The throughput of the window before, if it was settled, at the same limit.
    before: Option<f64>,
    /// A window was far off already.
    is_off: bool,
    patience: Patience,
    kinds: Kinds,
}

#[derive(Debug, Clone, Copy)]
struct Probe {
    limit: usize,
    direction: Direction,
    trial: Trial,
}

impl Prober {
    /// One that begins at `settings.start`.
    pub fn new(settings: ControllerSettings) -> Self {
        Self {
            settings,
            base: settings.start(),
            known: Trial::default(),
            is_rough: false,
            is_starting: true,
            probe: None,
            search: Search::towards(Direction::Up),
            noise: Noise::new(),
            before: None,
            is_off: false,
            patience: Patience::new(),
            kinds: Kinds::new(),
        }
    }

    /// What follows from a settled window with completions in which tasks were held back.
    fn learn(&mut self, window: &Window) -> LimitReason {
        let throughput = log_throughput(window);
        if let Some(before) = self.before.replace(throughput) {
            self.noise.observe(throughput - before);
        }
        match self.probe.take() {
            Some(mut probe) => {
                probe.trial.push(throughput);
                self.judge(probe, window)
            }
            None => self.measure(throughput, window),
        }
    }

    /// What follows from a window in which the limit had not taken full effect: if it is higher
    /// than before, that may be clear already.
    fn glance(&mut self, window: &Window) -> LimitReason {
        let Some(mut probe) = self.probe.filter(|probe| probe.limit > self.base) else {
            return self.begin_roughly(window);
        };
        probe.trial.push(log_throughput(window));
        let gain = probe.trial.mean() - self.known.mean();
        let error = CONFIDENCE * self.noise.error(&self.known, &probe.trial);
        if gain > error && Search::is_elastic(self.base, probe.limit, gain) {
            self.accept(probe, gain);
            self.is_rough = true;
            self.go_on(window).unwrap_or(LimitReason::Raised)
        } else if gain < -CLIFF.max(error) {
            self.reject(probe, gain)
        } else {
            LimitReason::Measuring
        }
    }

    /// Where nothing is known yet, a first impression is enough to look higher.
    fn begin_roughly(&mut self, window: &Window) -> LimitReason {
        let is_first = self.is_starting && self.known.windows() == 0;
        let is_at_limit = window.in_flight < self.limit() as f64 + 0.5;
        if !is_first || !is_at_limit || holds(window, &self.settings).is_some() {
            return LimitReason::Measuring;
        }
        self.known.push(log_throughput(window));
        self.is_rough = true;
        self.go_on(window).unwrap_or(LimitReason::Measuring)
    }

    /// A window at the best limit known.
    fn measure(&mut self, throughput: f64, window: &Window) -> LimitReason {
        if std::mem::take(&mut self.is_rough) {
            self.known = Trial::default();
        }
        if let Some(reason) = self.check(throughput) {
            return reason;
        }
        self.known.push(throughput);
        self.search.pass();
        if self.known.windows() < KNOWN_MIN && !self.is_starting {
            return LimitReason::Measuring;
        }
        self.go_on(window).unwrap_or_else(|held| {
            self.kinds.remember(self.base);
            held.unwrap_or(LimitReason::Best)
        })
    }

    /// Tries the next limit, if it is time for that; if not, and if something speaks against a
    /// higher one, what that is.
    fn go_on(&mut self, window: &Window) -> Result<LimitReason, Option<LimitReason>> {
        let held = holds(window, &self.settings);
        match self.search.next(self.base, held.is_none(), &self.settings) {
            Some((limit, direction)) => Ok(self.try_out(limit, direction)),
            None => Err(held),
        }
    }

    /// Whether throughput is far from what it was at the same limit.
    fn check(&mut self, throughput: f64) -> Option<LimitReason> {
        let off = throughput - self.known.mean();
        let bound = SHIFT.max(SHIFT_DEVIATIONS * self.noise.deviation());
        let was_off = std::mem::take(&mut self.is_off);
        if self.known.windows() == 0 || off.abs() <= bound {
            return None;
        }
        if !was_off {
            self.is_off = true;
            // It is not known yet which of the two is right.
            return Some(LimitReason::Measuring);
        }
        let direction = if off > 0.0 { Direction::Up } else { Direction::Down };
        let is_jammed = off < -COLLAPSE && self.base > self.settings.start();
        let base = if is_jammed { self.settings.start() } else { self.base };
        self.begin(base, Search::towards(if is_jammed { Direction::Up } else { direction }));
        Some(LimitReason::Changed)
    }

    fn try_out(&mut self, limit: usize, direction: Direction) -> LimitReason {
        self.probe = Some(Probe { limit, direction, trial: Trial::default() });
        self.before = None;
        match direction {
            Direction::Up => LimitReason::ProbingUp,
            Direction::Down => LimitReason::ProbingDown,
        }
    }

    /// Whether what is tried is better, as far as can be said.
    fn judge(&mut self, probe: Probe, window: &Window) -> LimitReason {
        let gain = probe.trial.mean() - self.known.mean();
        let doublings = (probe.limit as f64 / self.base as f64).log2();
        let worth = gain - WORTH * doublings;
        let error = CONFIDENCE * self.noise.error(&self.known, &probe.trial);
        let is_clear = worth.abs() > error || probe.trial.windows() >= self.windows_max();
        if !is_clear {
            self.probe = Some(probe);
            return match probe.direction {
                Direction::Up => LimitReason::ProbingUp,
                Direction::Down => LimitReason::ProbingDown,
            };
        }
        if worth <= 0.0 {
            return self.reject(probe, gain);
        }
        let goes_on = Search::is_elastic(self.base, probe.limit, gain);
        self.accept(probe, gain);
        match probe.direction {
            Direction::Up if goes_on => self.go_on(window).unwrap_or(LimitReason::Raised),
            Direction::Up => LimitReason::Raised,
            Direction::Down => LimitReason::Lowered,
        }
    }

    /// Windows after which a verdict is due. More of them than twice those that are known would
    /// hardly make it safer.
    fn windows_max(&self) -> u32 {
        PROBE_MAX.min(2 * self.known.windows() + 1)
    }

    fn accept(&mut self, probe: Probe, gain: f64) {
        self.search.succeed(self.base, probe.limit, gain);
        (self.base, self.known, self.probe) = (probe.limit, probe.trial, None);
        self.is_rough = false;
        self.kinds.remember(self.base);
    }

    fn reject(&mut self, probe: Probe, gain: f64) -> LimitReason {
        let loss = 1.0 - gain.exp().min(1.0);
        self.search.fail(self.base, probe.limit, loss, probe.trial.windows() + 1);
        (self.probe, self.before, self.is_starting) = (None, None, false);
        LimitReason::Reverted
    }

    /// Searches anew from `base`.
    fn begin(&mut self, base: usize, search: Search) {
        self.base = self.settings.clamp(base);
        (self.known, self.probe, self.before) = (Trial::default(), None, None);
        (self.search, self.is_off) = (search, false);
        (self.is_rough, self.is_starting) = (false, true);
    }

    /// Another kind of task does most of the work: begins where that was best, or from the start.
    fn change_kind(&mut self) {
        match self.kinds.best() {
            Some(best) => self.begin(best, Search::carefully()),
            None => {
                let base = self.base.min(self.settings.start());
                self.begin(base, Search::towards(Direction::Up));
            }
        }
    }

    /// Falls below what runs; what comes after that is searched for anew.
    fn back_off(&mut self, window: &Window) -> LimitReason {
        if window.signals.is_fresh {
            let running = window.in_flight.ceil().min(self.limit() as f64);
            self.begin((running * DECREASE) as usize, Search::carefully());
        }
        LimitReason::Memory
    }

    /// Tasks were held back, and nothing ended.
    fn wait(&mut self, window: &Window) -> LimitReason {
        if !window.is_stuck {
            return LimitReason::Measuring;
        }
        self.patience.wait();
        if let Some(probe) = self.probe.take_if(|probe| probe.limit > self.base) {
            return self.reject(probe, f64::NEG_INFINITY);
        }
        if let Some(reason) = holds_empty(window, &self.settings) {
            return reason;
        }
        let is_draining = window.in_flight >= self.limit() as f64 + 1.0;
        if !self.patience.is_over(is_draining) {
            return LimitReason::Measuring;
        }
        let running = self.limit().max(window.in_flight as usize);
        self.begin(running.saturating_mul(2), Search::towards(Direction::Up));
        LimitReason::NothingEnds
    }

    fn reason(&mut self, window: &Window) -> LimitReason {
        if window.signals.is_memory_over() {
            return self.back_off(window);
        }
        if window.is_application_limited() {
            if let Some(probe) = self.probe.take() {
                self.search.fail(self.base, probe.limit, 0.0, 0);
            }
            self.before = None;
            return LimitReason::ApplicationLimited;
        }
        if window.completions == 0 {
            return self.wait(window);
        }
        self.patience.restore(window.is_whole);
        if self.kinds.changes(window.main_class) {
            self.change_kind();
            return LimitReason::Changed;
        }
        match (window.is_whole, window.is_settled) {
            (_, true) => self.learn(window),
            (true, false) => self.glance(window),
            (false, false) => LimitReason::Measuring,
        }
    }
}

/// Limits, and what they do, differ by factors.
fn log_throughput(window: &Window) -> f64 {
    window.throughput().max(f64::MIN_POSITIVE).ln()
}

impl ConcurrencyController for Prober {
    fn limit(&self) -> usize {
        self.probe.map_or(self.base, |probe| probe.limit)
    }

    fn observe(&mut self, window: &Window, _now: Timestamp) -> Decision {
        let reason = self.reason(window);
        Decision { limit: self.limit(), reason }
    }
}
