//! An attempt that runs too long is stopped.

use crate::common::{executor, until, wait};
use graph_runtime::{
    AsyncTaskExecutor, EndState, ExecutableTask, Graph, TaskError, TaskState, task_fn,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

fn never() -> ExecutableTask {
    ExecutableTask::new(task_fn(|_| std::future::pending::<Result<(), TaskError>>()))
}

fn check_stopped_after(executor: &AsyncTaskExecutor, task: ExecutableTask, after: Duration) {
    let begun = Instant::now();
    let mut handle = executor.try_submit(task).unwrap();
    let error = wait(&mut handle).unwrap_err();
    assert!(begun.elapsed() >= after, "a timer never fires early");
    assert!(error.is_timed_out());
    assert!(error.to_string().contains(&format!("{after:?}")), "{error}");
    assert_eq!(handle.state(), TaskState::Ended(EndState::TimedOut));
}

#[test]
fn of_its_own() {
    let executor = executor(|_| ());
    let after = Duration::from_millis(3);
    check_stopped_after(&executor, never().timeout(after), after);
    assert_eq!(executor.metrics().tasks.timed_out, 1);
}

#[test]
fn of_the_executor_unless_the_task_has_one() {
    let after = Duration::from_millis(3);
    let executor = executor(|config| config.default_timeout = after);
    check_stopped_after(&executor, never(), after);
    let longer = Duration::from_millis(9);
    check_stopped_after(&executor, never().timeout(longer), longer);
    let endless = executor.try_submit(never().timeout(Duration::MAX)).unwrap();
    check_stopped_after(&executor, never(), after);
    assert!(!endless.is_finished());
}

#[test]
fn the_future_is_dropped_and_its_helpers_are_told() {
    struct Flag(Arc<AtomicBool>);
    impl Drop for Flag {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let executor = executor(|_| ());
    let (dropped, helper) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (flag, told) = (Arc::clone(&dropped), Arc::clone(&helper));
    let task = task_fn(move |context| {
        let (flag, told) = (Flag(Arc::clone(&flag)), Arc::clone(&told));
        async move {
            let _flag = flag;
            graph_runtime::spawn(async move {
                context.cancelled().await;
                told.store(true, Ordering::SeqCst);
            })
            .await?;
            Ok::<_, TaskError>(())
        }
    });
    let task = ExecutableTask::new(task).timeout(Duration::from_millis(2));
    assert!(wait(executor.try_submit(task).unwrap()).unwrap_err().is_timed_out());
    assert!(dropped.load(Ordering::SeqCst), "before the handle was told");
    until(|| helper.load(Ordering::SeqCst));
}

#[test]
fn dependents_are_skipped() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let stuck = graph.push(never().timeout(Duration::from_millis(1)));
    let mut after = graph.task("after", |_| async { Ok::<_, TaskError>(()) });
    after = after.after(stuck);
    let after = after.add();
    let report = wait(executor.run(graph)).unwrap();
    assert_eq!(report.tasks().next().unwrap().end, EndState::TimedOut);
    assert_eq!(
        (report.tasks().nth(1).unwrap().end, report.tasks().nth(1).unwrap().cause),
        (EndState::Skipped, Some(stuck))
    );
    assert!(report.output(after).unwrap_err().is_skipped());
}
