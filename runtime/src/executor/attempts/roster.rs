//! Which runner is at which task.

use crate::executor::books::id_map::IdHasher;
use crate::task::Id;
use primitives::shim::atomic::{AtomicU64, Ordering};
use primitives::shim::{CachePadded, Mutex};
use scheduler::TaskId;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Nobody; ids of the runtime's tasks begin at 1.
const NOBODY: u64 = 0;

/// What the runners are at, for dumps and for reports of those that are stuck.
///
/// While a runner is polled by a worker, that worker has a desk where it notes each attempt as it
/// begins, which is all that most attempts cost. An attempt that waits for its waker is listed
/// until it has ended, and so are those that are polled where there is no free desk: by a thread
/// that stands in for a blocked worker, or by one that has got the worker of a task that is in
/// `block_in_place`.
pub(in crate::executor) struct Roster {
    desks: Box<[CachePadded<Desk>]>,
    listed: Mutex<HashMap<Id, TaskId, BuildHasherDefault<IdHasher>>>,
}

/// Of a worker. Whoever sits there writes it, and nobody else until that one has left.
#[derive(Debug, Default)]
struct Desk {
    runner: AtomicU64,
    task: AtomicU64,
}

/// A runner at its worker's desk, until dropped.
pub(super) struct AtDesk<'a> {
    desk: &'a Desk,
    runner: Id,
}

/// A runner's entry on the list, if it has one.
#[derive(Debug, Default)]
pub(super) struct Entry(Option<Id>);

// ORDERING (this whole file): hints for reports, as in a worker's `Pulse`; every access is Relaxed.
// Only the thread that is the worker finds its desk free and sits down, and threads that are the
// same worker one after the other are ordered by the hand-over. Who reads may find the attempt
// before, or the one after; of a runner that is stuck in an attempt it finds that one.
impl Roster {
    pub(in crate::executor) fn new(workers: usize) -> Self {
        let desks = (0..workers).map(|_| CachePadded::default()).collect();
        Self { desks, listed: Mutex::default() }
    }

    /// The desk of `worker`, if the calling thread is one, the desk is free, and the runner is not
    /// on the list.
    pub(super) fn sit_down(
        &self,
        worker: Option<usize>,
        runner: Id,
        entry: &Entry,
    ) -> Option<AtDesk<'_>> {
        let desk: &Desk = self.desks.get(worker?)?;
        let is_free = desk.runner.load(Ordering::Relaxed) == NOBODY;
        (is_free && entry.0.is_none()).then_some(AtDesk { desk, runner })
    }

    /// What a runner is at. O(workers).
    pub(in crate::executor) fn task_of(&self, runner: Id) -> Option<TaskId> {
        let listed = self.listed.lock().get(&runner).copied();
        let mut at_desks = self.desks.iter().filter_map(|desk| desk.read());
        listed.or_else(|| at_desks.find(|&(it, _)| it == runner).map(|(_, task)| task))
    }

    /// Who is at what. O(workers + attempts that wait).
    pub(in crate::executor) fn all(&self) -> Vec<(Id, TaskId)> {
        let listed = self.listed.lock();
        let mut all: Vec<_> = listed.iter().map(|(&runner, &task)| (runner, task)).collect();
        drop(listed);
        all.extend(self.desks.iter().filter_map(|desk| desk.read()));
        all
    }
}

impl Entry {
    /// `runner` is at `task` until the entry is struck; nothing if there is an entry.
    pub(super) fn make(&mut self, roster: &Roster, runner: Id, task: TaskId) {
        if self.0.is_none() {
            roster.listed.lock().insert(runner, task);
            self.0 = Some(runner);
        }
    }

    /// The attempt is over.
    #[inline]
    pub(super) fn strike(&mut self, roster: &Roster) {
        if let Some(runner) = self.0.take() {
            roster.listed.lock().remove(&runner);
        }
    }
}

impl Desk {
    fn read(&self) -> Option<(Id, TaskId)> {
        let runner = Id::from_u64(self.runner.load(Ordering::Relaxed))?;
        Some((runner, TaskId::from_u64(self.task.load(Ordering::Relaxed))))
    }
}

impl AtDesk<'_> {
    /// An attempt of `task` begins.
    #[inline]
    pub(super) fn note(&self, task: TaskId) {
        self.desk.task.store(task.as_u64(), Ordering::Relaxed);
        self.desk.runner.store(self.runner.as_u64(), Ordering::Relaxed);
    }
}

impl Drop for AtDesk<'_> {
    fn drop(&mut self) {
        self.desk.runner.store(NOBODY, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Roster};
    use crate::task::Id;
    use scheduler::TaskId;

    #[test]
    fn who_finds_no_free_desk_is_listed_until_the_attempt_is_over() {
        let (roster, none) = (Roster::new(1), Entry::default());
        let [at_desk, other] = [Id::next(), Id::next()];
        let [first, second, third] = [1, 2, 3].map(TaskId::new);
        let desk = roster.sit_down(Some(0), at_desk, &none).unwrap();
        assert_eq!(roster.all(), [], "no attempt has begun");
        desk.note(first);
        assert!(roster.sit_down(Some(0), other, &none).is_none(), "it is in use");
        assert!(roster.sit_down(None, other, &none).is_none(), "it is no worker");
        let mut entry = Entry::default();
        entry.make(&roster, other, second);
        entry.make(&roster, other, second);
        desk.note(third);
        assert_eq!(roster.all(), [(other, second), (at_desk, third)]);
        assert_eq!([other, at_desk].map(|it| roster.task_of(it)), [Some(second), Some(third)]);
        drop(desk);
        assert_eq!(roster.all(), [(other, second)]);
        assert_eq!(roster.task_of(at_desk), None);
        assert!(roster.sit_down(Some(0), other, &entry).is_none(), "it is listed");
        entry.strike(&roster);
        assert_eq!(roster.all(), []);
        assert!(roster.sit_down(Some(0), other, &entry).is_some());
    }
}
