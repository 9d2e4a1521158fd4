//! The runs as a Chrome trace, which Perfetto (<https://ui.perfetto.dev>) opens.
//!
//! Format: "Trace Event Format" of the Chromium project, JSON object form. Times are real
//! microseconds since the submission of each run, so that the runs lie one above the other and can
//! be compared. Each run is two processes:
//!
//! | process | its tracks |
//! |---|---|
//! | `POLICY: slots` | one per slot with the tasks that ran on it, arrows from parents to children; counters of running and ready tasks |
//! | `POLICY: workers` | one per worker thread with every poll of a task: at its start and at its end if it waits, all along if it burns CPU |

use crate::job::Job;
use crate::run::Run;
use crate::trace_event::Event;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// The trace of all runs.
pub(crate) struct Trace<'a> {
    pub(crate) job: &'a Job,
    pub(crate) runs: &'a [Run],
}

impl Serialize for Trace<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(2))?;
        object.serialize_entry("displayTimeUnit", "ms")?;
        object.serialize_entry("traceEvents", &Events(self))?;
        object.end()
    }
}

/// The events, written one by one: a trace may be larger than one would like to have in memory.
struct Events<'a>(&'a Trace<'a>);

impl Serialize for Events<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Trace { job, runs } = self.0;
        let mut list = serializer.serialize_seq(None)?;
        let mut first_flow = 0;
        for (number, run) in runs.iter().enumerate() {
            let tracks = RunTracks { job, run, slots: 2 * number as u64 + 1, first_flow };
            let mut result = Ok(());
            tracks.each_event(&mut |event| {
                if result.is_ok() {
                    result = list.serialize_element(&event);
                }
            });
            result?;
            first_flow += job.edges as u64;
        }
        list.end()
    }
}

/// One run's part of the trace.
struct RunTracks<'a> {
    job: &'a Job,
    run: &'a Run,
    /// The number of the process `slots`; that of `workers` is the next.
    slots: u64,
    /// Arrows are numbered through all runs.
    first_flow: u64,
}

impl RunTracks<'_> {
    fn each_event(&self, emit: &mut dyn FnMut(Event<'_>)) {
        self.names(emit);
        self.tasks(emit);
        self.arrows(emit);
        self.counters(emit);
        self.polls(emit);
    }

    fn names(&self, emit: &mut dyn FnMut(Event<'_>)) {
        let policy = self.run.policy;
        let workers = self.slots + 1;
        emit(Event::process_name(self.slots, format!("{policy}: slots")));
        emit(Event::process_name(workers, format!("{policy}: workers")));
        let spans = self.run.recording.spans.iter().flatten();
        for slot in spans.map(|span| span.slot).collect::<BTreeSet<_>>() {
            emit(Event::track_name(self.slots, track(slot), format!("slot {slot}")));
        }
        for worker in 0..self.job.workers {
            emit(Event::track_name(workers, track(worker), format!("worker {worker}")));
        }
    }

    fn tasks(&self, emit: &mut dyn FnMut(Event<'_>)) {
        for (task, runs) in self.run.recording.spans.iter().enumerate() {
            let described = &self.job.workflow.tasks[task];
            for span in runs {
                let end = span.end.unwrap_or(span.start);
                emit(
                    Event::slice(&described.id, self.time(span.start), self.time(end))
                        .on(self.slots, track(span.slot))
                        .category("task")
                        .about_task(&described.kind, described.runtime, span.completed),
                );
            }
        }
    }

    /// One arrow for each dependency, from inside the parent's span to the child's start.
    fn arrows(&self, emit: &mut dyn FnMut(Event<'_>)) {
        let spans = &self.run.recording.spans;
        let mut flow = self.first_flow;
        for (task, described) in self.job.workflow.tasks.iter().enumerate() {
            for &parent in &described.parents {
                flow += 1;
                let (Some(from), Some(to)) = (spans[parent].first(), spans[task].first()) else {
                    continue;
                };
                // A slice does not contain its own end, and the arrow must begin inside.
                let inside = from.end.unwrap_or(from.start) - Duration::from_nanos(1);
                let begin = self.time(inside.max(from.start));
                emit(Event::arrow_begin(flow, begin).on(self.slots, track(from.slot)));
                let end = self.time(to.start);
                emit(Event::arrow_end(flow, end).on(self.slots, track(to.slot)));
            }
        }
    }

    /// How many tasks ran and how many were ready, whenever that changed.
    fn counters(&self, emit: &mut dyn FnMut(Event<'_>)) {
        let mut steps: Vec<(Instant, i64, i64)> = Vec::new();
        for (task, runs) in self.run.recording.spans.iter().enumerate() {
            let Some(span) = runs.first() else { continue };
            let ready = self.run.times[task].ready.unwrap_or(span.start).min(span.start);
            steps.push((ready, 0, 1));
            steps.push((span.start, 1, -1));
            steps.extend(span.end.map(|end| (end, -1, 0)));
        }
        steps.sort_unstable();
        let (mut running, mut ready) = (0, 0);
        for (position, &(at, more_running, more_ready)) in steps.iter().enumerate() {
            running += more_running;
            ready += more_ready;
            if steps.get(position + 1).is_none_or(|next| next.0 != at) {
                emit(Event::counter(self.time(at), running, ready).on(self.slots, 0));
            }
        }
    }

    fn polls(&self, emit: &mut dyn FnMut(Event<'_>)) {
        for poll in &self.run.recording.polls {
            let task = &self.job.workflow.tasks[poll.task];
            emit(
                Event::slice(&task.id, self.time(poll.begin), self.time(poll.end))
                    .on(self.slots + 1, track(poll.worker))
                    .category("poll"),
            );
        }
    }

    fn time(&self, instant: Instant) -> Duration {
        instant.saturating_duration_since(self.run.submitted)
    }
}

/// Tracks are numbered from 1: Perfetto takes thread 0 for the idle thread.
fn track(number: usize) -> u64 {
    number as u64 + 1
}
