//! One task for each item of what another task returns.

use super::backlog::{Additions, Backlog};
use crate::executor::books::tasks::Tasks;
use crate::executor::inner::Inner;
use crate::executor::task::async_task::task_fn;
use crate::executor::{
    AsyncTask, ExecutableTask, ExecutorError, Graph, Node, SubmitError, TaskContext, TaskError,
    TaskFuture, TaskHandle, TaskOutput,
};
use primitives::shim::Mutex;
use scheduler::TaskId;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// One item of what is mapped; derefs to it.
pub struct Item<T> {
    items: Arc<Vec<T>>,
    index: usize,
}

impl<T> Item<T> {
    /// Which item it is, counted from 0.
    pub fn index(&self) -> usize {
        self.index
    }
}

impl<T> Deref for Item<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.items[self.index]
    }
}

impl<T> Clone for Item<T> {
    fn clone(&self) -> Self {
        Self { items: Arc::clone(&self.items), index: self.index }
    }
}

impl<T: fmt::Debug> fmt::Debug for Item<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item").field("index", &self.index).field("item", &**self).finish()
    }
}

/// What the tasks of one map share.
struct Map<T, U, F> {
    run: F,
    /// What the tasks of the items are like.
    template: ExecutableTask,
    results: Mutex<Results<U>>,
    items: std::marker::PhantomData<fn() -> T>,
}

struct Results<U> {
    /// In the order of the items.
    values: Vec<Option<U>>,
    /// Why not all items have been mapped.
    refused: Option<ExecutorError>,
}

impl<T, U, F> Map<T, U, F> {
    fn new(
        name: Arc<str>,
        each: impl FnOnce(ExecutableTask) -> ExecutableTask,
        run: F,
    ) -> Arc<Self> {
        let nothing = task_fn(|_| async { Ok::<_, TaskError>(()) });
        let template = each(ExecutableTask::new(nothing).named(name));
        let results = Mutex::new(Results { values: Vec::new(), refused: None });
        Arc::new(Self { run, template, results, items: std::marker::PhantomData })
    }

    fn put(&self, index: usize, value: U) {
        let before = self.results.lock().values[index].replace(value);
        drop(before);
    }

    /// The results, in the order of the items, without those of items that were removed.
    fn take(&self) -> Result<Vec<U>, TaskError> {
        let Results { values, refused } = {
            let mut results = self.results.lock();
            Results { values: std::mem::take(&mut results.values), refused: results.refused.take() }
        };
        match refused {
            Some(error) => Err(error.into()),
            None => Ok(values.into_iter().flatten().collect()),
        }
    }
}

impl<T, U, F, Fut, E> Map<T, U, F>
where
    T: Send + Sync + 'static,
    U: Send + Sync + 'static,
    F: Fn(TaskContext, Item<T>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<U, E>> + Send + 'static,
    E: Into<TaskError>,
{
    /// The tasks for `items`, which the task `target` waits for, in the graph of `context`.
    fn backlog(
        self: &Arc<Self>,
        items: Arc<Vec<T>>,
        target: TaskId,
        context: &TaskContext,
    ) -> Backlog {
        let values = items.iter().map(|_| None).collect();
        self.results.lock().values = values;
        let additions = Box::new(ItemsLeft { map: Arc::clone(self), items, next: 0 });
        Backlog { home: context.task.beside(), target, additions, is_loop: false }
    }

    /// Returns the results when all items have been mapped.
    fn gather(self: &Arc<Self>) -> ExecutableTask {
        let map = Arc::clone(self);
        let gather = move |_| {
            let results = map.take();
            async move { results }
        };
        ExecutableTask::new(task_fn(gather))
    }
}

/// The items that have no task yet.
struct ItemsLeft<T, U, F> {
    map: Arc<Map<T, U, F>>,
    items: Arc<Vec<T>>,
    next: usize,
}

impl<T, U, F, Fut, E> Additions for ItemsLeft<T, U, F>
where
    T: Send + Sync + 'static,
    U: Send + Sync + 'static,
    F: Fn(TaskContext, Item<T>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<U, E>> + Send + 'static,
    E: Into<TaskError>,
{
    fn places(&self) -> usize {
        usize::from(self.next < self.items.len())
    }

    fn next(&mut self) -> Option<Tasks> {
        let index = self.next;
        if index == self.items.len() {
            return None;
        }
        self.next += 1;
        let item = Item { items: Arc::clone(&self.items), index };
        let map = Arc::clone(&self.map);
        let mut tasks = Tasks::default();
        tasks.push(self.map.template.like(MapItem { map, item }));
        Some(tasks)
    }

    fn refuse(&mut self, error: ExecutorError) {
        self.map.results.lock().refused = Some(error);
    }
}

/// What maps one item.
struct MapItem<T, U, F> {
    map: Arc<Map<T, U, F>>,
    item: Item<T>,
}

impl<T, U, F, Fut, E> AsyncTask for MapItem<T, U, F>
where
    T: Send + Sync + 'static,
    U: Send + Sync + 'static,
    F: Fn(TaskContext, Item<T>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<U, E>> + Send + 'static,
    E: Into<TaskError>,
{
    fn run(&self, context: TaskContext) -> TaskFuture {
        let attempt = (self.map.run)(context, self.item.clone());
        let (map, index) = (Arc::clone(&self.map), self.item.index);
        Box::pin(async move {
            map.put(index, attempt.await.map_err(Into::into)?);
            Ok(TaskOutput::new(()))
        })
    }
}

impl Graph {
    /// Maps every item of the vector that `source` returns by a task of its own, and returns the
    /// results in the order of the items. What comes after it reduces them.
    ///
    /// It is two tasks, one that adds the tasks of the items when `source` has completed and one
    /// that gathers their results, both called `name`, as are those of the items. When there is no
    /// room for all items in the queue, the others wait in line, in turns with whoever submits: at
    /// no time are there more tasks than the queue has room for. Without items the result is empty.
    /// An item that fails is a failed task of the graph: with
    /// [`FailFast`](crate::FailurePolicy::FailFast) the graph stops, otherwise the other items go
    /// on; in either case what comes after the map does not run.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, ExecutorError, Graph, TaskError};
    ///
    /// let mut graph = Graph::new();
    /// let words = graph
    ///     .task("split", |_| async { Ok::<_, TaskError>(vec!["to", "be", "or"]) })
    ///     .add();
    /// let lengths =
    ///     graph.map("measure", words, |_, word| async move { Ok::<_, TaskError>(word.len()) });
    /// let total = graph
    ///     .task("sum", move |context| async move {
    ///         Ok::<usize, ExecutorError>(context.output(lengths)?.iter().sum())
    ///     })
    ///     .after(lengths)
    ///     .add();
    ///
    /// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
    /// let report = executor.block_on(executor.run(graph))?;
    /// assert_eq!(*report.output(lengths)?, [2, 2, 2]);
    /// assert_eq!(*report.output(total)?, 6);
    /// # Ok::<(), ExecutorError>(())
    /// ```
    pub fn map<T, U, F, Fut, E>(
        &mut self,
        name: impl Into<Arc<str>>,
        source: Node<Vec<T>>,
        run: F,
    ) -> Node<Vec<U>>
    where
        T: Send + Sync + 'static,
        U: Send + Sync + 'static,
        F: Fn(TaskContext, Item<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<U, E>> + Send + 'static,
        E: Into<TaskError>,
    {
        self.map_with(name, source, |task| task, run)
    }

    /// Maps as [`map`](Self::map) does; `each` says what the tasks of the items are like: their
    /// priority, timeout, requirements and so on. It is called once.
    pub fn map_with<T, U, F, Fut, E>(
        &mut self,
        name: impl Into<Arc<str>>,
        source: Node<Vec<T>>,
        each: impl FnOnce(ExecutableTask) -> ExecutableTask,
        run: F,
    ) -> Node<Vec<U>>
    where
        T: Send + Sync + 'static,
        U: Send + Sync + 'static,
        F: Fn(TaskContext, Item<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<U, E>> + Send + 'static,
        E: Into<TaskError>,
    {
        let name = name.into();
        let map = Map::new(Arc::clone(&name), each, run);
        let gather = map.gather();
        let target = gather.id;
        let spread = move |context: TaskContext| {
            let items = context.output(source);
            let spread = items.and_then(|items| {
                let backlog = map.backlog(items, target, &context);
                context.inner()?.take_on(backlog)
            });
            async move { spread }
        };
        let spread = ExecutableTask::new(task_fn(spread)).named(Arc::clone(&name)).after(source);
        let spread = self.push(spread);
        Node::new(self.push(gather.named(name).after(spread)))
    }
}

impl TaskContext {
    /// Maps every item of `items` by a task of its own in this task's graph, as [`Graph::map`]
    /// does. The task whose handle this is returns the results, a vector in the order of the items.
    ///
    /// # Errors
    ///
    /// As [`try_submit`](Self::try_submit) for the task that gathers the results, for which there
    /// must be room; [`NoGraph`](ExecutorError::NoGraph) if this task was submitted alone.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, ExecutorError, Graph};
    ///
    /// let mut graph = Graph::new();
    /// let sum = graph
    ///     .task("outer", |context| async move {
    ///         let squares = context.map("square", vec![1, 2, 3], |_, n| async move {
    ///             Ok::<i32, ExecutorError>(*n * *n)
    ///         })?;
    ///         let squares = squares.await?.downcast::<Vec<i32>>().expect("that is its type");
    ///         Ok::<i32, ExecutorError>(squares.iter().sum())
    ///     })
    ///     .add();
    /// let executor = AsyncTaskExecutor::new(ExecutorConfig::default())?;
    /// let report = executor.block_on(executor.run(graph))?;
    /// assert_eq!(*report.output(sum)?, 14);
    /// # Ok::<(), ExecutorError>(())
    /// ```
    pub fn map<T, U, F, Fut, E>(
        &self,
        name: impl Into<Arc<str>>,
        items: Vec<T>,
        run: F,
    ) -> Result<TaskHandle, ExecutorError>
    where
        T: Send + Sync + 'static,
        U: Send + Sync + 'static,
        F: Fn(TaskContext, Item<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<U, E>> + Send + 'static,
        E: Into<TaskError>,
    {
        if self.graph().is_none() {
            return Err(ExecutorError::NoGraph { id: self.id() });
        }
        let name = name.into();
        let map = Map::new(Arc::clone(&name), |task| task, run);
        let gather = map.gather().named(name);
        let backlog = map.backlog(Arc::new(items), gather.id, self);
        let home = self.task.beside();
        self.inner()?.submit_held(home, gather, backlog).map_err(SubmitError::into)
    }
}

impl Inner {
    fn take_on(self: &Arc<Self>, backlog: Backlog) -> Result<(), ExecutorError> {
        self.step(|core, _| core.take_on(backlog))
    }
}
