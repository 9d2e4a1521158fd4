//! Who is stuck, since when and why, and who is told.

use super::spares::{Spare, Spares};
use super::watch::PERIOD;
use super::{Executor, Pulse, Shared, thread_clock};
use crate::runtime::{Handle, StallCause, StallReport};
use crate::task::{Doing, Pinned};
use primitives::Timestamp;
use primitives::shim::atomic::{AtomicUsize, Ordering};
use scheduler::steal::Tenure;
use std::sync::Arc;
use std::time::Duration;

/// How long a stand-in may be in one step: it was called because tasks block, and more may come.
const SPARE_PATIENCE: Duration = Duration::from_micros(2_500);

/// After so long in one poll a report is made, and after so long another one.
const REPORTED_AFTER: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(1)];

/// From one line on standard error to the next.
const LINE_INTERVAL: Duration = Duration::from_millis(500);

/// Reports that may wait for a hook that does not return. What is more is dropped.
const UNDELIVERED_MAX: usize = 16;

/// A thread that polls tasks, and the step in which the watch has seen it first.
#[derive(Debug)]
pub(super) struct Subject {
    worker: usize,
    /// If it is a stand-in.
    spare: Option<Arc<Spare>>,
    step: u64,
    since: Timestamp,
    cpu: Duration,
    stall: Option<Response>,
}

/// What was done about somebody who is stuck.
#[derive(Debug)]
struct Response {
    cause: StallCause,
    /// How many of [`REPORTED_AFTER`] are over.
    reports: usize,
    is_replaced: bool,
    is_refused: bool,
    others_waited: bool,
}

/// Somebody is stuck.
#[derive(Debug)]
pub(super) struct Stalled {
    pub(super) worker: usize,
    pub(super) step: u64,
    /// In which it holds the worker's seat, if it does.
    pub(super) tenure: Option<Tenure>,
    pub(super) cause: StallCause,
    lasted: Duration,
    cpu: Duration,
}

impl Subject {
    pub(super) fn worker(worker: usize) -> Self {
        let (since, cpu) = (Timestamp::ZERO, Duration::ZERO);
        Self { worker, spare: None, step: 0, since, cpu, stall: None }
    }

    pub(super) fn spare(spare: Arc<Spare>) -> Self {
        Self { spare: Some(Arc::clone(&spare)), ..Self::worker(spare.worker) }
    }

    pub(super) fn stand_in(&self) -> Option<&Arc<Spare>> {
        self.spare.as_ref()
    }

    pub(super) fn is(&self, spare: &Arc<Spare>) -> bool {
        self.spare.as_ref().is_some_and(|own| Arc::ptr_eq(own, spare))
    }

    /// Looks at the thread: whether it is stuck.
    pub(super) fn observe(&mut self, shared: &Shared, now: Timestamp) -> Option<Stalled> {
        let remote = &shared.remotes[self.worker];
        let glimpse = remote.post.seat.glimpse();
        let spare = self.spare.clone();
        let pulse: &Pulse = spare.as_ref().map_or(&remote.post.pulse, |spare| &spare.pulse);
        let has_seat = match &spare {
            Some(spare) => glimpse.tenure == spare.tenure,
            None => !glimpse.is_lent,
        };
        let step = pulse.progress.get();
        // Before its first step a thread is only being started.
        if step == 0 || step != self.step || (has_seat && glimpse.is_asleep) {
            let cpu = pulse.thread().and_then(thread_clock::cpu_time).unwrap_or_default();
            (self.step, self.since, self.cpu, self.stall) = (step, now, cpu, None);
            return None;
        }
        let lasted = now - self.since;
        if lasted < self.patience() {
            return None;
        }
        pulse.progress.mark_stuck(step);
        let thread = pulse.thread();
        let used = thread.and_then(thread_clock::cpu_time).unwrap_or(self.cpu);
        let cpu = used.saturating_sub(self.cpu);
        let cause = self.classify(thread, lasted, cpu);
        shared.spares.note_length(lasted);
        if spare.is_none() {
            shared.counters[self.worker].note_poll(lasted);
        }
        if self.stall.is_none() {
            shared.spares.count_stall(cause);
            self.stall = Some(Response::new(cause));
        }
        let tenure = has_seat.then_some(glimpse.tenure);
        Some(Stalled { worker: self.worker, step, tenure, cause, lasted, cpu })
    }

    /// How long it may be in one step.
    fn patience(&self) -> Duration {
        if self.spare.is_some() { SPARE_PATIENCE } else { PERIOD }
    }

    fn classify(&self, thread: Option<i32>, lasted: Duration, cpu: Duration) -> StallCause {
        if 2 * cpu >= lasted {
            return StallCause::CpuBound;
        }
        // Asking costs the reading of a file: not again for what nothing more is done about.
        if let Some(known) = self.stall.as_ref()
            && known.is_replaced
            && !known.is_due(lasted)
        {
            return known.cause;
        }
        match thread.and_then(thread_clock::is_runnable) {
            Some(true) if cpu < self.patience() => StallCause::Preempted,
            Some(true) => StallCause::CpuBound,
            Some(false) | None => StallCause::Blocked,
        }
    }

    /// Whether it is stuck and there will be a report.
    pub(super) fn has_more_to_tell(&self) -> bool {
        self.stall.as_ref().is_some_and(|stall| stall.reports < REPORTED_AFTER.len())
    }

    /// Others have waited while it was stuck.
    pub(super) fn note_waiting(&mut self) {
        if let Some(stall) = &mut self.stall {
            stall.others_waited = true;
        }
    }

    /// Whether a stand-in was called in this stall.
    pub(super) fn is_replaced(&self) -> bool {
        self.stall.as_ref().is_some_and(|stall| stall.is_replaced)
    }

    pub(super) fn set_replaced(&mut self) {
        if let Some(stall) = &mut self.stall {
            stall.is_replaced = true;
        }
    }

    /// There are as many stand-ins as there may be.
    pub(super) fn note_refusal(&mut self, spares: &Spares) {
        if let Some(stall) = &mut self.stall
            && !std::mem::replace(&mut stall.is_refused, true)
        {
            spares.count_refusal();
        }
    }
}

impl Response {
    fn new(cause: StallCause) -> Self {
        let (is_replaced, is_refused, others_waited) = (false, false, false);
        Self { cause, reports: 0, is_replaced, is_refused, others_waited }
    }

    fn is_due(&self, lasted: Duration) -> bool {
        REPORTED_AFTER.get(self.reports).is_some_and(|&after| lasted >= after)
    }
}

/// Tells the user.
#[derive(Debug, Default)]
pub(super) struct Reporter {
    last_line: Option<Timestamp>,
    /// Lines that were left out since then.
    left_out: usize,
    undelivered: Arc<AtomicUsize>,
}

/// A report on its way to the hook.
struct Delivery(Arc<AtomicUsize>);

// ORDERING (this whole file): a count that orders nothing; every access is Relaxed.
impl Reporter {
    /// Reports somebody's stall, if it is time.
    pub(super) fn report(
        &mut self,
        shared: &Arc<Shared>,
        subject: &mut Subject,
        stalled: &Stalled,
        now: Timestamp,
    ) {
        let Some(stall) = subject.stall.as_mut().filter(|it| it.is_due(stalled.lasted)) else {
            return;
        };
        stall.reports += 1;
        stall.cause = stalled.cause;
        let others_waited = stall.others_waited;
        let handle = Handle::new(Arc::clone(shared));
        if let Some(hook) = shared.hooks.stall.clone()
            && let Some(delivery) = self.delivery()
        {
            let executors = shared.executors.all();
            let report = report_on(shared, &executors, subject, stalled, others_waited);
            shared.blocking.run_detached(&handle, move || {
                let _delivery = delivery;
                // Whoever drops the last of an executor drops what is the user's.
                drop(executors);
                hook(&report);
            });
        } else if shared.hooks.stall.is_none() && others_waited {
            if self.last_line.is_some_and(|last| now - last < LINE_INTERVAL) {
                self.left_out += 1;
                return;
            }
            self.last_line = Some(now);
            let left_out = std::mem::take(&mut self.left_out);
            let executors = shared.executors.all();
            let report = report_on(shared, &executors, subject, stalled, others_waited);
            // A standard error that nobody reads blocks whoever writes to it.
            shared.blocking.run_detached(&handle, move || {
                drop(executors);
                match left_out {
                    0 => eprintln!("graph_runtime: {report}"),
                    _ => eprintln!("graph_runtime: {report} ({left_out} more were not reported)"),
                }
            });
        }
    }

    fn delivery(&self) -> Option<Delivery> {
        let before = self.undelivered.fetch_add(1, Ordering::Relaxed);
        let delivery = Delivery(Arc::clone(&self.undelivered));
        (before < UNDELIVERED_MAX).then_some(delivery)
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn report_on(
    shared: &Shared,
    executors: &[Arc<dyn Executor>],
    subject: &Subject,
    stalled: &Stalled,
    others_waited: bool,
) -> StallReport {
    let remote = &shared.remotes[subject.worker];
    let pulse = subject.spare.as_ref().map_or(&remote.post.pulse, |spare| &spare.pulse);
    let polled = pulse.polled();
    // Costs as much as a dump: twice for a stall that lasts a second.
    let is_it =
        |it: &Pinned| it.task().id().as_u64() == polled && it.glimpse().doing == Doing::Running;
    let mut tasks = shared.pin_tasks().into_iter().chain(shared.pin_pinned_tasks());
    let task = tasks.find(is_it);
    let id = task.as_ref().map(|task| task.task().id());
    let attempt = id.and_then(|id| executors.iter().find_map(|executor| executor.attempt(id)));
    let (name, site) = match (&attempt, &task) {
        (Some(attempt), _) => (attempt.name.as_deref(), Some(attempt.site)),
        (None, Some(task)) => (task.name(), Some(task.task().site())),
        (None, None) => (None, None),
    };
    StallReport {
        worker: subject.worker,
        by_spare: subject.spare.is_some(),
        cause: stalled.cause,
        lasted: stalled.lasted,
        cpu: stalled.cpu,
        task: id,
        executor_task: attempt.as_ref().map(|attempt| attempt.id),
        name: name.map(str::to_owned),
        spawned_at: site,
        others_waited,
    }
}
