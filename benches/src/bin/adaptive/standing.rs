//! What came of a case.

use crate::case::Case;
use crate::contender::Contender;
use crate::race::Run;
use benches::Rounds;
use serde_json::json;

/// The two-sided 95 % quantiles of Student's t distribution for 1 to 9 degrees of freedom.
const STUDENT: [f64; 9] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/// The runs of one contender: one for each round until one was cut off.
pub(crate) struct Runs {
    pub(crate) contender: Contender,
    pub(crate) runs: Vec<Run>,
}

impl Runs {
    pub(crate) fn is_cut_off(&self) -> bool {
        self.runs.iter().any(|run| run.is_cut_off)
    }

    fn makespan(&self) -> Rounds {
        Rounds::of(self.runs.iter().map(Run::makespan).collect())
    }
}

/// One figure.
struct Figure {
    metric: String,
    value: f64,
    unit: &'static str,
    /// Half of the 95 % confidence interval, if there were rounds enough for one.
    interval: Option<f64>,
    target: Option<f64>,
    /// Whether it would have been more.
    is_cut_off: bool,
}

impl Figure {
    fn print(&self, case: Case, json: bool) {
        let met = self.target.map(|target| self.value >= target);
        if json {
            let line = json!({
                "bench": "adaptive", "case": case.name(), "metric": self.metric,
                "value": self.value, "unit": self.unit, "interval": self.interval,
                "cut_off": self.is_cut_off, "target": self.target, "met": met,
            });
            println!("{line}");
            return;
        }
        let least = if self.is_cut_off { "> " } else { "" };
        let interval = self.interval.map_or_else(String::new, |half| format!(" ± {half:.2}"));
        let target = self.target.map_or_else(String::new, |target| format!("≥ {target}"));
        let met = met.map_or("", |met| if met { "yes" } else { "NO" });
        println!(
            "| {} | {} | {least}{:.3}{interval} | {} | {target} | {met} |",
            case.name(),
            self.metric,
            self.value,
            self.unit,
        );
    }
}

/// Prints the head of the table.
pub(crate) fn head() {
    println!("| case | metric | value | unit | target | met |");
    println!("|---|---|--:|---|---|---|");
}

/// Prints every contender's time, and how the prober stands. Whether the target is met.
pub(crate) fn print(case: Case, all: &[Runs], json: bool) -> bool {
    for runs in all {
        let figure = Figure {
            metric: format!("makespan, {}", runs.contender),
            value: runs.makespan().median,
            unit: "s",
            interval: interval(&runs.runs.iter().map(Run::makespan).collect::<Vec<_>>()),
            target: None,
            is_cut_off: runs.is_cut_off(),
        };
        figure.print(case, json);
    }
    let prober = all.iter().find(|runs| runs.contender == Contender::Prober);
    let fixed = || all.iter().filter(|it| matches!(it.contender, Contender::Fixed(_)));
    // If all were cut off, the prober gains at least this.
    let best =
        fixed().min_by(|one, other| one.makespan().median.total_cmp(&other.makespan().median));
    let (Some(prober), Some(best)) = (prober, best) else { return false };
    let gains = gains(&prober.runs, &best.runs);
    let gain = Figure {
        metric: format!("throughput of the prober over the best in hindsight, {}", best.contender),
        value: Rounds::of(gains.clone()).median,
        unit: "%",
        interval: interval(&gains),
        target: Some(case.target()),
        is_cut_off: best.is_cut_off(),
    };
    gain.print(case, json);
    let oracle = oracle(fixed(), case.phases().len());
    if oracle.is_finite() {
        let share = Figure {
            metric: "makespan of the prober over that of the best fixed limits of each phase"
                .into(),
            value: prober.makespan().median / oracle,
            unit: "times",
            interval: None,
            target: None,
            is_cut_off: false,
        };
        share.print(case, json);
    }
    gain.value >= case.target()
}

/// By how many per cent one has more throughput than the other, round by round: neighbours in time
/// share what else the machine was doing.
fn gains(one: &[Run], other: &[Run]) -> Vec<f64> {
    let gain = |(one, other): (&Run, &Run)| 100.0 * (other.makespan() / one.makespan() - 1.0);
    one.iter().zip(other).map(gain).collect()
}

/// The sum of what each phase took with the fixed limit that was best for it.
fn oracle<'a>(fixed: impl Iterator<Item = &'a Runs> + Clone, phases: usize) -> f64 {
    let best = |phase| {
        let complete = |runs: &'a Runs| {
            let complete =
                runs.runs.iter().filter(|run| !run.is_cut_off || phase + 1 < run.phases.len());
            let times: Vec<f64> = complete.map(|run| run.phases[phase]).collect();
            (!times.is_empty()).then(|| Rounds::of(times).median)
        };
        fixed.clone().filter_map(complete).fold(f64::INFINITY, f64::min)
    };
    (0..phases).map(best).sum()
}

/// Half of the 95 % confidence interval of the mean.
fn interval(figures: &[f64]) -> Option<f64> {
    let n = figures.len();
    let quantile = STUDENT.get(n.checked_sub(2)?)?;
    let mean = figures.iter().sum::<f64>() / n as f64;
    let variance = figures.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
    Some(quantile * (variance / n as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::{Run, Runs, gains, interval, oracle};
    use crate::contender::Contender;

    fn run(phases: &[f64], is_cut_off: bool) -> Run {
        Run { phases: phases.to_vec(), is_cut_off }
    }

    #[test]
    fn the_oracle_takes_the_best_of_each_phase_that_was_run_to_its_end() {
        let fixed = [
            Runs { contender: Contender::Fixed(1), runs: vec![run(&[1.0, 9.0], false)] },
            Runs { contender: Contender::Fixed(2), runs: vec![run(&[5.0, 2.0], false)] },
            Runs { contender: Contender::Fixed(4), runs: vec![run(&[0.5, 0.1], true)] },
        ];
        assert_eq!(oracle(fixed.iter(), 2), 2.5);
    }

    #[test]
    fn rounds_are_compared_one_by_one() {
        let one = [run(&[1.0], false), run(&[2.0], false)];
        let other = [run(&[1.5], false), run(&[3.0], false)];
        assert_eq!(gains(&one, &other), [50.0, 50.0]);
        assert_eq!(interval(&[50.0, 50.0]), Some(0.0));
        assert_eq!(interval(&[50.0]), None);
    }
}
