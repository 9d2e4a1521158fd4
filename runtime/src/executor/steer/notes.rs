//! Run times that the history has not been told of yet.

use crate::executor::books::home::Progress;
use primitives::shim::Mutex;
use scheduler::{GraphId, Pace};
use std::sync::Arc;
use std::time::Duration;

/// How many there are at most.
const NOTES_MAX: usize = 32;
/// Tasks that have run for so long, taken together, are told of at once: beside that it costs
/// nothing.
const LONG: Duration = Duration::from_millis(1);

/// A run time of a task of some kind, with the size of its input if that is known.
pub(super) type Observation<'a> = (&'a str, Option<u64>, Duration);

/// What one worker has seen of one graph since it last told the history.
///
/// All workers write where the history is, and where it says how far a graph is. To wait for that
/// memory at each end of a task costs one of 20 us more than a hundredth of its time.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The graph, and how far it is; `None` if nothing is noted.
    progress: Option<(GraphId, Arc<Mutex<Pace>>)>,
    /// The kinds, one after the other, each once if it comes several times in a row.
    kinds: String,
    times: Vec<Note>,
    /// The sum of the run times.
    worked: Duration,
}

#[derive(Debug)]
struct Note {
    /// Where its kind begins and ends.
    kind: (usize, usize),
    size: Option<u64>,
    run_time: Duration,
}

impl Notes {
    /// The graph that they are about, if there are any.
    pub(super) fn progress(&self) -> Option<Progress<'_>> {
        self.progress.as_ref().map(|(graph, pace)| (*graph, pace))
    }

    /// Whether they are about this graph, or about none yet.
    pub(super) fn may_be_of(&self, (graph, _): Progress<'_>) -> bool {
        self.progress.as_ref().is_none_or(|(noted, _)| *noted == graph)
    }

    /// Adds one about a graph that they may be of. Whether it is time to tell the history. O(length
    /// of the kind); allocates only while there have never been that many.
    pub(super) fn add(
        &mut self,
        (kind, size, run_time): Observation<'_>,
        (graph, pace): Progress<'_>,
    ) -> bool {
        self.progress.get_or_insert_with(|| (graph, Arc::clone(pace)));
        let before = self.times.last().map_or((0, 0), |note| note.kind);
        let kind = if self.kinds[before.0..before.1] == *kind {
            before
        } else {
            self.kinds.push_str(kind);
            (before.1, self.kinds.len())
        };
        self.times.push(Note { kind, size, run_time });
        self.worked = self.worked.saturating_add(run_time);
        self.times.len() >= NOTES_MAX || self.worked >= LONG
    }

    /// In the order in which they were made.
    pub(super) fn iter(&self) -> impl Iterator<Item = Observation<'_>> + Clone {
        self.times
            .iter()
            .map(|note| (&self.kinds[note.kind.0..note.kind.1], note.size, note.run_time))
    }

    /// The history has been told.
    pub(super) fn clear(&mut self) {
        self.progress = None;
        self.kinds.clear();
        self.times.clear();
        self.worked = Duration::ZERO;
    }
}

#[cfg(test)]
mod tests {
    use super::{LONG, NOTES_MAX, Notes, Observation};
    use primitives::Timestamp;
    use primitives::shim::Mutex;
    use proptest::prelude::*;
    use scheduler::{GraphId, Pace, SchedulerConfig, TaskId, TaskScheduler, TaskSpec};
    use std::sync::Arc;
    use std::time::Duration;

    /// Two that are not the same.
    fn graphs() -> [GraphId; 2] {
        let mut scheduler = TaskScheduler::new(SchedulerConfig::default()).unwrap();
        [1, 2].map(|id| {
            let tasks = vec![TaskSpec::new(TaskId::new(id), ())];
            scheduler.submit_graph(tasks, Default::default(), Timestamp::ZERO).unwrap()
        })
    }

    #[test]
    fn notes_are_of_one_graph_until_they_are_cleared() {
        let ([one, other], pace) = (graphs(), Arc::new(Mutex::new(Pace::default())));
        let mut notes = Notes::default();
        assert!(notes.progress().is_none() && notes.may_be_of((other, &pace)));
        notes.add(("a", None, Duration::ZERO), (one, &pace));
        assert_eq!(notes.progress().map(|(graph, _)| graph), Some(one));
        assert!(notes.may_be_of((one, &pace)) && !notes.may_be_of((other, &pace)));
        notes.clear();
        assert!(notes.progress().is_none() && notes.iter().next().is_none());
        assert!(notes.may_be_of((other, &pace)));
    }

    proptest! {
        /// What was added comes out again, and it is time when there are as many as there may be or
        /// when they are long enough, whatever was there before.
        #[test]
        fn what_is_noted_is_told(
            runs in prop::collection::vec(
                prop::collection::vec(("[ab]{0,2}", any::<Option<u64>>(), 0..400_u64), 1..60),
                1..4,
            ),
        ) {
            let ([graph, _], pace) = (graphs(), Arc::new(Mutex::new(Pace::default())));
            let mut notes = Notes::default();
            for run in &runs {
                let mut added: Vec<Observation<'_>> = Vec::new();
                for (kind, size, micros) in run {
                    let seen = (kind.as_str(), *size, Duration::from_micros(*micros));
                    added.push(seen);
                    let is_time = notes.add(seen, (graph, &pace));
                    let worked: Duration = added.iter().map(|it| it.2).sum();
                    prop_assert_eq!(is_time, added.len() >= NOTES_MAX || worked >= LONG);
                    if is_time {
                        break;
                    }
                }
                prop_assert_eq!(notes.iter().collect::<Vec<_>>(), added);
                notes.clear();
            }
        }
    }
}
