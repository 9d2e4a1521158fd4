//! Sleeping workers: no item is queued without somebody awake, or woken, to find it.

use loom_tests::explore;
use primitives::parker::Parker;
use primitives::shim::sync::Arc;
use primitives::shim::{hint, thread};
use scheduler::steal::{
    Idle, Injector, LifoSlot, OrderedQueue, Progress, Pushed, Steal, Stealer, Urgency,
    WorkStealingQueue,
};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::IdleWakeFence, "idle::a_busy_worker_meets_one_going_to_sleep"),
    (Mutant::IdleSleepFence, "idle::a_busy_worker_meets_one_going_to_sleep"),
    (Mutant::IdleLeaveFence, "idle::a_busy_worker_meets_a_searcher_that_gives_up"),
    (Mutant::OrderedPushSilent, "idle::something_urgent_meets_a_worker_going_to_sleep"),
    (Mutant::IdleStopFence, "idle::two_workers_share_two_items"),
    (Mutant::IdleSearcherSilent, "idle::two_workers_share_two_items"),
    (Mutant::IdleSearcherRelease, "idle::a_searcher_with_a_find_meets_one_going_to_sleep"),
    (Mutant::IdleLastLookSilent, "idle::two_items_meet_the_last_look_of_a_searcher"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

/// Where workers find items.
trait Source: Send + Sync + 'static {
    fn take(&self) -> Option<u32>;
    fn is_empty(&self) -> bool;
}

impl Source for Injector<u32> {
    fn take(&self) -> Option<u32> {
        self.pop()
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl Source for OrderedQueue<u32> {
    fn take(&self) -> Option<u32> {
        if self.holding().is_urgent() { self.pop_urgent() } else { None }
    }

    fn is_empty(&self) -> bool {
        !self.holding().is_anything()
    }
}

impl Source for Stealer<u32> {
    fn take(&self) -> Option<u32> {
        loop {
            match self.steal() {
                Steal::Item(item) => return Some(item),
                Steal::Empty => return None,
                Steal::Contended => hint::spin_loop(),
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

/// Workers as the runtime has them, without tasks and reactors.
struct Pool<S> {
    source: S,
    idle: Idle,
    parkers: Vec<Parker>,
}

impl<S: Source> Pool<S> {
    fn new(source: S, workers: usize) -> Arc<Self> {
        let parkers = (0..workers).map(|_| Parker::new()).collect();
        Arc::new(Self { source, idle: Idle::new(workers), parkers })
    }

    /// An item was queued.
    fn announce(&self) {
        self.unpark(self.idle.wake_one());
    }

    fn unpark(&self, chosen: Option<usize>) {
        if let Some(worker) = chosen {
            self.parkers[worker].unpark();
        }
    }

    /// As a worker that has nothing to do and falls asleep, perhaps after a search in vain, and
    /// that takes what it finds then where no search is needed: from the injector.
    fn doze(&self, worker: usize, mut searching: bool) -> u32 {
        loop {
            self.idle.fall_asleep(worker, searching);
            if self.source.is_empty() {
                self.parkers[worker].park();
                searching = self.idle.wake_up(worker);
            } else {
                searching = self.idle.wake_up(worker);
                self.unpark(self.idle.wake_for_rest());
            }
            if let Some(item) = self.source.take() {
                self.stop_search(searching);
                return item;
            }
        }
    }

    fn stop_search(&self, searching: bool) {
        if searching && self.idle.stop_search() && !self.source.is_empty() {
            self.announce();
        }
    }

    /// Looks, searches and sleeps like a worker until it has an item.
    ///
    /// If a wake-up is lost it sleeps for ever, and loom reports a deadlock.
    fn consume(&self, worker: usize) -> u32 {
        let mut searching = false;
        loop {
            searching = searching || self.idle.start_search();
            if let Some(item) = self.source.take() {
                self.stop_search(searching);
                return item;
            }
            self.idle.fall_asleep(worker, searching);
            if self.source.is_empty() {
                self.parkers[worker].park();
            }
            searching = self.idle.wake_up(worker);
        }
    }
}

fn spawn_worker<S: Source>(pool: &Arc<Pool<S>>, worker: usize) -> thread::JoinHandle<u32> {
    let pool = Arc::clone(pool);
    thread::spawn(move || pool.consume(worker))
}

/// Something urgent is queued while a worker goes to sleep. It looks at one word only, which the
/// lock does not protect: the fences of the idle register have to.
#[test]
fn something_urgent_meets_a_worker_going_to_sleep() {
    explore(3, || {
        let pool = Pool::new(OrderedQueue::new(), 1);
        let worker = spawn_worker(&pool, 0);
        pool.source.push(Urgency { priority: 1, deadline: None }, 7).unwrap();
        pool.announce();
        assert_eq!(worker.join().unwrap(), 7);
    });
}

/// A busy worker queues an item of its own while another goes to sleep. Here the fences of the
/// idle register are the only ones between push and sleep.
#[test]
fn a_busy_worker_meets_one_going_to_sleep() {
    explore(3, || {
        let queue = WorkStealingQueue::new();
        let pool = Pool::new(queue.stealer(), 2);
        let worker = spawn_worker(&pool, 1);
        queue.push(7).unwrap();
        pool.announce();
        assert_eq!(worker.join().unwrap(), 7);
    });
}

#[test]
fn two_workers_share_two_items() {
    explore(2, || {
        let queue = WorkStealingQueue::new();
        let pool = Pool::new(queue.stealer(), 3);
        let workers = [1, 2].map(|worker| spawn_worker(&pool, worker));
        for item in 0..2 {
            queue.push(item).unwrap();
            pool.announce();
        }
        let sum: u32 = workers.into_iter().map(|worker| worker.join().unwrap()).sum();
        assert_eq!(sum, 1, "each took one of them");
    });
}

/// A searcher brings more than it can run at once, and is not the last that searches: the other one
/// must find the rest, for nobody is woken for it. (Two of four, because at most half may search.)
#[test]
fn a_searcher_with_a_find_meets_one_going_to_sleep() {
    explore(3, || {
        let queue = WorkStealingQueue::new();
        let pool = Pool::new(queue.stealer(), 4);
        assert!(pool.idle.start_search());
        let worker = spawn_worker(&pool, 1);
        queue.push(7).unwrap();
        if pool.idle.stop_search() {
            pool.announce();
        }
        assert_eq!(worker.join().unwrap(), 7);
    });
}

#[test]
fn two_outsiders_meet_one_worker() {
    explore(2, || {
        let pool = Pool::new(Injector::new(), 1);
        let outsiders = [0, 1].map(|item| {
            let pool = Arc::clone(&pool);
            thread::spawn(move || {
                assert_eq!(pool.source.push(item), Pushed::Accepted);
                pool.announce();
            })
        });
        let sum = pool.consume(0) + pool.consume(0);
        assert_eq!(sum, 1);
        for outsider in outsiders {
            outsider.join().unwrap();
        }
    });
}

/// A searcher turns to something else, and will not look at the queues for long. What is queued
/// meanwhile is found by its last look, or by the worker that is woken for it.
#[test]
fn a_busy_worker_meets_a_searcher_that_gives_up() {
    explore(3, || {
        let queue = WorkStealingQueue::new();
        let pool = Pool::new(queue.stealer(), 3);
        let other = spawn_worker(&pool, 1);
        assert!(pool.idle.start_search());
        let searcher = {
            let pool = Arc::clone(&pool);
            thread::spawn(move || {
                if pool.idle.leave_search() && !pool.source.is_empty() {
                    pool.announce();
                }
            })
        };
        queue.push(7).unwrap();
        pool.announce();
        assert_eq!(other.join().unwrap(), 7);
        searcher.join().unwrap();
    });
}

/// Two items come while a worker that has searched falls asleep, and are left to it. It takes one
/// of them: the other is for the worker that sleeps already.
#[test]
fn two_items_meet_the_last_look_of_a_searcher() {
    explore(2, || {
        let pool = Pool::new(Injector::new(), 3);
        assert!(pool.idle.start_search());
        let [sleeper, searcher] = [(1, false), (2, true)].map(|(worker, searching)| {
            let pool = Arc::clone(&pool);
            thread::spawn(move || pool.doze(worker, searching))
        });
        for item in 0..2 {
            assert_eq!(pool.source.push(item), Pushed::Accepted);
            pool.announce();
        }
        let sum = sleeper.join().unwrap() + searcher.join().unwrap();
        assert_eq!(sum, 1, "each took one of them");
    });
}

/// A blocked worker's LIFO slot, which others may empty once the worker is marked as stuck.
#[derive(Default)]
struct Withheld {
    slot: LifoSlot<u32>,
    progress: Progress,
}

impl Source for Arc<Withheld> {
    fn take(&self) -> Option<u32> {
        if self.progress.is_stuck() { self.slot.take() } else { None }
    }

    fn is_empty(&self) -> bool {
        !self.progress.is_stuck() || self.slot.is_empty()
    }
}

/// The watch marks a worker that blocks with a task in its slot, while another goes to sleep.
#[test]
fn a_mark_meets_a_worker_going_to_sleep() {
    explore(3, || {
        let blocked = Arc::new(Withheld::default());
        assert!(blocked.slot.put(7).is_none());
        let pool = Pool::new(Arc::clone(&blocked), 2);
        let worker = spawn_worker(&pool, 1);
        blocked.progress.mark_stuck(blocked.progress.get());
        pool.announce();
        assert_eq!(worker.join().unwrap(), 7);
    });
}
