//! Metrics as other programs read them: read back here, by a parser of the format's own rules.

use graph_runtime_monitor::sample::Stall;
use graph_runtime_monitor::{
    ExecutionMetrics, Export, Lateness, LimitDecision, LimitSnapshot, MetricsSnapshot, PollTimes,
    Pressure, RuntimeSnapshot, Sample, TaskEnd, WorkerSnapshot, WorkerStats,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Labels and their values.
type Labels = BTreeMap<String, String>;

/// A text in Prometheus's format, taken apart.
#[derive(Debug, Default)]
struct Parsed {
    types: BTreeMap<String, String>,
    helped: BTreeSet<String>,
    figures: BTreeMap<(String, Labels), f64>,
}

impl Parsed {
    /// Panics if the text breaks a rule of the format.
    fn of(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line has to end as well");
        let mut parsed = Self::default();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, _) = rest.split_once(' ').expect("a name and a text");
                assert!(parsed.helped.insert(name.to_owned()), "one HELP a name");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').expect("a name and a type");
                assert!(["counter", "gauge", "summary"].contains(&kind), "{kind}");
                let before = parsed.types.insert(name.to_owned(), kind.to_owned());
                assert_eq!(before, None, "one TYPE a name");
            } else {
                parsed.figure(line);
            }
        }
        parsed
    }

    fn figure(&mut self, line: &str) {
        let end = line.find(['{', ' ']).expect("a name before something else");
        let (name, mut rest) = line.split_at(end);
        let mut labels = Labels::new();
        if let Some(inside) = rest.strip_prefix('{') {
            rest = inside;
            loop {
                let (label, after) = rest.split_once("=\"").expect("a label");
                let (value, after) = quoted(after);
                assert!(labels.insert(label.to_owned(), value).is_none(), "{label} twice");
                match after.strip_prefix(',') {
                    Some(more) => rest = more,
                    None => {
                        rest = after.strip_prefix('}').expect("an end");
                        break;
                    }
                }
            }
        }
        let value = rest.strip_prefix(' ').expect("one blank").parse().expect("a number");
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        assert!(name.chars().all(is_name), "{name}");
        let family = name.trim_end_matches("_sum").trim_end_matches("_count");
        let kind = self.types.get(name).or_else(|| self.types.get(family));
        assert!(kind.is_some(), "{name} comes after its type");
        if kind.is_some_and(|kind| kind == "counter") {
            assert!(name.ends_with("_total"), "{name}, by the conventions on names");
        } else {
            assert!(!name.ends_with("_total"), "{name}, by the conventions on names");
        }
        if kind.is_some_and(|kind| kind == "summary") {
            assert!(family.ends_with("_seconds"), "{name} has a unit");
        }
        let before = self.figures.insert((name.to_owned(), labels), value);
        assert_eq!(before, None, "{line} twice");
    }

    fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels = labels.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        self.figures.get(&(format!("graph_runtime_{name}"), labels.collect())).copied()
    }
}

/// What is between here and the closing quote, and what follows that.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &text[at + 1..]),
            '\\' => match characters.next().expect("something escaped").1 {
                'n' => value.push('\n'),
                escaped @ ('\\' | '"') => value.push(escaped),
                other => panic!("\\{other} is no escape"),
            },
            other => value.push(other),
        }
    }
    panic!("no closing quote")
}

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
    assert_eq!(value("poll_delay_seconds", &[("quantile", "1")]), Some(0.000_003));
    assert_eq!(value("poll_time_seconds_sum", &[]), Some(0.06));
    assert_eq!(value("poll_time_seconds_count", &[]), Some(2.0));
    let median = value("poll_time_seconds", &[("quantile", "0.5")]).expect("it is known");
    assert!((0.02..0.0208).contains(&median), "{median}");
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
    assert_eq!(value("task_queue_wait_seconds", &[("quantile", "1")]), Some(0.00025));
    assert_eq!(value("task_run_time_seconds_sum", &[]), Some(2.0));
    assert_eq!(value("task_run_time_seconds_count", &[]), Some(2.0));
    assert_eq!(value("task_lateness_seconds", &[("quantile", "1")]), Some(7.0));
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
    assert_eq!(parsed.value("task_run_time_seconds", &[("quantile", "0.5")]), None);
    assert!(!parsed.types.keys().any(|name| name.contains("worker")), "there are none");
}

#[test]
fn json_says_the_same() {
    let export = Export::new(metrics()).sample(sample()).runtime(runtime()).limit(limit());
    let export = export.label("job", "a \"b\"\n").expect("valid");
    let parsed = Parsed::of(&export.to_prometheus());
    let json: serde_json::Value = serde_json::from_str(&export.to_json()).expect("JSON");
    assert_eq!(json["labels"]["job"], "a \"b\"\n");
    let (mut plain, mut summaries) = (0, 0);
    for metric in json["metrics"].as_array().expect("a list") {
        let name = metric["name"].as_str().expect("a name");
        assert_eq!(metric["type"].as_str(), parsed.types.get(name).map(String::as_str));
        for series in metric["series"].as_array().expect("a list") {
            let labels = series["labels"].as_object().expect("an object").iter();
            let labels = labels.chain(json["labels"].as_object().expect("an object"));
            let labels = labels.map(|(name, value)| (name.clone(), value.as_str().unwrap().into()));
            let mut labels: Labels = labels.collect();
            let figure = |name: String, labels: &Labels| parsed.figures[&(name, labels.clone())];
            if metric["type"] == "summary" {
                let count = figure(format!("{name}_count"), &labels);
                assert_eq!(series["count"].as_f64(), Some(count));
                labels.insert("quantile".into(), "0.9".into());
                let quantile = series["quantiles"]["0.9"].as_f64();
                assert_eq!(quantile, Some(figure(name.to_owned(), &labels)), "{name}");
                summaries += 1;
            } else {
                assert_eq!(series["value"].as_f64(), Some(figure(name.to_owned(), &labels)));
                plain += 1;
            }
        }
    }
    // Four lines for the quantiles of a summary, and two more.
    assert_eq!(parsed.figures.len(), plain + 6 * summaries);
}

#[test]
fn names_of_labels_are_checked() {
    for name in ["", "1st", "__name__", "a-b", "\u{e9}", "a b", "le", "quantile", "reason"] {
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
    fn any_text_can_be_a_label(value in "(\\PC|[\n\"\\\\{}, ]){0,12}") {
        let export = Export::new(metrics()).label("job", value.clone()).expect("a valid name");
        let parsed = Parsed::of(&export.to_prometheus());
        prop_assert_eq!(parsed.value("tasks_submitted_total", &[("job", &value)]), Some(4.0));
        let json: serde_json::Value = serde_json::from_str(&export.to_json()).expect("JSON");
        prop_assert_eq!(json["labels"]["job"].as_str(), Some(value.as_str()));
    }
}
