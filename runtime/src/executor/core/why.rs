//! What a task waits for.

use super::Core;
use crate::executor::Explanation;
use crate::executor::books::batch::TaskRef;
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
                let ahead = self.started.iter().position(|start| start.task.id == id)?;
                Some(Reason::Worker { ahead })
            }
            Some(Reason::Next) => Some(self.why_not_next(id)),
            // If nothing holds up the first, it is the workers who are not there yet.
            Some(Reason::Behind { first }) if self.is_held_up_by_workers(first, now) => {
                Some(Reason::Worker { ahead: self.started.len() })
            }
            reason => reason.map(|reason| self.with_decision(reason)),
        }
    }

    /// The scheduler would start the task, and has not been asked to.
    fn why_not_next(&self, id: TaskId) -> Reason {
        if self.allows(id) {
            return Reason::Worker { ahead: self.started.len() };
        }
        let wanted = self.find(id).as_ref().map_or(0, TaskRef::memory_bytes);
        Reason::MachineMemory { wanted: wanted as u64 }
    }

    fn is_held_up_by_workers(&self, first: TaskId, now: Timestamp) -> bool {
        self.scheduler.why(first, now) == Some(Reason::Next) && self.allows(first)
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
        let _running = executor.try_submit(ExecutableTask::new(endless())).unwrap();
        let needs = ResourceRequirements { memory_bytes: 200, ..Default::default() };
        let large = ExecutableTask::new(endless()).requires(needs);
        let large = executor.try_submit(large).unwrap();
        let reason = large.why().map(|why| why.reason);
        assert_eq!(reason, Some(Reason::MachineMemory { wanted: 200 }));
    }
}
