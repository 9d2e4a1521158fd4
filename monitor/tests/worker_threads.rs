//! What each worker's thread got of the machine.

use graph_runtime_monitor::sample::{ThreadTimes, WorkerThread};
use graph_runtime_monitor::{
    ResourceMonitor, ResourceMonitorConfig, Sample, Sampler, Ticker, WorkerUsage,
};
use primitives::Timestamp;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Every thread uses a quarter of a core and waits for half of one; those of odd workers are gone.
#[derive(Default)]
struct Steady {
    now: Timestamp,
}

impl Sampler for Steady {
    fn sample(&mut self, now: Timestamp) -> Sample {
        self.now = now;
        Sample::unknown(now)
    }

    fn thread_times(&mut self, thread: WorkerThread) -> Option<ThreadTimes> {
        let elapsed = self.now - Timestamp::ZERO;
        let times = ThreadTimes { cpu: elapsed / 4, run_queue_wait: elapsed / 2 };
        thread.worker.is_multiple_of(2).then_some(times)
    }
}

fn manual(sampler: Option<Box<dyn Sampler>>) -> (ResourceMonitor, Ticker) {
    let mut builder = ResourceMonitor::builder(ResourceMonitorConfig::default());
    if let Some(sampler) = sampler {
        builder = builder.sampler(sampler);
    }
    builder.manual().expect("a valid configuration")
}

fn second(number: u64) -> Timestamp {
    Timestamp::ZERO + Duration::from_secs(number)
}

#[test]
fn shares_are_known_from_the_second_look_on() {
    let (monitor, mut ticker) = manual(Some(Box::<Steady>::default()));
    assert_eq!(monitor.worker_usage(0), None);
    assert!(monitor.register_worker(0) && monitor.register_worker(3));
    assert_eq!(monitor.worker_usage(0), Some(WorkerUsage::default()), "not looked at yet");
    assert_eq!(monitor.worker_usage(1), None, "not registered");
    ticker.tick(second(4));
    let usage = monitor.worker_usage(0).expect("registered");
    assert_eq!((usage.at, usage.cpu, usage.run_queue_wait), (second(4), None, None));
    assert_eq!(usage.total.map(|total| total.cpu), Some(Duration::from_secs(1)));
    ticker.tick(second(6));
    let usage = monitor.worker_usage(0).expect("registered");
    assert_eq!((usage.cpu, usage.run_queue_wait), (Some(0.25), Some(0.5)));
    let gone = monitor.worker_usage(3).expect("registered");
    assert_eq!(gone, WorkerUsage { at: second(6), ..WorkerUsage::default() });

    assert!(monitor.register_worker(0));
    assert_eq!(monitor.worker_usage(0), Some(usage), "it is the same thread");
    thread::scope(|scope| drop(scope.spawn(|| monitor.register_worker(0))));
    assert_eq!(monitor.worker_usage(0), Some(WorkerUsage::default()), "another thread");
    monitor.unregister_worker(0);
    monitor.unregister_worker(9);
    ticker.tick(second(8));
    assert_eq!(monitor.worker_usage(0), None);
}

#[test]
fn each_worker_is_looked_at_within_a_second_and_few_with_a_sample() {
    for (workers, most) in
        [(1, 1), (8, 8), (12, 6), (20, 7), (64, 8), (65, 9), (300, 38), (1024, 128)]
    {
        let (monitor, mut ticker) = manual(Some(Box::<Steady>::default()));
        (0..workers).for_each(|worker| assert!(monitor.register_worker(worker)));
        // Some are not there.
        (2..7).for_each(|worker| monitor.unregister_worker(worker));
        for tick in 1..60 {
            let now = Timestamp::ZERO + Duration::from_millis(100 * tick);
            ticker.tick(now);
            let usages = || (0..workers).filter_map(|worker| monitor.worker_usage(worker));
            let looked_at = usages().filter(|usage| usage.at == now).count();
            assert!(looked_at <= most, "{looked_at} of {workers}");
            let is_recent = |usage: WorkerUsage| now - usage.at <= Duration::from_secs(1);
            // All have had their turn for the first time.
            assert!(tick < 20 || usages().all(is_recent), "{workers} workers, tick {tick}");
        }
    }
    let (monitor, _ticker) = manual(Some(Box::<Steady>::default()));
    assert!(!monitor.register_worker(1 << 10), "there is a limit");
}

#[test]
fn samples_that_are_far_apart_look_at_as_many_more() {
    for apart in [150, 250, 400, 1_000, 7_000].map(Duration::from_millis) {
        let (monitor, mut ticker) = manual(Some(Box::<Steady>::default()));
        (0..100).for_each(|worker| assert!(monitor.register_worker(worker)));
        let mut now = Timestamp::ZERO;
        for tick in 0..40 {
            now = now + apart;
            ticker.tick(now);
            let mut usages = (0..100).filter_map(|worker| monitor.worker_usage(worker));
            let longest = apart.max(Duration::from_millis(850)) + apart;
            let is_recent = |usage: WorkerUsage| now - usage.at <= longest;
            assert!(tick < 20 || usages.all(is_recent), "{apart:?}");
        }
    }
}

#[test]
fn threads_of_this_machine_are_told_apart() {
    let (monitor, mut ticker) = manual(None);
    let (ready, registered) = mpsc::channel();
    let (stop, stopped) = mpsc::channel::<()>();
    let origin = Instant::now();
    thread::scope(|scope| {
        let (monitor, ready) = (&monitor, &ready);
        scope.spawn(move || {
            monitor.register_worker(1);
            ready.send(()).expect("the test waits");
            // Ends when the other end is dropped.
            let _ = stopped.recv();
        });
        registered.recv().expect("it registers");
        monitor.register_worker(0);
        ticker.tick(Timestamp::ZERO);
        // Until this thread has had a good share, however busy the machine is.
        let busy = loop {
            ticker.tick(Timestamp::ZERO + origin.elapsed());
            let usage = monitor.worker_usage(0).and_then(|usage| usage.total);
            let usage = usage.expect("this thread lives");
            if usage.cpu > Duration::from_millis(200) {
                break usage;
            }
        };
        let asleep = monitor.worker_usage(1).and_then(|usage| usage.total).expect("it lives");
        assert!(asleep.cpu < busy.cpu / 2, "{asleep:?}, {busy:?}");
        drop(stop);
    });
    // Its task may be listed for a moment after it was joined.
    let start = Instant::now();
    while monitor.worker_usage(1).is_some_and(|usage| usage.total.is_some()) {
        assert!(start.elapsed() < Duration::from_secs(20), "a thread that ended is still there");
        ticker.tick(Timestamp::ZERO + origin.elapsed());
    }
    assert_eq!(monitor.warnings(), []);
}
