//! What a timer costs that never fires: most timeouts do not.

use benches::{Report, Row, rounds};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::time::{Sleep, sleep};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, Instant};

const TIMERS: usize = 100_000;

pub(crate) fn measure(report: &mut Report, count: usize) {
    let runtime = Builder::new_current_thread().build();
    let runtime = runtime.expect("the machine has descriptors left");
    report.row(&Row {
        name: "timer, set and cancelled alone".to_owned(),
        claim: "a timeout that does not fire makes no system call",
        limit: 400.0,
        unit: "ns",
        figures: rounds(count, || one_by_one(&runtime)),
    });
    report.row(&Row {
        name: "timer, set and cancelled among 100k".to_owned(),
        claim: "what a timer costs does not grow with the number of timers",
        limit: 600.0,
        unit: "ns",
        figures: rounds(count, || all_at_once(&runtime)),
    });
}

/// Different delays, so that the timers spread over the wheel.
fn delay(number: usize) -> Duration {
    Duration::from_millis(60_000 + 7 * number as u64)
}

/// Polls the timer once, which sets it.
async fn set(mut timer: Pin<&mut Sleep>) {
    let pending = poll_fn(|context| Poll::Ready(timer.as_mut().poll(context).is_pending())).await;
    assert!(pending, "it is not due for a minute");
}

fn one_by_one(runtime: &Runtime) -> f64 {
    let start = Instant::now();
    runtime.block_on(async {
        for number in 0..TIMERS {
            set(pin!(sleep(delay(number)))).await;
        }
    });
    assert_eq!(runtime.handle().metrics().pending_timers, 0);
    start.elapsed().as_nanos() as f64 / TIMERS as f64
}

fn all_at_once(runtime: &Runtime) -> f64 {
    let start = Instant::now();
    runtime.block_on(async {
        let mut timers: Vec<_> = (0..TIMERS).map(|number| Box::pin(sleep(delay(number)))).collect();
        for timer in &mut timers {
            set(timer.as_mut()).await;
        }
        assert_eq!(runtime.handle().metrics().pending_timers, TIMERS);
        drop(timers);
    });
    assert_eq!(runtime.handle().metrics().pending_timers, 0);
    start.elapsed().as_nanos() as f64 / TIMERS as f64
}
