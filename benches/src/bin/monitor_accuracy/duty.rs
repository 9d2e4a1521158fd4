//! A load of so much of each core.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Busy and idle time alternate this fast: often within each interval of the monitor.
const PERIOD: Duration = Duration::from_millis(10);

/// Threads that are busy for a part of the time, until dropped.
pub(crate) struct Duty {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Duty {
    /// One thread a core, each busy for `percent` of the time.
    pub(crate) fn start(percent: u32) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let is_over = Arc::new(AtomicBool::new(false));
        let threads = (0..if percent == 0 { 0 } else { cores }).map(|_| {
            let is_over = Arc::clone(&is_over);
            thread::spawn(move || {
                // ORDERING: Relaxed. It hands over nothing.
                while !is_over.load(Ordering::Relaxed) {
                    period(percent);
                }
            })
        });
        Self { threads: threads.collect(), is_over }
    }
}

fn period(percent: u32) {
    let start = Instant::now();
    while start.elapsed() < PERIOD * percent / 100 {
        std::hint::spin_loop();
    }
    thread::sleep(PERIOD.saturating_sub(start.elapsed()));
}

impl Drop for Duty {
    fn drop(&mut self) {
        // ORDERING: as above.
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().expect("it only counts time");
        }
    }
}
