//! What came of a case.

use crate::case::Case;
use crate::contender::Contender;
use crate::hindsight::Hindsight;
use crate::race::Run;
use benches::{Rounds, say};
use serde_json::json;

/// The runs of one contender: one for each round until one was cut off.
pub(crate) struct Runs {
    pub(crate) contender: Contender,
    pub(crate) runs: Vec<Run>,
}

impl Runs {
    pub(crate) fn is_cut_off(&self) -> bool {
        self.runs.iter().any(|run| run.is_cut_off)
    }

    fn seconds(&self) -> Rounds {
        Rounds::of(self.runs.iter().map(|run| run.seconds).collect())
    }

    /// The median without one round.
    fn without(&self, round: usize) -> f64 {
        let others = self.runs.iter().enumerate().filter(|(number, _)| *number != round);
        let others: Vec<_> = others.map(|(_, run)| run.seconds).collect();
        // What was cut off has no other rounds.
        if others.is_empty() { f64::INFINITY } else { Rounds::of(others).median }
    }
}

/// All runs of a case.
pub(crate) struct Standing {
    pub(crate) case: Case,
    /// Those that ran in turns: the prober first.
    pub(crate) finals: Vec<Runs>,
    pub(crate) others: Vec<Runs>,
    pub(crate) hindsight: Hindsight,
}

/// One figure.
struct Figure {
    metric: String,
    rounds: Rounds,
    unit: &'static str,
    target: Option<f64>,
    /// Whether it would have been more.
    is_cut_off: bool,
}

impl Figure {
    fn print(&self, case: Case, json: bool) -> bool {
        let Rounds { median, min, max } = self.rounds;
        let met = self.target.map(|target| median >= target);
        if json {
            let line = json!({
                "bench": "adaptive", "case": case.name(), "metric": self.metric,
                "value": median, "min": min, "max": max, "unit": self.unit,
                "cut_off": self.is_cut_off, "target": self.target, "met": met,
            });
            say(line);
        } else {
            let least = if self.is_cut_off { "> " } else { "" };
            let target = self.target.map_or_else(String::new, |target| format!("≥ {target}"));
            let word = met.map_or("", |met| if met { "yes" } else { "NO" });
            say(format_args!(
                "| {} | {} | {least}{median:.2} | {min:.2} | {max:.2} | {} | {target} | {word} |",
                case.name(),
                self.metric,
                self.unit,
            ));
        }
        met != Some(false)
    }
}

/// Prints the head of the table.
pub(crate) fn head() {
    say("| case | metric | median | min | max | unit | target | met |");
    say("|---|---|--:|--:|--:|---|---|---|");
}

impl Standing {
    /// Prints everybody's time, and how the prober stands. Whether the target is met.
    pub(crate) fn print(&self, json: bool) -> bool {
        for (limit, run) in self.hindsight.estimates() {
            let figure = Figure {
                metric: format!("time of a short run, fixed {limit}, times four"),
                rounds: Rounds::of(vec![run.seconds]),
                unit: "s",
                target: None,
                is_cut_off: run.is_cut_off,
            };
            figure.print(self.case, json);
        }
        for runs in self.finals.iter().chain(&self.others) {
            let figure = Figure {
                metric: format!("time, {}", runs.contender),
                rounds: runs.seconds(),
                unit: "s",
                target: None,
                is_cut_off: runs.is_cut_off(),
            };
            figure.print(self.case, json);
        }
        self.compare(json)
    }

    fn compare(&self, json: bool) -> bool {
        let (prober, rivals) = self.finals.split_first().expect("the prober is the first");
        let is_fixed = |runs: &&Runs| matches!(runs.contender, Contender::Fixed(_));
        let fixed: Vec<_> = rivals.iter().filter(is_fixed).collect();
        let gain = Figure {
            metric: "throughput of the prober over the best fixed limit in hindsight".to_owned(),
            rounds: Rounds::of(gains(prober, &fixed)),
            unit: "%",
            target: Some(self.case.target()),
            is_cut_off: fixed.iter().all(|runs| runs.is_cut_off()),
        };
        let is_met = gain.print(self.case, json);
        if let Some(oracle) = rivals.iter().find(|it| matches!(it.contender, Contender::Oracle(_)))
        {
            let figure = Figure {
                metric: "throughput of the prober over the best fixed limit of each phase"
                    .to_owned(),
                rounds: Rounds::of(gains(prober, &[oracle])),
                unit: "%",
                target: None,
                is_cut_off: oracle.is_cut_off(),
            };
            figure.print(self.case, json);
        }
        is_met
    }
}

/// By how many per cent one has more throughput than the best of the rivals, round by round:
/// neighbours in time share what else the machine was doing. Which rival is the best is decided by
/// the other rounds; and where all of them were cut off, the gain is at least that of that round.
fn gains(one: &Runs, rivals: &[&Runs]) -> Vec<f64> {
    let gain = |(round, run): (usize, &Run)| {
        let best = rivals.iter().min_by(|a, b| a.without(round).total_cmp(&b.without(round)))?;
        let rival = best.runs.get(round).or(best.runs.last())?;
        Some(100.0 * (rival.seconds / run.seconds - 1.0))
    };
    one.runs.iter().enumerate().filter_map(gain).collect()
}

#[cfg(test)]
mod tests {
    use super::{Runs, gains};
    use crate::contender::Contender;
    use crate::race::Run;

    fn runs(limit: usize, seconds: &[f64]) -> Runs {
        let run = |&seconds: &f64| Run { seconds, is_cut_off: false };
        Runs { contender: Contender::Fixed(limit), runs: seconds.iter().map(run).collect() }
    }

    #[test]
    fn rounds_are_compared_one_by_one() {
        let gains = gains(&runs(1, &[1.0, 2.0]), &[&runs(2, &[1.5, 3.0])]);
        assert_eq!(gains, [50.0, 50.0]);
    }

    #[test]
    fn luck_in_one_round_makes_nobody_the_best_of_that_round() {
        let prober = runs(1, &[1.0, 1.0, 1.0]);
        let lucky = runs(2, &[0.5, 2.0, 2.0]);
        let steady = runs(4, &[1.0, 1.0, 1.0]);
        assert_eq!(gains(&prober, &[&lucky, &steady]), [0.0, 0.0, 0.0]);
    }

    #[test]
    fn whoever_was_cut_off_gives_a_bound() {
        let cut_off = Runs {
            contender: Contender::Fixed(1),
            runs: vec![Run { seconds: 2.0, is_cut_off: true }],
        };
        assert_eq!(gains(&runs(2, &[1.0, 0.8]), &[&cut_off]), [100.0, 150.0]);
    }
}
