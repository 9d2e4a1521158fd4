//! Whose turn it is to be read.

use primitives::Timestamp;
use std::time::Duration;

/// The time between two readings of a file. Less than the second within which a changed quota is to
/// be seen, so that samples may be 150 ms apart.
pub(crate) const PERIOD: Duration = Duration::from_millis(850);

/// Parts of a period: so far apart that a sample every 100 ms sees the beginning of one of them at
/// most.
const TURNS: u32 = 8;

/// What is read together, and has a turn of each period to itself. What it costs to read the first
/// file is more than half of what a sample may cost, see the [module of samples](crate::sample).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    MachineCpu,
    Quota,
    Memory,
    WorkingSet,
    /// Those of the cgroup, the affinity, and what this process has in memory: all of it cheap.
    Limits,
    Membership,
    /// That of the machine and that of the cgroup share a turn: nothing is steered by them, and
    /// what they add up to is not lost.
    Pressure,
    CgroupPressure,
    Workers,
}

/// Those that a sample is made of, which is all but the last.
const OF_SAMPLE: [Group; Group::Workers as usize] = [
    Group::MachineCpu,
    Group::Quota,
    Group::Memory,
    Group::WorkingSet,
    Group::Limits,
    Group::Membership,
    Group::Pressure,
    Group::CgroupPressure,
];

impl Group {
    /// In which of the turns it is read again for the first time: rates that steer come first.
    fn first_turn(self) -> u32 {
        match self {
            Self::MachineCpu => 1,
            Self::Quota => 2,
            Self::Memory => 3,
            Self::WorkingSet => 4,
            Self::Limits => 5,
            Self::Membership => 6,
            Self::Pressure => 7,
            Self::Workers => TURNS,
            Self::CgroupPressure => TURNS + 7,
        }
    }

    /// The time between two readings.
    fn period(self) -> Duration {
        match self {
            Self::Pressure | Self::CgroupPressure => 2 * PERIOD,
            _ => PERIOD,
        }
    }
}

/// When a group is due: at first, and then in each of its periods at the same time.
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
        self.turns(self.group.period(), now) > 0
    }

    /// The same with a period of its own: how often it has become due since it was due last.
    pub(crate) fn turns(&mut self, period: Duration, now: Timestamp) -> u32 {
        let (turns, wait) = match self.due {
            Some(due) if now < due => return 0,
            Some(due) => {
                let (late, period) = ((now - due).as_nanos(), period.as_nanos());
                let turns = u32::try_from(late / period).unwrap_or(u32::MAX);
                (turns.saturating_add(1), Duration::from_nanos((period - late % period) as u64))
            }
            None => (1, PERIOD / TURNS * self.group.first_turn()),
        };
        self.due = Some(now + wait);
        turns
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
    fn each_group_is_read_in_each_of_its_periods_and_no_two_together() {
        for interval in [10, 50, 100, 106] {
            let all = OF_SAMPLE.into_iter().chain([Group::Workers]);
            let mut paces: Vec<Pace> = all.map(Pace::new).collect();
            assert!(paces.iter_mut().all(|pace| pace.is_due(at(7))), "all of them at first");
            let mut read = vec![7; paces.len()];
            for now in (1..).map(|tick| 7 + tick * interval).take_while(|&now| now < 60_000) {
                let due =
                    paces.iter_mut().filter_map(|pace| pace.is_due(at(now)).then_some(pace.group));
                let due: Vec<Group> = due.collect();
                assert!(due.len() <= 1, "{due:?} at {now} ms");
                for group in due {
                    let apart = Duration::from_millis(now - read[group as usize]);
                    let longest = group.period() + Duration::from_millis(interval);
                    assert!(apart <= longest, "{group:?} after {apart:?}");
                    read[group as usize] = now;
                }
            }
            assert!(read.iter().all(|&at| at > 58_000));
        }
    }

    #[test]
    fn only_what_neither_steers_nor_limits_may_be_older_than_a_second() {
        let all = OF_SAMPLE.into_iter().chain([Group::Workers]);
        let seldom: Vec<Group> = all.filter(|group| group.period() > PERIOD).collect();
        assert_eq!(seldom, [Group::Pressure, Group::CgroupPressure]);
        assert!(PERIOD + Duration::from_millis(150) <= Duration::from_secs(1));
    }

    #[test]
    fn the_first_that_is_due_is_known() {
        let mut paces = Paces::new();
        assert_eq!(paces.first_due(), Timestamp::ZERO, "at once");
        for (index, group) in OF_SAMPLE.into_iter().enumerate() {
            assert_eq!(group as usize, index, "their order is that of the declaration");
            assert!(paces.is_due(group, at(5_000)));
        }
        for _ in 0..100 {
            let first = paces.first_due();
            let before = Timestamp::from_nanos(first.as_nanos() - 1);
            assert!(OF_SAMPLE.iter().all(|&group| !paces.is_due(group, before)));
            assert!(OF_SAMPLE.iter().any(|&group| paces.is_due(group, first)));
            assert!(first < paces.first_due());
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
    fn a_group_may_be_read_more_often_and_is_told_what_it_missed() {
        let mut pace = Pace::new(Group::Workers);
        let mut turns = |ms| pace.turns(PERIOD / 2, at(ms));
        let due: Vec<u64> = (0..=85).map(|tick| tick * 25).filter(|&ms| turns(ms) == 1).collect();
        assert_eq!(due, [0, 850, 1_275, 1_700, 2_125]);
        // Due at 2,550, 2,975 and 3,400, and next at 3,825.
        assert_eq!([2_549, 3_401, 3_824, 3_825].map(turns), [0, 3, 0, 1]);
    }
}
