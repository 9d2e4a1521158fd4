//! What a task does: it stands in for the real program for as long as that took.

use crate::job::Job;
use crate::options::Mode;
use crate::recorder::Recorder;
use graph_runtime::TaskContext;
use graph_runtime::task::yield_now;
use graph_runtime::time::sleep;
use std::pin::pin;
use std::time::{Duration, Instant};

/// How long a task that burns CPU keeps its worker from the others.
const SLICE: Duration = Duration::from_micros(500);

/// The body of task number `task`.
pub(crate) async fn perform(job: &Job, task: usize, recorder: &Recorder, context: &TaskContext) {
    let running = recorder.start(task, context.worker());
    let runtime = job.real_runtime(task);
    match job.mode {
        Mode::Instant => {}
        Mode::Wait => sleep(runtime).await,
        Mode::Cpu => burn(runtime).await,
    }
    running.complete();
}

/// Keeps the worker busy for `total`, in slices. Between two of them other tasks of this worker get
/// their turn, and one that was cancelled is dropped. Only the time inside the slices counts.
async fn burn(total: Duration) {
    let mut left = total;
    while !left.is_zero() {
        let begin = Instant::now();
        let slice = left.min(SLICE);
        while begin.elapsed() < slice {
            std::hint::spin_loop();
        }
        left = left.saturating_sub(begin.elapsed());
        yield_now().await;
    }
}

/// Runs `future` and takes down every poll of it.
pub(crate) async fn observed<F: Future>(future: F, task: usize, recorder: &Recorder) -> F::Output {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        let begin = Instant::now();
        let poll = future.as_mut().poll(context);
        recorder.polled(task, begin);
        poll
    })
    .await
}
