//! How long tasks wait for their polls and how long these take, of all of them or some.

use crate::support::{Gate, multi, until, watched};
use graph_runtime::Timestamp;
use graph_runtime::runtime::{Builder, Runtime, RuntimeMetrics, TaskMeta};
use graph_runtime::seam::{Clock, Seams};
use graph_runtime::task::{self, Priority, block_in_place, spawn_pinned, yield_now};
use graph_runtime::time::Duration;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

const MICROSECOND: Duration = Duration::from_micros(1);

/// Polls of tasks, by workers and by threads that stand in for them.
fn polls(metrics: &RuntimeMetrics, runtime: Runtime) -> u64 {
    let handle = runtime.handle().clone();
    // Then everything that was counted can be seen.
    drop(runtime);
    let workers = (0..metrics.num_workers()).map(|worker| metrics.worker_poll_count(worker));
    workers.sum::<u64>() + handle.metrics().stalls.spare_polls
}

/// A clock that goes on when it is told to.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicU64>);

impl Hand {
    fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_nanos() as u64, Ordering::SeqCst);
    }

    /// A current-thread runtime that goes by it.
    fn runtime(&self, sampling: Option<u32>) -> Runtime {
        self.builder().poll_sampling(sampling).build().unwrap()
    }

    fn builder(&self) -> Builder {
        let nanos = Arc::clone(&self.0);
        let clock = Clock::supplied(move || Timestamp::from_nanos(nanos.load(Ordering::SeqCst)));
        let mut builder = Builder::new_current_thread();
        builder.seams(Seams { clock, ..Seams::default() });
        builder
    }
}

#[test]
fn hooks_of_polls_that_are_timed_are_told_how_long_the_task_was_queued() {
    for sampling in [Some(1), None] {
        let hand = Hand::default();
        let (tell, told) = mpsc::channel();
        let mut builder = hand.builder();
        for event in ["spawn", "before", "after", "end"] {
            let tell = tell.clone();
            let hook = move |task: &TaskMeta<'_>| {
                tell.send((event, task.schedule_latency())).unwrap();
            };
            match event {
                "spawn" => builder.on_task_spawn(hook),
                "before" => builder.on_before_task_poll(hook),
                "after" => builder.on_after_task_poll(hook),
                _ => builder.on_task_terminate(hook),
            };
        }
        let runtime = builder.poll_sampling(sampling).build().unwrap();
        runtime.block_on(async {
            let clock = hand.clone();
            let task = task::spawn(async move { clock.advance(100 * MICROSECOND) });
            hand.advance(8 * MICROSECOND);
            task.await.unwrap();
        });
        let delay = sampling.map(|_| 8 * MICROSECOND);
        let mut told: Vec<_> = told.try_iter().collect();
        told.sort_unstable();
        let expected = [("after", delay), ("before", delay), ("end", None), ("spawn", None)];
        assert_eq!(told, expected);
    }
}

#[test]
fn what_is_known_beforehand_is_measured() {
    let hand = Hand::default();
    let runtime = hand.runtime(Some(1));
    let metrics = runtime.handle().metrics();
    runtime.block_on(async {
        let clock = hand.clone();
        let task = task::spawn(async move {
            clock.advance(300 * MICROSECOND);
            yield_now().await;
            clock.advance(50 * MICROSECOND);
        });
        hand.advance(7 * MICROSECOND);
        task.await.unwrap();
    });
    let (delays, times) = (metrics.poll_delays(), metrics.poll_times());
    assert_eq!((delays.count, times.count), (2, 2));
    // Moments are kept in units of 16 ns.
    let off = delays.max.abs_diff(7 * MICROSECOND);
    assert!(off <= Duration::from_nanos(16) && delays.sum == delays.max, "{delays:?}");
    assert_eq!((times.max, times.sum), (300 * MICROSECOND, 350 * MICROSECOND));
    assert!(times.p50 >= 50 * MICROSECOND && times.p50 <= 52 * MICROSECOND, "{times:?}");
    assert_eq!(metrics.worker_poll_count(0), 2);
    // Whether the root's time is the worker's is not said.
    let busy = metrics.worker_total_busy_duration(0);
    assert!((350 * MICROSECOND..=357 * MICROSECOND).contains(&busy), "{busy:?}");
    assert_eq!(metrics.worker_longest_poll(0), 300 * MICROSECOND);
    assert_eq!(metrics.take_worker_longest_poll(0), 300 * MICROSECOND);
    assert_eq!(metrics.take_worker_longest_poll(0), Duration::ZERO);
    assert_eq!(metrics.worker_longest_poll(0), 300 * MICROSECOND);
}

#[test]
fn every_poll_is_counted_in_the_bucket_that_was_chosen_for_it() {
    let hand = Hand::default();
    let mut builder = hand.builder();
    builder.poll_time_histogram([50, 100].map(Duration::from_micros));
    builder.poll_delay_histogram([1, 10].map(Duration::from_micros));
    // Then every one is timed all the same.
    let runtime = builder.poll_sampling(None).build().unwrap();
    let metrics = runtime.handle().metrics();
    runtime.block_on(async {
        let clock = hand.clone();
        let task = task::spawn(async move {
            clock.advance(300 * MICROSECOND);
            yield_now().await;
            clock.advance(50 * MICROSECOND);
            yield_now().await;
            clock.advance(49 * MICROSECOND);
        });
        hand.advance(7 * MICROSECOND);
        task.await.unwrap();
    });
    let lengths = [0, 1, 2].map(|it| metrics.poll_time_histogram_bucket_count(0, it));
    let delays = [0, 1, 2].map(|it| metrics.schedule_latency_histogram_bucket_count(0, it));
    assert_eq!((lengths, delays), ([1, 1, 1], [2, 1, 0]));
    assert!(metrics.poll_time_histogram_enabled() && metrics.schedule_latency_histogram_enabled());
    assert_eq!(metrics.poll_time_histogram_num_buckets(), 3);
    assert_eq!(metrics.schedule_latency_histogram_num_buckets(), 3);
    let longest = Duration::from_nanos(u64::MAX);
    assert_eq!(metrics.poll_time_histogram_bucket_range(0), Duration::ZERO..50 * MICROSECOND);
    assert_eq!(metrics.poll_time_histogram_bucket_range(2), 100 * MICROSECOND..longest);
    assert_eq!(metrics.schedule_latency_histogram_bucket_range(1), MICROSECOND..10 * MICROSECOND);
}

#[test]
fn buckets_of_all_workers_add_up_to_all_polls() {
    watched(|| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(2).poll_delay_histogram([]);
        let bounds = (0..40).map(|bits| Duration::from_nanos(1 << bits));
        let runtime = builder.poll_time_histogram(bounds).build().unwrap();
        let metrics = runtime.handle().metrics();
        runtime.block_on(async {
            let tasks: Vec<_> = (0..500).map(|_| task::spawn(yield_now())).collect();
            for task in tasks {
                task.await.unwrap();
            }
            // Some that stand-ins poll, and some whose workers go on without them.
            for is_told in [false, true, false, true] {
                let waits = task::spawn(async move {
                    let (release, released) = mpsc::channel();
                    drop(task::spawn(async move { release.send(()) }));
                    let wait = || released.recv();
                    if is_told { block_in_place(wait) } else { wait() }
                });
                waits.await.unwrap().unwrap();
            }
        });
        let polls = polls(&metrics, runtime);
        let both = || 0..2;
        let lengths = (0..41).flat_map(|bucket| both().map(move |worker| (worker, bucket)));
        let lengths = lengths.map(|(it, to)| metrics.poll_time_histogram_bucket_count(it, to));
        let delays = both().map(|it| metrics.schedule_latency_histogram_bucket_count(it, 0));
        assert_eq!(lengths.sum::<u64>(), polls);
        // Two that wait at a time may have the same place on the board, as their numbers are.
        assert!((polls - polls / 10..=polls).contains(&delays.sum()));
    });
}

#[test]
fn without_bounds_nothing_is_counted_and_bounds_that_make_no_sense_are_refused() {
    let metrics = multi(1).handle().metrics();
    assert!(!metrics.poll_time_histogram_enabled());
    assert_eq!(metrics.poll_time_histogram_num_buckets(), 0);
    assert_eq!(metrics.poll_time_histogram_bucket_range(7), Duration::ZERO..Duration::ZERO);
    assert_eq!(metrics.poll_time_histogram_bucket_count(0, 7), 0);
    let endless = || (1..).map(Duration::from_nanos);
    for bounds in [vec![0], vec![2, 1], vec![3, 3]] {
        let bounds = bounds.into_iter().map(Duration::from_nanos);
        let error = Builder::new_multi_thread().poll_time_histogram(bounds).build().unwrap_err();
        assert!(error.is_config() && error.to_string().contains("poll_time_histogram"), "{error}");
    }
    let error = Builder::new_multi_thread().poll_delay_histogram(endless()).build().unwrap_err();
    assert!(error.to_string().contains("65,535"), "{error}");
    let most = endless().take(65_535);
    let runtime = Builder::new_current_thread().poll_delay_histogram(most).build().unwrap();
    assert_eq!(runtime.handle().metrics().schedule_latency_histogram_num_buckets(), 65_536);
}

#[test]
fn every_poll_is_timed_wherever_the_task_was_queued() {
    for workers in [0, 1, 2, 4] {
        watched(move || {
            let mut builder = Builder::new_multi_thread();
            if workers == 0 {
                builder = Builder::new_current_thread();
            }
            let runtime = builder.worker_threads(workers.max(1)).poll_sampling(1).build().unwrap();
            let metrics = runtime.handle().metrics();
            let outside: Vec<_> = (0..100).map(|_| runtime.spawn(yield_now())).collect();
            runtime.block_on(async {
                let inside = task::spawn(async {
                    let urgent = task::Builder::new().priority(Priority::HIGH);
                    let urgent = urgent.spawn(yield_now()).unwrap();
                    let pinned = spawn_pinned(0, yield_now).unwrap();
                    // More than a queue has room for.
                    let tasks: Vec<_> = (0..1000).map(|_| task::spawn(yield_now())).collect();
                    for task in tasks.into_iter().chain([urgent, pinned]) {
                        task.await.unwrap();
                    }
                });
                inside.await.unwrap();
                for task in outside {
                    task.await.unwrap();
                }
            });
            let polls = polls(&metrics, runtime);
            assert!(polls > 2200, "each twice");
            assert_eq!(metrics.poll_times().count, polls);
            // Two that wait at a time may have the same place on the board, as their numbers are.
            assert!((polls - polls / 10..=polls).contains(&metrics.poll_delays().count));
        });
    }
}

#[test]
fn polls_by_stand_ins_are_timed() {
    watched(|| {
        let runtime = Builder::new_multi_thread().worker_threads(1).poll_sampling(1).build();
        let runtime = runtime.unwrap();
        let metrics = runtime.handle().metrics();
        let blocked = runtime.spawn(async {
            let (release, released) = mpsc::channel();
            drop(task::spawn(async move { release.send(()) }));
            released.recv()
        });
        runtime.block_on(blocked).unwrap().unwrap();
        let handle = runtime.handle().clone();
        let polls = polls(&metrics, runtime);
        assert!(handle.metrics().stalls.spare_polls >= 1);
        assert_eq!((metrics.poll_times().count, metrics.poll_delays().count), (polls, polls));
    });
}

#[test]
fn a_poll_that_loses_its_worker_counts_for_nobody() {
    watched(|| {
        let runtime = Builder::new_multi_thread().worker_threads(1).poll_sampling(1).build();
        let runtime = runtime.unwrap();
        let metrics = runtime.handle().metrics();
        let blocked = runtime.spawn(async {
            let (release, released) = mpsc::channel();
            drop(task::spawn(async move { release.send(()) }));
            // The thread that runs the other task stays the worker.
            block_in_place(|| released.recv())
        });
        runtime.block_on(blocked).unwrap().unwrap();
        let polls = polls(&metrics, runtime);
        assert_eq!((metrics.poll_times().count, metrics.poll_delays().count), (polls - 1, polls));
    });
}

#[test]
fn by_default_some_polls_are_timed() {
    const POLLS: u64 = 300_000;
    let runtime = multi(1);
    let metrics = runtime.handle().metrics();
    let yields = runtime.spawn(async {
        for _ in 0..POLLS {
            yield_now().await;
        }
    });
    runtime.block_on(yields).unwrap();
    let counts = (metrics.poll_times().count, metrics.poll_delays().count);
    // 293 are expected, with a standard deviation of 10.
    assert!((193..393).contains(&counts.0), "{counts:?}");
    assert_eq!(counts.0, counts.1);
}

#[test]
fn where_none_is_timed_long_ones_are_known_all_the_same() {
    let hand = Hand::default();
    let runtime = hand.runtime(None);
    let metrics = runtime.handle().metrics();
    let clock = hand.clone();
    runtime.block_on(async {
        let long = task::spawn(async move {
            for _ in 0..100 {
                clock.advance(300 * MICROSECOND);
                yield_now().await;
            }
        });
        long.await.unwrap();
    });
    assert_eq!((metrics.poll_times().count, metrics.poll_delays().count), (0, 0));
    assert_eq!(metrics.worker_longest_poll(0), 300 * MICROSECOND);
}

#[test]
fn a_poll_that_does_not_end_is_known_while_it_lasts() {
    watched(|| {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).poll_sampling(None).build().unwrap();
        let metrics = runtime.handle().metrics();
        let (release, released) = mpsc::channel::<()>();
        let gate = Gate::default();
        let begun = gate.clone();
        let blocked = runtime.spawn(async move {
            begun.open();
            released.recv()
        });
        runtime.block_on(gate.pass());
        until("the watch has seen it", || {
            metrics.worker_longest_poll(0) >= Duration::from_millis(10)
        });
        let seen = metrics.take_worker_longest_poll(0);
        assert!(seen >= Duration::from_millis(10), "{seen:?}");
        until("it goes on", || metrics.take_worker_longest_poll(0) > seen);
        drop(release);
        runtime.block_on(blocked).unwrap().unwrap_err();
    });
}
