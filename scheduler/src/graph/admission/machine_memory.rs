//! Starting no more than the machine has memory for.

use super::turnstile::{HEAVY_MAX, Turnstile};
use crate::graph::TaskScheduler;
use crate::graph::state::Phase;

impl<P> TaskScheduler<P> {
    /// Says how many bytes of memory the machine has to spare for tasks, by a new reading; `None`
    /// if nobody knows, and then there is enough.
    ///
    /// It counts like one more [budget](crate::SchedulerConfig::memory_bytes). What starts is taken
    /// from it until there is another reading, and what ends gives back no more than has been taken
    /// since, because the reading has shown the rest. Others use the machine, too, and may never
    /// leave enough for a large task: what takes memory may always start if nothing that takes
    /// memory runs.
    ///
    /// Only a driver that calls this pays for it. O(1), but for the first time, which sorts the
    /// ready tasks anew and takes none of them for overtaken: O(tasks + n log n), for n that are
    /// ready.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime_scheduler::{
    ///     Reason, ResourceRequirements, SchedulerConfig, TaskId, TaskScheduler, TaskSpec,
    /// };
    /// use primitives::Timestamp;
    ///
    /// let mut scheduler = TaskScheduler::new(SchedulerConfig::default())?;
    /// scheduler.set_free_memory(Some(1_000));
    /// let now = Timestamp::ZERO;
    /// for (id, memory_bytes) in [(1, 700), (2, 600), (3, 0)] {
    ///     let needs = ResourceRequirements { memory_bytes, ..Default::default() };
    ///     scheduler.submit(TaskSpec::new(TaskId::new(id), id).requirements(needs), now)?;
    /// }
    /// assert_eq!(scheduler.dispatch(now).map(|task| task.payload), Some(1));
    /// assert_eq!(scheduler.dispatch(now).map(|task| task.payload), Some(3), "it needs none");
    /// assert!(scheduler.dispatch(now).is_none());
    /// let reason = Reason::MachineMemory { wanted: 600, free: 300 };
    /// assert_eq!(scheduler.why(TaskId::new(2), now), Some(reason));
    ///
    /// // Others have let go of some.
    /// scheduler.set_free_memory(Some(800));
    /// assert_eq!(scheduler.dispatch(now).map(|task| task.payload), Some(2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_free_memory(&mut self, bytes: Option<u64>) {
        if bytes.is_some() && self.turnstile.admission.machine().is_none() {
            self.guard_memory();
        }
        if let Some(machine) = self.turnstile.admission.machine_mut() {
            machine.set_free(bytes);
        }
    }

    /// Whether a ready task waits for the machine to have more memory: one that a larger figure
    /// might let start, though nothing ends. Looks at as many tasks as
    /// [`dispatch`](Self::dispatch) does of those for which there is no room, O(1) for each.
    pub fn is_short_of_memory(&self) -> bool {
        !self.gate.is_shut() && self.turnstile.is_short_of_memory()
    }

    /// From now on memory decides on the place of a task.
    fn guard_memory(&mut self) {
        let in_phase = |phase| {
            let graph = &self.graph;
            let slots = graph.slots().filter(move |&slot| graph[slot].phase == phase);
            slots.collect::<Vec<u32>>()
        };
        let (ready, running) = (in_phase(Phase::Ready), in_phase(Phase::Running));
        ready.iter().for_each(|&slot| self.unqueue(slot));
        let demands = running.iter().map(|&slot| self.graph.profile(slot).demand);
        let takers = demands.filter(|demand| demand.memory_bytes() > 0).count();
        self.turnstile.guard_memory(takers);
        ready.iter().for_each(|&slot| self.queue(slot));
    }
}

impl Turnstile {
    /// Memory of the machine counts from now on. No task is queued, and so many run that take some.
    fn guard_memory(&mut self, takers: usize) {
        self.calm_down_all();
        self.is_plain = false;
        self.admission.guard_memory(takers);
    }

    fn is_short_of_memory(&self) -> bool {
        let is_short = |place| self.admission.is_machine_short(self.lanes.kind(place).demand);
        self.admission.machine().is_some()
            && self.admission.is_open()
            && self.lanes.heavy().take(HEAVY_MAX).any(is_short)
    }
}
