//! A stream of workflows with deadlines.

use crate::Options;
use crate::output::{Columns, progress, say};
use crate::trace::Trace;
use primitives::Timestamp;
use primitives::rng::Rng;
use scheduler::sim::{SimGraph, SimJob, SimTask, lower_bound, simulate_jobs};
use scheduler::{Policy, SchedulerConfig};
use serde_json::json;
use std::time::Duration;

const SLOTS: usize = 16;
/// The part of the slots that the stream would keep busy for ever.
const LOAD: f64 = 0.9;
const JOBS: usize = 300;
/// Figures are means over so many streams.
const STREAMS: u64 = 5;
/// The time to a deadline, in lower bounds of the job.
const SLACK: (f64, f64) = (1.2, 3.5);
/// The time between two jobs, in means.
const GAP: (f64, f64) = (0.5, 1.5);

const POLICIES: [Policy; 5] =
    [Policy::Fifo, Policy::StaticBoost, Policy::CriticalPath, Policy::Deadline, Policy::Demote];

/// Prints how many jobs are late under each policy, and how much.
///
/// Each job is one of the workflows, stretched so that all have the same work: otherwise the
/// stream would be one of giants, and all others late.
pub(crate) fn measure(traces: &[Trace], options: &Options) {
    let graphs = stretched(traces);
    if graphs.is_empty() {
        eprintln!("no workflow takes any time: no table about deadlines");
        return;
    }
    let seeds = (0..STREAMS).map(|n| options.seed.wrapping_add(n));
    let streams: Vec<_> = seeds.map(|seed| jobs(&graphs, &mut Rng::new(seed))).collect();
    let bar = progress(POLICIES.len() * streams.len(), "stream");
    let results: Vec<(Policy, Lateness)> = POLICIES
        .iter()
        .map(|&policy| {
            let lateness = streams.iter().map(|jobs| {
                bar.inc(1);
                Lateness::of(jobs, policy)
            });
            (policy, Lateness::mean(&lateness.collect::<Vec<_>>()))
        })
        .collect();
    bar.finish_and_clear();
    if options.json {
        return results.iter().for_each(print_json);
    }
    let title = format!(
        "{STREAMS} streams of {JOBS} jobs with deadlines at load {LOAD} on {SLOTS} slots, due {} to {} lower bounds after \
         their arrival",
        SLACK.0, SLACK.1
    );
    let head = ["policy", "missed %", "mean tardiness s", "mean time in system s"];
    let mut table = Columns::new(&title, head.map(str::to_owned));
    for (policy, lateness) in results {
        let Lateness { missed, tardiness_s, stay_s } = lateness;
        table.row([
            policy.to_string(),
            format!("{:.1}", 100.0 * missed),
            format!("{tardiness_s:.1}"),
            format!("{stay_s:.1}"),
        ]);
    }
    table.print();
}

/// The workflows with the mean work each.
fn stretched(traces: &[Trace]) -> Vec<SimGraph> {
    let works: Vec<f64> = traces.iter().map(|trace| trace.work().as_secs_f64()).collect();
    let mean = works.iter().sum::<f64>() / works.len() as f64;
    let with_work = traces.iter().zip(works).filter(|&(_, work)| work > 0.0);
    let stretch = |(trace, work): (&Trace, f64)| {
        let tasks = trace.graph.tasks.iter().map(|task| SimTask {
            runtime: task.runtime.mul_f64(mean / work),
            parents: task.parents.clone(),
        });
        SimGraph { tasks: tasks.collect() }
    };
    with_work.map(stretch).collect()
}

fn jobs<'a>(graphs: &'a [SimGraph], rng: &mut Rng) -> Vec<SimJob<'a>> {
    let mut between = |(least, most): (f64, f64)| least + (most - least) * rng.unit();
    let mut arrival = Timestamp::ZERO;
    let mut draw = |_| {
        let graph = &graphs[(between((0.0, graphs.len() as f64)) as usize).min(graphs.len() - 1)];
        arrival = arrival + graph.total_work().mul_f64(between(GAP) / (SLOTS as f64 * LOAD));
        let bound = lower_bound(graph, SLOTS).expect("the reader has checked it");
        let deadline = Some(arrival + bound.mul_f64(between(SLACK)));
        SimJob { arrival, deadline, ..SimJob::new(graph) }
    };
    (0..JOBS).map(&mut draw).collect()
}

struct Lateness {
    /// The part of the jobs that end after their deadlines.
    missed: f64,
    /// By how much, on average over all jobs.
    tardiness_s: f64,
    /// From arrival to end, on average.
    stay_s: f64,
}

impl Lateness {
    fn mean(all: &[Self]) -> Self {
        let mean =
            |figure: fn(&Self) -> f64| all.iter().map(figure).sum::<f64>() / all.len() as f64;
        Self {
            missed: mean(|it| it.missed),
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
            tardiness_s: late.iter().sum::<Duration>().as_secs_f64() / count,
            stay_s: stay.as_secs_f64() / count,
        }
    }
}

fn print_json((policy, lateness): &(Policy, Lateness)) {
    let Lateness { missed, tardiness_s, stay_s } = lateness;
    let line = json!({
        "table": "stream",
        "slots": SLOTS,
        "jobs": JOBS,
        "streams": STREAMS,
        "policy": policy.to_string(),
        "missed": missed,
        "mean_tardiness_s": tardiness_s,
        "mean_time_in_system_s": stay_s,
    });
    say(line);
}
