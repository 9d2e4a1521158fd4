//! The gate between the ready queue and the running tasks.

use super::budget::Budget;
use super::machine_memory::MachineMemory;
use crate::error::SchedulerError;
use crate::graph::{Reason, ResourceRequirements, SchedulerConfig, TaskId};

/// Cores and I/O channels are counted in millionths.
const MILLIONTHS: f64 = 1e6;

/// [`ResourceRequirements`] in whole units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Demand {
    cpu_millionths: u64,
    memory_bytes: u64,
    io_millionths: u64,
}

impl From<ResourceRequirements> for Demand {
    fn from(needs: ResourceRequirements) -> Self {
        Self {
            cpu_millionths: millionths(needs.cpu_cores),
            memory_bytes: needs.memory_bytes as u64,
            io_millionths: millionths(needs.io_intensity),
        }
    }
}

impl Demand {
    /// Nothing.
    pub(crate) const NONE: Self = Self { cpu_millionths: 0, memory_bytes: 0, io_millionths: 0 };

    pub(crate) fn memory_bytes(self) -> u64 {
        self.memory_bytes
    }

    /// Whether it is no more than `free` in anything.
    pub(crate) fn fits_into(self, free: Self) -> bool {
        self.cpu_millionths <= free.cpu_millionths
            && self.memory_bytes <= free.memory_bytes
            && self.io_millionths <= free.io_millionths
    }

    /// Whether taking it of `free` leaves enough for `kept` of everything that both need.
    pub(crate) fn leaves(self, kept: Self, free: Self) -> bool {
        let leaves = |amount: u64, kept: u64, free: u64| {
            amount == 0 || kept == 0 || amount <= free.saturating_sub(kept)
        };
        leaves(self.cpu_millionths, kept.cpu_millionths, free.cpu_millionths)
            && leaves(self.memory_bytes, kept.memory_bytes, free.memory_bytes)
            && leaves(self.io_millionths, kept.io_millionths, free.io_millionths)
    }

    /// Whether everything that it needs is among what `other` needs.
    pub(crate) fn is_of(self, other: Self) -> bool {
        (self.cpu_millionths == 0 || other.cpu_millionths > 0)
            && (self.memory_bytes == 0 || other.memory_bytes > 0)
            && (self.io_millionths == 0 || other.io_millionths > 0)
    }

    /// Both together, as far as numbers go.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            cpu_millionths: self.cpu_millionths.saturating_add(other.cpu_millionths),
            memory_bytes: self.memory_bytes.saturating_add(other.memory_bytes),
            io_millionths: self.io_millionths.saturating_add(other.io_millionths),
        }
    }
}

/// Rounded to the nearest, saturating: a float-to-integer cast stops at the ends of the range.
fn millionths(value: f64) -> u64 {
    (value * MILLIONTHS).round() as u64
}

fn float_budget(total: f64) -> Budget {
    Budget::new(total.is_finite().then(|| millionths(total)))
}

/// Limits on what runs at once: a number of tasks, and three budgets.
///
/// When nothing runs every budget is untouched, and no task is accepted that does not fit an
/// untouched budget, so something can always start then and admission cannot deadlock. The memory
/// of the machine, which counts once the driver has said how much there is, makes an exception of
/// whoever would be alone with it.
#[derive(Debug)]
pub(crate) struct Admission {
    limit: usize,
    running: usize,
    cpu: Budget,
    memory: Budget,
    io: Budget,
    machine: Option<MachineMemory>,
}

impl Admission {
    pub(crate) fn new(config: &SchedulerConfig) -> Self {
        let memory = (config.memory_bytes != usize::MAX).then_some(config.memory_bytes as u64);
        Self {
            limit: config.max_in_flight,
            running: 0,
            cpu: float_budget(config.cpu_cores),
            memory: Budget::new(memory),
            io: float_budget(config.io_capacity),
            machine: None,
        }
    }

    /// From now on the memory of the machine counts, of which so many running tasks take some.
    pub(crate) fn guard_memory(&mut self, takers: usize) {
        self.machine = Some(MachineMemory::new(takers));
    }

    /// The memory of the machine, if it counts.
    pub(crate) fn machine(&self) -> Option<&MachineMemory> {
        self.machine.as_ref()
    }

    pub(crate) fn machine_mut(&mut self) -> Option<&mut MachineMemory> {
        self.machine.as_mut()
    }

    /// Whether the machine has too little memory for a task.
    pub(crate) fn is_machine_short(&self, demand: Demand) -> bool {
        self.machine.as_ref().is_some_and(|machine| !machine.fits(demand.memory_bytes))
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Changes the number of tasks that may run at once; 0 is taken as 1.
    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit.max(1);
    }

    /// Whether one more task of any size could be under the limit.
    pub(crate) fn is_open(&self) -> bool {
        self.running < self.limit
    }

    /// How much of the memory budget `demand` takes, 0 to 1; 0 without a budget.
    pub(crate) fn memory_share(&self, demand: Demand) -> f64 {
        self.memory.share(demand.memory_bytes)
    }

    /// Whether the limit and every budget allow a task to start.
    pub(crate) fn fits(&self, demand: Demand) -> bool {
        self.is_open()
            && self.cpu.fits(demand.cpu_millionths)
            && self.memory.fits(demand.memory_bytes)
            && self.io.fits(demand.io_millionths)
            && !self.is_machine_short(demand)
    }

    /// The part of a demand for which there is no room.
    pub(crate) fn lacking(&self, demand: Demand) -> Demand {
        let unless = |fits: bool, amount: u64| if fits { 0 } else { amount };
        let Demand { cpu_millionths: cpu, memory_bytes: memory, io_millionths: io } = demand;
        let has_memory = self.memory.fits(memory) && !self.is_machine_short(demand);
        Demand {
            cpu_millionths: unless(self.cpu.fits(cpu), cpu),
            memory_bytes: unless(has_memory, memory),
            io_millionths: unless(self.io.fits(io), io),
        }
    }

    /// Starts a task, which must fit.
    pub(crate) fn take(&mut self, demand: Demand) {
        self.running += 1;
        self.cpu.take(demand.cpu_millionths);
        self.memory.take(demand.memory_bytes);
        self.io.take(demand.io_millionths);
        if let Some(machine) = &mut self.machine {
            machine.take(demand.memory_bytes);
        }
    }

    /// The part of a demand that is counted: nothing of what there is no budget for.
    pub(crate) fn counted(&self, demand: Demand) -> Demand {
        let bytes = demand.memory_bytes;
        Demand {
            cpu_millionths: self.cpu.counted(demand.cpu_millionths),
            memory_bytes: if self.machine.is_some() { bytes } else { self.memory.counted(bytes) },
            io_millionths: self.io.counted(demand.io_millionths),
        }
    }

    /// What is left of each budget.
    pub(crate) fn free(&self) -> Demand {
        let machine = self.machine.as_ref().map_or(u64::MAX, MachineMemory::left);
        Demand {
            cpu_millionths: self.cpu.free(),
            memory_bytes: self.memory.free().min(machine),
            io_millionths: self.io.free(),
        }
    }

    /// Whether there is any budget.
    pub(crate) fn has_budgets(&self) -> bool {
        self.cpu.is_limited() || self.memory.is_limited() || self.io.is_limited()
    }

    /// The first budget that a task does not fit.
    pub(crate) fn lacks(&self, demand: Demand) -> Option<Reason> {
        let whole = |amount| amount as f64 / MILLIONTHS;
        let cpu = self.cpu.lacks(demand.cpu_millionths).map(|(free, total)| Reason::Cpu {
            wanted: whole(demand.cpu_millionths),
            free: whole(free),
            total: whole(total),
        });
        let memory = || {
            let lacks = self.memory.lacks(demand.memory_bytes);
            lacks.map(|(free, total)| Reason::Memory { wanted: demand.memory_bytes, free, total })
        };
        let io = || {
            self.io.lacks(demand.io_millionths).map(|(free, total)| Reason::Io {
                wanted: whole(demand.io_millionths),
                free: whole(free),
                total: whole(total),
            })
        };
        let machine = || {
            let machine = self.machine.as_ref()?;
            let (wanted, free) = (demand.memory_bytes, machine.left());
            (!machine.fits(wanted)).then_some(Reason::MachineMemory { wanted, free })
        };
        cpu.or_else(memory).or_else(io).or_else(machine)
    }

    #[cfg(test)]
    pub(crate) fn is_untouched(&self) -> bool {
        self.running == 0
            && [&self.cpu, &self.memory, &self.io].iter().all(|it| it.is_untouched())
            && self.machine.as_ref().is_none_or(MachineMemory::is_untouched)
    }

    /// Gives back what an admitted task took.
    pub(crate) fn release(&mut self, demand: Demand) {
        self.running -= 1;
        self.cpu.give_back(demand.cpu_millionths);
        self.memory.give_back(demand.memory_bytes);
        self.io.give_back(demand.io_millionths);
        if let Some(machine) = &mut self.machine {
            machine.give_back(demand.memory_bytes);
        }
    }

    /// Refuses requirements that mean nothing or exceed an untouched budget.
    pub(crate) fn check(
        &self,
        task: TaskId,
        needs: &ResourceRequirements,
        config: &SchedulerConfig,
    ) -> Result<(), SchedulerError> {
        needs.check(task)?;
        let demand = Demand::from(*needs);
        let refuse = |resource, wanted, total| {
            Err(SchedulerError::Unsatisfiable { task, resource, wanted, total })
        };
        if !self.cpu.could_fit(demand.cpu_millionths) {
            return refuse("cpu_cores", needs.cpu_cores, config.cpu_cores);
        }
        if !self.memory.could_fit(demand.memory_bytes) {
            let total = config.memory_bytes as f64;
            return refuse("memory_bytes", needs.memory_bytes as f64, total);
        }
        if !self.io.could_fit(demand.io_millionths) {
            return refuse("io_intensity", needs.io_intensity, config.io_capacity);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Admission, Demand};
    use crate::graph::{ResourceRequirements, SchedulerConfig, TaskId};

    fn cores(cpu_cores: f64) -> ResourceRequirements {
        ResourceRequirements { cpu_cores, ..Default::default() }
    }

    #[test]
    fn ten_tenths_fill_one_core_exactly_and_leave_nothing_behind() {
        let config = SchedulerConfig { cpu_cores: 1.0, ..Default::default() };
        let mut admission = Admission::new(&config);
        let tenth = Demand::from(cores(0.1));
        for _ in 0..1_000 {
            for _ in 0..10 {
                assert!(admission.fits(tenth));
                admission.take(tenth);
            }
            assert!(!admission.fits(Demand::from(cores(0.000_001))));
            (0..10).for_each(|_| admission.release(tenth));
        }
        assert!(admission.fits(Demand::from(cores(1.0))));
    }

    #[test]
    fn a_limit_of_zero_is_one() {
        let mut admission = Admission::new(&SchedulerConfig::default());
        admission.set_limit(0);
        assert!(admission.fits(Demand::NONE));
        admission.take(Demand::NONE);
        assert!(!admission.fits(Demand::NONE));
    }

    #[test]
    fn what_exceeds_the_whole_budget_is_refused_with_the_name_of_the_resource() {
        let config = SchedulerConfig {
            cpu_cores: 2.0,
            memory_bytes: 100,
            io_capacity: 0.5,
            ..Default::default()
        };
        let admission = Admission::new(&config);
        let check = |needs: ResourceRequirements| {
            let refused = admission.check(TaskId::new(3), &needs, &config);
            refused.map_err(|error| error.to_string())
        };
        assert_eq!(check(cores(2.0)), Ok(()));
        assert!(check(cores(2.1)).unwrap_err().contains("cpu_cores"));
        let memory = ResourceRequirements { memory_bytes: 101, ..Default::default() };
        assert!(check(memory).unwrap_err().contains("memory_bytes"));
        let io = ResourceRequirements { io_intensity: 0.6, ..Default::default() };
        assert!(check(io).unwrap_err().contains("io_intensity"));
    }
}
