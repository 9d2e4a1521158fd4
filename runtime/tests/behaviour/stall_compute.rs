//! Workers that compute for long: others come for what waits, but not many.

use super::stall_rescue::received;
use crate::support::{multi, until, watched};
use graph_runtime::time;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;

/// Computes for so long of this thread's CPU time.
fn compute(duration: Duration) {
    let now = || rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let nanos = |time: rustix::time::Timespec| time.tv_sec * 1_000_000_000 + time.tv_nsec;
    let end = nanos(now()) + i64::try_from(duration.as_nanos()).unwrap();
    while nanos(now()) < end {
        std::hint::spin_loop();
    }
}

#[test]
fn those_who_compute_are_helped_like_those_who_wait() {
    watched(|| {
        let runtime = multi(2);
        let over = Arc::new(AtomicBool::new(false));
        let met = Arc::new(Barrier::new(3));
        for _ in 0..2 {
            let (over, met) = (Arc::clone(&over), Arc::clone(&met));
            drop(runtime.spawn(async move {
                met.wait();
                while !over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            }));
        }
        met.wait();
        let (tell, told) = mpsc::channel();
        drop(runtime.spawn(async move {
            time::sleep(Duration::from_millis(1)).await;
            tell.send(())
        }));
        received(&told);
        over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn those_who_compute_get_no_more_threads_than_help() {
    for workers in [1, 2] {
        watched(move || {
            let runtime = multi(workers);
            let [now, most, done] = [(); 3].map(|()| Arc::new(AtomicUsize::new(0)));
            for _ in 0..500 {
                let (now, most, done) = (Arc::clone(&now), Arc::clone(&most), Arc::clone(&done));
                drop(runtime.spawn(async move {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    compute(Duration::from_millis(20));
                    now.fetch_sub(1, Ordering::SeqCst);
                    done.fetch_add(1, Ordering::SeqCst);
                }));
            }
            // A fifth of them is enough to see; the rest is cancelled.
            until("many are done", || done.load(Ordering::SeqCst) >= 100);
            let most = most.load(Ordering::SeqCst);
            assert!(most <= 2 * workers + 1, "{most} computed at once");
        });
    }
}

/// Workers, and all stand-ins that may come for them, compute. Then they wait, and others come.
#[test]
fn who_waits_after_computing_is_replaced() {
    watched(|| {
        let runtime = multi(2);
        let computing = Arc::new(AtomicBool::new(true));
        let begun = Arc::new(AtomicUsize::new(0));
        let (release, tasks): (Vec<_>, Vec<_>) = (0..5)
            .map(|_| {
                let (release, released) = mpsc::channel::<()>();
                let (computing, begun) = (Arc::clone(&computing), Arc::clone(&begun));
                let task = runtime.spawn(async move {
                    begun.fetch_add(1, Ordering::SeqCst);
                    while computing.load(Ordering::Relaxed) {
                        compute(Duration::from_millis(1));
                    }
                    let _ = released.recv();
                });
                (release, task)
            })
            .unzip();
        until("all compute", || begun.load(Ordering::SeqCst) == 5);
        let (tell, told) = mpsc::channel();
        drop(runtime.spawn(async move { tell.send(()) }));
        until("it is refused", || runtime.metrics().stalls.spares_refused > 0);
        assert!(told.try_recv().is_err(), "they have their threads already");
        computing.store(false, Ordering::Relaxed);
        received(&told);
        drop(release);
        tasks.into_iter().for_each(|task| runtime.block_on(task).unwrap());
    });
}
