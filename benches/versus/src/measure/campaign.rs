//! Rounds of samples: every contest in every round, its entrants in a random order.

use super::child::{self, ChildError};
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::quality::Quality;
use super::sample::Sample;
use super::settings::Settings;
use super::summary::Summary;
use std::process::Command;
use std::time::Instant;

/// Something to be measured on several entrants.
pub struct Contest {
    /// For the progress.
    pub name: String,
    /// Who takes part.
    pub entrants: Vec<Entrant>,
}

/// One that takes part in a contest.
pub struct Entrant {
    /// For the progress.
    pub name: String,
    /// Makes the command that gives one sample, or says that there is nothing to run.
    pub command: Result<Box<dyn Fn() -> Command>, String>,
}

/// What was gathered for one entrant.
#[derive(Debug, Default, Clone)]
pub struct Gathered {
    /// The figures of each sample that was kept.
    pub samples: Vec<Vec<f64>>,
    /// The share of the machine that others took during each of them.
    pub external: Vec<f64>,
    /// How many samples were discarded because others took too much of it.
    pub discarded: u32,
    /// How many rounds went on without a sample because of that.
    pub disturbed: u32,
    /// Why there are no more samples: the peer cannot do it, or has failed.
    pub ended: Option<String>,
}

impl Gathered {
    /// Figure `index` of every sample, summed up.
    ///
    /// # Errors
    ///
    /// Why there is none, in a few words. One failure is enough, however many samples went well.
    pub fn summary(&self, index: usize) -> Result<Summary, String> {
        if let Some(reason) = &self.ended {
            return Err(reason.clone());
        }
        let column = self.samples.iter().filter_map(|figures| figures.get(index).copied());
        Summary::of(column).ok_or_else(|| match self.discarded {
            0 => "not measured".to_owned(),
            discarded => format!("disturbed: {discarded} samples discarded, see --max-external"),
        })
    }

    /// What the figures stand on.
    pub fn quality(&self) -> Quality {
        let rounds = self.samples.len();
        Quality {
            rounds,
            discarded: self.discarded,
            disturbed: self.disturbed,
            external_cpu: self.external.iter().sum::<f64>() / rounds.max(1) as f64,
        }
    }

    /// Notes what came of an attempt. True if another one may still give a sample this round.
    fn note(&mut self, name: &str, result: Result<Sample, ChildError>, max_external: f64) -> bool {
        let reason = match result {
            Ok(Sample::Measured { figures, external_cpu }) if external_cpu <= max_external => {
                self.samples.push(figures);
                self.external.push(external_cpu);
                return false;
            }
            Ok(Sample::Measured { external_cpu, .. }) => {
                self.discarded += 1;
                let percent = external_cpu * 100.0;
                eprintln!("  {name}: discarded, others took {percent:.0} %");
                return true;
            }
            Err(ChildError::Interrupted) => return false,
            Ok(Sample::Missing { reason }) => reason,
            Err(error) => error.to_string(),
        };
        eprintln!("  {name}: {reason}");
        self.ended = Some(reason);
        false
    }
}

/// Runs the rounds; for each contest, what was gathered for each of its entrants. Progress goes to
/// standard error. An interrupt ends it early.
pub fn run(
    contests: &[Contest],
    settings: &Settings,
    seed: u64,
    interrupt: &Interrupt,
) -> Vec<Vec<Gathered>> {
    eprintln!("{} rounds, seed {seed}", settings.rounds);
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut gathered: Vec<Vec<Gathered>> =
        contests.iter().map(|it| vec![Gathered::default(); it.entrants.len()]).collect();
    let entrants = contests.iter().map(|it| it.entrants.len()).sum();
    let mut progress = Progress::new(entrants, settings.rounds);
    for round in 1..=settings.rounds {
        let mut number = 0;
        for (contest, gathered) in contests.iter().zip(&mut gathered) {
            let mut order: Vec<_> = (0..contest.entrants.len()).collect();
            chance.shuffle(&mut order);
            let names: Vec<_> = order.iter().map(|&it| &*contest.entrants[it].name).collect();
            eprintln!("[{progress}] round {round} {}: {}", contest.name, names.join(", "));
            for index in order.into_iter().take_while(|_| !interrupt.is_asked()) {
                let start = Instant::now();
                take(&contest.entrants[index], &mut gathered[index], settings, interrupt);
                progress.took(number + index, start.elapsed());
                if gathered[index].ended.is_some() {
                    progress.ended(number + index);
                }
            }
            number += contest.entrants.len();
            if interrupt.is_asked() {
                break;
            }
        }
        if interrupt.is_asked() {
            eprintln!("interrupted: what follows is what there is");
            break;
        }
    }
    gathered
}

/// Takes one sample, again if it was disturbed, so many times and no more.
fn take(entrant: &Entrant, gathered: &mut Gathered, settings: &Settings, interrupt: &Interrupt) {
    let command = match &entrant.command {
        Ok(command) => command,
        Err(reason) => {
            gathered.ended = Some(reason.clone());
            return;
        }
    };
    if gathered.ended.is_some() {
        return;
    }
    for _ in 0..=settings.retries {
        let result = child::run(command(), settings.limit(), interrupt);
        if !gathered.note(&entrant.name, result, settings.max_external()) {
            return;
        }
    }
    gathered.disturbed += 1;
}

#[cfg(test)]
mod tests {
    use super::{Contest, Entrant, Gathered, run};
    use crate::measure::interrupt::Interrupt;
    use crate::measure::settings::Settings;
    use clap::Parser;
    use std::process::Command;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        settings: Settings,
    }

    /// An entrant that says the same at each sample.
    fn saying(line: &'static str) -> Entrant {
        let command = move || {
            let mut command = Command::new("echo");
            command.arg(line);
            command
        };
        Entrant { name: line.to_owned(), command: Ok(Box::new(command)) }
    }

    fn gathered(entrants: Vec<Entrant>, interrupt: &Interrupt) -> Vec<Gathered> {
        let settings = Line::parse_from(["bench", "--rounds", "3", "--retries", "2"]).settings;
        let contest = Contest { name: "contest".to_owned(), entrants };
        run(&[contest], &settings, 1, interrupt).remove(0)
    }

    const QUIET: &str = r#"{"measured":{"figures":[1.5],"external_cpu":0.05}}"#;
    const NOISY: &str = r#"{"measured":{"figures":[9.5],"external_cpu":0.5}}"#;

    #[test]
    fn what_stays_disturbed_is_given_up_and_said_to_be_disturbed() {
        let gathered = gathered(vec![saying(QUIET), saying(NOISY)], &Interrupt::default());
        assert_eq!(gathered[0].summary(0).unwrap().median, 1.5);
        assert_eq!(gathered[0].quality().remark(), "");
        let quality = gathered[1].quality();
        assert_eq!((quality.rounds, quality.discarded, quality.disturbed), (0, 9, 3));
        assert_eq!(quality.remark(), "disturbed");
        assert!(gathered[1].summary(0).unwrap_err().starts_with("disturbed"));
    }

    #[test]
    fn an_interrupt_ends_all_rounds() {
        let interrupt = Interrupt::default();
        interrupt.ask();
        let gathered = gathered(vec![saying(QUIET), saying(QUIET)], &interrupt);
        assert!(gathered.iter().all(|it| it.samples.is_empty()), "no sample is started");
    }
}
