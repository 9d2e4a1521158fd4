//! How far a run has come, on standard error: a bar on a terminal, plain lines elsewhere.

use crate::console;
use crate::explain::Explainer;
use crate::wording::counted;
use graph_runtime::time::{MissedTickBehavior, interval};
use graph_runtime::{AsyncTaskExecutor, Counts, Policy};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::convert::Infallible;
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

/// How often the bar moves.
const REFRESH: Duration = Duration::from_millis(100);
/// How often there is a plain line.
const LINE_INTERVAL: Duration = Duration::from_secs(1);

/// The display of one run.
pub(crate) struct Progress {
    policy: Policy,
    tasks: usize,
    started: Instant,
    /// How long the run should take, in real time, if that can be said.
    expected: Option<Duration>,
    display: Display,
}

enum Display {
    Bar(ProgressBar),
    Lines,
}

impl Progress {
    /// Shows the run's first state.
    pub(crate) fn start(policy: Policy, tasks: usize, expected: Option<Duration>) -> Self {
        let display =
            if stderr().is_terminal() { Display::Bar(bar(policy, tasks)) } else { Display::Lines };
        let progress = Self { policy, tasks, started: Instant::now(), expected, display };
        if let Display::Lines = progress.display {
            let tasks = counted(tasks, "task", "tasks");
            console::say(format_args!("{policy}: {tasks} submitted{}", progress.eta()));
        }
        progress
    }

    /// Shows the executor's counts again and again, until it is dropped.
    pub(crate) async fn follow(
        &self,
        executor: &AsyncTaskExecutor,
        explainer: Option<&Explainer>,
    ) -> Infallible {
        let mut last_line = self.started;
        let mut ticks = interval(REFRESH);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            ticks.tick().await;
            self.show(&executor.counts(), explainer, &mut last_line);
        }
    }

    /// Writes a line of text, on a terminal above the bar.
    pub(crate) fn say(&self, line: &str) {
        match &self.display {
            Display::Bar(bar) => bar.println(line),
            Display::Lines => console::say(line),
        }
    }

    fn show(&self, counts: &Counts, explainer: Option<&Explainer>, last_line: &mut Instant) {
        let eta = self.eta();
        let running = counts.running;
        let state = match explainer {
            Some(explainer) => format!("{running} running, waiting: {}", explainer.breakdown()),
            None => {
                format!("{running} running, {} ready, {} blocked", counts.ready, counts.waiting)
            }
        };
        let done = self.tasks.saturating_sub(counts.running + counts.ready + counts.waiting);
        match &self.display {
            Display::Bar(bar) => {
                bar.set_position(done as u64);
                bar.set_message(format!("{done}/{} done{eta}, {state}", self.tasks));
            }
            Display::Lines if last_line.elapsed() >= LINE_INTERVAL => {
                *last_line = Instant::now();
                let (policy, tasks) = (self.policy, self.tasks);
                console::say(format_args!("{policy}: {done} of {tasks} done{eta}, {state}"));
            }
            Display::Lines => {}
        }
    }

    /// What the simulator's prediction leaves of the run.
    fn eta(&self) -> String {
        let left = |expected: Duration| expected.saturating_sub(self.started.elapsed());
        let show = |expected| format!(", ETA {:.1}s", left(expected).as_secs_f64());
        self.expected.map(show).unwrap_or_default()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }
}

/// A bar without a thread of its own: it is drawn when it is told to. It is one row of the
/// terminal, whatever its message: `wide_msg` is cut at the edge. On 80 columns hundreds of tasks
/// fit whole; the counts of more tasks lose letters of the last word.
fn bar(policy: Policy, tasks: usize) -> ProgressBar {
    let target = ProgressDrawTarget::stderr_with_hz(20);
    let style = ProgressStyle::with_template("{prefix} {bar:6} {wide_msg}");
    ProgressBar::with_draw_target(Some(tasks as u64), target)
        .with_style(style.expect("a constant template without errors").progress_chars("=>-"))
        .with_prefix(policy.to_string())
}

/// Says how a run ended.
pub(crate) fn announce_end(policy: Policy, tasks: usize, ends: &Counts, wall: Duration) {
    let cut_short = if ends.completed == tasks { "" } else { ", the rest did not complete" };
    let (done, seconds) = (ends.completed, wall.as_secs_f64());
    console::say(format_args!("{policy}: {done} of {tasks} done after {seconds:.2} s{cut_short}"));
}
