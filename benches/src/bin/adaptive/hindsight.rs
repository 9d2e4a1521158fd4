//! Which fixed limits are worth a comparison: what one knows in hindsight.

use crate::case::Phase;
use crate::contender::{Contender, Limits, MOST};
use crate::race::{Race, Run};
use std::collections::BTreeMap;
use std::error::Error;

/// What a run is divided by in the search.
const DIVISOR: usize = 4;
/// A limit that takes so many times as long as the best one yet, or the prober, is out of the
/// question.
const CUT_OFF: f64 = 2.0;

/// A short run of each phase under each fixed limit.
pub(crate) struct Hindsight {
    /// For each limit the runs of all phases.
    runs: BTreeMap<usize, Vec<Run>>,
    phases: Vec<Phase>,
    /// The most that a run of each phase takes, in seconds.
    most: Vec<f64>,
}

impl Hindsight {
    /// Searches from coarse to fine: the powers of two, the cores and twice the cores, then limits
    /// beside the best one.
    pub(crate) fn gain(
        race: &Race,
        phases: &[Phase],
        cores: usize,
        longest: f64,
    ) -> Result<Self, Box<dyn Error>> {
        let short = |phase: &Phase| Phase { tasks: phase.tasks.div_ceil(DIVISOR), ..*phase };
        let phases: Vec<_> = phases.iter().map(short).collect();
        let first = |phase| race.run(&Contender::Prober, &[phase], longest);
        let most = phases.iter().map(|&phase| Ok(CUT_OFF * first(phase)?.seconds));
        let most = most.collect::<Result<_, Box<dyn Error>>>()?;
        let mut hindsight = Self { runs: BTreeMap::new(), phases, most };
        let powers = (0..).map(|power| 1 << power).take_while(|&limit| limit <= MOST);
        for limit in powers.chain([cores, 2 * cores]) {
            hindsight.look_at(race, limit)?;
        }
        let best = hindsight.finalists(1)[0];
        for limit in [best * 5 / 7, best * 7 / 5] {
            hindsight.look_at(race, limit.clamp(1, MOST))?;
        }
        Ok(hindsight)
    }

    fn look_at(&mut self, race: &Race, limit: usize) -> Result<(), Box<dyn Error>> {
        if self.runs.contains_key(&limit) {
            return Ok(());
        }
        let mut runs = Vec::new();
        for (&phase, most) in self.phases.iter().zip(&mut self.most) {
            let run = race.run(&Contender::Fixed(limit), &[phase], *most)?;
            *most = most.min(CUT_OFF * run.seconds);
            runs.push(run);
        }
        self.runs.insert(limit, runs);
        Ok(())
    }

    /// The limit that is best for a phase, and its time.
    fn best_of(&self, phase: usize) -> Option<(usize, f64)> {
        let complete = self.runs.iter().filter(|(_, runs)| !runs[phase].is_cut_off);
        complete
            .map(|(limit, runs)| (*limit, runs[phase].seconds))
            .min_by(|one, other| one.1.total_cmp(&other.1))
    }

    /// About how long a whole run takes with each limit.
    pub(crate) fn estimates(&self) -> impl Iterator<Item = (usize, Run)> {
        self.runs.iter().map(|(limit, runs)| {
            let seconds = DIVISOR as f64 * runs.iter().map(|run| run.seconds).sum::<f64>();
            (*limit, Run { seconds, is_cut_off: runs.iter().any(|run| run.is_cut_off) })
        })
    }

    /// The limits that may be the best: the `count` quickest, those that were cut off last.
    pub(crate) fn finalists(&self, count: usize) -> Vec<usize> {
        let mut all: Vec<_> = self.estimates().collect();
        all.sort_by(|(_, one), (_, other)| {
            one.is_cut_off.cmp(&other.is_cut_off).then(one.seconds.total_cmp(&other.seconds))
        });
        all.into_iter().take(count).map(|(limit, _)| limit).collect()
    }

    /// The best limit of each phase.
    pub(crate) fn limits(&self) -> Limits {
        let best = |(number, phase): (usize, &Phase)| Some((phase.load, self.best_of(number)?.0));
        self.phases.iter().enumerate().filter_map(best).collect()
    }
}
