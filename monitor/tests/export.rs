//! Metrics as other programs read them: read back here, by a parser of the format's own rules.

mod common {
    pub(crate) mod exposition;
}

use common::exposition::{Labels, Parsed};
use graph_runtime_monitor::sample::Stall;
use graph_runtime_monitor::{
    ExecutionMetrics, Export, HistogramSnapshot, Lateness, LimitDecision, LimitSnapshot,
    MetricsSnapshot, PollTimes, Pressure, RuntimeSnapshot, Sample, TaskEnd, WorkerSnapshot,
    WorkerStats,
};
use proptest::prelude::*;
use std::time::Duration;

fn metrics() -> MetricsSnapshot {
    let metrics = ExecutionMetrics::new(2);
    metrics.recorder(None).submitted(4);
    metrics.recorder(None).rejected(1);
    let worker = metrics.recorder(Some(1));
    let late = Some(Lateness::Missed(Duration::from_secs(7)));
    worker.started(Duration::from_micros(250));
    worker.ended(TaskEnd::Completed, Some(Duration::from_millis(1500)), Some(Lateness::Met));
    worker.ended(TaskEnd::TimedOut, Some(Duration::from_millis(500)), late);
    let stats = WorkerStats { polls: 9, busy_ns: 1_500_000_000, ..WorkerStats::default() };
    metrics.workers()[1].publish(&stats);
    metrics.snapshot()
}

fn sample() -> Sample {
    Sample {
        cpu_utilization: Some(0.25),
        memory_used_bytes: Some(u64::MAX),
        memory_limit_bytes: Some(u64::MAX),
        affinity_cpus: Some(4),
        cpu_quota: Some(f64::INFINITY),
        pressure: Pressure { io: Some(Stall { some: 0.5, full: None }), ..Pressure::default() },
        ..Sample::default()
    }
}

fn runtime() -> RuntimeSnapshot {
    let times = PollTimes::default();
    times.record_delay(Duration::from_micros(3));
    times.record_length(Duration::from_millis(20));
    times.record_length(Duration::from_millis(40));
    let (poll_delay, poll_time) = PollTimes::merged([&times]);
    let longest_poll = Duration::from_millis(40);
    RuntimeSnapshot {
        spawned: 9,
        finished: 5,
        panicked: 1,
        live: 3,
        blocking_threads: 4,
        idle_blocking_threads: 1,
        cpu_bound_polls: 2,
        poll_delay,
        poll_time,
        queue_depths: vec![7, 0],
        workers: vec![
            WorkerSnapshot::default(),
            WorkerSnapshot { longest_poll, ..WorkerSnapshot::default() },
        ],
        ..RuntimeSnapshot::default()
    }
}

fn limit() -> LimitSnapshot {
    let decision = |limit, reason| LimitDecision {
        age: Duration::from_millis(1500),
        limit,
        reason,
        explanation: "as \"they\" say".to_owned(),
    };
    LimitSnapshot {
        in_flight: 3,
        limit: 4,
        most: 64,
        controller: "prober".to_owned(),
        reasons: vec![("start", 1), ("raised", 5)],
        decisions: vec![decision(2, "start"), decision(4, "raised")],
    }
}

#[test]
fn figures_of_a_runtime_are_read_back() {
    let parsed = Parsed::of(&Export::default().runtime(runtime()).to_prometheus());
    let value = |name, labels: &[(&str, &str)]| parsed.value(name, labels);
    assert_eq!(value("spawned_tasks_total", &[]), Some(9.0));
    assert_eq!(value("spawned_tasks_ended_total", &[("end", "finished")]), Some(5.0));
    assert_eq!(value("spawned_tasks_ended_total", &[("end", "panicked")]), Some(1.0));
    assert_eq!(value("spawned_tasks_live", &[]), Some(3.0));
    assert_eq!(value("blocking_threads", &[("state", "busy")]), Some(3.0));
    assert_eq!(value("blocking_threads", &[("state", "idle")]), Some(1.0));
    assert_eq!(value("stalls_total", &[("cause", "cpu_bound")]), Some(2.0));
    assert_eq!(value("poll_delay_percentile_seconds", &[("percentile", "100")]), Some(0.000_003));
    assert_eq!(value("poll_time_seconds_sum", &[]), Some(0.06));
    assert_eq!(value("poll_time_seconds_count", &[]), Some(2.0));
    let median =
        value("poll_time_percentile_seconds", &[("percentile", "50")]).expect("it is known");
    assert!((0.02..0.0208).contains(&median), "{median}");
    let polls = |le| value("poll_time_seconds_bucket", &[("le", le)]);
    assert_eq!((polls("0.01"), polls("0.025"), polls("0.05")), (Some(0.0), Some(1.0), Some(2.0)));
    assert_eq!((polls("100"), polls("+Inf")), (Some(2.0), Some(2.0)));
    assert_eq!(value("worker_queue_depth", &[("worker", "0")]), Some(7.0));
    assert_eq!(value("worker_longest_poll_seconds", &[("worker", "1")]), Some(0.04));
    assert_eq!(value("worker_polls_total", &[("worker", "1")]), Some(0.0));
    assert_eq!(value("tasks_live", &[]), None, "there is no executor");
}

#[test]
fn the_workers_of_an_executor_are_those_of_its_runtime() {
    let parsed = Parsed::of(&Export::new(metrics()).runtime(runtime()).to_prometheus());
    assert_eq!(parsed.value("tasks_live", &[]), Some(2.0));
    assert_eq!(parsed.value("worker_longest_poll_seconds", &[("worker", "1")]), Some(0.04));
}

#[test]
fn decisions_are_counted_by_reason_and_listed() {
    let export = Export::new(metrics()).limit(limit());
    let parsed = Parsed::of(&export.to_prometheus());
    let value = |name, labels: &[(&str, &str)]| parsed.value(name, labels);
    assert_eq!(value("tasks_in_flight", &[]), Some(3.0));
    assert_eq!(value("tasks_in_flight_limit", &[]), Some(4.0));
    assert_eq!(value("tasks_in_flight_limit_max", &[]), Some(64.0));
    assert_eq!(value("limit_decisions_total", &[("reason", "raised")]), Some(5.0));
    let json: serde_json::Value = serde_json::from_str(&export.to_json()).expect("JSON");
    assert_eq!(json["limit"]["controller"], "prober");
    let decisions = json["limit"]["decisions"].as_array().expect("a list");
    assert_eq!((decisions.len(), &decisions[0]["reason"]), (2, &"start".into()));
    assert_eq!((&decisions[1]["limit"], &decisions[1]["seconds_ago"]), (&4.into(), &1.5.into()));
    assert_eq!(decisions[1]["explanation"], "as \"they\" say");
}

#[test]
fn figures_are_read_back() {
    let parsed = Parsed::of(&Export::new(metrics()).sample(sample()).to_prometheus());
    let value = |name, labels: &[(&str, &str)]| parsed.value(name, labels);
    assert_eq!(value("tasks_submitted_total", &[]), Some(4.0));
    assert_eq!(value("tasks_rejected_total", &[]), Some(1.0));
    assert_eq!(value("tasks_live", &[]), Some(2.0));
    assert_eq!(value("tasks_ended_total", &[("end", "completed")]), Some(1.0));
    assert_eq!(value("tasks_ended_total", &[("end", "timed_out")]), Some(1.0));
    assert_eq!(value("tasks_ended_total", &[("end", "skipped")]), Some(0.0));
    assert_eq!(value("task_queue_wait_seconds_bucket", &[("le", "0.0001")]), Some(0.0));
    assert_eq!(value("task_queue_wait_seconds_bucket", &[("le", "0.00025")]), Some(1.0));
    assert_eq!(value("task_run_time_seconds_sum", &[]), Some(2.0));
    assert_eq!(value("task_run_time_seconds_count", &[]), Some(2.0));
    assert_eq!(value("task_lateness_percentile_seconds", &[("percentile", "100")]), Some(7.0));
    assert_eq!(value("deadlines_met_total", &[]), Some(1.0));
    assert_eq!(value("worker_polls_total", &[("worker", "0")]), Some(0.0));
    assert_eq!(value("worker_polls_total", &[("worker", "1")]), Some(9.0));
    assert_eq!(value("worker_busy_seconds_total", &[("worker", "1")]), Some(1.5));
    assert_eq!(value("machine_cpu_utilization_ratio", &[]), Some(0.25));
    assert_eq!(value("machine_memory_used_bytes", &[]), Some(u64::MAX as f64));
    assert_eq!(value("cpus_allowed_cores", &[]), Some(4.0));
    let io = |stalled| {
        value("pressure_ratio", &[("scope", "machine"), ("resource", "io"), ("stalled", stalled)])
    };
    assert_eq!((io("some"), io("full")), (Some(0.5), None));
    assert_eq!(parsed.helped.len(), parsed.types.len());
}

#[test]
fn what_is_unknown_is_left_out() {
    let text = Export::new(metrics()).sample(sample()).to_prometheus();
    // No limit is none, and nothing is known of I/O wait.
    for name in ["memory_limit", "io_wait", "process_", "cgroup_"] {
        assert!(!text.contains(name), "{name}");
    }
    let nothing = ExecutionMetrics::new(0).snapshot();
    let parsed = Parsed::of(&Export::new(nothing).to_prometheus());
    assert_eq!(parsed.value("task_run_time_seconds_count", &[]), Some(0.0));
    assert_eq!(parsed.value("task_run_time_seconds_bucket", &[("le", "+Inf")]), Some(0.0));
    assert!(!parsed.types.keys().any(|name| name.contains("percentile")), "of nothing");
    assert!(!parsed.types.keys().any(|name| name.contains("worker")), "there are none");
}

#[test]
fn json_says_the_same() {
    let export = Export::new(metrics()).sample(sample()).runtime(runtime()).limit(limit());
    let export = export.label("job", "a \"b\"\n").expect("valid");
    let parsed = Parsed::of(&export.to_prometheus());
    let json: serde_json::Value = serde_json::from_str(&export.to_json()).expect("JSON");
    assert_eq!(json["labels"]["job"], "a \"b\"\n");
    let (mut plain, mut histograms) = (0, 0);
    for metric in json["metrics"].as_array().expect("a list") {
        let name = metric["name"].as_str().expect("a name");
        assert_eq!(metric["type"].as_str(), parsed.types.get(name).map(String::as_str));
        for series in metric["series"].as_array().expect("a list") {
            let labels = series["labels"].as_object().expect("an object").iter();
            let labels = labels.chain(json["labels"].as_object().expect("an object"));
            let labels = labels.map(|(name, value)| (name.clone(), value.as_str().unwrap().into()));
            let labels: Labels = labels.collect();
            if metric["type"] == "histogram" {
                is_the_same(series, name, &labels, &parsed);
                histograms += 1;
            } else {
                let value = parsed.figures[&(name.to_owned(), labels)];
                assert_eq!(series["value"].as_f64(), Some(value));
                plain += 1;
            }
        }
    }
    // For each histogram the buckets and `+Inf`, sum and count, and four percentiles.
    let lines = HistogramSnapshot::BOUNDS.len() + 1 + 2 + 4;
    assert_eq!(parsed.figures.len(), plain + lines * histograms);
}

/// Checks that a histogram in JSON is the one in Prometheus's text.
fn is_the_same(series: &serde_json::Value, name: &str, labels: &Labels, parsed: &Parsed) {
    let figure = |name: &str, more: Option<(&str, &str)>| {
        let more = more.map(|(label, value)| (label.to_owned(), value.to_owned()));
        let labels = labels.clone().into_iter().chain(more).collect();
        Some(parsed.figures[&(name.to_owned(), labels)])
    };
    assert_eq!(series["count"].as_f64(), figure(&format!("{name}_count"), None));
    assert_eq!(series["sum"].as_f64(), figure(&format!("{name}_sum"), None));
    let buckets = series["buckets"].as_array().expect("a list");
    assert_eq!(buckets.len(), HistogramSnapshot::BOUNDS.len());
    for bucket in buckets {
        let bound = bucket["le"].as_f64().expect("a number").to_string();
        let count = figure(&format!("{name}_bucket"), Some(("le", &bound)));
        assert_eq!(bucket["count"].as_f64(), count, "{name} {bound}");
    }
    let gauge = name.replace("_seconds", "_percentile_seconds");
    for (quantile, percentile) in [("0.5", "50"), ("0.9", "90"), ("0.99", "99")] {
        let time = figure(&gauge, Some(("percentile", percentile)));
        assert_eq!(series["quantiles"][quantile].as_f64(), time, "{name}");
    }
    assert_eq!(series["max"].as_f64(), figure(&gauge, Some(("percentile", "100"))));
}

#[test]
fn names_of_labels_are_checked() {
    for name in ["", "1st", "__name__", "a-b", "\u{e9}", "a b", "le", "quantile", "percentile"] {
        let error = Export::new(metrics()).label(name, "x").expect_err(name);
        assert!(error.is_invalid_label(), "{error}");
    }
    let twice = Export::new(metrics()).label("a", "x").and_then(|it| it.label("a", "y"));
    assert!(twice.is_err());
    assert!(Export::new(metrics()).label("_a1", "x").is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_bucket_has_what_a_plain_count_has(
        millis in prop::collection::vec((0_u64..200_000, any::<bool>()), 1..50),
    ) {
        let metrics = ExecutionMetrics::new(2);
        for &(millis, is_first) in &millis {
            let recorder = metrics.recorder(Some(usize::from(is_first)));
            recorder.started(Duration::from_millis(millis));
        }
        let parsed = Parsed::of(&Export::new(metrics.snapshot()).to_prometheus());
        for bound in ["0.001", "0.01", "0.025", "1", "2.5", "50", "100", "+Inf"] {
            let most = 1_000.0 * bound.parse::<f64>().unwrap_or(f64::INFINITY);
            // What is within a thousandth of a bound may be on either side.
            let count = |most| millis.iter().filter(|(it, _)| *it as f64 <= most).count() as f64;
            let shown = parsed.value("task_queue_wait_seconds_bucket", &[("le", bound)]);
            let plain = Some(count(most))..=Some(count(most * 1.001));
            prop_assert!(plain.contains(&shown), "{shown:?} up to {bound}, not {plain:?}");
        }
        let sum = parsed.value("task_queue_wait_seconds_sum", &[]).expect("it is known");
        let plain: u64 = millis.iter().map(|(millis, _)| millis).sum();
        prop_assert!((sum - plain as f64 / 1_000.0).abs() < 1e-6, "{sum}");
    }

    #[test]
    fn any_text_can_be_a_label(value in "(\\PC|[\n\"\\\\{}, ]){0,12}") {
        let export = Export::new(metrics()).label("job", value.clone()).expect("a valid name");
        let parsed = Parsed::of(&export.to_prometheus());
        prop_assert_eq!(parsed.value("tasks_submitted_total", &[("job", &value)]), Some(4.0));
        let json: serde_json::Value = serde_json::from_str(&export.to_json()).expect("JSON");
        prop_assert_eq!(json["labels"]["job"].as_str(), Some(value.as_str()));
    }
}
