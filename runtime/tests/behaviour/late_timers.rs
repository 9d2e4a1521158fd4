//! Timers of a worker that cannot fire them, and the tasks that one turn of a reactor wakes: the
//! other workers lend a hand.

use crate::support::{PATIENCE, multi, watched};
use graph_runtime::time::{Instant, sleep, sleep_until};
use graph_runtime::{spawn, task};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Barrier};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

struct Bell(SyncSender<()>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let _ = self.0.send(());
    }
}

/// One worker is stuck in a poll until the timer in its own wheel has fired; on the other one
/// `step` is repeated meanwhile.
fn a_timer_of_a_stuck_worker_fires_beside<F>(step: fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    watched(move || {
        let runtime = multi(2);
        let over = Arc::new(AtomicBool::new(false));
        // Blocks both workers, so that each goes on with one of the tasks.
        let apart = Arc::new(Barrier::new(2));
        let busy = runtime.spawn({
            let (over, apart) = (Arc::clone(&over), Arc::clone(&apart));
            async move {
                apart.wait();
                while !over.load(Ordering::Relaxed) {
                    step().await;
                }
            }
        });
        let stuck = runtime.spawn(async move {
            apart.wait();
            let (ring, rung) = mpsc::sync_channel(1);
            let waker = Waker::from(Arc::new(Bell(ring)));
            let mut sleep = Box::pin(sleep(Duration::from_millis(2)));
            assert!(sleep.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            let fired = rung.recv_timeout(PATIENCE / 4).is_ok();
            over.store(true, Ordering::Relaxed);
            fired
        });
        assert!(runtime.block_on(stuck).unwrap(), "nobody fired the stuck worker's timer");
        runtime.block_on(busy).unwrap();
    });
}

#[test]
fn a_worker_that_never_sleeps_fires_the_timers_of_one_that_is_stuck() {
    a_timer_of_a_stuck_worker_fires_beside(task::yield_now);
}

#[test]
fn a_worker_that_sleeps_often_fires_the_timers_of_one_that_is_stuck() {
    a_timer_of_a_stuck_worker_fires_beside(|| sleep(Duration::from_micros(50)));
}

#[test]
fn tasks_that_wake_together_run_on_all_workers() {
    watched(|| {
        let runtime = multi(2);
        for _ in 0..50 {
            runtime.block_on(async {
                let parent = spawn(async {
                    let together = Arc::new(Barrier::new(2));
                    let deadline = Instant::now() + Duration::from_micros(500);
                    let children = [(); 2].map(|()| {
                        let together = Arc::clone(&together);
                        spawn(async move {
                            sleep_until(deadline).await;
                            // Blocks its worker until the other one has come as well.
                            together.wait();
                        })
                    });
                    for child in children {
                        child.await.unwrap();
                    }
                });
                parent.await.unwrap();
            });
        }
    });
}

#[test]
fn the_timers_of_a_blocked_worker_fire_while_all_others_sleep() {
    watched(|| {
        let runtime = multi(2);
        let blocked = runtime.spawn(async {
            let (tell, told) = mpsc::channel();
            drop(spawn(async move {
                sleep(Duration::from_millis(5)).await;
                tell.send(()).unwrap();
            }));
            // The other task gets to its timer, on this worker, which then blocks.
            task::yield_now().await;
            told.recv_timeout(Duration::from_secs(30))
        });
        runtime.block_on(blocked).unwrap().expect("the timer fires");
    });
}
