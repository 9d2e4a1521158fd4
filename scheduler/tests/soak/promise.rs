//! What was promised to one task, and what has come of it.

use graph_runtime_scheduler::{EndState, TaskId, Ticket, TriggerRule};
use primitives::Timestamp;
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

/// Groups and rates there are.
pub(crate) const KINDS: usize = 2;

/// Counts those that have not been dropped.
#[derive(Debug)]
pub(crate) struct Payload(Rc<Cell<usize>>);

impl Payload {
    pub(crate) fn new(alive: &Rc<Cell<usize>>) -> Self {
        alive.set(alive.get() + 1);
        Self(Rc::clone(alive))
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[derive(Debug)]
pub(crate) enum State {
    Waiting,
    /// It may be tried again from then on.
    Backoff(Timestamp),
    Running(Ticket, Payload),
    Ended(EndState),
}

/// What has become of a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dependency {
    Open,
    Ended(EndState),
    /// Nobody need wait for it any more.
    Waived,
}

#[derive(Debug)]
pub(crate) struct Promise {
    /// By number.
    pub(crate) graph: Option<usize>,
    /// Whether it was submitted with its graph, and is forgotten with it.
    pub(crate) is_static: bool,
    pub(crate) dependencies: HashMap<TaskId, Dependency>,
    pub(crate) dependents: Vec<TaskId>,
    pub(crate) trigger: TriggerRule,
    /// Tenths of a core, bytes, tenths of an I/O channel.
    pub(crate) needs: [u64; 3],
    pub(crate) groups: [bool; KINDS],
    pub(crate) costs: [f64; KINDS],
    /// What the running attempt costs, as far as that is known.
    pub(crate) charged: [f64; KINDS],
    pub(crate) max_attempts: u32,
    pub(crate) attempts: u32,
    pub(crate) holds: u32,
    /// Somebody has asked for its end.
    pub(crate) is_cancelled: bool,
    pub(crate) state: State,
}

impl Promise {
    pub(crate) fn is_live(&self) -> bool {
        !matches!(self.state, State::Ended(_))
    }

    fn any(&self, is: impl Fn(Dependency) -> bool) -> bool {
        self.dependencies.values().any(|&dependency| is(dependency))
    }

    /// Whether its dependencies let it start.
    pub(crate) fn may_start(&self) -> bool {
        let open = self.any(|it| it == Dependency::Open);
        let succeeded = self.any(has_succeeded);
        let failed = self.any(has_failed);
        let waived = self.any(|it| it == Dependency::Waived);
        let has_none = self.dependencies.is_empty();
        match self.trigger {
            TriggerRule::AllSucceeded => !open && !failed,
            TriggerRule::AllDone => !open,
            TriggerRule::AnySucceeded => succeeded || has_none || (waived && !open),
            TriggerRule::AllFailed => !open && !succeeded,
            TriggerRule::AnyFailed => failed || has_none || (waived && !open),
        }
    }

    /// Whether the ends of its dependencies keep it from ever starting.
    pub(crate) fn can_never_start(&self) -> bool {
        let open = self.any(|it| it == Dependency::Open);
        match self.trigger {
            TriggerRule::AllSucceeded => self.any(has_failed),
            TriggerRule::AllDone => false,
            TriggerRule::AnySucceeded => !open && !self.any(has_succeeded),
            TriggerRule::AllFailed => self.any(has_succeeded),
            TriggerRule::AnyFailed => !open && !self.any(has_failed),
        }
    }
}

fn has_succeeded(dependency: Dependency) -> bool {
    dependency == Dependency::Ended(EndState::Completed)
}

fn has_failed(dependency: Dependency) -> bool {
    matches!(dependency, Dependency::Ended(end) if !end.is_completed())
}
