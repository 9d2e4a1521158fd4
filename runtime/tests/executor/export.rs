//! All figures of one moment, for other programs: of work whose length is known.

use graph_runtime::adaptive::{ConcurrencyController, Decision, LimitReason, Window};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::seam::{Clock, Seams};
use graph_runtime::{
    AsyncTaskExecutor, Controller, ExecutorConfig, ExecutorError, Graph, ResourceMonitorConfig,
    Timestamp,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A clock that goes on when it is told to.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicU64>);

impl Hand {
    fn advance(&self, millis: u64) {
        self.0.fetch_add(millis * 1_000_000, Ordering::SeqCst);
    }

    fn clock(&self) -> Clock {
        let nanos = Arc::clone(&self.0);
        Clock::supplied(move || Timestamp::from_nanos(nanos.load(Ordering::SeqCst)))
    }
}

fn runtime(clock: Clock) -> Runtime {
    let seams = Seams { clock, ..Seams::default() };
    let mut builder = Builder::new_current_thread();
    // For the sake of adaptive scheduling, which asks it.
    builder.resource_monitor(ResourceMonitorConfig::default());
    builder.name("test").seams(seams).poll_sampling(1).build().unwrap()
}

#[test]
fn waits_run_times_and_lateness_are_those_of_the_clock() {
    let hand = Hand::default();
    let clock = hand.clock();
    let runtime = runtime(clock.clone());
    let config = ExecutorConfig { max_in_flight: 1, ..ExecutorConfig::default() };
    let executor = AsyncTaskExecutor::on(runtime.handle().clone(), config).unwrap();
    let mut graph = Graph::new();
    // What each takes, and when it is due.
    for (takes, due) in [(40, 10), (5, 1_000)] {
        let hand = hand.clone();
        let work = move |_| {
            hand.advance(takes);
            async { Ok::<_, ExecutorError>(()) }
        };
        let due = clock.instant(Timestamp::ZERO + Duration::from_millis(due));
        graph.task("work", work).deadline(due).add();
    }
    runtime.block_on(executor.run(graph)).unwrap();

    let text = executor.export().to_prometheus();
    for line in [
        "tasks_ended_total{runtime=\"test\",end=\"completed\"} 2",
        "task_run_time_seconds_sum{runtime=\"test\"} 0.045",
        "task_run_time_percentile_seconds{runtime=\"test\",percentile=\"100\"} 0.04",
        "task_run_time_seconds_bucket{runtime=\"test\",le=\"0.0025\"} 0",
        "task_run_time_seconds_bucket{runtime=\"test\",le=\"0.005\"} 1",
        "task_run_time_seconds_bucket{runtime=\"test\",le=\"0.05\"} 2",
        "task_queue_wait_seconds_sum{runtime=\"test\"} 0.04",
        "task_lateness_seconds_sum{runtime=\"test\"} 0.03",
        "task_lateness_seconds_count{runtime=\"test\"} 1",
        "deadlines_met_total{runtime=\"test\"} 1",
        "tasks_in_flight{runtime=\"test\"} 0",
        "tasks_in_flight_limit{runtime=\"test\"} 1",
        "worker_longest_poll_seconds{runtime=\"test\",worker=\"0\"} 0.045",
    ] {
        assert!(text.contains(&format!("\ngraph_runtime_{line}\n")), "{line} in {text}");
    }
}

/// Raises the limit with every window.
#[derive(Debug)]
struct Raises(usize);

impl ConcurrencyController for Raises {
    fn limit(&self) -> usize {
        self.0
    }

    fn observe(&mut self, _window: &Window, _now: Timestamp) -> Decision {
        self.0 += 1;
        Decision { limit: self.0, reason: LimitReason::Raised }
    }
}

#[test]
fn decisions_are_counted_and_listed() {
    let hand = Hand::default();
    let runtime = runtime(hand.clock());
    let config = ExecutorConfig {
        adaptive_scheduling: true,
        max_in_flight: 1_000,
        controller: Controller::custom(|_| Box::new(Raises(1))),
        ..ExecutorConfig::default()
    };
    let executor = AsyncTaskExecutor::on(runtime.handle().clone(), config).unwrap();
    let mut graph = Graph::new();
    // Enough for many windows of 8 tasks and 10 ms, or as many tasks as the limit is.
    for _ in 0..500 {
        let hand = hand.clone();
        let work = move |_| {
            hand.advance(5);
            async { Ok::<_, ExecutorError>(()) }
        };
        graph.task("work", work).add();
    }
    runtime.block_on(executor.run(graph)).unwrap();

    let json: serde_json::Value = serde_json::from_str(&executor.export().to_json()).unwrap();
    let metrics = json["metrics"].as_array().unwrap();
    let named = |name: &str| metrics.iter().find(|metric| metric["name"] == name).unwrap();
    let counts = named("graph_runtime_limit_decisions_total")["series"].as_array().unwrap();
    let count = |reason: &str| {
        let is_it = |series: &&serde_json::Value| series["labels"]["reason"] == reason;
        counts.iter().find(is_it).unwrap()["value"].as_u64().unwrap()
    };
    let (started, raised) = (count("start"), count("raised"));
    assert!(started == 1 && raised >= 5, "{counts:?}");
    assert_eq!(json["limit"]["controller"], "custom");
    let decisions = json["limit"]["decisions"].as_array().unwrap();
    assert_eq!(decisions.len() as u64, (started + raised).min(64), "none twice, 64 at most");
    let last = decisions.last().unwrap();
    assert_eq!((&last["reason"], &last["limit"]), (&"raised".into(), &(raised + 1).into()));
    let ages: Vec<_> = decisions.iter().map(|it| it["seconds_ago"].as_f64().unwrap()).collect();
    assert!(ages.windows(2).skip(1).all(|pair| pair[0] >= pair[1]), "the oldest first: {ages:?}");
    assert_eq!(executor.concurrency().reasons.len(), 2);
}
