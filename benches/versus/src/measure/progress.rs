//! How far a run is, and how long it will take.

use std::fmt;
use std::time::Duration;

/// What the samples of one entrant took so far.
#[derive(Debug, Clone, Copy, Default)]
struct Account {
    samples: u32,
    spent: Duration,
    left: u32,
}

/// Counts samples and the time they take. Entrants are numbered from 0 across all contests.
#[derive(Debug)]
pub struct Progress {
    accounts: Vec<Account>,
    all: u32,
}

impl Progress {
    /// For that many entrants, with a sample each in every round.
    pub fn new(entrants: usize, rounds: u32) -> Self {
        let account = Account { left: rounds, ..Account::default() };
        Self { accounts: vec![account; entrants], all: rounds * entrants as u32 }
    }

    /// An entrant has had its turn in a round, repetitions included.
    pub fn took(&mut self, entrant: usize, time: Duration) {
        let account = &mut self.accounts[entrant];
        account.samples += 1;
        account.spent += time;
        account.left = account.left.saturating_sub(1);
    }

    /// An entrant takes part no more.
    pub fn ended(&mut self, entrant: usize) {
        self.accounts[entrant].left = 0;
    }

    /// The time that is left, if each sample takes what the same entrant's took so far; those
    /// without any count as the mean of the others. `None` before the first sample.
    pub fn time_left(&self) -> Option<Duration> {
        let known = || self.accounts.iter().filter(|it| it.samples > 0);
        let mean = known().map(Account::mean).sum::<Duration>().checked_div(known().count() as u32);
        let left = |it: &Account| {
            it.left * if it.samples > 0 { it.mean() } else { mean.unwrap_or_default() }
        };
        mean.map(|_| self.accounts.iter().map(left).sum())
    }
}

impl Account {
    fn mean(&self) -> Duration {
        self.spent.checked_div(self.samples).unwrap_or_default()
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left: u32 = self.accounts.iter().map(|it| it.left).sum();
        let percent = 100 * u64::from(self.all - left) / u64::from(self.all.max(1));
        write!(f, "{percent} %")?;
        let Some(time) = self.time_left() else { return Ok(()) };
        let (minutes, seconds) = (time.as_secs() / 60, time.as_secs() % 60);
        write!(f, ", {minutes}:{seconds:02} left")
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn each_entrant_is_expected_to_take_what_it_took() {
        let mut progress = Progress::new(3, 3);
        assert_eq!(progress.to_string(), "0 %");
        progress.took(0, 10 * SECOND);
        progress.took(1, 50 * SECOND);
        // Two more of each, and three of the one about which nothing is known.
        assert_eq!(progress.time_left(), Some((2 * 10 + 2 * 50 + 3 * 30) * SECOND));
        assert_eq!(progress.to_string(), "22 %, 3:30 left");
    }

    #[test]
    fn whoever_takes_part_no_more_takes_no_time() {
        let mut progress = Progress::new(2, 5);
        progress.took(0, SECOND);
        progress.took(1, 9 * SECOND);
        progress.ended(1);
        assert_eq!(progress.time_left(), Some(4 * SECOND));
        (0..4).for_each(|_| progress.took(0, SECOND));
        assert_eq!(progress.to_string(), "100 %, 0:00 left");
    }
}
