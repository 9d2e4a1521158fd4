//! Finding the best limit by trying others.

use super::class::CLASSES;
use super::search::{Direction, Search};
use super::trial::{Noise, Trial};
use super::{ConcurrencyController, ControllerSettings, Decision, LimitReason, Window};
use primitives::Timestamp;
use std::time::Duration;

/// Windows at the best known limit before another is tried.
const KNOWN_MIN: u32 = 2;
/// Windows after which what is tried is judged by what is known, however little that is.
const PROBE_MAX: u32 = 6;
/// How many standard errors make a difference.
const CONFIDENCE: f64 = 2.0;
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
/// From this share of the memory threshold on the limit does not rise.
const MEMORY_NEAR: f64 = 0.9;
/// From this share of the time without CPU quota on the limit does not rise.
const THROTTLED: f64 = 0.1;
/// Started tasks that wait longer than this for a worker, and longer than they run, need no company.
const POLL_DELAY: Duration = Duration::from_millis(200);
/// The most looks at which nothing has ended, one after the other, that are waited for.
const EMPTY_MAX: u32 = 64;

/// Finds the limit that gives the most throughput, by trying.
///
/// At the best limit known it measures throughput, then tries a higher or lower one, and stays
/// there if that gives significantly more: a difference of two standard errors, or, if there is
/// none after six windows, whichever is better after three per cent for each doubling have been
/// charged. So where throughput is flat, the limit falls until it is not. The step is long while
/// it pays, and the search rests when nothing does (see `Search`).
///
/// The search begins anew, from a limit that worked for the kind of task that runs now, or from
/// the start, when another kind of task does most of the work, or when throughput is far off, twice
/// in a row. It holds still while fewer tasks are ready than may run.
///
/// Throughput alone is followed; but the limit does not rise while the workers (or the CPU, if nothing is known of them)
/// are busier than their target, quota is used up, started tasks wait long for a worker, or memory in
/// use is near its threshold, and it falls as long as memory is over it. If nothing ends for long,
/// it rises: what runs may wait for what is held back.
///
/// Sources: hill climbing on measured throughput as in J. L. Hellerstein, V. Morrison and
/// E. Eilebrecht, "Applying control theory in the real world: experience with building a controller
/// for the .NET thread pool", ACM SIGMETRICS Performance Evaluation Review 37(3), 2009; long steps
/// while they pay as in the slow start of V. Jacobson, "Congestion avoidance and control", SIGCOMM
/// 1988; probing around a bandwidth that is known, rounds of one latency, and no verdict while the
/// application is what limits, as in N. Cardwell et al., "BBR: congestion-based congestion
/// control", ACM Queue 14(5), 2016.
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
    /// What is being tried.
    probe: Option<Probe>,
    search: Search,
    noise: Noise,
    /// The throughput of the window before, if it was settled, at the same limit.
    before: Option<f64>,
    /// A window was far off already.
    is_off: bool,
    /// Looks at which nothing had ended, and how many are waited for.
    empty: u32,
    empty_max: u32,
    /// Which class did most of the work.
    main_class: Option<u8>,
    /// The best limit while a class did most of the work; 0 is unknown.
    best_of: [usize; CLASSES],
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
            probe: None,
            search: Search::towards(Direction::Up),
            noise: Noise::new(),
            before: None,
            is_off: false,
            empty: 0,
            empty_max: 1,
            main_class: None,
            best_of: [0; CLASSES],
        }
    }

    /// What follows from a settled window with completions in which tasks were held back.
    fn learn(&mut self, window: &Window) -> LimitReason {
        let throughput = window.throughput().max(f64::MIN_POSITIVE).ln();
        if let Some(before) = self.before.replace(throughput) {
            self.noise.observe(throughput - before);
        }
        match self.probe.take() {
            Some(mut probe) => {
                probe.trial.push(throughput);
                self.judge(probe)
            }
            None => self.measure(throughput, window),
        }
    }

    /// A window at the best limit known.
    fn measure(&mut self, throughput: f64, window: &Window) -> LimitReason {
        if let Some(reason) = self.check(throughput) {
            return reason;
        }
        self.known.push(throughput);
        self.search.pass();
        if self.known.windows() < KNOWN_MIN {
            return LimitReason::Measuring;
        }
        let holds = self.holds(window);
        match self.search.next(self.base, holds.is_none(), &self.settings) {
            Some((limit, direction)) => self.try_out(limit, direction),
            None => {
                self.remember();
                holds.unwrap_or(LimitReason::Best)
            }
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
    fn judge(&mut self, probe: Probe) -> LimitReason {
        let gain = probe.trial.mean() - self.known.mean();
        let doublings = (probe.limit as f64 / self.base as f64).log2();
        let worth = gain - WORTH * doublings;
        let error = CONFIDENCE * self.noise.error(&self.known, &probe.trial);
        let is_clear = worth.abs() > error || probe.trial.windows() >= PROBE_MAX;
        if !is_clear {
            self.probe = Some(probe);
            return match probe.direction {
                Direction::Up => LimitReason::ProbingUp,
                Direction::Down => LimitReason::ProbingDown,
            };
        }
        if worth <= 0.0 {
            self.search.fail(1.0 - gain.exp().min(1.0), probe.trial.windows() + 1);
            self.before = None;
            return LimitReason::Reverted;
        }
        self.search.succeed(self.base, probe.limit, gain);
        (self.base, self.known) = (probe.limit, probe.trial);
        self.remember();
        match probe.direction {
            Direction::Up => LimitReason::Raised,
            Direction::Down => LimitReason::Lowered,
        }
    }

    /// Searches anew from `base`.
    fn begin(&mut self, base: usize, search: Search) {
        self.base = self.settings.clamp(base);
        (self.known, self.probe, self.before) = (Trial::default(), None, None);
        (self.search, self.is_off) = (search, false);
    }

    fn remember(&mut self) {
        if let Some(class) = self.main_class {
            self.best_of[usize::from(class) % CLASSES] = self.base;
        }
    }

    /// Whether another class than before does most of the work; if so the search begins anew.
    fn changes_class(&mut self, window: &Window) -> bool {
        let Some(class) = window.main_class else { return false };
        let before = self.main_class.replace(class);
        if before.is_none_or(|before| before == class) {
            return false;
        }
        let best = self.best_of[usize::from(class) % CLASSES];
        let base = if best > 0 { best } else { self.base.min(self.settings.start()) };
        self.begin(base, Search::towards(Direction::Up));
        true
    }

    /// What speaks against a higher limit, if anything does.
    fn holds(&self, window: &Window) -> Option<LimitReason> {
        let signals = &window.signals;
        if signals.memory.is_some_and(|share| share >= MEMORY_NEAR) {
            Some(LimitReason::Memory)
        } else if signals.throttled.is_some_and(|share| share >= THROTTLED) {
            Some(LimitReason::Throttled)
        } else if signals.load() > self.settings.cpu_target {
            Some(LimitReason::CpuBusy)
        } else if window.poll_delay().is_some_and(|it| it >= POLL_DELAY.max(window.run_time)) {
            Some(LimitReason::PollDelay)
        } else {
            None
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
        if !window.is_stuck || window.in_flight >= self.limit() as f64 + 1.0 {
            return LimitReason::Measuring;
        }
        self.empty += 1;
        if window.signals.load() > self.settings.cpu_target {
            return LimitReason::CpuBusy;
        }
        if window.signals.memory.is_some_and(|share| share >= MEMORY_NEAR) {
            return LimitReason::Memory;
        }
        if self.empty < self.empty_max {
            return LimitReason::Measuring;
        }
        (self.empty, self.empty_max) = (0, (2 * self.empty_max).min(EMPTY_MAX));
        self.begin(self.limit().saturating_mul(2), Search::towards(Direction::Up));
        LimitReason::NothingEnds
    }

    fn reason(&mut self, window: &Window) -> LimitReason {
        if window.signals.is_memory_over() {
            return self.back_off(window);
        }
        if window.is_application_limited() {
            if self.probe.take().is_some() {
                self.search.fail(0.0, 0);
            }
            self.before = None;
            return LimitReason::ApplicationLimited;
        }
        if window.completions == 0 {
            return self.wait(window);
        }
        self.empty = 0;
        if window.is_whole {
            self.empty_max = 1;
        }
        if self.changes_class(window) {
            return LimitReason::Changed;
        }
        if window.is_settled { self.learn(window) } else { LimitReason::Measuring }
    }
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
