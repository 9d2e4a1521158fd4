//! The tasks of the plainest gate: what they need, and what becomes of them.
//!
//! Time is in nanoseconds, CPU in tenths of a core.

pub(crate) const CPU: u64 = 10;
pub(crate) const MEMORY: u64 = 10;
pub(crate) const GROUPS: usize = 3;
pub(crate) const RATES: usize = 2;
/// Units per period, the period, and the burst of each rate.
pub(crate) const RATE_TERMS: [(i128, i128, i128); RATES] = [(1, 3, 4), (5, 7, 9)];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Ready,
    Running,
    Ended,
}

/// What a task needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Needs {
    pub(crate) cpu: u64,
    pub(crate) memory: u64,
    pub(crate) groups: [bool; GROUPS],
    pub(crate) costs: [Option<u64>; RATES],
}

#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) priority: u32,
    pub(crate) estimate: u64,
    pub(crate) needs: Needs,
    pub(crate) state: State,
    /// What it has taken of each rate.
    pub(crate) charged: [u64; RATES],
    pub(crate) started_at: u64,
    pub(crate) expected_end: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    Rate(usize),
    Group(usize),
}

/// What decides whether tasks go strictly in order: those of the same kind do.
pub(crate) type Kind = (u64, u64, [bool; GROUPS], [bool; RATES]);

impl Needs {
    pub(crate) fn kind(&self) -> Kind {
        (self.cpu, self.memory, self.groups, self.costs.map(|cost| cost.is_some()))
    }

    pub(crate) fn is_heavy(&self) -> bool {
        (self.cpu, self.memory) != (0, 0)
    }

    pub(crate) fn claims(&self) -> Vec<Resource> {
        let rates = (0..RATES).filter(|&rate| self.costs[rate].is_some()).map(Resource::Rate);
        let groups = (0..GROUPS).filter(|&group| self.groups[group]).map(Resource::Group);
        rates.chain(groups).collect()
    }

    pub(crate) fn is_plain(&self) -> bool {
        !self.is_heavy() && self.claims().is_empty()
    }
}
