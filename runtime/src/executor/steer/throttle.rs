//! Groups and rates while tasks run.

use crate::executor::{AsyncTaskExecutor, ExecutorError, TaskContext};
use scheduler::TaskState;
use std::time::Duration;

/// # Rates
///
/// A task takes of a [rate](crate::executor::ExecutorConfig::rates) what it is said to cost when it
/// starts. Often the truth is known only afterwards, and sometimes somebody else says that it was
/// too much.
impl TaskContext {
    /// Says what this attempt costs in truth: `units` of a rate, instead of what the task was said
    /// to cost or an earlier correction. What it cost more is owed, and nothing that costs anything
    /// of the rate starts before that is paid back; what it cost less is given back, up to the
    /// burst. Nothing happens if the task has ended.
    ///
    /// # Errors
    ///
    /// [`Rejected`](ExecutorError::Rejected) for a rate that is not declared, and units that are no
    /// finite number or below 0; [`ShutDown`](ExecutorError::ShutDown).
    ///
    /// # Examples
    ///
    /// Agents that share a minute's tokens of a language model:
    ///
    /// ```
    /// use graph_runtime::{AsyncTaskExecutor, ExecutorConfig, ExecutorError, Graph, GroupLimit};
    /// use graph_runtime::RateLimit;
    /// use std::time::Duration;
    ///
    /// # struct Answer { tokens: f64, slow_down: Option<Duration> }
    /// # async fn ask(_: &str) -> Answer { Answer { tokens: 1_100.0, slow_down: None } }
    /// let minute = Duration::from_secs(60);
    /// let config = ExecutorConfig {
    ///     rates: vec![
    ///         RateLimit::new("llm-tokens", 90_000, minute).burst(30_000),
    ///         RateLimit::new("llm-requests", 500, minute),
    ///     ],
    ///     groups: vec![GroupLimit::new("db", 4)],
    ///     ..ExecutorConfig::default()
    /// };
    /// let mut graph = Graph::new();
    /// let load = graph.task("load", |_| async { Ok::<_, ExecutorError>(()) }).group("db").add();
    /// for topic in ["risks", "costs", "people"] {
    ///     graph
    ///         .task(topic, move |context| async move {
    ///             let answer = ask(topic).await;
    ///             context.correct_cost("llm-tokens", answer.tokens)?;
    ///             if let Some(pause) = answer.slow_down {
    ///                 context.slow_down("llm-requests", pause)?;
    ///             }
    ///             Ok::<_, ExecutorError>(())
    ///         })
    ///         .after(load)
    ///         .costs("llm-tokens", 1_500.0)
    ///         .costs("llm-requests", 1.0)
    ///         .add();
    /// }
    /// let executor = AsyncTaskExecutor::new(config)?;
    /// let report = executor.block_on(executor.run(graph))?;
    /// assert_eq!(report.counts().completed, 4);
    /// # Ok::<(), ExecutorError>(())
    /// ```
    pub fn correct_cost(&self, rate: &str, units: f64) -> Result<(), ExecutorError> {
        let id = self.id();
        self.inner()?.step(|core, step| match core.state(id) {
            Some(TaskState::Running { ticket }) => core
                .scheduler_mut()
                .correct_cost(ticket, rate, units, step.now)
                .map_err(ExecutorError::Rejected),
            _ => Ok(()),
        })
    }

    /// Starts nothing that costs anything of a rate for so long: what to do about a "429 Too Many
    /// Requests". Of several such pauses the latest end counts. Running tasks go on.
    ///
    /// # Errors
    ///
    /// [`Rejected`](ExecutorError::Rejected) for a rate that is not declared;
    /// [`ShutDown`](ExecutorError::ShutDown).
    pub fn slow_down(&self, rate: &str, pause: Duration) -> Result<(), ExecutorError> {
        self.inner()?.step(|core, step| {
            let until = step.now + pause;
            core.scheduler_mut().pause_rate(rate, until).map_err(ExecutorError::Rejected)
        })
    }
}

/// # Groups and rates
impl AsyncTaskExecutor {
    /// Changes how many tasks of a [group](crate::executor::ExecutorConfig::groups) may run at
    /// once. Running tasks go on: after lowering it, none of them starts until enough have ended.
    ///
    /// # Errors
    ///
    /// [`Rejected`](ExecutorError::Rejected) for a group that is not declared, and for 0.
    pub fn set_group_limit(&self, group: &str, limit: usize) -> Result<(), ExecutorError> {
        self.inner.step(|core, _| {
            core.scheduler_mut().set_group_limit(group, limit).map_err(ExecutorError::Rejected)
        })
    }

    /// How many tasks of a group run, and how many may. `None` if it is not declared.
    pub fn group_usage(&self, group: &str) -> Option<(usize, usize)> {
        self.inner.core.lock().scheduler_mut().group_usage(group)
    }

    /// Takes units of a [rate](crate::executor::ExecutorConfig::rates) for what others use of it.
    /// They may be owed afterwards.
    ///
    /// # Errors
    ///
    /// [`Rejected`](ExecutorError::Rejected) for a rate that is not declared, and units that are no
    /// finite number or below 0.
    pub fn charge(&self, rate: &str, units: f64) -> Result<(), ExecutorError> {
        self.inner.step(|core, step| {
            core.scheduler_mut().charge(rate, units, step.now).map_err(ExecutorError::Rejected)
        })
    }

    /// Starts nothing that costs anything of a rate for so long, as [`TaskContext::slow_down`].
    ///
    /// # Errors
    ///
    /// [`Rejected`](ExecutorError::Rejected) for a rate that is not declared.
    pub fn pause_rate(&self, rate: &str, pause: Duration) -> Result<(), ExecutorError> {
        self.inner.step(|core, step| {
            let until = step.now + pause;
            core.scheduler_mut().pause_rate(rate, until).map_err(ExecutorError::Rejected)
        })
    }

    /// Ends all pauses of a rate.
    ///
    /// # Errors
    ///
    /// [`Rejected`](ExecutorError::Rejected) for a rate that is not declared.
    pub fn resume_rate(&self, rate: &str) -> Result<(), ExecutorError> {
        self.inner
            .step(|core, _| core.scheduler_mut().resume_rate(rate).map_err(ExecutorError::Rejected))
    }
}
