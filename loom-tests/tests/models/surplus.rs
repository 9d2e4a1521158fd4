//! Workers that are too many: whoever steps down leaves somebody behind.

use loom_tests::explore;
use primitives::parker::Parker;
use primitives::shim::atomic::{AtomicUsize, Ordering};
use primitives::shim::sync::Arc;
use primitives::shim::thread;
use scheduler::steal::{Idle, Injector, Pushed};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::IdleStepDownUnasked, "surplus::two_that_see_one_too_many_do_not_both_step_down"),
    (Mutant::IdleStepDownUnasked, "surplus::one_steps_down_while_the_other_falls_asleep"),
    (Mutant::IdleLimitSilent, "surplus::a_higher_limit_calls_one_that_has_stepped_down"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

/// Workers as the runtime has them, for so many items.
struct Pool {
    items: Injector<u32>,
    left: AtomicUsize,
    idle: Idle,
    parkers: Vec<Parker>,
}

impl Pool {
    fn new(workers: usize, limit: usize, items: usize) -> Arc<Self> {
        let parkers = (0..workers).map(|_| Parker::new()).collect();
        let left = AtomicUsize::new(items);
        let pool = Self { items: Injector::new(), left, idle: Idle::new(workers), parkers };
        pool.set_limit(limit);
        Arc::new(pool)
    }

    fn push(&self, item: u32) {
        assert_eq!(self.items.push(item), Pushed::Accepted);
        self.unpark(self.idle.wake_one());
    }

    fn set_limit(&self, limit: usize) {
        self.unpark(self.idle.set_limit(limit));
    }

    fn unpark(&self, chosen: Option<usize>) {
        if let Some(worker) = chosen {
            self.parkers[worker].unpark();
        }
    }

    fn is_over(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }

    /// Takes an item, if there is one. Whoever has had the last sends all others home.
    fn take(&self) {
        if self.items.pop().is_some() && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.parkers.iter().for_each(Parker::unpark);
        }
    }

    /// A worker that gives away an item of its own and steps down, if too many are awake. It works
    /// until there is nothing left; if nobody is awake for an item, all sleep for ever.
    fn work(&self, worker: usize, own: Option<u32>) {
        own.into_iter().for_each(|item| self.push(item));
        if self.idle.has_surplus() && self.idle.step_down(worker, false) {
            self.sleep(worker);
        }
        while !self.is_over() {
            self.take();
            if self.is_over() {
                break;
            }
            self.idle.fall_asleep(worker, false);
            if self.items.is_empty() {
                self.sleep(worker);
            } else {
                self.idle.wake_up(worker);
            }
        }
    }

    fn sleep(&self, worker: usize) {
        self.parkers[worker].park();
        if self.idle.wake_up(worker) {
            // It was chosen, and looks for work at once.
            let _ = self.idle.stop_search();
        }
    }
}

fn spawn(pool: &Arc<Pool>, worker: usize, own: Option<u32>) -> thread::JoinHandle<()> {
    let pool = Arc::clone(pool);
    thread::spawn(move || pool.work(worker, own))
}

/// Both see that two are awake and one may be. The one that stays has the items of both.
#[test]
fn two_that_see_one_too_many_do_not_both_step_down() {
    explore(2, || {
        let pool = Pool::new(2, 1, 2);
        let other = spawn(&pool, 1, Some(1));
        pool.work(0, Some(0));
        other.join().unwrap();
    });
}

/// One worker gives its item away while the other, which has none, is about to sleep: either that
/// one's last look finds the item, or the first may not step down.
#[test]
fn one_steps_down_while_the_other_falls_asleep() {
    explore(3, || {
        let pool = Pool::new(2, 1, 1);
        let other = spawn(&pool, 1, Some(1));
        pool.work(0, None);
        other.join().unwrap();
    });
}

/// The only worker that may run is in a long poll. What another one has given away waits until both
/// may run.
#[test]
fn a_higher_limit_calls_one_that_has_stepped_down() {
    explore(3, || {
        let pool = Pool::new(2, 1, 1);
        let other = spawn(&pool, 1, Some(1));
        pool.set_limit(2);
        // The poll ends when the item has been taken.
        other.join().unwrap();
    });
}

/// An item is queued from outside while one of two steps down and the other falls asleep.
#[test]
fn an_outsider_meets_one_that_steps_down() {
    explore(2, || {
        let pool = Pool::new(2, 1, 1);
        let workers = [0, 1].map(|worker| spawn(&pool, worker, None));
        pool.push(7);
        workers.into_iter().for_each(|worker| worker.join().unwrap());
    });
}
