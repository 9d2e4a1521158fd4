//! Tasks that get hold of themselves: of their own handles, graphs, parts and executors.

use crate::common::{
    Gate, Reports, Seen, Slot, check_all_ended, executor, noop, until, wait, waiting,
};
use graph_runtime::task::yield_now;
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, Graph, GraphHandle, GraphPart, TaskContext, TaskError,
    TaskHandle, task_fn,
};
use std::sync::Arc;

/// A task that does something with what it finds in a slot.
fn with_own<H, F, Fut>(slot: &Slot<H>, act: F) -> ExecutableTask
where
    H: Send + 'static,
    F: Fn(H, TaskContext) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send,
{
    let slot = slot.clone();
    ExecutableTask::new(task_fn(move |context| {
        let (slot, act) = (slot.clone(), act.clone());
        async move {
            act(slot.take().await, context).await;
            Ok::<_, TaskError>(())
        }
    }))
}

/// A task that waits for what is in a slot, and reports before it does.
fn waits_for_own<H, Fut>(slot: &Slot<H>, wait: fn(H) -> Fut) -> (ExecutableTask, Seen<()>)
where
    H: Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (reports, seen) = Reports::new();
    let task = with_own(slot, move |own, _| {
        reports.report(());
        wait(own)
    });
    (task, seen)
}

fn graph_of(task: ExecutableTask) -> Graph {
    let mut graph = Graph::new();
    graph.push(task);
    graph
}

#[test]
fn a_task_that_waits_for_its_own_handle_waits_until_it_is_cancelled() {
    let executor = executor(|_| ());
    let slot = Slot::new();
    let (task, seen) = waits_for_own(&slot, |own: TaskHandle| async { drop(own.await) });
    let id = task.id;
    slot.fill(executor.try_submit(task).unwrap());
    seen.next();
    assert!(executor.cancel(id));
    check_all_ended(&executor, 1);
    assert_eq!(executor.counts().cancelled, 1);
}

#[test]
fn a_task_that_waits_for_its_own_graph_waits_until_it_is_cancelled() {
    let executor = executor(|_| ());
    let slot = Slot::new();
    let (task, seen) = waits_for_own(&slot, |own: GraphHandle| async { drop(own.await) });
    let mut graph = graph_of(task);
    let other = graph.push(noop());
    slot.fill(executor.try_submit_graph(graph).unwrap());
    seen.next();
    until(|| executor.counts().completed > 0);
    assert!(!executor.cancel(other));
    executor.cancel_all();
    check_all_ended(&executor, 2);
    assert_eq!(executor.counts().cancelled, 1);
}

#[test]
fn a_task_that_waits_for_its_own_part_waits_until_its_graph_is_cancelled() {
    let executor = executor(|_| ());
    let (slot, (reports, first)) = (Slot::new(), Reports::new());
    let (task, seen) = waits_for_own(&slot, |own: GraphPart| async { drop(own.await) });
    let gate = Gate::default();
    let graph = graph_of(waiting("first", &reports, &gate));
    let graph = executor.try_submit_graph(graph).unwrap();
    first.next();
    slot.fill(graph.try_grow(graph_of(task)).unwrap());
    seen.next();
    assert_eq!(wait(graph.cancel_and_join()).counts().cancelled, 2);
    check_all_ended(&executor, 2);
}

#[test]
fn a_task_that_waits_for_its_executor_to_be_idle_waits_until_it_is_cancelled() {
    let slot = Slot::new();
    let (task, seen) =
        waits_for_own(&slot, |own: Arc<AsyncTaskExecutor>| async move { own.idle().await });
    let executor = Arc::new(executor(|_| ()));
    let handle = executor.try_submit(task).unwrap();
    slot.fill(Arc::clone(&executor));
    seen.next();
    assert!(!handle.is_finished());
    assert!(handle.cancel());
    assert!(wait(handle).unwrap_err().is_cancelled());
    check_all_ended(&executor, 1);
}

#[test]
fn a_task_that_drains_its_executor_is_stopped_by_a_shutdown() {
    let slot = Slot::new();
    let (task, seen) = waits_for_own(&slot, |own: Arc<AsyncTaskExecutor>| async move {
        drop(own.drain(None).await);
    });
    let executor = Arc::new(executor(|_| ()));
    let handle = executor.try_submit(task).unwrap();
    slot.fill(Arc::clone(&executor));
    seen.next();
    until(|| executor.try_submit(noop()).is_err_and(|refused| refused.error.is_draining()));
    wait(executor.shutdown());
    assert!(wait(handle).unwrap_err().is_cancelled());
    assert_eq!(executor.counts().unfinished(), 0);
    assert_eq!(executor.known_tasks(), 0);
}

#[test]
fn a_task_may_drop_its_own_handles() {
    let executor = executor(|_| ());
    let (alone, whole) = (Slot::new(), Slot::new());
    let task = with_own(&alone, |own: TaskHandle, _| async { drop(own) });
    alone.fill(executor.try_submit(task).unwrap());
    let task = with_own(&whole, |own: GraphHandle, _| async {
        drop(own);
        yield_now().await;
    });
    let mut graph = graph_of(task);
    graph.push(noop());
    whole.fill(executor.try_submit_graph(graph).unwrap());
    check_all_ended(&executor, 3);
    assert_eq!(executor.counts().completed, 3);
}

#[test]
fn a_task_that_cancels_itself_is_stopped_where_it_waits_next() {
    let executor = executor(|_| ());
    let (waits, returns) = (Slot::new(), Slot::new());
    let task = with_own(&waits, |own: TaskHandle, context| async move {
        assert!(own.cancel() && context.is_cancelled() && !own.is_finished());
        context.cancelled().await;
        yield_now().await;
        panic!("it is gone by now");
    });
    waits.fill(executor.try_submit(task).unwrap());
    wait(executor.idle());
    assert_eq!(executor.counts().cancelled, 1);
    let task = with_own(&returns, |own: TaskHandle, _| async move { assert!(own.cancel()) });
    returns.fill(executor.try_submit(task).unwrap());
    check_all_ended(&executor, 2);
    assert_eq!(executor.counts().completed, 1, "it had nothing to wait for any more");
}

#[test]
fn a_task_may_drop_the_last_of_its_executor() {
    let slot = Slot::new();
    let (reports, seen) = Reports::new();
    let task = with_own(&slot, move |own: AsyncTaskExecutor, context| {
        let reports = reports.clone();
        async move {
            drop(own);
            reports.report(context.is_cancelled());
            yield_now().await;
            panic!("it is gone by now");
        }
    });
    let executor = executor(|_| ());
    let (runtime, handle) = (executor.handle().clone(), executor.try_submit(task).unwrap());
    let queued = executor.try_submit(noop().after(handle.id())).unwrap();
    slot.fill(executor);
    assert!(seen.next());
    assert!(wait(handle).unwrap_err().is_cancelled());
    assert!(!wait(queued).unwrap_err().is_failed());
    until(|| runtime.metrics().tasks.live == 0);
}

#[test]
fn an_executor_may_be_what_one_of_its_tasks_returns() {
    let slot = Slot::new();
    let own = slot.clone();
    let task = ExecutableTask::new(task_fn(move |_| {
        let own = own.clone();
        async move { Ok::<_, TaskError>(own.take().await) }
    }));
    let executor = executor(|_| ());
    let runtime = executor.handle().clone();
    // Nobody wants the result, so it is dropped by a worker.
    drop(executor.try_submit(task).unwrap());
    let waits = executor.try_submit(noop()).unwrap();
    wait(waits).unwrap();
    slot.fill(executor);
    until(|| runtime.metrics().tasks.live == 0);
}

#[test]
fn a_task_that_blocks_on_its_executor_panics_with_advice() {
    let slot = Slot::new();
    let task = with_own(&slot, |own: Arc<AsyncTaskExecutor>, _| async move {
        own.block_on(own.idle());
    });
    let executor = Arc::new(executor(|_| ()));
    let handle = executor.try_submit(task).unwrap();
    slot.fill(Arc::clone(&executor));
    let error = wait(handle).unwrap_err();
    assert!(error.is_panicked());
    let message = error.to_string();
    assert!(message.contains("Cannot start a runtime from within a runtime"), "{message}");
    assert!(message.contains("await"), "what to do instead: {message}");
    check_all_ended(&executor, 1);
}
