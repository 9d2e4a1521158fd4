//! What a task waits for.

use super::Core;
use crate::executor::Explanation;
use primitives::Timestamp;
use scheduler::{Reason, TaskId};

impl Core {
    /// Why a task is not running. O(dependencies + started attempts that wait for a runner).
    pub(in crate::executor) fn why(&self, id: TaskId, now: Timestamp) -> Option<Explanation> {
        let task = self.find(id)?;
        let reason = self.reason(id, now)?;
        let other = reason.task().and_then(|other| self.find(other));
        let other = other.and_then(|other| other.name.clone());
        Some(Explanation { id, name: task.name.clone(), reason, other })
    }

    fn reason(&self, id: TaskId, now: Timestamp) -> Option<Reason> {
        match self.scheduler.why(id, now) {
            None => {
                let ahead = self.started.iter().position(|started| started.id == id)?;
                Some(Reason::Worker { ahead })
            }
            // The scheduler would start it, and has not been asked to.
            Some(Reason::Next) => Some(Reason::Worker { ahead: self.started.len() }),
            // If nothing holds up the first, it is the workers who are not there yet.
            Some(Reason::Behind { first }) if self.is_held_up_by_workers(first, now) => {
                Some(Reason::Worker { ahead: self.started.len() })
            }
            reason => reason.map(|reason| self.with_decision(reason)),
        }
    }

    fn is_held_up_by_workers(&self, first: TaskId, now: Timestamp) -> bool {
        self.scheduler.why(first, now) == Some(Reason::Next)
    }
}

#[cfg(test)]
mod tests {
    use crate::runtime::Runtime;
    use crate::{AsyncTaskExecutor, ExecutableTask, ExecutorConfig, Reason, ResourceRequirements};
    use crate::{TaskError, task_fn};
    use monitor::{ResourceMonitor, ResourceMonitorConfig, Sample, Sampler};
    use primitives::Timestamp;
    use std::sync::Arc;

    struct Full;

    impl Sampler for Full {
        fn sample(&mut self, now: Timestamp) -> Sample {
            Sample { memory_used_bytes: Some(1_000), ..Sample::unknown(now) }
        }
    }

    #[test]
    fn a_machine_without_memory_is_a_reason() {
        let config =
            ResourceMonitorConfig { memory_threshold: 1_000, ..ResourceMonitorConfig::default() };
        let builder = ResourceMonitor::builder(config).sampler(Box::new(Full));
        let (monitor, mut ticker) = builder.manual().unwrap();
        ticker.tick(Timestamp::ZERO);
        let runtime = Runtime::new().unwrap();
        let config = ExecutorConfig { memory_threshold: 1_000, ..ExecutorConfig::default() };
        let handle = runtime.handle().clone();
        let executor =
            AsyncTaskExecutor::monitored(handle, Some(Arc::new(monitor)), config).unwrap();
        let endless = || task_fn(|_| std::future::pending::<Result<(), TaskError>>());
        let needs = ResourceRequirements { memory_bytes: 200, ..Default::default() };
        let submit = || executor.try_submit(ExecutableTask::new(endless()).requires(needs));
        let (_running, large) = (submit().unwrap(), submit().unwrap());
        let reason = large.why().map(|why| why.reason);
        assert_eq!(reason, Some(Reason::MachineMemory { wanted: 200, free: 0 }));
    }
}
