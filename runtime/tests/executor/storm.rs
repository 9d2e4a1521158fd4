//! Everything at once and on real threads: graphs that come and are cancelled, grow and fail, with
//! budgets, groups, rates, retries, time limits and deadlines that are changed meanwhile.

use crate::common::{executor, wait};
use graph_runtime::task::yield_now;
use graph_runtime::time::sleep;
use graph_runtime::{
    AsyncTaskExecutor, EndState, ExecutableTask, FailurePolicy, Graph, GroupLimit, History,
    RateLimit, ResourceRequirements, RetryPolicy, TaskContext, TaskError, TaskId, TriggerRule,
    task_fn,
};
use primitives::rng::Rng;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

const DRIVERS: u64 = 3;
const GRAPHS: u32 = 60;
const IN_FLIGHT: usize = 6;
const IN_GROUP: usize = 3;
const MILLICORES: usize = 2_000;

/// What tasks know of each other.
#[derive(Default)]
struct Storm {
    in_flight: AtomicUsize,
    in_group: AtomicUsize,
    millicores: AtomicUsize,
    /// By how much one of them was above what is allowed.
    excess: AtomicUsize,
    /// Some that are known, or were.
    ids: Mutex<Vec<TaskId>>,
    added: AtomicUsize,
    executor: Mutex<Weak<AsyncTaskExecutor>>,
}

/// A running attempt, until it ends or is dropped.
struct Running<'a> {
    storm: &'a Storm,
    millicores: usize,
    in_group: usize,
}

impl Storm {
    fn enter(&self, millicores: usize, in_group: usize) -> Running<'_> {
        let within = |used: &AtomicUsize, amount: usize, most: usize| {
            let used = used.fetch_add(amount, SeqCst) + amount;
            // A panic here would only be a task that panics.
            self.excess.fetch_max(used.saturating_sub(most), SeqCst);
        };
        within(&self.in_flight, 1, IN_FLIGHT);
        within(&self.in_group, in_group, IN_GROUP);
        within(&self.millicores, millicores, MILLICORES);
        Running { storm: self, millicores, in_group }
    }

    fn any_id(&self, rng: &mut Rng) -> TaskId {
        let ids = self.ids.lock().unwrap();
        ids.get(rng.below(500) as usize).copied().unwrap_or(TaskId::new(u64::MAX >> 1))
    }

    /// Puts an id in place of another one, after so many.
    fn remember(&self, id: TaskId, rng: &mut Rng) {
        let mut ids = self.ids.lock().unwrap();
        match ids.len() {
            0..500 => ids.push(id),
            _ => ids[rng.below(500) as usize] = id,
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.storm.in_flight.fetch_sub(1, SeqCst);
        self.storm.in_group.fetch_sub(self.in_group, SeqCst);
        self.storm.millicores.fetch_sub(self.millicores, SeqCst);
    }
}

/// What an attempt of a task does.
async fn live(
    storm: Arc<Storm>,
    context: TaskContext,
    seed: u64,
    takes: (usize, usize),
) -> Result<u64, TaskError> {
    let _running = storm.enter(takes.0, takes.1);
    let mut rng = Rng::new(seed ^ u64::from(context.attempt()));
    match rng.below(12) {
        0 => return Err(TaskError::from("it happens")),
        1 => resume_unwind(Box::new("it happens")),
        2 => sleep(Duration::from_micros(rng.below(3_000).into())).await,
        3 => {
            for _ in 0..rng.below(4) {
                yield_now().await;
            }
        }
        4 => {
            let id = storm.any_id(&mut rng);
            let executor = storm.executor.lock().unwrap().upgrade();
            if let Some(executor) = executor {
                executor.cancel(id);
                drop(executor.why(id).map(|why| why.to_string()));
            }
        }
        5 if seed.is_multiple_of(3) => {
            // One that adds none: a storm is to end.
            let child = task(&storm, seed / 3 * 3 + 1, &mut rng);
            if context.try_submit(child).is_ok() {
                storm.added.fetch_add(1, SeqCst);
            }
        }
        6 => context.heartbeat(),
        7 => drop(context.connect(storm.any_id(&mut rng), storm.any_id(&mut rng))),
        _ => {}
    }
    Ok(seed)
}

fn task(storm: &Arc<Storm>, seed: u64, rng: &mut Rng) -> ExecutableTask {
    let millicores = [0, 0, 300, 1_100, 2_000][rng.below(5) as usize];
    let in_group = usize::from(rng.below(4) == 0);
    let body = {
        let storm = Arc::clone(storm);
        move |context| live(Arc::clone(&storm), context, seed, (millicores, in_group))
    };
    let needs = ResourceRequirements { cpu_cores: millicores as f64 / 1e3, ..Default::default() };
    let mut task = ExecutableTask::new(task_fn(body)).requires(needs).priority(rng.below(3));
    if in_group > 0 {
        task = task.group("db");
    }
    let micros = |rng: &mut Rng| Duration::from_micros(u64::from(rng.below(4_000)) + 1);
    match rng.below(10) {
        0 => task = task.costs("calls", f64::from(rng.below(8))),
        1 => task = task.timeout(micros(rng)),
        2 => task = task.total_timeout(micros(rng)),
        3 => task = task.idle_timeout(micros(rng)),
        4 => task = task.deadline(Instant::now() + micros(rng)),
        5 => task = task.trigger(TriggerRule::AllDone),
        6 => task = task.trigger(TriggerRule::AnyFailed),
        7 => task = task.kind(["a", "b", "c"][rng.below(3) as usize]),
        _ => {
            let policy = RetryPolicy { base: micros(rng), ..RetryPolicy::attempts(3) };
            task = task.retry(policy);
        }
    }
    storm.remember(task.id, rng);
    task
}

/// One graph after another; returns how many tasks there were.
fn drive(executor: &AsyncTaskExecutor, storm: &Arc<Storm>, seed: u64) -> usize {
    let mut rng = Rng::new(seed);
    let mut submitted = 0;
    for number in 0..GRAPHS {
        let failure = [FailurePolicy::FailFast, FailurePolicy::ContinueIndependent];
        let mut graph = Graph::new().failure_policy(failure[rng.below(2) as usize]);
        let mut ids: Vec<TaskId> = Vec::new();
        for n in 0..rng.below(40) {
            let mut task = task(storm, seed << 32 | u64::from(number * 100 + n), &mut rng);
            for _ in 0..rng.below(3).min(n) {
                task = task.after(ids[rng.below(n) as usize]);
            }
            ids.push(task.id);
            graph.push(task);
        }
        let count = ids.len();
        let handle = wait(executor.submit_graph(graph)).expect("it fits, sooner or later");
        submitted += count;
        if rng.below(6) == 0 {
            handle.cancel();
        }
        let report = wait(handle);
        assert!(report.counts().submitted >= count, "{:?}", report.counts());
        assert_eq!(report.counts().unfinished(), 0);
        assert_eq!(report.tasks().len(), report.counts().submitted);
        let completed = report.tasks().filter(|task| task.end == EndState::Completed).count();
        assert_eq!(completed, report.counts().completed);
    }
    submitted
}

/// Changes what may be changed, and asks whatever can be asked, until it is told to stop.
fn disturb(executor: &AsyncTaskExecutor, is_over: &AtomicBool) {
    let mut rng = Rng::new(77);
    while !is_over.load(SeqCst) {
        match rng.below(7) {
            0 => executor.set_group_limit("db", 1 + rng.below(IN_GROUP as u32) as usize).unwrap(),
            1 => executor.charge("calls", 2.0).unwrap(),
            2 => executor.pause_rate("calls", Duration::from_micros(500)).unwrap(),
            3 => executor.resume_rate("calls").unwrap(),
            4 => drop(executor.export().to_prometheus()),
            5 => {
                executor.pause();
                thread::yield_now();
                executor.resume();
            }
            _ => drop((executor.metrics(), executor.counts(), executor.history())),
        }
        thread::yield_now();
    }
}

#[test]
fn a_storm_ends_with_nothing_left_behind() {
    let executor = Arc::new(executor(|config| {
        config.max_in_flight = IN_FLIGHT;
        config.max_queue_size = 90;
        config.cpu_cores = MILLICORES as f64 / 1e3;
        config.groups = vec![GroupLimit::new("db", 2)];
        config.rates = vec![RateLimit::new("calls", 20, Duration::from_millis(1)).burst(40)];
        config.history = Some(History::default());
    }));
    let storm = Arc::new(Storm::default());
    *storm.executor.lock().unwrap() = Arc::downgrade(&executor);
    let is_over = AtomicBool::new(false);
    let submitted: usize = thread::scope(|scope| {
        let drivers: Vec<_> = (1..=DRIVERS)
            .map(|seed| {
                scope.spawn({
                    let (executor, storm) = (&executor, &storm);
                    move || drive(executor, storm, seed)
                })
            })
            .collect();
        let disturber = scope.spawn(|| disturb(&executor, &is_over));
        let submitted = drivers.into_iter().map(|driver| driver.join().expect("no panic"));
        let submitted = submitted.sum();
        is_over.store(true, SeqCst);
        disturber.join().expect("no panic");
        submitted
    });
    wait(executor.idle());
    let counts = executor.counts();
    let added = storm.added.load(SeqCst);
    assert_eq!((counts.unfinished(), counts.submitted), (0, submitted + added), "{counts:?}");
    assert!(added > 10, "{added} were added");
    let ends = [counts.completed, counts.failed, counts.cancelled, counts.skipped];
    assert!(ends.iter().all(|&tasks| tasks > 50), "{counts:?}");
    assert_eq!(executor.known_tasks(), 0);
    let used = [&storm.in_flight, &storm.in_group, &storm.millicores].map(|it| it.load(SeqCst));
    assert_eq!((used, storm.excess.load(SeqCst)), ([0; 3], 0));
    drop(executor);
    assert_eq!(Arc::strong_count(&storm), 1, "every closure is gone");
}
