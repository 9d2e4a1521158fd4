//! Sees to it that one task which blocks does not hold up the others.
//!
//! The watch is a thread that looks at every worker's progress each [`PERIOD`]. One that two looks
//! find in the same step is stuck in a poll, and then
//!
//! 1. it is marked, so that others may take what waits in its LIFO slot, which they leave alone
//!    otherwise: such a task is most likely about to be run;
//! 2. its reactor is served: by the watch at once, and by workers that run when they look at
//!    their own;
//! 3. if something waits for which nobody is left, a spare thread stands in for it
//!    ([`stand_in`](super::stand_in)); a stand-in that is stuck itself is replaced sooner, by two
//!    looks within [`URGENT_PERIOD`] of each other;
//! 4. it is reported ([`stalls`](super::stalls)).
//!
//! It also has as many workers run as the monitor, if there is one, finds room for
//! ([`limit`](super::limit)).
//!
//! A worker that is stuck while nothing waits has the watch look, and nothing else. Where nobody
//! may do another's work, on a current-thread runtime and without work stealing, there is a watch
//! only if somebody wants reports, and these are all it does.
//!
//! ```text
//!   Resting ◄──────────── the last worker falls asleep (and its own last look, see `turn`)
//!      │ ▲                and nobody is stuck of whom there is more to tell
//!      │ └─ a look finds the runtime still at rest
//!      ▼
//!   Looking, every 10 ms ◄── a worker wakes up
//! ```
//!
//! While all workers sleep, so does the watch, without a timeout. When they do so only for
//! moments it goes on looking, and is not woken each time: it costs one wake-up in 10 ms at most,
//! or in 2.5 ms for a second after somebody was replaced.
//!
//! No closure of the user's runs here: reports are handed to the blocking pool. Wakers do, those of
//! the timers and sockets of a stuck worker, as they run on any thread; one that blocks would stop
//! the watch.
//!
//! After Go's monitor thread, sysmon.

use super::stalls::{Reporter, Stalled, Subject};
use super::stand_in::{Offer, Stuck};
use super::{Remote, Shared};
use crate::runtime::{Handle, RuntimeFlavor, StallCause};
use primitives::Timestamp;
use primitives::parker::Parker;
use primitives::shim::atomic::{AtomicBool, Ordering};
use scheduler::steal::Rest;
use std::sync::Arc;
use std::time::Duration;

/// From one look to the next. A worker is stuck if two looks find it in the same step.
pub(super) const PERIOD: Duration = Duration::from_millis(10);

/// The same for a while after somebody was replaced: more of that kind may come.
const URGENT_PERIOD: Duration = Duration::from_micros(2_500);

/// How long that while is.
const URGENT: Duration = Duration::from_secs(1);

/// How late a worker's timers may be before another one fires them: more than waking a thread
/// takes, so that a worker which is just waking up is not helped.
const PATIENCE: Duration = Duration::from_micros(200);

/// The watch of a runtime, as its workers see it.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    rest: Rest,
    parker: Parker,
    stopped: AtomicBool,
}

impl Watch {
    /// Tells the watch whether all workers sleep.
    pub(super) fn set_idle(&self, idle: bool) {
        if self.rest.set_idle(idle) {
            self.parker.unpark();
        }
    }

    /// Tells the thread to end.
    pub(crate) fn stop(&self) {
        // ORDERING: Release pairs with the Acquire in `is_stopped`; the permit outlasts any sleep
        // that is just beginning.
        self.stopped.store(true, Ordering::Release);
        self.parker.unpark();
    }

    fn is_stopped(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `stop`.
        self.stopped.load(Ordering::Acquire)
    }

    /// The life of the watch's thread.
    pub(crate) fn run(shared: &Arc<Shared>) {
        let mut looks = Looks::new(shared);
        while !shared.watch.is_stopped() {
            let watch = &shared.watch;
            watch.wait(looks.may_rest(), looks.period());
            if !watch.is_stopped() {
                looks.look();
            }
        }
    }

    /// Until the next look.
    fn wait(&self, may_rest: bool, period: Duration) {
        if self.rest.begin() && may_rest && !self.is_stopped() {
            self.parker.park();
        }
        self.rest.end();
        self.parker.park_timeout(period);
    }
}

/// What the watch remembers from look to look.
struct Looks<'a> {
    shared: &'a Arc<Shared>,
    workers: Vec<Subject>,
    /// Stand-ins; those that have left are forgotten.
    spares: Vec<Subject>,
    reporter: Reporter,
    /// Samples of the monitor there had been at the last look.
    samples: u64,
    urgent_until: Timestamp,
}

impl<'a> Looks<'a> {
    fn new(shared: &'a Arc<Shared>) -> Self {
        Self {
            shared,
            workers: (0..shared.remotes.len()).map(Subject::worker).collect(),
            spares: Vec::new(),
            reporter: Reporter::default(),
            samples: 0,
            urgent_until: Timestamp::ZERO,
        }
    }

    /// Has the number of workers follow what the monitor finds, if it has looked again.
    fn follow_monitor(&mut self) {
        let samples = self.shared.monitor.get().map_or(0, |monitor| monitor.samples());
        if std::mem::replace(&mut self.samples, samples) != samples {
            self.shared.follow_monitor();
        }
    }

    fn period(&self) -> Duration {
        if self.shared.now() < self.urgent_until { URGENT_PERIOD } else { PERIOD }
    }

    /// Whether nothing is left to be told of those who are stuck.
    fn may_rest(&self) -> bool {
        !self.workers.iter().chain(&self.spares).any(Subject::has_more_to_tell)
    }

    fn look(&mut self) {
        let now = self.shared.now();
        if self.shared.may_help() {
            self.look_and_help(now);
        } else {
            self.look_on(now);
        }
    }

    fn look_on(&mut self, now: Timestamp) {
        let shared = self.shared;
        let others_wait = shared.waiting_tasks() > 0;
        for subject in &mut self.workers {
            if let Some(stall) = subject.observe(shared, now) {
                if others_wait {
                    subject.note_waiting();
                }
                self.reporter.report(shared, subject, &stall, now);
            }
        }
    }

    fn look_and_help(&mut self, now: Timestamp) {
        let shared = self.shared;
        // A worker that is stuck does not look at the clock.
        shared.coarse.set(now);
        self.follow_monitor();
        let late = now.saturating_sub(PERIOD);
        for remote in &shared.remotes {
            // Whoever it is, and all others may be asleep.
            let _ = remote.reactor.expire_overdue(&|| shared.now(), late);
        }
        self.meet_spares();
        let subjects = self.workers.iter_mut().chain(&mut self.spares);
        let stalled: Vec<_> = subjects
            .filter_map(|subject| {
                let stall = subject.observe(shared, now)?;
                // Whether anybody had waited for its reactor.
                let served = stall.tenure.is_some() && shared.serve(&shared.remotes[stall.worker]);
                Some((subject, stall, served))
            })
            .collect();
        let mut waiting = if stalled.is_empty() { 0 } else { shared.waiting_tasks() };
        // Before one is called, who then counts as awake.
        let all_are_awake = shared.idle.is_full();
        if waiting > 0 {
            shared.announce();
        }
        for (subject, stall, served) in stalled {
            let is_missed = served || (waiting > 0 && all_are_awake);
            if is_missed {
                subject.note_waiting();
            }
            if is_missed && call_for_spare(shared, subject, &stall) {
                waiting = waiting.saturating_sub(1);
                self.urgent_until = now + URGENT;
            }
            self.reporter.report(shared, subject, &stall, now);
        }
    }

    /// Brings the list of stand-ins up to date.
    fn meet_spares(&mut self) {
        let at_work = self.shared.spares.at_work();
        self.spares.retain(|subject| at_work.iter().any(|it| subject.is(it)));
        for spare in at_work {
            if !self.spares.iter().any(|subject| subject.is(&spare)) {
                self.spares.push(Subject::spare(spare));
            }
        }
    }
}

/// Calls for a stand-in, once for each time that somebody is stuck and if there is a place to fill.
/// Whether one was called now.
fn call_for_spare(shared: &Arc<Shared>, subject: &mut Subject, stall: &Stalled) -> bool {
    let Some(tenure) = stall.tenure else { return false };
    if subject.is_replaced() || stall.cause == StallCause::Preempted {
        return false;
    }
    // Who computes uses its core: more threads do not get more done, only sooner to what is short.
    // So one for each that may run, and one for what is short when these compute as well.
    let limit_for_cpu = shared.idle.limit() + 1;
    let Some(permission) = shared.spares.permit(stall.cause, limit_for_cpu) else {
        subject.note_refusal(&shared.spares);
        return false;
    };
    let spare = subject.stand_in().cloned();
    let stuck = Stuck { worker: stall.worker, tenure, step: stall.step, spare };
    let offer = Offer { stuck, _permission: permission };
    let called = shared.blocking.call_for_spare(&Handle::new(Arc::clone(shared)), offer);
    if called {
        subject.set_replaced();
    }
    called
}

impl Shared {
    /// Whether anybody may do the work of one that is stuck.
    fn may_help(&self) -> bool {
        self.config.flavor == RuntimeFlavor::MultiThread && self.config.work_stealing
    }

    /// Whether there is to be a watch.
    pub(crate) fn wants_watch(&self) -> bool {
        self.may_help() || self.hooks.stall.is_some()
    }

    /// The worker of a current-thread runtime has a thread from now on, or none any more.
    pub(crate) fn set_driven(&self, is_driven: bool) {
        if !is_driven {
            // It is in no step in which it could be stuck.
            self.remotes[0].post.pulse.progress.set(0);
        }
        self.set_idle(!is_driven);
    }

    /// Serves a reactor whose worker does not. Whether anybody was woken.
    pub(super) fn serve(&self, remote: &Remote) -> bool {
        // `None`: somebody else is at it.
        let turn = remote.reactor.try_turn(&|| self.now());
        let (io_events, woken) = turn.map_or((0, 0), |turn| (turn.io_events, turn.woken));
        self.spares.count_io_events(io_events);
        woken > 0
    }

    /// Fires another worker's timers if they are late: it is stuck in a poll, or the operating
    /// system does not run its thread. If it is known to be stuck, serves its sockets, too.
    pub(super) fn help(&self, remote: &Remote, now: Timestamp) {
        if remote.post.pulse.progress.is_stuck() {
            self.serve(remote);
        } else {
            let due_by = now.saturating_sub(PATIENCE);
            let _ = remote.reactor.expire_overdue(&|| self.now(), due_by);
        }
    }

    /// How many entries of all queues wait for a worker.
    fn waiting_tasks(&self) -> usize {
        let of = |remote: &Remote| remote.stealer.len() + usize::from(remote.withholds());
        let queued: usize = self.remotes.iter().map(of).sum();
        queued + self.injector.len() + self.ordered.len()
    }

    /// Tells the watch and the monitor whether there is anything to look at.
    pub(crate) fn set_idle(&self, idle: bool) {
        self.watch.set_idle(idle);
        if let Some(monitor) = self.monitor.get() {
            monitor.set_idle(idle);
        }
    }

    /// The last one to fall asleep sends the watch and the monitor to sleep as well.
    pub(super) fn tell_if_idle(&self) {
        self.idle.tell_if_all_asleep(|idle| self.set_idle(idle));
    }

    /// Whoever gets up has them look again.
    pub(super) fn tell_awake(&self) {
        self.idle.tell_awake(|idle| self.set_idle(idle));
    }
}
