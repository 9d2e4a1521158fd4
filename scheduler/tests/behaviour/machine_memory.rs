//! How the memory that the machine has free holds tasks up, where there are no budgets.

use crate::common::{NOW, finish, id, scheduler, spec, started};
use graph_runtime_scheduler::{
    Cancelled, EndState, Reason, ResourceRequirements, SchedulerConfig, TaskScheduler, TaskSpec,
    Ticket,
};
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::VecDeque;

fn needing(number: u64, memory_bytes: usize) -> TaskSpec<&'static str> {
    spec(number, &[]).requirements(ResourceRequirements { memory_bytes, ..Default::default() })
}

#[test]
fn one_that_waits_for_memory_holds_up_nobody_who_needs_none() {
    let mut scheduler = scheduler(|_| {});
    scheduler.set_free_memory(Some(100));
    for (number, bytes) in [(1, 80), (2, 50), (3, 0), (4, 20)] {
        scheduler.submit(needing(number, bytes), NOW).unwrap();
    }
    assert_eq!(started(&mut scheduler), [1, 3, 4]);
    let reason = scheduler.why(id(2), NOW).unwrap();
    assert_eq!(reason, Reason::MachineMemory { wanted: 50, free: 0 });
    assert_eq!(reason.to_string(), "waits for 50 bytes of the machine's memory: 0 are free");
    assert!(scheduler.is_short_of_memory());
    finish(&mut scheduler, 1, EndState::Completed);
    assert_eq!(started(&mut scheduler), [2], "what has been taken since is back");
    assert!(!scheduler.is_short_of_memory());
}

#[test]
fn a_pause_or_the_limit_is_no_want_of_memory() {
    let mut scheduler = scheduler(|config| config.max_in_flight = 2);
    scheduler.set_free_memory(Some(0));
    scheduler.submit(needing(1, 1), NOW).unwrap();
    scheduler.submit(needing(2, 1), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [1]);
    assert!(scheduler.is_short_of_memory());
    scheduler.pause();
    assert!(!scheduler.is_short_of_memory());
    scheduler.resume();
    scheduler.set_max_in_flight(1);
    assert!(!scheduler.is_short_of_memory());
}

#[test]
fn the_first_figure_also_holds_what_was_ready_before() {
    let mut scheduler = scheduler(|config| config.max_in_flight = 2);
    for (number, bytes) in [(1, 60), (2, 0), (3, 60), (4, 60), (5, 0)] {
        scheduler.submit(needing(number, bytes), NOW).unwrap();
    }
    assert_eq!(started(&mut scheduler), [1, 2], "nobody has said anything yet");
    scheduler.set_free_memory(Some(50));
    scheduler.set_max_in_flight(5);
    assert_eq!(started(&mut scheduler), [5]);
    assert_eq!(scheduler.cancel(id(3), NOW), Cancelled::Ended);
    finish(&mut scheduler, 1, EndState::Completed);
    assert_eq!(started(&mut scheduler), [4], "nobody else takes any");
}

/// Small tasks come and go all the time, and never leave the machine enough for the large one.
fn starts_before(large: usize) -> usize {
    const FREE: usize = 1_000;
    let mut scheduler = scheduler(|_| {});
    let mut running = VecDeque::new();
    let mut numbers = 1..;
    scheduler.set_free_memory(Some(FREE as u64));
    for _ in 0..3 {
        scheduler.submit(needing(numbers.next().unwrap(), 300), NOW).unwrap();
        running.extend(scheduler.dispatch(NOW));
    }
    scheduler.submit(needing(0, large).priority(1), NOW).unwrap();
    for starts in 0..1_000 {
        scheduler.set_free_memory(Some((FREE - 300 * running.len()) as u64));
        scheduler.submit(needing(numbers.next().unwrap(), 300), NOW).unwrap();
        while let Some(started) = scheduler.dispatch(NOW) {
            if started.id == id(0) {
                return starts;
            }
            running.push_back(started);
        }
        if let Some(ended) = running.pop_front() {
            scheduler.finish(ended.ticket, EndState::Completed, NOW).unwrap();
        }
    }
    panic!("it waits for ever");
}

#[test]
fn a_large_task_does_not_starve_and_be_it_larger_than_the_machine() {
    for large in [900, 5_000] {
        let starts = starts_before(large);
        assert!((60..80).contains(&starts), "{large}: {starts}");
    }
}

#[derive(Debug, Clone)]
enum Step {
    Submit(usize),
    DispatchAll,
    Finish(Index),
    Cancel(Index),
    Read(Option<u64>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => prop_oneof![Just(0), 1..20_usize].prop_map(Step::Submit),
        3 => Just(Step::DispatchAll),
        3 => any::<Index>().prop_map(Step::Finish),
        1 => any::<Index>().prop_map(Step::Cancel),
        1 => prop::option::weighted(0.8, 0..30_u64).prop_map(Step::Read),
    ]
}

/// Free memory as it is told, and what runs and waits.
struct Bench {
    scheduler: TaskScheduler<usize>,
    /// By the last reading; `None` if unknown.
    free: Option<u64>,
    taken: u64,
    running: Vec<(usize, Ticket)>,
    ready: Vec<(u64, usize)>,
    numbers: std::ops::RangeFrom<u64>,
}

impl Bench {
    fn take(&mut self, step: Step) {
        match step {
            Step::Submit(bytes) => {
                let number = self.numbers.next().unwrap();
                let needs = ResourceRequirements { memory_bytes: bytes, ..Default::default() };
                let task = TaskSpec::new(id(number), bytes).requirements(needs);
                self.scheduler.submit(task, NOW).unwrap();
                self.ready.push((number, bytes));
            }
            Step::DispatchAll => self.dispatch_all(),
            Step::Finish(which) => {
                if !self.running.is_empty() {
                    self.finish(which.index(self.running.len()));
                }
            }
            Step::Cancel(which) => {
                if !self.ready.is_empty() {
                    let (number, _) = self.ready.remove(which.index(self.ready.len()));
                    assert_eq!(self.scheduler.cancel(id(number), NOW), Cancelled::Ended);
                }
            }
            Step::Read(free) => {
                self.scheduler.set_free_memory(free);
                (self.free, self.taken) = (free, 0);
            }
        }
    }

    fn finish(&mut self, which: usize) {
        let (bytes, ticket) = self.running.remove(which);
        self.scheduler.finish(ticket, EndState::Completed, NOW).unwrap();
        self.taken = self.taken.saturating_sub(bytes as u64);
    }

    /// Starts what may start: only what there is memory for, everything that needs none, and with
    /// nothing else to run something in any case.
    fn dispatch_all(&mut self) {
        while let Some(started) = self.scheduler.dispatch(NOW) {
            let bytes = started.payload;
            assert!(bytes == 0 || self.is_alone() || self.has(bytes), "no room for {bytes}");
            self.ready.retain(|&(number, _)| id(number) != started.id);
            self.running.push((bytes, started.ticket));
            self.taken += bytes as u64;
        }
        assert!(self.ready.iter().all(|&(_, bytes)| bytes > 0), "{:?}", self.ready);
        assert!(self.ready.is_empty() || !self.is_alone());
        let is_short = self.ready.iter().any(|&(_, bytes)| !self.has(bytes));
        assert_eq!(self.scheduler.is_short_of_memory(), is_short);
    }

    fn has(&self, bytes: usize) -> bool {
        self.free.is_none_or(|free| self.taken + bytes as u64 <= free)
    }

    fn is_alone(&self) -> bool {
        self.running.iter().all(|&(bytes, _)| bytes == 0)
    }
}

proptest! {
    #[test]
    fn nothing_starts_without_memory_unless_alone_and_everything_ends(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut bench = Bench {
            scheduler: TaskScheduler::new(SchedulerConfig::default()).unwrap(),
            free: None,
            taken: 0,
            running: Vec::new(),
            ready: Vec::new(),
            numbers: 0..,
        };
        steps.into_iter().for_each(|step| bench.take(step));
        while !bench.scheduler.is_idle() {
            bench.dispatch_all();
            bench.finish(0);
        }
    }
}
