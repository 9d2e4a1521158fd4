//! When the monitor's thread sleeps, and until when.

use primitives::parker::Parker;
use primitives::shim::atomic::{AtomicU32, Ordering};
use std::time::Instant;

const RUN: u32 = 0;
const IDLE: u32 = 1;
const ASLEEP: u32 = 2;
const STOP: u32 = 3;

/// Between two samples the thread waits for the interval to pass; if the runtime is idle by then,
/// it waits on without a timeout.
///
/// ```text
///          (1) set_idle(true)          (2) interval over, in `wait`
///    RUN ─────────────────────► IDLE ──────────────────────────────► ASLEEP
///     ▲ ▲                        │                                     │
///     │ └────────────────────────┘                                     │
///     │   (3) set_idle(false): the thread never noticed                │
///     └────────────────────────────────────────────────────────────────┘
///         (4) set_idle(false): unparks the thread
///    any ──► STOP by (5) `stop`, for good: unparks the thread
/// ```
///
/// The word changes only by read-modify-write, so (2) and (3) cannot both succeed on one IDLE, and
/// whoever takes it out of ASLEEP knows that the thread has to be woken. A runtime that flickers
/// between busy and idle within an interval costs no wake-up at all, by edge (3).
#[derive(Debug)]
pub(crate) struct Gate {
    word: AtomicU32,
    parker: Parker,
}

/// Why [`Gate::wait`] returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a thread that goes on after Stop is never joined"]
pub(crate) enum Next {
    /// It is time for a sample.
    Sample,
    /// The monitor is being stopped.
    Stop,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self { word: AtomicU32::new(RUN), parker: Parker::new() }
    }

    /// Edge (1) or edges (3) and (4). One load if there is nothing to change.
    pub(crate) fn set_idle(&self, idle: bool) {
        // ORDERING: Relaxed here and below. The word hands over no data, each of its changes is
        // one read-modify-write, and a thread that is unparked sees the word as its waker left it
        // because the parker's permit is a Release/Acquire pair.
        let mut seen = self.word.load(Ordering::Relaxed);
        while seen != STOP && (seen == RUN) == idle {
            let wanted = if idle { IDLE } else { RUN };
            let result =
                self.word.compare_exchange(seen, wanted, Ordering::Relaxed, Ordering::Relaxed);
            match result {
                Ok(ASLEEP) => return self.parker.unpark(),
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }

    /// Edge (5).
    pub(crate) fn stop(&self) {
        self.word.swap(STOP, Ordering::Relaxed);
        self.parker.unpark();
    }

    /// Sleeps until `due`, and on while the runtime is idle. Only the monitor's thread calls this.
    pub(crate) fn wait(&self, due: Instant) -> Next {
        while !self.is_stopped() {
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return self.wait_while_idle();
            }
            // It may return early, for a permit left over from a wake-up that came by itself; the
            // loop looks again.
            self.parker.park_timeout(left);
        }
        Next::Stop
    }

    /// Edge (2), and the sleep behind it.
    fn wait_while_idle(&self) -> Next {
        let slept = self.word.compare_exchange(IDLE, ASLEEP, Ordering::Relaxed, Ordering::Relaxed);
        if slept.is_ok() {
            while self.word.load(Ordering::Relaxed) == ASLEEP {
                self.parker.park();
            }
        }
        if self.is_stopped() { Next::Stop } else { Next::Sample }
    }

    fn is_stopped(&self) -> bool {
        self.word.load(Ordering::Relaxed) == STOP
    }
}

#[cfg(test)]
mod tests {
    use super::{ASLEEP, Gate, IDLE, Next, RUN};
    use primitives::shim::atomic::Ordering;
    use std::sync::Arc;
    use std::sync::mpsc::{self, Receiver};
    use std::thread;
    use std::time::{Duration, Instant};

    const PATIENCE: Duration = Duration::from_secs(20);

    fn word(gate: &Gate) -> u32 {
        gate.word.load(Ordering::Relaxed)
    }

    fn wait_for(gate: &Gate, wanted: u32) {
        let start = Instant::now();
        while word(gate) != wanted {
            assert!(start.elapsed() < PATIENCE, "never reached {wanted}");
            thread::yield_now();
        }
    }

    /// A thread that waits once, without an interval, and says why it went on.
    fn waiting(gate: &Arc<Gate>) -> Receiver<Next> {
        let (report, reports) = mpsc::channel();
        let gate = Arc::clone(gate);
        thread::spawn(move || report.send(gate.wait(Instant::now())));
        reports
    }

    #[test]
    fn an_idle_gate_holds_the_thread_until_it_is_opened() {
        let gate = Arc::new(Gate::new());
        gate.set_idle(true);
        let reports = waiting(&gate);
        wait_for(&gate, ASLEEP);
        gate.set_idle(true);
        assert_eq!(word(&gate), ASLEEP, "nothing changed");
        assert!(reports.try_recv().is_err(), "it only goes on by edge (4)");
        gate.set_idle(false);
        assert_eq!(reports.recv_timeout(PATIENCE), Ok(Next::Sample));
        assert_eq!(word(&gate), RUN);
    }

    #[test]
    fn going_idle_and_back_within_an_interval_is_not_noticed() {
        let gate = Gate::new();
        gate.set_idle(true);
        assert_eq!(word(&gate), IDLE);
        gate.set_idle(false);
        assert_eq!(gate.wait(Instant::now()), Next::Sample);
    }

    #[test]
    fn stopping_wakes_from_both_kinds_of_sleep_and_is_for_good() {
        for idle in [false, true] {
            let gate = Arc::new(Gate::new());
            gate.set_idle(idle);
            let (report, reports) = mpsc::channel();
            let sleeper = Arc::clone(&gate);
            let wait = if idle { Duration::ZERO } else { Duration::from_secs(3600) };
            thread::spawn(move || report.send(sleeper.wait(Instant::now() + wait)));
            if idle {
                wait_for(&gate, ASLEEP);
            }
            gate.stop();
            assert_eq!(reports.recv_timeout(PATIENCE), Ok(Next::Stop));
            gate.set_idle(true);
            gate.set_idle(false);
            assert_eq!(gate.wait(Instant::now()), Next::Stop);
        }
    }

    #[test]
    fn no_wake_up_is_lost_when_opening_races_with_falling_asleep() {
        for _ in 0..2_000 {
            let gate = Arc::new(Gate::new());
            gate.set_idle(true);
            let reports = waiting(&gate);
            gate.set_idle(false);
            assert_eq!(reports.recv_timeout(PATIENCE), Ok(Next::Sample));
        }
    }
}
