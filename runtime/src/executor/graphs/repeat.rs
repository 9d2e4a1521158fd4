//! Loops: fresh tasks for each generation.

use super::backlog::{Additions, Backlog};
use crate::executor::books::batch::Batch;
use crate::executor::books::lap::Lap;
use crate::executor::books::tasks::Tasks;
use crate::executor::{
    AsyncTask, ExecutableTask, ExecutorError, Graph, Node, TaskContext, TaskError, TaskFuture,
    TaskOutput,
};
use primitives::shim::Mutex;
use scheduler::TaskId;
use std::future::ready;
use std::ops::ControlFlow;
use std::sync::Arc;

/// What a loop knows when it begins a generation.
#[derive(Debug)]
#[non_exhaustive]
pub struct Generation<S> {
    /// Which generation it is; the first is 1.
    pub number: u64,
    /// What the generation before has made, or what the loop begins with.
    pub state: Arc<S>,
}

/// What all generations of a loop share.
struct Loop<S, R, F> {
    name: Arc<str>,
    limit: u64,
    body: F,
    /// The task that returns the result.
    end: TaskId,
    result: Mutex<Option<Result<R, ExecutorError>>>,
    state: std::marker::PhantomData<fn() -> S>,
}

/// Begins a generation, or sees that the one before it was the last.
struct Begin<S, R, F> {
    of: Arc<Loop<S, R, F>>,
    generation: u64,
    input: Input<S, R>,
}

/// Where the state comes from.
enum Input<S, R> {
    First(Node<S>),
    Decision(Node<ControlFlow<R, S>>),
}

/// Returns what the loop has come to.
struct End<S, R, F>(Arc<Loop<S, R, F>>);

impl<S, R, F> Begin<S, R, F>
where
    S: Clone + Send + Sync + 'static,
    R: Clone + Send + Sync + 'static,
    F: Fn(&mut Graph, Generation<S>) -> Node<ControlFlow<R, S>> + Send + Sync + 'static,
{
    fn begin(&self, context: &TaskContext) -> Result<(), ExecutorError> {
        let Some(state) = self.state(context)? else { return Ok(()) };
        let Loop { limit, end, .. } = *self.of;
        if self.generation > limit {
            let name = Some(Arc::clone(&self.of.name));
            return Err(ExecutorError::GenerationLimit { id: end, name, limit });
        }
        let mut graph = Graph::new();
        let decision = (self.of.body)(&mut graph, Generation { number: self.generation, state });
        let next = Self {
            of: Arc::clone(&self.of),
            generation: self.generation + 1,
            input: Input::Decision(decision),
        };
        graph.push(ExecutableTask::new(next).named(Arc::clone(&self.of.name)).after(decision));
        self.add(graph.tasks, context)
    }

    /// What the next generation begins with; `None` if there is none.
    fn state(&self, context: &TaskContext) -> Result<Option<Arc<S>>, ExecutorError> {
        let decision = match self.input {
            Input::First(node) => return context.output(node).map(Some),
            Input::Decision(node) => context.output(node)?,
        };
        match &*decision {
            ControlFlow::Continue(state) => Ok(Some(Arc::new(state.clone()))),
            ControlFlow::Break(result) => {
                let result = Ok(result.clone());
                let before = self.of.result.lock().replace(result);
                drop(before);
                Ok(None)
            }
        }
    }

    /// Adds a generation, now or when there is room.
    fn add(&self, tasks: Tasks, context: &TaskContext) -> Result<(), ExecutorError> {
        let (inner, target) = (context.inner()?, self.of.end);
        let home = context.task.batch.home.beside();
        let lap = Lap::of_loop(self.generation, target, home.lap());
        let home = home.within(lap);
        let batch = Batch::new(tasks, home.clone(), inner.now());
        let plan = inner.plan(batch.tasks());
        let added = inner.step(|core, step| core.accept_generation(plan, &batch, target, step));
        match added {
            Err(error) if error.is_queue_full() => {
                let tasks = batch.into_tasks();
                let additions = Box::new(Whole { of: Arc::clone(&self.of), tasks });
                let backlog = Backlog { home, target, additions, is_loop: true };
                inner.step(|core, _| core.take_on(backlog))
            }
            added => added,
        }
    }
}

impl<S, R, F> AsyncTask for Begin<S, R, F>
where
    S: Clone + Send + Sync + 'static,
    R: Clone + Send + Sync + 'static,
    F: Fn(&mut Graph, Generation<S>) -> Node<ControlFlow<R, S>> + Send + Sync + 'static,
{
    fn run(&self, context: TaskContext) -> TaskFuture {
        let begun = self.begin(&context);
        Box::pin(ready(begun.map(TaskOutput::new).map_err(Into::into)))
    }
}

impl<S, R, F> AsyncTask for End<S, R, F>
where
    S: Send + Sync + 'static,
    R: Send + Sync + 'static,
    F: Send + Sync + 'static,
{
    fn run(&self, _context: TaskContext) -> TaskFuture {
        let result = self.0.result.lock().take();
        Box::pin(ready(match result {
            Some(result) => result.map(TaskOutput::new).map_err(Into::into),
            None => Err(TaskError::from(
                "a task of the loop was removed, so it has no result; cancel the loop's task instead",
            )),
        }))
    }
}

/// A generation that waits for room.
struct Whole<S, R, F> {
    of: Arc<Loop<S, R, F>>,
    tasks: Option<Tasks>,
}

impl<S, R, F> Additions for Whole<S, R, F>
where
    S: 'static,
    R: Send,
    F: Send + Sync,
{
    fn places(&self) -> usize {
        self.tasks.as_ref().map_or(0, |tasks| tasks.records.len())
    }

    fn next(&mut self) -> Option<Tasks> {
        self.tasks.take()
    }

    fn refuse(&mut self, error: ExecutorError) {
        // There is no result yet, so nothing of the user's is dropped.
        *self.of.result.lock() = Some(Err(error));
    }
}

impl Graph {
    /// Repeats a part of the graph until it has a result, and returns that: a loop.
    ///
    /// For each *generation* `body` puts fresh tasks into the graph it is given, from the state
    /// that the generation before has made (`first` returns that of the first one), and names the
    /// task that decides: [`Continue`](ControlFlow::Continue) is the state of another generation,
    /// [`Break`](ControlFlow::Break) the result of the loop. The next generation begins when that
    /// task has completed; tasks on which it does not depend may still run then.
    /// [`TaskContext::generation`] tells a task in which one it is. (Supersteps as in G. Malewicz
    /// et al., "Pregel: a system for large-scale graph processing", SIGMOD 2010, but with tasks
    /// that depend on each other instead of a barrier.)
    ///
    /// After `limit` generations without a result the loop fails with
    /// [`GenerationLimit`](ExecutorError::GenerationLimit). A task that fails ends the loop without
    /// a result, so what comes after it is skipped. When there is no room in the queue for a
    /// generation, it waits in line.
    ///
    /// A generation is forgotten when it has ended and the next one has been added, and with it
    /// what its tasks have added, also by [`map`](Self::map) and by loops in it. So an endless loop
    /// needs no more memory than one that ends; of its tasks the graph's report has the last
    /// generation, and counts all. State and result are cloned once in a generation: put what is
    /// large into an [`Arc`].
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, Graph, TaskError};
    /// use std::ops::ControlFlow;
    ///
    /// let mut graph = Graph::new();
    /// let first = graph.task("begin", |_| async { Ok::<_, TaskError>(27_u64) }).add();
    /// let steps = graph.repeat("collatz", 1_000, first, |graph, generation| {
    ///     let (n, number) = (*generation.state, generation.number);
    ///     graph
    ///         .task("step", move |_| async move {
    ///             let next = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
    ///             Ok::<_, TaskError>(if next == 1 {
    ///                 ControlFlow::Break(number)
    ///             } else {
    ///                 ControlFlow::Continue(next)
    ///             })
    ///         })
    ///         .add()
    /// });
    /// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
    /// let report = executor.block_on(executor.run(graph))?;
    /// assert_eq!(*report.output(steps)?, 111);
    /// # Ok::<(), graph_runtime::ExecutorError>(())
    /// ```
    pub fn repeat<S, R, F>(
        &mut self,
        name: impl Into<Arc<str>>,
        limit: u64,
        first: Node<S>,
        body: F,
    ) -> Node<R>
    where
        S: Clone + Send + Sync + 'static,
        R: Clone + Send + Sync + 'static,
        F: Fn(&mut Graph, Generation<S>) -> Node<ControlFlow<R, S>> + Send + Sync + 'static,
    {
        let (name, end) = (name.into(), TaskId::fresh());
        let of = Arc::new(Loop {
            name: Arc::clone(&name),
            limit,
            body,
            end,
            result: Mutex::new(None),
            state: std::marker::PhantomData,
        });
        let begin = Begin { of: Arc::clone(&of), generation: 1, input: Input::First(first) };
        let begin = ExecutableTask::new(begin).named(Arc::clone(&name)).after(first);
        let begin = self.push(begin);
        let end = ExecutableTask::new(End(of)).named(name).with_id(end).after(begin);
        Node::new(self.push(end))
    }
}
