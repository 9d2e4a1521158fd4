//! Whose turn it is to be read.

use primitives::Timestamp;
use std::time::Duration;

/// The time between two readings of a file. Less than the second within which a changed quota is to
/// be seen, so that samples may be 150 ms apart.
pub(crate) const PERIOD: Duration = Duration::from_millis(850);

/// What is read together, and has a part of each period to itself: so far apart that a sample every
/// 100 ms reads one of them at most. What it costs to read the first file is more than half of what
/// a sample may cost, see the [module of samples](crate::sample).
///
/// In the order in which they are read again for the first time: rates that steer come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    MachineCpu,
    Quota,
    Memory,
    CgroupMemory,
    Membership,
    Pressure,
    CgroupPressure,
    Workers,
}

/// How many groups there are.
const GROUPS: u32 = Group::Workers as u32 + 1;
/// Those that a sample is made of, which is all but the last.
const OF_SAMPLE: [Group; GROUPS as usize - 1] = [
    Group::MachineCpu,
    Group::Quota,
    Group::Memory,
    Group::CgroupMemory,
    Group::Membership,
    Group::Pressure,
    Group::CgroupPressure,
];

/// When a group is due: at first, and then in each period at the same time.
#[derive(Debug)]
pub(crate) struct Pace {
    group: Group,
    due: Option<Timestamp>,
}

/// When each of the groups that a sample is made of is due.
#[derive(Debug)]
pub(super) struct Paces([Pace; OF_SAMPLE.len()]);

impl Paces {
    pub(super) fn new() -> Self {
        Self(OF_SAMPLE.map(Pace::new))
    }

    /// Whether a group is due, as [`Pace::is_due`].
    pub(super) fn is_due(&mut self, group: Group, now: Timestamp) -> bool {
        self.0[group as usize].is_due(now)
    }

    /// When the first of them is due.
    pub(super) fn first_due(&self) -> Timestamp {
        self.0.iter().filter_map(|pace| pace.due).min().unwrap_or_default()
    }
}

impl Pace {
    pub(crate) fn new(group: Group) -> Self {
        Self { group, due: None }
    }

    /// Whether the group is due. If it is, then next a period later; periods that have been missed
    /// are left out.
    fn is_due(&mut self, now: Timestamp) -> bool {
        self.is_due_every(PERIOD, now)
    }

    /// The same with a period of its own.
    pub(crate) fn is_due_every(&mut self, period: Duration, now: Timestamp) -> bool {
        let wait = match self.due {
            Some(due) if now < due => return false,
            Some(due) => {
                let late = (now - due).as_nanos() % period.as_nanos();
                period - Duration::from_nanos(late as u64)
            }
            None => PERIOD * (self.group as u32 + 1) / GROUPS,
        };
        self.due = Some(now + wait);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Group, OF_SAMPLE, PERIOD, Pace, Paces};
    use primitives::Timestamp;
    use std::time::Duration;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_nanos(ms * 1_000_000)
    }

    #[test]
    fn each_group_is_read_once_a_second_and_no_two_together() {
        for interval in [10, 50, 100, 106] {
            let all = OF_SAMPLE.into_iter().chain([Group::Workers]);
            let mut paces: Vec<Pace> = all.map(Pace::new).collect();
            assert!(paces.iter_mut().all(|pace| pace.is_due(at(7))), "all of them at first");
            let mut read = vec![7; paces.len()];
            for now in (1..).map(|tick| 7 + tick * interval).take_while(|&now| now < 60_000) {
                let due: Vec<usize> =
                    (0..paces.len()).filter(|&it| paces[it].is_due(at(now))).collect();
                assert!(due.len() <= 1, "{due:?} at {now} ms");
                for group in due {
                    let apart = Duration::from_millis(now - read[group]);
                    assert!(apart <= PERIOD + Duration::from_millis(interval), "{apart:?}");
                    read[group] = now;
                }
            }
            assert!(read.iter().all(|&at| at > 59_000));
        }
    }

    #[test]
    fn the_first_that_is_due_is_known() {
        let mut paces = Paces::new();
        assert_eq!(paces.first_due(), Timestamp::ZERO, "at once");
        for (index, group) in OF_SAMPLE.into_iter().enumerate() {
            assert_eq!(group as usize, index, "their order is that of the declaration");
            assert!(paces.is_due(group, at(5_000)));
        }
        for group in OF_SAMPLE {
            let first = paces.first_due();
            assert!(paces.is_due(group, first) && first < paces.first_due());
        }
    }

    #[test]
    fn periods_that_were_missed_are_left_out_and_the_others_keep_their_place() {
        let mut pace = Pace::new(Group::Workers);
        let due: Vec<u64> = [0, 849, 850, 900, 5_000, 5_099, 5_100, 5_101, 5_950]
            .into_iter()
            .filter(|&ms| pace.is_due(at(ms)))
            .collect();
        assert_eq!(due, [0, 850, 5_000, 5_100, 5_950]);
    }

    #[test]
    fn a_group_may_be_read_more_often() {
        let mut pace = Pace::new(Group::Workers);
        let due = |ms: &u64| pace.is_due_every(PERIOD / 2, at(*ms));
        let due: Vec<u64> = (0..=85).map(|tick| tick * 25).filter(due).collect();
        assert_eq!(due, [0, 850, 1_275, 1_700, 2_125]);
    }
}
