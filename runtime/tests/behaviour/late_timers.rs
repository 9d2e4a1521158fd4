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

#[test]
fn a_busy_worker_fires_the_timers_of_one_that_is_stuck_in_a_poll() {
    watched(|| {
        let runtime = multi(2);
        let over = Arc::new(AtomicBool::new(false));
        let busy = runtime.spawn({
            let over = Arc::clone(&over);
            async move {
                while !over.load(Ordering::Relaxed) {
                    task::yield_now().await;
                }
            }
        });
        let stuck = runtime.spawn(async move {
            let (ring, rung) = mpsc::sync_channel(1);
            let waker = Waker::from(Arc::new(Bell(ring)));
            let mut sleep = Box::pin(sleep(Duration::from_millis(2)));
            assert!(sleep.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            // This worker polls on until the timer in its own wheel has fired.
            let fired = rung.recv_timeout(PATIENCE / 4).is_ok();
            over.store(true, Ordering::Relaxed);
            fired
        });
        assert!(runtime.block_on(stuck).unwrap(), "nobody fired the stuck worker's timer");
        runtime.block_on(busy).unwrap();
    });
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
