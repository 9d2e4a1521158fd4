//! The figures of one runtime and of its workers.

use super::families::{Family, Kind, Value};
use crate::{RuntimeSnapshot, WorkerSnapshot};

pub(super) fn of_runtime(runtime: &RuntimeSnapshot) -> Vec<Family> {
    use Kind::{Counter, Gauge};
    let ends = [
        ("finished", runtime.finished),
        ("cancelled", runtime.cancelled),
        ("panicked", runtime.panicked),
    ];
    let busy = runtime.blocking_threads.saturating_sub(runtime.idle_blocking_threads);
    let threads = [("busy", busy), ("idle", runtime.idle_blocking_threads)];
    let causes = [
        ("blocked", runtime.blocked_polls),
        ("cpu_bound", runtime.cpu_bound_polls),
        ("preempted", runtime.preempted_polls),
    ];
    let count = |(word, count)| (word, Value::Count(count));
    vec![
        Family::counter("spawned_tasks_total", "Tasks spawned.", runtime.spawned),
        Family::labelled(
            Counter,
            "spawned_tasks_ended_total",
            "Spawned tasks that ended, by how.",
            "end",
            ends.map(count),
        ),
        Family::gauge("spawned_tasks_live", "Spawned tasks that have not ended.", runtime.live),
        Family::gauge(
            "global_queue_depth",
            "Entries of the queues that all workers take from.",
            runtime.global_queue_depth,
        ),
        Family::gauge(
            "blocking_queue_depth",
            "Blocking closures that wait for a thread.",
            runtime.blocking_queue_depth,
        ),
        Family::labelled(
            Gauge,
            "blocking_threads",
            "Threads for blocking closures.",
            "state",
            threads.map(count),
        ),
        Family::gauge("timers_pending", "Timers that wait to fire.", runtime.pending_timers),
        Family::gauge("workers_awake", "Workers that are not asleep.", runtime.awake_workers),
        Family::gauge("workers_limit", "How many workers may run.", runtime.worker_limit),
        Family::labelled(
            Counter,
            "stalls_total",
            "Polls that were found to hold their worker up, by cause.",
            "cause",
            causes.map(count),
        ),
        Family::gauge("spare_workers", "Threads that stand in for workers.", runtime.spare_workers),
        Family::counter(
            "spare_workers_refused_total",
            "Times that none could stand in, because there were too many.",
            runtime.spare_workers_refused,
        ),
        Family::times(
            "poll_delay_seconds",
            "From queued to polled, of the polls that were timed.",
            runtime.poll_delay,
        ),
        Family::times(
            "poll_time_seconds",
            "How long polls took, of those that were timed.",
            runtime.poll_time,
        ),
        Family::per_worker(
            Gauge,
            "worker_queue_depth",
            "Tasks in the own queue.",
            runtime.queue_depths.iter().map(|&depth| Value::Count(depth)),
        ),
    ]
}

pub(super) fn of_workers(workers: &[WorkerSnapshot]) -> Vec<Family> {
    let family = |kind, name, help, value: fn(&WorkerSnapshot) -> Value| {
        Family::per_worker(kind, name, help, workers.iter().map(value))
    };
    let counter = |name, help, value| family(Kind::Counter, name, help, value);
    vec![
        counter("worker_polls_total", "Tasks polled.", |it| Value::Count(it.polls)),
        counter("worker_local_pops_total", "Tasks taken from the own deque.", |it| {
            Value::Count(it.local_pops)
        }),
        counter("worker_lifo_pops_total", "Tasks taken from the LIFO slot.", |it| {
            Value::Count(it.lifo_pops)
        }),
        counter("worker_injector_pops_total", "Tasks taken from the injector.", |it| {
            Value::Count(it.injector_pops)
        }),
        counter("worker_steals_total", "Attempts to steal that brought a task.", |it| {
            Value::Count(it.steals)
        }),
        counter("worker_steal_attempts_total", "Attempts to steal.", |it| {
            Value::Count(it.steal_attempts)
        }),
        counter("worker_parks_total", "Times asleep for want of work.", |it| {
            Value::Count(it.parks)
        }),
        counter("worker_busy_seconds_total", "Time awake.", |it| {
            Value::Measure(it.busy.as_secs_f64())
        }),
        family(
            Kind::Gauge,
            "worker_longest_poll_seconds",
            "The longest poll that is known.",
            |it| Value::Measure(it.longest_poll.as_secs_f64()),
        ),
    ]
}
