//! Contexts that are kept after their tasks have ended, by helpers or out of carelessness.

use crate::common::{check_all_ended, executor, is_pending, noop, wait};
use graph_runtime::{
    AsyncTaskExecutor, ExecutableTask, ExecutorError, Graph, TaskContext, TaskError, task_fn,
};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

/// A task that hands its context out and then ends as `end` says.
fn leaks(
    contexts: &mpsc::Sender<TaskContext>,
    end: impl Fn() -> Result<(), TaskError> + Send + Sync + 'static,
) -> ExecutableTask {
    let contexts = Mutex::new(contexts.clone());
    ExecutableTask::new(task_fn(move |context| {
        contexts.lock().unwrap().send(context).unwrap();
        let end = end();
        async { end }
    }))
}

/// The context of a task that has completed, in a graph or without one.
fn late(executor: &AsyncTaskExecutor, is_in_graph: bool) -> TaskContext {
    let (sender, contexts) = mpsc::channel();
    let before = executor.try_submit(noop()).unwrap();
    let task = leaks(&sender, || Ok(())).after(before.id());
    if is_in_graph {
        let mut graph = Graph::new();
        graph.push(task);
        assert!(wait(executor.try_submit_graph(graph).unwrap()).is_complete());
    } else {
        wait(executor.try_submit(task).unwrap()).unwrap();
    }
    contexts.recv().unwrap()
}

#[test]
fn it_knows_no_inputs_and_is_never_told_to_stop() {
    let executor = executor(|_| ());
    let context = late(&executor, false);
    let before = context.dependencies()[0];
    assert_eq!(executor.known_tasks(), 0, "a context keeps nothing in the books");
    assert!(!context.is_cancelled());
    assert!(is_pending(&mut context.cancelled()));
    context.heartbeat();
    let error = context.output::<()>(before).unwrap_err();
    assert!(matches!(error, ExecutorError::NotADependency { .. }), "{error}");
    assert!(context.outcome(before).is_err());
    assert!(context.connect(before, context.id()).unwrap_err().is_rejected());
    assert!(!executor.cancel(context.id()));
    check_all_ended(&executor, 2);
}

#[test]
fn it_submits_as_long_as_there_is_something_to_submit_to() {
    let executor = executor(|_| ());
    let (alone, member) = (late(&executor, false), late(&executor, true));
    wait(alone.try_submit(noop()).unwrap()).unwrap();
    let refused = member.try_submit(noop().named("late")).unwrap_err();
    assert!(refused.error.is_too_late(), "{}", refused.error);
    assert_eq!(refused.task.name.as_deref(), Some("late"), "it comes back");
    let mut more = Graph::new();
    more.push(noop());
    let refused = member.try_grow(more).unwrap_err();
    assert!(refused.error.is_too_late() && refused.task.len() == 1);
    let mapped = member.map("late", vec![1], |_, n| async move { Ok::<_, TaskError>(*n) });
    assert!(mapped.unwrap_err().is_too_late());
    check_all_ended(&executor, 5);

    drop(executor);
    assert!(alone.try_submit(noop()).unwrap_err().error.is_shut_down());
    assert!(member.try_grow(Graph::new()).unwrap_err().error.is_shut_down());
    assert!(member.connect(member.id(), alone.id()).unwrap_err().is_shut_down());
}

#[test]
fn helpers_are_told_of_every_end_but_a_good_one() {
    let executor = Arc::new(executor(|_| ()));
    let (sender, contexts) = mpsc::channel();
    let fails = leaks(&sender, || Err("it failed".into()));
    assert!(wait(executor.try_submit(fails).unwrap()).unwrap_err().is_failed());
    let panics = leaks(&sender, || panic!("it panicked"));
    assert!(wait(executor.try_submit(panics).unwrap()).unwrap_err().is_panicked());
    let (own, id) = (Arc::downgrade(&executor), graph_runtime::TaskId::fresh());
    // It has no time to wait any more, and so completes.
    let stopped = leaks(&sender, move || {
        assert!(own.upgrade().unwrap().cancel(id));
        Ok(())
    });
    wait(executor.try_submit(stopped.with_id(id)).unwrap()).unwrap();
    for context in contexts.iter().take(3) {
        assert!(context.is_cancelled());
        wait(context.cancelled());
    }
    check_all_ended(&executor, 3);
}

#[test]
fn helpers_elsewhere_are_told_when_the_executor_goes() {
    let executor = executor(|_| ());
    let (sender, contexts) = mpsc::channel::<TaskContext>();
    let stuck = task_fn(move |context| {
        sender.send(context).unwrap();
        std::future::pending::<Result<(), TaskError>>()
    });
    let handle = executor.try_submit(ExecutableTask::new(stuck)).unwrap();
    let context = contexts.recv().unwrap();
    let helpers: Vec<_> = (0..4)
        .map(|_| {
            let context = context.clone();
            thread::spawn(move || wait(context.cancelled()))
        })
        .collect();
    drop(executor);
    helpers.into_iter().for_each(|helper| helper.join().unwrap());
    assert!(wait(handle).unwrap_err().is_cancelled());
}
