//! Fewer workers run than there are: nothing is lost, and the others sleep.

use crate::load::Load;
use crate::support::{PATIENCE, assert_usable, multi, until, watched};
use graph_runtime::net::TcpListener;
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::seam::Seams;
use graph_runtime::task;
use graph_runtime::{spawn, time};
use monitor::{ResourceMonitorConfig, Sample, Sampler};
use primitives::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const WORKERS: usize = 4;

fn four_workers() -> Runtime {
    // A poll that the system does not run for long would be taken for stuck.
    Builder::new_multi_thread().worker_threads(WORKERS).max_spare_workers(0).build().unwrap()
}

/// Until no more than `limit` are awake.
fn until_few(runtime: &Runtime, limit: usize) {
    until("the others sleep", || runtime.metrics().awake_workers <= limit);
}

#[test]
fn no_more_workers_poll_than_may() {
    watched(|| {
        let runtime = four_workers();
        let load = Load::on(&runtime);
        for limit in [1, 2, WORKERS, 3, 1] {
            runtime.handle().set_worker_limit(limit);
            assert_eq!(runtime.handle().worker_limit(), limit);
            let start = Instant::now();
            // Those who are woken by their own sockets are too many for moments.
            until_few(&runtime, limit);
            let took = start.elapsed();
            // By then the polls of before are over.
            load.goes_on();
            load.polls.most();
            load.goes_on();
            let most = load.polls.most();
            assert!(most <= limit, "{most} polls at once, {limit} may run");
            println!("{limit} may run after {took:?}: {most} polls at once");
        }
        load.end(&runtime);
    });
}

#[test]
fn more_poll_again_when_they_may() {
    watched(|| {
        let runtime = four_workers();
        let load = Load::on(&runtime);
        for _ in 0..3 {
            runtime.handle().set_worker_limit(1);
            until_few(&runtime, 1);
            runtime.handle().set_worker_limit(WORKERS);
            load.polls.most();
            until("others come back", || load.polls.most.load(Ordering::Relaxed) >= 2);
        }
        load.end(&runtime);
    });
}

/// The CPU time of each of these threads.
fn cpu_times(threads: &[String]) -> Vec<u64> {
    let time = |thread: &String| {
        let text = std::fs::read_to_string(format!("/proc/self/task/{thread}/schedstat")).unwrap();
        text.split(' ').next().unwrap().parse().unwrap()
    };
    threads.iter().map(time).collect()
}

/// The kernel's numbers of the threads whose names begin so.
fn threads(prefix: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc/self/task").unwrap().filter_map(Result::ok);
    let is_one = |path: &std::path::Path| {
        std::fs::read_to_string(path.join("comm")).is_ok_and(|name| name.starts_with(prefix))
    };
    let found = entries.filter(|entry| is_one(&entry.path()));
    found.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

#[test]
fn those_who_may_not_run_use_no_cpu_time() {
    watched(|| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(WORKERS).max_spare_workers(0).thread_name("parking");
        let runtime = builder.build().unwrap();
        // The watch is one of them. A thread gives itself its name.
        until("all have begun", || threads("parking").len() == WORKERS + 1);
        let all = threads("parking");
        let mut load = Load::default();
        for _ in 0..2 * WORKERS {
            load.start(&runtime, task::yield_now);
        }
        runtime.handle().set_worker_limit(1);
        until_few(&runtime, 1);
        load.goes_on();
        // All but one worker and the watch. The system may let a thread wait on its way to sleep.
        until("the others stand still", || {
            let before = cpu_times(&all);
            (0..50).for_each(|_| load.goes_on());
            let after = cpu_times(&all);
            before.iter().zip(&after).filter(|(before, after)| before == after).count()
                == WORKERS - 1
        });
        load.end(&runtime);
    });
}

#[test]
fn what_a_worker_had_queued_is_done_by_the_others() {
    for limit in [1, 2] {
        watched(move || {
            let runtime = four_workers();
            let done = Arc::new(AtomicUsize::new(0));
            let (total, count) = (WORKERS * 300, Arc::clone(&done));
            // More than a queue holds, from every worker.
            for _ in 0..WORKERS {
                let count = Arc::clone(&count);
                drop(runtime.spawn(async move {
                    for _ in 0..300 {
                        let count = Arc::clone(&count);
                        drop(spawn(async move {
                            task::yield_now().await;
                            count.fetch_add(1, Ordering::Relaxed);
                        }));
                    }
                }));
            }
            runtime.handle().set_worker_limit(limit);
            until("all are done", || done.load(Ordering::Relaxed) == total);
            until("all sleep", || runtime.metrics().awake_workers == 0);
        });
    }
}

/// The sockets and timers are those of workers that may not run any more.
#[test]
fn sockets_and_timers_of_those_who_may_not_run_are_served() {
    watched(|| {
        let runtime = four_workers();
        let (tell, told) = std::sync::mpsc::channel();
        let addresses: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
                listener.set_nonblocking(true).unwrap();
                let (address, tell) = (listener.local_addr().unwrap(), tell.clone());
                // A pinned task is polled where it belongs, so its sockets and timers are there.
                let _entered = runtime.enter();
                let ready = task::spawn_pinned(worker, move || async move {
                    let listener = TcpListener::from_std(listener).unwrap();
                    let mut accepting = Box::pin(async move { listener.accept().await.is_ok() });
                    let mut sleeping = Box::pin(time::sleep(Duration::from_millis(50)));
                    std::future::poll_fn(|context| {
                        assert!(accepting.as_mut().poll(context).is_pending());
                        let _ = sleeping.as_mut().poll(context);
                        std::task::Poll::Ready(())
                    })
                    .await;
                    // They go on as tasks of anybody.
                    drop(spawn(async move {
                        sleeping.await;
                        tell.send(accepting.await).unwrap();
                    }));
                });
                runtime.block_on(ready.unwrap()).unwrap();
                address
            })
            .collect();
        runtime.handle().set_worker_limit(1);
        // One worker is busy all the time.
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let busy = runtime.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                task::yield_now().await;
            }
        });
        for address in addresses {
            let connected = std::net::TcpStream::connect(address).unwrap();
            assert!(told.recv_timeout(PATIENCE / 2).expect("somebody accepts it"));
            drop(connected);
        }
        is_over.store(true, Ordering::Relaxed);
        runtime.block_on(busy).unwrap();
    });
}

#[test]
fn pinned_tasks_run_on_a_worker_that_else_may_not() {
    watched(|| {
        let runtime = four_workers();
        runtime.handle().set_worker_limit(1);
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let busy = runtime.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                task::yield_now().await;
            }
        });
        for worker in (0..WORKERS).chain(0..WORKERS) {
            let _entered = runtime.enter();
            let pinned = task::spawn_pinned(worker, || async {
                task::yield_now().await;
                time::sleep(Duration::from_millis(1)).await;
                thread::current().id()
            });
            let ran_on = runtime.block_on(pinned.unwrap()).unwrap();
            assert_eq!(Some(ran_on), runtime.metrics().worker_thread_id(worker));
            until_few(&runtime, 1);
        }
        is_over.store(true, Ordering::Relaxed);
        runtime.block_on(busy).unwrap();
    });
}

#[test]
fn the_only_one_that_may_run_is_replaced_when_it_blocks() {
    watched(|| {
        let runtime = multi(WORKERS);
        runtime.handle().set_worker_limit(1);
        let blocked = crate::stall_rescue::Blocked::all(&runtime, WORKERS + 1);
        assert_usable(&runtime);
        blocked.release(&runtime);
    });
}

#[test]
fn a_runtime_whose_workers_may_not_run_shuts_down() {
    for is_busy in [false, true] {
        watched(move || {
            let runtime = four_workers();
            let load = is_busy.then(|| Load::on(&runtime));
            runtime.handle().set_worker_limit(1);
            until_few(&runtime, 1);
            let handle = runtime.handle().clone();
            drop(runtime);
            assert_eq!(handle.metrics().tasks.live, 0);
            drop(load);
        });
    }
}

#[test]
fn limits_are_held_within_what_there_is() {
    watched(|| {
        let runtime = multi(2);
        for (asked, held) in [(0, 1), (1, 1), (2, 2), (100, 2)] {
            runtime.handle().set_worker_limit(asked);
            assert_eq!(runtime.handle().worker_limit(), held);
            assert_usable(&runtime);
        }
        let without_stealing =
            Builder::new_multi_thread().worker_threads(2).work_stealing(false).build().unwrap();
        without_stealing.handle().set_worker_limit(1);
        assert_eq!(without_stealing.handle().worker_limit(), 2, "nobody could take over");
    });
}

/// Finds as many cores as the test says.
struct Cores(Arc<AtomicUsize>);

impl Sampler for Cores {
    fn sample(&mut self, now: Timestamp) -> Sample {
        let cores = u32::try_from(self.0.load(Ordering::SeqCst)).unwrap();
        Sample { affinity_cpus: Some(cores), ..Sample::unknown(now) }
    }
}

#[test]
fn the_limit_follows_the_monitor() {
    for (workers, limits) in [(4, [4, 1, 3, 4]), (8, [8, 2, 6, 8])] {
        watched(move || {
            let cores = Arc::new(AtomicUsize::new(4));
            let sampled = Arc::clone(&cores);
            let make_sampler =
                Arc::new(move || Box::new(Cores(Arc::clone(&sampled))) as Box<dyn Sampler>);
            let monitoring_interval = Duration::from_millis(10);
            let config = ResourceMonitorConfig { monitoring_interval, ..Default::default() };
            let mut builder = Builder::new_multi_thread();
            builder.worker_threads(workers).max_spare_workers(0).resource_monitor(config);
            let runtime =
                builder.seams(Seams { make_sampler, ..Seams::default() }).build().unwrap();
            let load = Load::on(&runtime);
            for (allowed, limit) in [4, 1, 3, 8].into_iter().zip(limits) {
                cores.store(allowed, Ordering::SeqCst);
                until("the limit follows", || runtime.handle().worker_limit() == limit);
                until_few(&runtime, limit);
                load.goes_on();
            }
            // What was asked for holds all the same.
            runtime.handle().set_worker_limit(2);
            assert_eq!(runtime.handle().worker_limit(), 2);
            load.end(&runtime);
        });
    }
}
