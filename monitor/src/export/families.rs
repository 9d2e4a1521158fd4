//! What there is to be written, whatever the form.

use crate::sample::Stall;
use crate::{HistogramSnapshot, MetricsSnapshot, Pressure, Sample, WorkerSnapshot};

/// Figures of one name.
#[derive(Debug)]
pub(super) struct Family {
    /// Without the prefix.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) help: &'static str,
    pub(super) series: Vec<Series>,
}

/// What may become of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It only grows.
    Counter,
    Gauge,
    /// A distribution.
    Summary,
}

/// One figure, and what tells it from the others of its name.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) labels: Vec<(&'static str, String)>,
    pub(super) value: Value,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    Count(u64),
    Measure(f64),
    Distribution(HistogramSnapshot),
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Summary => "summary",
        }
    }
}

/// Everything that is known.
pub(super) fn families(metrics: &MetricsSnapshot, sample: Option<&Sample>) -> Vec<Family> {
    let mut families = of_tasks(metrics);
    families.extend(of_workers(&metrics.workers));
    if let Some(sample) = sample {
        families.extend(of_machine(sample));
        families.push(of_pressure(sample));
    }
    // A name without a figure says nothing.
    families.retain(|family| !family.series.is_empty());
    families
}

fn plain(value: Value) -> Vec<Series> {
    vec![Series { labels: Vec::new(), value }]
}

fn of_tasks(metrics: &MetricsSnapshot) -> Vec<Family> {
    use Kind::{Counter, Gauge, Summary};
    let tasks = &metrics.tasks;
    let family = |name, kind, help, value| Family { name, kind, help, series: plain(value) };
    let count = |name, help, count| family(name, Counter, help, Value::Count(count));
    let times = |name, help, times| family(name, Summary, help, Value::Distribution(times));
    let ends = [
        ("completed", tasks.completed),
        ("failed", tasks.failed),
        ("cancelled", tasks.cancelled),
        ("timed_out", tasks.timed_out),
        ("skipped", tasks.skipped),
    ];
    let ends = ends.map(|(end, count)| Series {
        labels: vec![("end", end.to_owned())],
        value: Value::Count(count),
    });
    vec![
        count("tasks_submitted_total", "Tasks that were accepted.", tasks.submitted),
        count("tasks_rejected_total", "Tasks that were refused.", tasks.rejected),
        Family {
            name: "tasks_ended_total",
            kind: Counter,
            help: "Tasks that ended, by how.",
            series: ends.into(),
        },
        family(
            "tasks_live",
            Gauge,
            "Tasks that were accepted and have not ended.",
            Value::Count(tasks.live()),
        ),
        times("task_queue_wait_seconds", "From ready to start.", metrics.queue_wait),
        times("task_run_time_seconds", "From start to end.", metrics.run_time),
        times(
            "task_lateness_seconds",
            "From deadline to end, of those that missed it.",
            metrics.lateness,
        ),
        count("deadlines_met_total", "Tasks that ended by their deadline.", metrics.deadlines_met),
    ]
}

fn of_workers(workers: &[WorkerSnapshot]) -> Vec<Family> {
    let family = |name, help, value: fn(&WorkerSnapshot) -> Value| {
        let series = workers.iter().enumerate().map(|(index, worker)| Series {
            labels: vec![("worker", index.to_string())],
            value: value(worker),
        });
        Family { name, kind: Kind::Counter, help, series: series.collect() }
    };
    vec![
        family("worker_polls_total", "Tasks polled.", |it| Value::Count(it.polls)),
        family("worker_local_pops_total", "Tasks taken from the own deque.", |it| {
            Value::Count(it.local_pops)
        }),
        family("worker_lifo_pops_total", "Tasks taken from the LIFO slot.", |it| {
            Value::Count(it.lifo_pops)
        }),
        family("worker_injector_pops_total", "Tasks taken from the injector.", |it| {
            Value::Count(it.injector_pops)
        }),
        family("worker_steals_total", "Attempts to steal that brought a task.", |it| {
            Value::Count(it.steals)
        }),
        family("worker_steal_attempts_total", "Attempts to steal.", |it| {
            Value::Count(it.steal_attempts)
        }),
        family("worker_parks_total", "Times asleep for want of work.", |it| Value::Count(it.parks)),
        family("worker_busy_seconds_total", "Time awake.", |it| {
            Value::Measure(it.busy.as_secs_f64())
        }),
    ]
}

fn of_machine(sample: &Sample) -> Vec<Family> {
    let gauge = |name, help, value: Option<Value>| {
        let series = value.map_or_else(Vec::new, plain);
        Family { name, kind: Kind::Gauge, help, series }
    };
    let measure = |name, help, value: Option<f64>| gauge(name, help, value.map(Value::Measure));
    let bytes = |name, help, value: Option<u64>| gauge(name, help, value.map(Value::Count));
    let limit = sample.memory_limit_bytes.filter(|&limit| limit != u64::MAX);
    let throttled = sample.throttling.map(|throttling| throttling.cores);
    vec![
        measure(
            "machine_cpu_utilization_ratio",
            "Share of the machine's CPU time that was not idle.",
            sample.cpu_utilization,
        ),
        measure(
            "machine_io_wait_ratio",
            "Share of the machine's CPU time that was idle with a disk request outstanding.",
            sample.io_wait,
        ),
        bytes("machine_memory_used_bytes", "Memory in use.", sample.memory_used_bytes),
        bytes("machine_memory_available_bytes", "Memory to be had.", sample.memory_available_bytes),
        measure("process_cpu_cores", "Cores that this process kept busy.", sample.process_cpu),
        bytes("process_resident_bytes", "Resident memory.", sample.process_rss_bytes),
        measure("cgroup_cpu_cores", "Cores that this cgroup kept busy.", sample.cgroup_cpu),
        measure("cgroup_throttled_cores", "Cores that quotas held back.", throttled),
        bytes("cgroup_working_set_bytes", "Memory of this cgroup.", sample.working_set_bytes),
        bytes("cgroup_memory_limit_bytes", "The least limit on it.", limit),
        measure(
            "cpus_allowed_cores",
            "Cores by affinity, cpuset and quota.",
            sample.cpus_allowed(),
        ),
    ]
}

fn of_pressure(sample: &Sample) -> Family {
    let mut series = Vec::new();
    for (scope, pressure) in [("machine", sample.pressure), ("cgroup", sample.cgroup_pressure)] {
        let Pressure { cpu, memory, io } = pressure;
        for (resource, stall) in [("cpu", cpu), ("memory", memory), ("io", io)] {
            let Some(Stall { some, full }) = stall else { continue };
            for (stalled, share) in [("some", Some(some)), ("full", full)] {
                let labels = [("scope", scope), ("resource", resource), ("stalled", stalled)];
                series.extend(share.map(|share| Series {
                    labels: labels.map(|(name, value)| (name, value.to_owned())).into(),
                    value: Value::Measure(share),
                }));
            }
        }
    }
    let help = "Share of the time in which some or all threads stood still for a resource.";
    Family { name: "pressure_ratio", kind: Kind::Gauge, help, series }
}
