//! Which limit to try next.

use super::ControllerSettings;

/// The first step, as a power of two.
const EXPONENT_START: f64 = 1.0;
/// The longest, while throughput grows as the limit does.
const EXPONENT_MAX: f64 = 3.0;
/// The shortest: by a factor of 1.4. A top is rarely so sharp that less would matter.
const EXPONENT_MIN: f64 = 0.5;
/// The narrowest gap, as a power of two, that is searched between the best limit and a worse one.
const GAP_MIN: f64 = 0.8;
/// A gain of this share of what the limit rose by is as good as all of it.
const ELASTIC: f64 = 0.7;
/// The share of throughput that may go into trying worse limits in the long run.
const BUDGET: f64 = 0.01;
/// Windows that it takes to try a limit: one until it shows, and one that counts.
const TRY_WINDOWS: f64 = 2.0;
/// Windows that a direction rests after it has failed.
const REST_MIN: f64 = 8.0;
const REST_MAX: f64 = 400.0;
/// How often a rest doubles at most.
const RESTS_MAX: i32 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

impl Direction {
    fn other(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }

    /// 1 or -1.
    fn sign(self) -> f64 {
        match self {
            Self::Up => 1.0,
            Self::Down => -1.0,
        }
    }
}

/// What is known of the limits on one side of the best one.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    /// The nearest that is known to be worse.
    worse: Option<usize>,
    /// The share of throughput that looking cost since it rested last, in windows.
    cost: f64,
    /// How often it has rested since the best limit changed.
    rests: i32,
    /// Windows for which it still rests.
    rest: u32,
}

impl Side {
    /// There is nothing to be found here for some time: the longer, the more looking cost and the
    /// more often it was in vain.
    fn close(&mut self) {
        let windows = self.cost / BUDGET * 2_f64.powi(self.rests.min(RESTS_MAX));
        let windows = windows.clamp(REST_MIN, REST_MAX) as u32;
        *self = Self { rest: windows, rests: self.rests + 1, ..Self::default() };
    }
}

/// A line search on the logarithm of the limit.
///
/// Steps are long while they pay, so that a limit which is far off is left in a few of them, as in
/// TCP's slow start. Once one does not, the top lies between two limits that are worse than the
/// best one, and the wider gap is halved until both are narrow. Then both sides rest. How long
/// depends on what it cost to look: all in all that may cost one per cent of throughput, and less
/// the more often it was in vain; so a side on which nothing is lost is looked at again soon, and a
/// cliff rarely.
#[derive(Debug)]
pub(super) struct Search {
    exponent: f64,
    direction: Direction,
    /// Above, below.
    sides: [Side; 2],
}

impl Search {
    /// A new one that begins in this direction.
    pub(super) fn towards(direction: Direction) -> Self {
        Self { exponent: EXPONENT_START, direction, sides: [Side::default(); 2] }
    }

    /// A new one where more was too much just now: short steps upwards, and not at once.
    pub(super) fn carefully() -> Self {
        let resting = Side { rest: REST_MIN as u32, ..Side::default() };
        Self { exponent: EXPONENT_MIN, direction: Direction::Up, sides: [resting; 2] }
    }

    /// A window has passed.
    pub(super) fn pass(&mut self) {
        self.sides.iter_mut().for_each(|side| side.rest = side.rest.saturating_sub(1));
    }

    /// What to try beside `base`, and where that lies; `None` if it is not time for it. A side on
    /// which there is nothing rests.
    pub(super) fn next(
        &mut self,
        base: usize,
        may_rise: bool,
        settings: &ControllerSettings,
    ) -> Option<(usize, Direction)> {
        for _ in 0..2 {
            let direction = self.direction;
            if self.side(direction).rest == 0 {
                match self.step(base, settings) {
                    Some(limit) if may_rise || direction == Direction::Down => {
                        return Some((limit, direction));
                    }
                    Some(_) => self.side(direction).rest = REST_MIN as u32,
                    None => self.side(direction).close(),
                }
            }
            // Long steps have paid in this direction, not in the other.
            self.exponent = self.exponent.min(EXPONENT_START);
            self.direction = direction.other();
        }
        self.exponent = EXPONENT_MIN;
        None
    }

    /// Whether a gain, a logarithm, is as much as the step upwards from `base` to `limit` can give.
    pub(super) fn is_elastic(base: usize, limit: usize, gain: f64) -> bool {
        limit > base && gain > ELASTIC * (limit as f64 / base as f64).ln()
    }

    /// The step from `base` to `limit` has paid: throughput has changed by `gain`, a logarithm.
    pub(super) fn succeed(&mut self, base: usize, limit: usize, gain: f64) {
        let behind = Side { worse: Some(base), ..Side::default() };
        *self.side(self.direction.other()) = behind;
        self.side(self.direction).rests = 0;
        if Self::is_elastic(base, limit, gain) {
            self.exponent = (self.exponent + 1.0).min(EXPONENT_MAX);
            // On the way back throughput would fall as the limit does.
            let behind = self.side(Direction::Down);
            behind.cost = TRY_WINDOWS * (1.0 - (-EXPONENT_MIN).exp2());
            behind.close();
        } else {
            self.shorten();
        }
    }

    /// The step to `limit` has not paid: it has cost the share `loss` of throughput for so many
    /// windows.
    pub(super) fn fail(&mut self, base: usize, limit: usize, loss: f64, windows: u32) {
        let tried = self.side(self.direction);
        tried.worse = Some(limit);
        tried.cost += loss * f64::from(windows);
        self.shorten();
        let width = |side: &Side| side.worse.map_or(f64::INFINITY, |it| distance(base, it));
        if width(&self.sides[self.direction.other() as usize])
            >= width(&self.sides[self.direction as usize])
        {
            self.direction = self.direction.other();
        }
    }

    fn shorten(&mut self) {
        self.exponent = (self.exponent / 2.0).max(EXPONENT_MIN);
    }

    fn side(&mut self, direction: Direction) -> &mut Side {
        &mut self.sides[direction as usize]
    }

    /// The next limit in the direction, unless there is none within the bounds and the gap.
    fn step(&self, base: usize, settings: &ControllerSettings) -> Option<usize> {
        let worse = self.sides[self.direction as usize].worse;
        let gap = worse.map_or(f64::INFINITY, |worse| distance(base, worse));
        if gap < GAP_MIN {
            return None;
        }
        // What is known to be worse is not tried again, nor what is next to it.
        let exponent = if self.exponent > 0.75 * gap { gap / 2.0 } else { self.exponent };
        let limit = (base as f64 * (self.direction.sign() * exponent).exp2()).round() as usize;
        let limit = settings.clamp(match self.direction {
            Direction::Up => limit.max(base.saturating_add(1)),
            Direction::Down => limit.min(base.saturating_sub(1)),
        });
        (limit != base && Some(limit) != worse).then_some(limit)
    }
}

/// How far apart two limits are, as a power of two.
fn distance(one: usize, other: usize) -> f64 {
    (one as f64 / other as f64).log2().abs()
}
