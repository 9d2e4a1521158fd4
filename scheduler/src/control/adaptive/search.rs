//! Which limit to try next.

use super::ControllerSettings;

/// The first step, as a power of two.
const EXPONENT_START: f64 = 1.0;
/// The longest, while throughput grows as the limit does.
const EXPONENT_MAX: f64 = 3.0;
/// The shortest: by a factor of 1.4. A top is rarely so sharp that less would matter.
const EXPONENT_MIN: f64 = 0.5;
/// A gain of this share of what the limit rose by is as good as all of it.
const ELASTIC: f64 = 0.7;
/// The share of throughput that may go into trying worse limits in the long run.
const BUDGET: f64 = 0.01;
/// Windows that a direction rests after it has failed.
const REST_MIN: u32 = 8;
const REST_MAX: u32 = 400;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

impl Direction {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// A line search on the logarithm of the limit.
///
/// Steps are long while they pay, so that a limit which is far off is left in a few of them, as in
/// TCP's slow start; they become shorter once neither direction pays, and at the shortest each
/// direction rests. How long depends on what it cost to find out: all in all probing may cost one
/// per cent of throughput, so a direction in which nothing is lost is looked at again soon, and a
/// cliff rarely.
#[derive(Debug)]
pub(super) struct Search {
    exponent: f64,
    direction: Direction,
    /// Windows for which a direction still rests: up, down.
    rest: [u32; 2],
}

impl Search {
    /// A new one that begins in this direction.
    pub(super) fn towards(direction: Direction) -> Self {
        Self { exponent: EXPONENT_START, direction, rest: [0, 0] }
    }

    /// A new one where more was too much just now: short steps upwards, and not at once.
    pub(super) fn carefully() -> Self {
        Self { exponent: EXPONENT_MIN, direction: Direction::Up, rest: [REST_MIN; 2] }
    }

    /// A window has passed.
    pub(super) fn pass(&mut self) {
        self.rest.iter_mut().for_each(|windows| *windows = windows.saturating_sub(1));
    }

    /// What to try beside `base`, and where that lies; `None` if it is not time for it. A
    /// direction in which there is nothing rests.
    pub(super) fn next(
        &mut self,
        base: usize,
        may_rise: bool,
        settings: &ControllerSettings,
    ) -> Option<(usize, Direction)> {
        for _ in 0..2 {
            let limit = self.step(base, settings);
            let is_open = limit != base && (may_rise || self.direction == Direction::Down);
            if self.rest() == 0 && is_open {
                return Some((limit, self.direction));
            }
            if self.rest() == 0 {
                *self.rest_mut() = REST_MIN;
            }
            // Long steps have paid in this direction, not in the other.
            self.exponent = self.exponent.min(EXPONENT_START);
            self.turn();
        }
        None
    }

    /// The step from `base` to `limit` has paid: throughput has changed by `gain`, a logarithm.
    pub(super) fn succeed(&mut self, base: usize, limit: usize, gain: f64) {
        let risen = (limit as f64 / base as f64).ln();
        if gain > ELASTIC * risen.abs() {
            self.exponent = (self.exponent + 1.0).min(EXPONENT_MAX);
        }
        // What lies behind is known to be worse.
        let behind = self.direction.other();
        self.rest[behind as usize] = self.rest[behind as usize].max(REST_MIN);
    }

    /// The step has not paid: it has cost the share `loss` of throughput for so many windows.
    pub(super) fn fail(&mut self, loss: f64, windows: u32) {
        if self.exponent > EXPONENT_MIN {
            // Too long a step says little about shorter ones, in whichever direction.
            self.exponent = (self.exponent / 2.0).max(EXPONENT_MIN);
            self.rest = [0, 0];
        } else {
            let windows = (loss * f64::from(windows) / BUDGET) as u32;
            *self.rest_mut() = windows.clamp(REST_MIN, REST_MAX);
        }
        self.turn();
    }

    fn turn(&mut self) {
        self.direction = self.direction.other();
    }

    fn rest(&self) -> u32 {
        self.rest[self.direction as usize]
    }

    fn rest_mut(&mut self) -> &mut u32 {
        &mut self.rest[self.direction as usize]
    }

    fn step(&self, base: usize, settings: &ControllerSettings) -> usize {
        let factor = self.exponent.exp2();
        settings.clamp(match self.direction {
            Direction::Up => ((base as f64 * factor).round() as usize).max(base.saturating_add(1)),
            Direction::Down => {
                ((base as f64 / factor).round() as usize).min(base.saturating_sub(1))
            }
        })
    }
}
