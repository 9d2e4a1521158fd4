//! Rounds of samples: every contest in every round, its entrants in a random order.

use super::child;
use super::sample::Sample;
use super::settings::Settings;
use super::summary::Summary;
use std::process::Command;

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
        Summary::of(column).ok_or_else(|| {
            format!("no quiet sample: {} discarded, see --max-external", self.discarded)
        })
    }

    /// The mean share of the machine that others took during the samples that were kept.
    pub fn mean_external(&self) -> f64 {
        let samples = self.external.len().max(1) as f64;
        self.external.iter().sum::<f64>() / samples
    }
}

/// Runs the rounds; for each contest, what was gathered for each of its entrants. Progress goes to
/// standard error.
pub fn run(contests: &[Contest], settings: &Settings) -> Vec<Vec<Gathered>> {
    let seed = settings.seed();
    eprintln!("{} rounds, seed {seed}, {} workers", settings.rounds, settings.workers);
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut gathered: Vec<Vec<Gathered>> =
        contests.iter().map(|it| vec![Gathered::default(); it.entrants.len()]).collect();
    for round in 1..=settings.rounds {
        for (contest, gathered) in contests.iter().zip(&mut gathered) {
            let mut order: Vec<_> = (0..contest.entrants.len()).collect();
            chance.shuffle(&mut order);
            let names: Vec<_> = order.iter().map(|&it| &*contest.entrants[it].name).collect();
            eprintln!("round {round} {}: {}", contest.name, names.join(", "));
            for index in order {
                take(&contest.entrants[index], &mut gathered[index], settings);
            }
        }
    }
    gathered
}

/// Takes one sample, again if it was disturbed.
fn take(entrant: &Entrant, gathered: &mut Gathered, settings: &Settings) {
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
        match child::run(command(), settings.limit()) {
            Ok(Sample::Measured { figures, external_cpu })
                if external_cpu <= settings.max_external() =>
            {
                gathered.samples.push(figures);
                gathered.external.push(external_cpu);
                return;
            }
            Ok(Sample::Measured { external_cpu, .. }) => {
                gathered.discarded += 1;
                let percent = external_cpu * 100.0;
                eprintln!("  {}: discarded, others took {percent:.0} %", entrant.name);
            }
            Ok(Sample::Missing { reason }) => {
                eprintln!("  {}: {reason}", entrant.name);
                gathered.ended = Some(reason);
                return;
            }
            Err(error) => {
                eprintln!("  {}: {error}", entrant.name);
                gathered.ended = Some(error.to_string());
                return;
            }
        }
    }
}
