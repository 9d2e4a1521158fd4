//! Workers that are stuck now and again, under load, for a few seconds.

use crate::support::{assert_books, until, watched};
use graph_runtime::runtime::Builder;
use graph_runtime::{spawn, task, time};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const LASTS: Duration = Duration::from_secs(3);

/// Spawns, wakes, sets timers, and blocks its thread in one of every few rounds.
async fn life(number: u64, until: Instant, done: Arc<AtomicU64>) {
    let mut state = number;
    while Instant::now() < until {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        match (state >> 33) % 40 {
            0 => thread::sleep(Duration::from_millis(15 + (state >> 40) % 40)),
            1 => {
                let start = Instant::now();
                while start.elapsed() < Duration::from_millis(12) {
                    std::hint::spin_loop();
                }
            }
            2 => task::block_in_place(|| thread::sleep(Duration::from_millis(3))),
            3 => task::spawn_blocking(|| thread::sleep(Duration::from_millis(1))).await.unwrap(),
            4..10 => time::sleep(Duration::from_micros(state >> 54)).await,
            10..20 => {
                let child = spawn(async move {
                    task::yield_now().await;
                    state
                });
                assert_eq!(child.await.unwrap(), state);
            }
            _ => task::yield_now().await,
        }
        done.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn nothing_is_lost_while_workers_come_and_go() {
    for workers in [1, 3] {
        watched(move || {
            let mut builder = Builder::new_multi_thread();
            builder.worker_threads(workers).thread_keep_alive(Duration::from_millis(5));
            let runtime = builder.max_spare_workers(4).on_stall(|_| ()).build().unwrap();
            let (until_then, done) = (Instant::now() + LASTS / 2, Arc::new(AtomicU64::new(0)));
            let lives: Vec<_> = (0..24)
                .map(|number| runtime.spawn(life(number, until_then, Arc::clone(&done))))
                .collect();
            for life in lives {
                runtime.block_on(life).unwrap();
            }
            let stalls = runtime.metrics().stalls;
            assert!(stalls.spares_called > 0 && stalls.spare_polls > 0, "{stalls:?}");
            until("stand-ins leave", || runtime.metrics().stalls.spares == 0);
            until("workers sleep", || runtime.metrics().awake_workers == 0);
            assert_books(runtime.handle());
            assert_eq!(runtime.metrics().tasks.live, 0);
            crate::support::assert_usable(&runtime);
        });
    }
}
