//! Histograms of polls, as tokio lets them be configured.

use std::iter;
use std::sync::mpsc;
use std::time::Duration;

use tokio::runtime::{
    Builder, HistogramConfiguration, HistogramScale, InvalidHistogramConfiguration, LogHistogram,
    RuntimeMetrics,
};

const fn us(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

/// Where buckets begin and end.
fn edges(metrics: &RuntimeMetrics) -> Vec<u64> {
    let buckets = 0..metrics.poll_time_histogram_num_buckets();
    let ends = buckets.map(|bucket| metrics.poll_time_histogram_bucket_range(bucket).end);
    iter::once(0).chain(ends.map(|end| end.as_nanos() as u64)).collect()
}

fn log_edges(histogram: impl Into<LogHistogram>) -> Vec<u64> {
    let configuration = HistogramConfiguration::log(histogram);
    let mut builder = Builder::new_current_thread();
    builder.enable_metrics_poll_time_histogram();
    builder.metrics_poll_time_histogram_configuration(configuration);
    edges(&builder.build().unwrap().metrics())
}

#[test]
fn there_are_ten_of_a_tenth_of_a_millisecond_where_nothing_else_is_said() {
    let mut builder = Builder::new_current_thread();
    let metrics = builder.build().unwrap().metrics();
    assert!(!metrics.poll_time_histogram_enabled());
    builder.enable_metrics_poll_time_histogram().enable_metrics_schedule_latency_histogram();
    let metrics = builder.build().unwrap().metrics();
    assert!(metrics.poll_time_histogram_enabled() && metrics.schedule_latency_histogram_enabled());
    let expected = (0..10).map(|bucket| 100_000 * bucket).chain([u64::MAX]);
    assert_eq!(edges(&metrics), Vec::from_iter(expected));
    assert_eq!(metrics.schedule_latency_histogram_bucket_range(1), us(100)..us(200));
}

#[test]
fn every_poll_is_counted() {
    for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        builder.worker_threads(2).enable_metrics_poll_time_histogram();
        let runtime = builder.enable_metrics_schedule_latency_histogram().build().unwrap();
        let metrics = runtime.metrics();
        runtime.block_on(async {
            for _ in 0..20 {
                tokio::spawn(tokio::task::yield_now()).await.unwrap();
            }
        });
        drop(runtime);
        let buckets = || (0..metrics.num_workers()).flat_map(|it| (0..10).map(move |to| (it, to)));
        let polls = buckets().map(|(it, to)| metrics.poll_time_histogram_bucket_count(it, to));
        assert_eq!(polls.sum::<u64>(), 40);
        let waits =
            buckets().map(|(it, to)| metrics.schedule_latency_histogram_bucket_count(it, to));
        assert_eq!(waits.sum::<u64>(), 40);
    }
}

#[test]
fn widths_grow_with_the_times_by_no_more_than_the_error() {
    for (min, max) in [(100, 60_000_000_000), (1, 3), (4_096, 4_096), (977, 1 << 63), (500, 20)] {
        for precision in 0..=8 {
            let (least, most) = (Duration::from_nanos(min), Duration::from_nanos(max));
            let builder = LogHistogram::builder().precision_exact(precision);
            let histogram = builder.min_value(least).max_value(most).build();
            let edges = log_edges(histogram);
            let bounds = &edges[1..edges.len() - 1];
            assert_eq!(bounds.last(), Some(&histogram.max_value()));
            assert!(bounds[0] <= min && histogram.max_value() >= max, "{bounds:?}");
            for pair in bounds.windows(2) {
                let [left, right] = [pair[0], pair[1]];
                assert!(left < max, "there is one bound from the longest on: {bounds:?}");
                let width = 1..=(left >> precision).max(1);
                assert!(width.contains(&(right - left)), "{left} to {right}");
            }
        }
    }
}

#[test]
#[expect(deprecated, reason = "they are what is tested")]
fn the_older_methods_take_the_place_of_a_configuration() {
    let mut builder = Builder::new_current_thread();
    let unused = HistogramConfiguration::linear(us(7), 7);
    builder.metrics_poll_time_histogram_configuration(unused);
    builder.enable_metrics_poll_count_histogram().metrics_poll_count_histogram_buckets(3);
    let linear = edges(&builder.build().unwrap().metrics());
    assert_eq!(linear, [0, 100_000, 200_000, u64::MAX]);
    builder.metrics_poll_count_histogram_scale(HistogramScale::Log);
    builder.metrics_poll_count_histogram_resolution(us(50));
    let doubling = edges(&builder.build().unwrap().metrics());
    assert_eq!(doubling, [0, 1 << 16, 1 << 17, u64::MAX]);
    builder.metrics_poll_count_histogram_buckets(1);
    assert_eq!(edges(&builder.build().unwrap().metrics()), [0, u64::MAX]);
    builder.metrics_poll_count_histogram_buckets(usize::MAX);
    let all = edges(&builder.build().unwrap().metrics());
    assert_eq!(all[all.len() - 2..], [1 << 62, u64::MAX]);
}

#[test]
#[expect(deprecated, reason = "they are what is tested")]
fn metrics_go_by_their_older_names_too() {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_metrics_poll_time_histogram().build().unwrap();
    let metrics = runtime.metrics();
    runtime.block_on(async { tokio::spawn(async {}).await.unwrap() });
    drop(runtime.spawn(std::future::pending::<()>()));
    assert!(metrics.poll_count_histogram_enabled());
    let buckets = 0..metrics.poll_count_histogram_num_buckets();
    let polls = buckets.map(|bucket| metrics.poll_count_histogram_bucket_count(0, bucket));
    assert_eq!(polls.sum::<u64>(), 1);
    assert_eq!(metrics.poll_count_histogram_bucket_range(1), us(100)..us(200));
    assert_eq!((metrics.active_tasks_count(), metrics.injection_queue_depth()), (1, 1));
}

#[test]
fn hooks_are_told_how_long_a_task_has_waited_for_its_poll() {
    let (tell, told) = mpsc::channel();
    let after = tell.clone();
    let runtime = Builder::new_current_thread()
        .track_task_schedule_latency()
        .on_task_spawn(|task| assert_eq!(task.schedule_latency(), None))
        .on_task_terminate(|task| assert_eq!(task.schedule_latency(), None))
        .on_before_task_poll(move |task| tell.send(task.schedule_latency()).unwrap())
        .on_after_task_poll(move |task| after.send(task.schedule_latency()).unwrap())
        .build()
        .unwrap();
    let task = runtime.spawn(async {});
    std::thread::sleep(Duration::from_millis(2));
    runtime.block_on(task).unwrap();
    let [before, after] = [told.recv().unwrap(), told.recv().unwrap()];
    assert!(before >= Some(us(1_000)), "{before:?}");
    assert_eq!(before, after);
}

#[test]
fn precision_follows_from_the_error() {
    let with = |error| LogHistogram::builder().max_error(error).build();
    let exact = |bits| LogHistogram::builder().precision_exact(bits).build();
    assert_eq!(with(0.9), exact(2));
    assert_eq!(with(0.125), exact(3));
    assert_eq!(with(0.1), exact(4));
    assert_eq!(with(1e-9), exact(10));
    assert_eq!(LogHistogram::default(), exact(2));
    let InvalidHistogramConfiguration::TooManyBuckets { required_bucket_count } =
        LogHistogram::builder().max_buckets(118).unwrap_err();
    assert_eq!((required_bucket_count, log_edges(LogHistogram::default()).len()), (119, 120));
    assert!(LogHistogram::builder().max_buckets(119).is_ok());
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (width, buckets) in [(Duration::ZERO, 3), (us(1), usize::MAX), (Duration::MAX, 3)] {
        let mut builder = Builder::new_current_thread();
        builder.enable_metrics_poll_time_histogram().metrics_poll_time_histogram_configuration(
            HistogramConfiguration::linear(width, buckets),
        );
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }
}
