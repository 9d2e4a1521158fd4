//! Handles may be waited for anywhere, used in odd ways, and dropped at any moment.

use crate::common::{
    Gate, Reports, Slot, check_all_ended, executor, is_pending, noop, quick, wait, waiting,
};
use graph_runtime::runtime::Builder;
use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph, GraphHandle, GraphPart, TaskHandle};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::thread;

/// One handle of each kind, of tasks that report and then wait for `gate`.
fn handles(
    executor: &AsyncTaskExecutor,
    reports: &Reports<&'static str>,
    gate: &Gate,
) -> (TaskHandle, GraphHandle, GraphPart) {
    let task = || waiting("task", reports, gate);
    let mut graph = Graph::new();
    graph.push(task());
    let mut more = Graph::new();
    more.push(task());
    let graph = executor.try_submit_graph(graph).unwrap();
    let part = graph.try_grow(more).unwrap();
    (executor.try_submit(task()).unwrap(), graph, part)
}

#[test]
fn a_handle_is_ready_in_a_task_of_another_runtime() {
    for mut builder in [Builder::new_multi_thread(), Builder::new_current_thread()] {
        let (executor, other) = (executor(|_| ()), builder.build().unwrap());
        let (gate, (reports, seen)) = (Gate::default(), Reports::new());
        let (task, graph, part) = handles(&executor, &reports, &gate);
        (0..3).for_each(|_| assert_eq!(seen.next(), "task"));
        let waits = other.spawn(async move {
            reports.report("waits");
            let parts = part.await.counts().completed;
            (task.await.is_ok(), graph.await.counts().completed, parts)
        });
        let opener = thread::spawn(move || {
            seen.next();
            gate.open();
        });
        assert_eq!(other.block_on(waits).unwrap(), (true, 2, 1));
        opener.join().unwrap();
        check_all_ended(&executor, 3);
    }
}

#[test]
fn whoever_polled_last_is_woken() {
    #[derive(Default)]
    struct Counts(AtomicUsize);
    impl Wake for Counts {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let executor = executor(|_| ());
    let (gate, (reports, _seen)) = (Gate::default(), Reports::new());
    let (mut task, mut graph, mut part) = handles(&executor, &reports, &gate);
    let first = Arc::new(Counts::default());
    let waker = Waker::from(Arc::clone(&first));
    let mut context = Context::from_waker(&waker);
    assert!(Pin::new(&mut task).poll(&mut context).is_pending());
    assert!(Pin::new(&mut graph).poll(&mut context).is_pending());
    assert!(Pin::new(&mut part).poll(&mut context).is_pending());
    thread::scope(|scope| {
        scope.spawn(|| wait(task).unwrap());
        scope.spawn(|| assert_eq!(wait(part).counts().completed, 1));
        assert!(is_pending(&mut graph));
        gate.open();
        assert_eq!(wait(&mut graph).counts().completed, 2);
    });
    // Of the other two it may have been the last.
    assert!(first.0.load(Ordering::SeqCst) <= 2);
    check_all_ended(&executor, 3);
}

#[test]
fn polled_after_its_result_a_handle_panics_and_harms_nobody() {
    let executor = executor(|_| ());
    let (gate, (reports, _seen)) = (Gate::default(), Reports::new());
    let (mut task, mut graph, mut part) = handles(&executor, &reports, &gate);
    gate.open();
    wait(&mut part);
    wait(&mut graph);
    wait(&mut task).unwrap();
    let panics = |poll: &mut dyn FnMut(&mut Context<'_>)| {
        let polled = || poll(&mut Context::from_waker(Waker::noop()));
        let payload = catch_unwind(AssertUnwindSafe(polled)).unwrap_err();
        let message = payload.downcast_ref::<&str>().copied().unwrap_or_default();
        assert!(message.contains("polled after it gave the re"), "{message}");
    };
    panics(&mut |context| drop(Pin::new(&mut task).poll(context)));
    panics(&mut |context| drop(Pin::new(&mut graph).poll(context)));
    panics(&mut |context| drop(Pin::new(&mut part).poll(context)));
    assert!(task.is_finished() && graph.is_finished() && part.is_finished());
    assert!(!task.cancel());
    graph.cancel();
    assert!(graph.try_submit(noop()).unwrap_err().error.is_too_late());
    assert!(task.why().is_none() && graph.waiting().next().is_none());
    drop((task, graph, part));
    check_all_ended(&executor, 3);
}

#[test]
fn a_used_up_handle_has_no_say_over_a_new_task_of_the_same_id() {
    let executor = executor(|config| config.max_in_flight = 1);
    let (gate, (reports, seen)) = (Gate::default(), Reports::new());
    let mut old = executor.try_submit(noop()).unwrap();
    wait(&mut old).unwrap();
    let running = executor.try_submit(waiting("running", &reports, &gate)).unwrap();
    seen.next();
    let new = executor.try_submit(noop().with_id(old.id())).unwrap();
    assert!(!old.cancel(), "its task has ended");
    assert!(old.why().is_none(), "its task waits for nothing");
    assert!(new.why().is_some());
    drop(old);
    gate.open();
    wait(running).unwrap();
    wait(new).expect("nobody has cancelled it");
    check_all_ended(&executor, 3);
}

#[test]
fn a_waker_may_drop_the_handle_that_wakes_it() {
    /// Keeps the handles and drops them when one of them is ready.
    struct Keeper<T>(Mutex<Option<T>>, Reports<&'static str>);
    impl<T: Send> Wake for Keeper<T> {
        fn wake(self: Arc<Self>) {
            let kept = self.0.lock().unwrap().take();
            drop(kept);
            self.1.report("dropped");
        }
    }
    let executor = executor(|_| ());
    let (gate, (reports, seen)) = (Gate::default(), Reports::new());
    let (mut task, mut graph, mut part) = handles(&executor, &reports, &gate);
    (0..3).for_each(|_| assert_eq!(seen.next(), "task"));
    let keeper = Arc::new(Keeper(Mutex::new(None), reports));
    let waker = Waker::from(Arc::clone(&keeper));
    let mut context = Context::from_waker(&waker);
    assert!(Pin::new(&mut task).poll(&mut context).is_pending());
    assert!(Pin::new(&mut graph).poll(&mut context).is_pending());
    assert!(Pin::new(&mut part).poll(&mut context).is_pending());
    *keeper.0.lock().unwrap() = Some((task, graph, part));
    gate.open();
    (0..3).for_each(|_| assert_eq!(seen.next(), "dropped"));
    check_all_ended(&executor, 3);
}

#[test]
fn handles_dropped_and_cancelled_while_their_tasks_end_leave_nothing() {
    let executor = executor(|_| ());
    let (rounds, (reports, _seen)) = (300, Reports::new());
    for round in 0..rounds {
        let gate = Gate::default();
        let (mut task, graph, part) = handles(&executor, &reports, &gate);
        thread::scope(|scope| {
            scope.spawn(move || gate.open());
            scope.spawn(move || {
                let polled = Pin::new(&mut task).poll(&mut Context::from_waker(Waker::noop()));
                if round % 2 == 0 && polled.is_pending() {
                    task.cancel();
                }
            });
            scope.spawn(|| drop(part));
            if round % 3 == 0 {
                graph.cancel();
            }
            drop(graph);
        });
    }
    check_all_ended(&executor, 3 * rounds);
}

#[test]
fn a_handle_may_be_polled_while_its_executor_goes() {
    for _ in 0..20 {
        let config = ExecutorConfig { worker_count: 2, ..ExecutorConfig::default() };
        let executor = AsyncTaskExecutor::new(config).unwrap();
        let (gate, (reports, seen)) = (Gate::default(), Reports::new());
        let (task, graph, part) = handles(&executor, &reports, &gate);
        seen.next();
        let polls = thread::spawn(move || {
            let counts = (wait(graph).counts(), wait(part).counts());
            (wait(task), counts)
        });
        drop(executor);
        let (task, (graph, part)) = polls.join().unwrap();
        assert!(task.unwrap_err().is_cancelled());
        assert_eq!((graph.cancelled, part.cancelled), (2, 1));
    }
}

#[test]
fn a_handle_outlives_its_executor() {
    let executor = executor(|_| ());
    let mut graph = Graph::new();
    let node = graph.push(noop());
    let (task, graph) =
        (executor.try_submit(noop()).unwrap(), executor.try_submit_graph(graph).unwrap());
    wait(executor.idle());
    drop(executor);
    assert!(!task.cancel());
    graph.cancel();
    assert!(task.why().is_none() && graph.waiting().next().is_none());
    let refused = graph.try_submit(noop().after(node)).unwrap_err();
    assert!(refused.error.is_shut_down());
    wait(task).unwrap();
    assert_eq!(wait(graph).counts().completed, 1);
}

#[test]
fn a_result_can_be_handed_from_task_to_task() {
    let executor = Arc::new(executor(|_| ()));
    let (reports, seen) = Reports::new();
    let first = Slot::filled(executor.try_submit(quick("first", &reports)).unwrap());
    // Each task waits for the handle of the one before, which only it has.
    let mut handles = first;
    for _ in 0..100 {
        let (before, next) = (handles.clone(), Slot::new());
        let task = graph_runtime::task_fn(move |_| {
            let before = before.clone();
            async move { before.take().await.await }
        });
        next.fill(executor.try_submit(graph_runtime::ExecutableTask::new(task)).unwrap());
        handles = next;
    }
    let last = wait(handles.take());
    wait(last).unwrap();
    assert_eq!(seen.next(), "first");
    check_all_ended(&executor, 101);
}
