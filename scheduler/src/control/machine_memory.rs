//! The memory that the machine has free, as far as the driver can tell.

/// The free memory of the last reading, and what has become of it since.
///
/// What a task takes and gives back shows in the next reading only. Until then starts are taken
/// from this one, and ends give back what has been taken since, never more: of the rest nobody
/// knows whether the reading has seen it.
///
/// Others use the machine too, so a task may want more than it ever has free. What takes memory may
/// therefore start if nothing that does is running, whatever the reading says.
#[derive(Debug, Default)]
pub(crate) struct MachineMemory {
    /// In bytes; `None` if nobody knows, and then everything fits.
    free: Option<u64>,
    /// Bytes taken since the reading, less what has been given back.
    taken: u64,
    /// Running tasks that take memory.
    takers: usize,
}

impl MachineMemory {
    /// So many running tasks take memory.
    pub(crate) fn new(takers: usize) -> Self {
        Self { takers, ..Self::default() }
    }

    /// A new reading.
    pub(crate) fn set_free(&mut self, free: Option<u64>) {
        (self.free, self.taken) = (free, 0);
    }

    /// What is left of the reading; if there is none, as much as numbers go.
    pub(crate) fn left(&self) -> u64 {
        self.free.map_or(u64::MAX, |free| free.saturating_sub(self.taken))
    }

    /// Whether a task that takes `amount` may start now.
    pub(crate) fn fits(&self, amount: u64) -> bool {
        amount == 0 || self.takers == 0 || amount <= self.left()
    }

    /// A task starts.
    pub(crate) fn take(&mut self, amount: u64) {
        self.takers += usize::from(amount > 0);
        self.taken = self.taken.saturating_add(amount);
    }

    /// A task that took `amount` is over.
    pub(crate) fn give_back(&mut self, amount: u64) {
        self.takers -= usize::from(amount > 0);
        self.taken = self.taken.saturating_sub(amount);
    }

    #[cfg(test)]
    pub(crate) fn is_untouched(&self) -> bool {
        (self.taken, self.takers) == (0, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::MachineMemory;

    #[test]
    fn ends_give_back_what_was_taken_since_the_reading_and_no_more() {
        let mut memory = MachineMemory::default();
        memory.take(40);
        memory.set_free(Some(100));
        memory.take(50);
        assert!(memory.fits(50) && !memory.fits(51));
        memory.give_back(40);
        assert!(memory.fits(90) && !memory.fits(91), "it has made room for what came since");
        memory.take(10);
        memory.give_back(50);
        assert_eq!(memory.left(), 100);
        memory.give_back(10);
        assert_eq!(memory.left(), 100, "not more than there was");
        assert!(memory.is_untouched());
    }

    #[test]
    fn what_would_be_the_only_one_to_take_memory_always_fits() {
        let mut memory = MachineMemory::default();
        memory.set_free(Some(0));
        memory.take(0);
        assert!(memory.fits(u64::MAX) && memory.fits(0));
        memory.take(u64::MAX);
        assert!(!memory.fits(1) && memory.fits(0));
        memory.set_free(None);
        assert!(memory.fits(u64::MAX), "nobody knows");
    }
}
