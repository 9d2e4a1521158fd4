//! Streams of workflows with deadlines.
//!
//! What a load and a deadline are is the same for all of them; what a job is, and how jobs come,
//! is not said by a load alone. The first stream is the one in which first in first out, boosts
//! and the earliest deadline miss about as many deadlines as they are known to (44, 37 and 13 %);
//! the others show what becomes of the policies when jobs differ more, or come in bursts.

use crate::Options;
use crate::output::{Columns, progress};
use crate::trace::Trace;
use benches::say;
use primitives::Timestamp;
use primitives::rng::Rng;
use scheduler::sim::{SimGraph, SimJob, SimTask, lower_bound, simulate_jobs};
use scheduler::{Policy, SchedulerConfig};
use serde_json::json;
use std::time::Duration;

const SLOTS: usize = 16;
/// The part of the slots that the stream would keep busy for ever.
const LOAD: f64 = 0.9;
const JOBS: usize = 250;
/// Figures are means over so many streams.
const STREAMS: u64 = 20;
/// The time to a deadline, in lower bounds of the job.
const SLACK: (f64, f64) = (1.2, 3.5);
/// Every job has this lower bound, or as much work as keeps all slots busy for so long.
const SIZE: Duration = Duration::from_secs(600);

/// What is the same in all jobs of a stream, which are the workflows stretched: as they are, one
/// giant would make all others late.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Equal {
    Bound,
    Work,
}

/// The time between two jobs, in means.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Gaps {
    /// 0.5 to 1.5, evenly.
    Even,
    /// As a Poisson process has them.
    Exponential,
}

/// What is random about a stream.
#[derive(Debug, Clone, Copy)]
struct Kind {
    name: &'static str,
    equal: Equal,
    gaps: Gaps,
}

const KINDS: [Kind; 3] = [
    Kind { name: "equal bounds", equal: Equal::Bound, gaps: Gaps::Even },
    Kind { name: "equal work", equal: Equal::Work, gaps: Gaps::Even },
    Kind { name: "equal bounds, bursts", equal: Equal::Bound, gaps: Gaps::Exponential },
];

const POLICIES: [Policy; 5] =
    [Policy::Fifo, Policy::StaticBoost, Policy::CriticalPath, Policy::Deadline, Policy::Demote];

/// Prints how many jobs are late under each policy, and how much.
pub(crate) fn measure(traces: &[Trace], options: &Options) {
    if traces.iter().all(|trace| trace.work().is_zero()) {
        eprintln!("no workflow takes any time: no table about deadlines");
        return;
    }
    let bar = progress(KINDS.len() * POLICIES.len() * STREAMS as usize, "streams");
    for kind in KINDS {
        let graphs = stretched(traces, kind.equal);
        let seeds = (0..STREAMS).map(|n| options.seed.wrapping_add(n));
        let streams: Vec<_> =
            seeds.map(|seed| jobs(&graphs, kind.gaps, &mut Rng::new(seed))).collect();
        let results = POLICIES.map(|policy| {
            let lateness = streams.iter().map(|jobs| {
                bar.inc(1);
                Lateness::of(jobs, policy)
            });
            (policy, Lateness::mean(&lateness.collect::<Vec<_>>()))
        });
        bar.suspend(|| print(kind, &results, options.json));
    }
    bar.finish_and_clear();
}

fn print(kind: Kind, results: &[(Policy, Lateness)], is_json: bool) {
    if is_json {
        return results.iter().for_each(|(policy, lateness)| print_json(kind, *policy, lateness));
    }
    let title = format!(
        "{STREAMS} streams ({}) of {JOBS} jobs with deadlines at load {LOAD} on {SLOTS} slots, \
         due {} to {} lower bounds after their arrival",
        kind.name, SLACK.0, SLACK.1
    );
    let head = ["policy", "missed %", "+/-", "mean tardiness s", "mean time in system s"];
    let mut table = Columns::new(&title, head.map(str::to_owned));
    for (policy, lateness) in results {
        let Lateness { missed, missed_error, tardiness_s, stay_s } = lateness;
        table.row([
            policy.to_string(),
            format!("{:.1}", 100.0 * missed),
            format!("{:.1}", 100.0 * missed_error),
            format!("{tardiness_s:.1}"),
            format!("{stay_s:.1}"),
        ]);
    }
    table.print();
}

/// The workflows that have work, each as long as the others.
fn stretched(traces: &[Trace], equal: Equal) -> Vec<SimGraph> {
    let stretch = |trace: &Trace| {
        let graph = &trace.graph;
        // In floating point: the share of a few nanoseconds is not to be nothing.
        let size_s = match equal {
            Equal::Bound => {
                lower_bound(graph, SLOTS).expect("the reader has checked it").as_secs_f64()
            }
            Equal::Work => graph.total_work().as_secs_f64() / SLOTS as f64,
        };
        let factor = SIZE.as_secs_f64() / size_s;
        let tasks = graph.tasks.iter().map(|task| SimTask {
            runtime: task.runtime.mul_f64(factor),
            parents: task.parents.clone(),
        });
        SimGraph { tasks: tasks.collect() }
    };
    traces.iter().filter(|trace| !trace.work().is_zero()).map(stretch).collect()
}

/// One job after the other: as much time goes by before each as its work keeps the slots busy.
fn jobs<'a>(graphs: &'a [SimGraph], gaps: Gaps, rng: &mut Rng) -> Vec<SimJob<'a>> {
    let mut arrival = Timestamp::ZERO;
    let mut draw = |_| {
        let graph = &graphs[rng.below(graphs.len() as u32) as usize];
        let gap = match gaps {
            Gaps::Even => 0.5 + rng.unit(),
            Gaps::Exponential => -(1.0 - rng.unit()).ln(),
        };
        arrival = arrival + graph.total_work().mul_f64(gap / (SLOTS as f64 * LOAD));
        let bound = lower_bound(graph, SLOTS).expect("the reader has checked it");
        let slack = SLACK.0 + (SLACK.1 - SLACK.0) * rng.unit();
        SimJob { arrival, deadline: Some(arrival + bound.mul_f64(slack)), ..SimJob::new(graph) }
    };
    (0..JOBS).map(&mut draw).collect()
}

struct Lateness {
    /// The part of the jobs that end after their deadlines.
    missed: f64,
    /// The standard error of that, over the streams.
    missed_error: f64,
    /// By how much, on average over all jobs.
    tardiness_s: f64,
    /// From arrival to end, on average.
    stay_s: f64,
}

impl Lateness {
    fn mean(all: &[Self]) -> Self {
        let mean =
            |figure: fn(&Self) -> f64| all.iter().map(figure).sum::<f64>() / all.len() as f64;
        let missed = mean(|it| it.missed);
        let squares: f64 = all.iter().map(|it| (it.missed - missed).powi(2)).sum();
        let count = all.len() as f64;
        Self {
            missed,
            missed_error: (squares / (count * (count - 1.0).max(1.0))).sqrt(),
            tardiness_s: mean(|it| it.tardiness_s),
            stay_s: mean(|it| it.stay_s),
        }
    }

    fn of(jobs: &[SimJob<'_>], policy: Policy) -> Self {
        let config = SchedulerConfig {
            policy,
            max_in_flight: SLOTS,
            // Ageing is not what is compared.
            patience: Duration::MAX,
            max_pending: jobs.iter().map(|job| job.graph.tasks.len()).sum(),
            ..Default::default()
        };
        let schedules = simulate_jobs(jobs, &config).expect("workflows that were checked");
        let late = |(job, schedule): (&SimJob<'_>, &scheduler::sim::Schedule)| -> Duration {
            let deadline = job.deadline.expect("each has one");
            (job.arrival + schedule.makespan) - deadline
        };
        let late: Vec<Duration> = jobs.iter().zip(&schedules).map(late).collect();
        let count = jobs.len() as f64;
        let stay: Duration = schedules.iter().map(|schedule| schedule.makespan).sum();
        Self {
            missed: late.iter().filter(|late| !late.is_zero()).count() as f64 / count,
            missed_error: 0.0,
            tardiness_s: late.iter().sum::<Duration>().as_secs_f64() / count,
            stay_s: stay.as_secs_f64() / count,
        }
    }
}

fn print_json(kind: Kind, policy: Policy, lateness: &Lateness) {
    let Lateness { missed, missed_error, tardiness_s, stay_s } = lateness;
    let line = json!({
        "table": "stream",
        "stream": kind.name,
        "slots": SLOTS,
        "jobs": JOBS,
        "streams": STREAMS,
        "policy": policy.to_string(),
        "missed": missed,
        "missed_standard_error": missed_error,
        "mean_tardiness_s": tardiness_s,
        "mean_time_in_system_s": stay_s,
    });
    say(line);
}

#[cfg(test)]
mod tests {
    use super::{Equal, SIZE, SLOTS, stretched};
    use crate::trace::Trace;
    use scheduler::sim::{SimGraph, SimTask};
    use std::time::Duration;

    #[test]
    fn a_workflow_of_a_nanosecond_is_stretched_like_any_other() {
        let task = SimTask { runtime: Duration::from_nanos(1), parents: Vec::new() };
        let graph = SimGraph { tasks: vec![task] };
        let trace = Trace::new("short".to_owned(), graph, vec!["kind".to_owned()], vec![0]);
        let work = |equal| stretched(std::slice::from_ref(&trace), equal)[0].total_work();
        assert_eq!(work(Equal::Bound), SIZE);
        assert_eq!(work(Equal::Work), SIZE * SLOTS as u32);
    }
}
