//! One event of a Chrome trace.

use serde::{Serialize, Serializer};
use std::time::Duration;

/// An event with the fields that its kind has; the names are those of the format.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Event<'a> {
    name: &'a str,
    #[serde(rename = "ph")]
    phase: &'static str,
    #[serde(rename = "cat", skip_serializing_if = "Option::is_none")]
    category: Option<&'static str>,
    pid: u64,
    tid: u64,
    #[serde(rename = "ts", serialize_with = "microseconds")]
    time: Duration,
    #[serde(rename = "dur", skip_serializing_if = "Option::is_none")]
    duration: Option<Micros>,
    #[serde(rename = "id", skip_serializing_if = "Option::is_none")]
    flow: Option<u64>,
    /// An arrow that ends binds to the slice around it, not to the next one.
    #[serde(rename = "bp", skip_serializing_if = "Option::is_none")]
    binding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<Args<'a>>,
}

/// What is shown when the event is selected.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Args<'a> {
    Name { name: String },
    Task { kind: &'a str, recorded_s: f64, completed: bool },
    Counts { running: i64, ready: i64 },
}

#[derive(Debug, Clone, Copy)]
struct Micros(Duration);

impl Serialize for Micros {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        microseconds(&self.0, serializer)
    }
}

fn microseconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_nanos() as f64 / 1e3)
}

impl<'a> Event<'a> {
    fn new(phase: &'static str, name: &'a str, time: Duration) -> Self {
        Self {
            name,
            phase,
            category: None,
            pid: 0,
            tid: 0,
            time,
            duration: None,
            flow: None,
            binding: None,
            args: None,
        }
    }

    /// The name of a process.
    pub(crate) fn process_name(pid: u64, name: String) -> Self {
        let args = Some(Args::Name { name });
        Self { args, ..Self::new("M", "process_name", Duration::ZERO) }.on(pid, 0)
    }

    /// The name of a track.
    pub(crate) fn track_name(pid: u64, tid: u64, name: String) -> Self {
        let args = Some(Args::Name { name });
        Self { args, ..Self::new("M", "thread_name", Duration::ZERO) }.on(pid, tid)
    }

    /// Something that took time.
    pub(crate) fn slice(name: &'a str, begin: Duration, end: Duration) -> Self {
        let duration = Some(Micros(end.saturating_sub(begin)));
        Self { duration, ..Self::new("X", name, begin) }
    }

    /// Where an arrow leaves a slice.
    pub(crate) fn arrow_begin(flow: u64, time: Duration) -> Self {
        Self { flow: Some(flow), ..Self::new("s", "dependency", time) }.category("dependency")
    }

    /// Where it meets another.
    pub(crate) fn arrow_end(flow: u64, time: Duration) -> Self {
        Self { flow: Some(flow), binding: Some("e"), ..Self::new("f", "dependency", time) }
            .category("dependency")
    }

    /// How many tasks there are of each sort from now on.
    pub(crate) fn counter(time: Duration, running: i64, ready: i64) -> Self {
        Self { args: Some(Args::Counts { running, ready }), ..Self::new("C", "tasks", time) }
    }

    /// Puts the event on a track.
    pub(crate) fn on(self, pid: u64, tid: u64) -> Self {
        Self { pid, tid, ..self }
    }

    pub(crate) fn category(self, category: &'static str) -> Self {
        Self { category: Some(category), ..self }
    }

    /// Shows what the workflow says about the task.
    pub(crate) fn about_task(self, kind: &'a str, recorded: Duration, completed: bool) -> Self {
        let args = Args::Task { kind, recorded_s: recorded.as_secs_f64(), completed };
        Self { args: Some(args), ..self }
    }
}
