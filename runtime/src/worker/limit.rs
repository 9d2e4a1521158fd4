//! How many workers may run at once.

use super::Shared;
use primitives::shim::Mutex;

/// What the number follows from: the lesser of what was asked for and what the system allows.
#[derive(Debug)]
pub(crate) struct Limit(Mutex<State>);

#[derive(Debug)]
struct State {
    asked: usize,
    allowed: usize,
    /// How many workers the system had room for at first.
    room_at_first: Option<usize>,
}

impl Limit {
    /// All workers may run.
    pub(super) fn new(workers: usize) -> Self {
        Self(Mutex::new(State { asked: workers, allowed: workers, room_at_first: None }))
    }
}

impl Shared {
    /// How many workers may run at once.
    pub(crate) fn worker_limit(&self) -> usize {
        self.idle.limit()
    }

    /// The user wants no more than so many to run.
    pub(crate) fn set_worker_limit(&self, asked: usize) {
        self.change_limit(|state| state.asked = asked.clamp(1, self.config.workers));
    }

    /// Has the limit follow the latest sample of the monitor, if there is one. What the first such
    /// call finds is what the workers were intended for.
    pub(crate) fn follow_monitor(&self) {
        let Some(monitor) = self.monitor.get() else { return };
        let Some(room) = monitor.latest().workers_allowed() else { return };
        self.change_limit(|state| {
            let at_first = *state.room_at_first.get_or_insert(room);
            state.allowed = share(self.config.workers, room, at_first);
        });
    }

    fn change_limit(&self, change: impl FnOnce(&mut State)) {
        if !self.config.work_stealing {
            // What a worker gives away would be polled by another one.
            return;
        }
        let mut state = self.limit.0.lock();
        change(&mut state);
        let called = self.idle.set_limit(state.asked.min(state.allowed));
        drop(state);
        self.unpark(called);
    }
}

/// How many of `workers` may run where there is room for `allowed`, and was for `at_first`: as many
/// as there is room for. Where there were more from the beginning, that was intended, and the
/// same share of them remains.
fn share(workers: usize, allowed: usize, at_first: usize) -> usize {
    // There are 4096 workers at most, and no such number of cores that it would overflow.
    let intended = workers.max(at_first);
    allowed.saturating_mul(intended).div_ceil(at_first).min(workers)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn as_many_workers_run_as_there_is_room_for() {
        for at_first in [4, 8] {
            let limits = [1, 2, 3, 4, 8].map(|allowed| share(4, allowed, at_first));
            assert_eq!(limits, [1, 2, 3, 4, 4], "room for {at_first} at first");
        }
    }

    #[test]
    fn workers_beyond_the_cores_shrink_in_proportion() {
        let limits = [1, 2, 3, 4, 8].map(|allowed| share(10, allowed, 4));
        assert_eq!(limits, [3, 5, 8, 10, 10]);
    }
}
