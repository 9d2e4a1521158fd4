//! A slab's cells: they come back to their owner, or to nobody once it is gone, and none is lost.

use graph_runtime::task::{End, RawTask, Runnable, Schedule, Slab};
use loom_tests::{Tracked, explore};
use primitives::shim::thread;
use std::future::pending;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::SlabReturnRelease, "slab::a_cell_comes_back_while_the_owner_needs_one"),
    (Mutant::SlabReturnUnasked, "slab::the_owner_leaves_while_cells_come_back"),
    (Mutant::SlabPublishRelease, "slab::a_look_meets_a_new_task"),
    (Mutant::TaskPinGone, "slab::a_look_meets_the_end_of_a_task"),
    (Mutant::SlabLateRelease, "slab::two_cells_come_back_late"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

/// Counts. It goes when its slab is closed and no cell is out.
struct Books {
    /// Read with every end and written at last, which has to come after all of them.
    uses: Tracked,
    gone: Arc<AtomicUsize>,
}

impl Schedule for Books {
    fn schedule(&self, _: Runnable) {
        unreachable!("nobody wakes these tasks");
    }

    fn retire(&self, _: RawTask, _: End) {
        self.uses.read();
    }
}

impl Drop for Books {
    fn drop(&mut self) {
        self.uses.write(1);
        self.gone.fetch_add(1, Ordering::Relaxed);
    }
}

fn slab() -> (Slab<Books>, Arc<AtomicUsize>) {
    let gone = Arc::new(AtomicUsize::new(0));
    (Slab::new(Books { uses: Tracked::new(0), gone: Arc::clone(&gone) }), gone)
}

/// A task so large that a page holds two at most under loom, with its queue entry as the only
/// handle.
fn spawn(slab: &Slab<Books>) -> Runnable {
    let ballast = [0_u8; 1500];
    let future = async move {
        pending::<()>().await;
        std::hint::black_box(&ballast);
    };
    let Ok((runnable, handle)) = slab.spawn(future, Location::caller()) else {
        panic!("it is not closed");
    };
    drop(handle);
    runnable
}

/// On another thread: the task ends, and its cell goes back.
fn end(runnable: Runnable) -> thread::JoinHandle<()> {
    thread::spawn(move || drop(runnable))
}

#[test]
fn a_cell_comes_back_while_the_owner_needs_one() {
    explore(4, || {
        let (slab, gone) = slab();
        let (first, second) = (spawn(&slab), spawn(&slab));
        let other = end(first);
        let third = spawn(&slab);
        other.join().unwrap();
        drop((second, third));
        drop(slab);
        assert_eq!(gone.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn the_owner_leaves_while_cells_come_back() {
    explore(4, || {
        let (slab, gone) = slab();
        let threads = [end(spawn(&slab)), end(spawn(&slab))];
        drop(slab);
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(gone.load(Ordering::Relaxed), 1, "by the last of the three");
    });
}

#[test]
fn two_cells_come_back_late() {
    explore(4, || {
        let (slab, gone) = slab();
        let (first, second) = (spawn(&slab), spawn(&slab));
        drop(slab);
        let other = end(first);
        drop(second);
        other.join().unwrap();
        assert_eq!(gone.load(Ordering::Relaxed), 1, "by the second of them");
    });
}

#[test]
fn the_owner_cancels_while_a_task_ends_elsewhere() {
    explore(4, || {
        let (slab, gone) = slab();
        let other = end(spawn(&slab));
        slab.cancel_all();
        drop(slab);
        other.join().unwrap();
        assert_eq!(gone.load(Ordering::Relaxed), 1);
    });
}

/// On another thread: looks at all tasks, as far as can be seen without a lock.
fn look(slab: &Slab<Books>) -> thread::JoinHandle<usize> {
    let directory = Arc::clone(slab.directory());
    thread::spawn(move || {
        let mut tasks = Vec::new();
        directory.pin_all(&mut tasks);
        // What stands in the cells beside their state.
        assert!(tasks.iter().all(|task| task.name().is_none()));
        tasks.len()
    })
}

/// A cell is used again while somebody looks at it.
#[test]
fn a_look_meets_a_new_task() {
    explore(3, || {
        let (slab, gone) = slab();
        drop(spawn(&slab));
        let looks = look(&slab);
        let task = spawn(&slab);
        assert!(looks.join().unwrap() <= 1);
        drop(task);
        drop(slab);
        assert_eq!(gone.load(Ordering::Relaxed), 1);
    });
}

/// A task ends while somebody looks at it, who may then be the last to have it.
#[test]
fn a_look_meets_the_end_of_a_task() {
    explore(3, || {
        let (slab, gone) = slab();
        let task = spawn(&slab);
        let looks = look(&slab);
        drop(task);
        assert!(looks.join().unwrap() <= 1);
        drop(slab);
        assert_eq!(gone.load(Ordering::Relaxed), 1);
    });
}

/// The slab is closed, and its memory goes, while somebody looks.
#[test]
fn a_look_meets_the_end_of_the_slab() {
    explore(3, || {
        let (slab, gone) = slab();
        let task = spawn(&slab);
        let looks = look(&slab);
        drop(task);
        drop(slab);
        assert!(looks.join().unwrap() <= 1);
        assert_eq!(gone.load(Ordering::Relaxed), 1);
    });
}
