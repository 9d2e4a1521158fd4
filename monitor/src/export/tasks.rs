//! The figures of one executor.

use super::families::{Family, Kind, Value};
use crate::{LimitSnapshot, MetricsSnapshot};

pub(super) fn of_tasks(metrics: &MetricsSnapshot) -> Vec<Family> {
    let tasks = &metrics.tasks;
    let ends = [
        ("completed", tasks.completed),
        ("failed", tasks.failed),
        ("cancelled", tasks.cancelled),
        ("timed_out", tasks.timed_out),
        ("skipped", tasks.skipped),
    ];
    let ends = ends.map(|(end, count)| (end, Value::Count(count)));
    vec![
        Family::counter("tasks_submitted_total", "Tasks that were accepted.", tasks.submitted),
        Family::counter("tasks_rejected_total", "Tasks that were refused.", tasks.rejected),
        Family::labelled(
            Kind::Counter,
            "tasks_ended_total",
            "Tasks that ended, by how.",
            "end",
            ends,
        ),
        Family::counter(
            "tasks_retried_total",
            "Attempts that were followed by another of the same task.",
            tasks.retried,
        ),
        Family::gauge("tasks_live", "Tasks that were accepted and have not ended.", tasks.live()),
        Family::times("task_queue_wait_seconds", "From ready to start.", metrics.queue_wait),
        Family::times("task_run_time_seconds", "From start to end.", metrics.run_time),
        Family::times(
            "task_lateness_seconds",
            "From deadline to end, of those that missed it.",
            metrics.lateness,
        ),
        Family::counter(
            "deadlines_met_total",
            "Tasks that ended by their deadline.",
            metrics.deadlines_met,
        ),
    ]
}

pub(super) fn of_limit(limit: &LimitSnapshot) -> Vec<Family> {
    let reasons = limit.reasons.iter().map(|&(reason, count)| (reason, Value::Count(count)));
    vec![
        Family::gauge("tasks_in_flight", "Tasks that have started and not ended.", limit.in_flight),
        Family::gauge("tasks_in_flight_limit", "How many may be.", limit.limit),
        Family::gauge("tasks_in_flight_limit_max", "The most that limit can be.", limit.most),
        Family::labelled(
            Kind::Counter,
            "limit_decisions_total",
            "Decisions about that limit, by reason; one that repeats the last does not count.",
            "reason",
            reasons,
        ),
    ]
}
