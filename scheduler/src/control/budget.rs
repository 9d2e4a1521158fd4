//! One resource, counted exactly.

/// A total and what is taken out of it, in whole units.
///
/// Whole numbers, because a budget kept in floating point drifts: ten times 0.1 is not 1, and
/// after a million tasks the remainder is anybody's guess.
#[derive(Debug)]
pub(crate) struct Budget {
    /// `None` is no budget: everything fits and nothing is counted.
    total: Option<u64>,
    used: u64,
}

impl Budget {
    pub(crate) fn new(total: Option<u64>) -> Self {
        Self { total, used: 0 }
    }

    /// Whether `amount` fits an untouched budget.
    pub(crate) fn could_fit(&self, amount: u64) -> bool {
        self.total.is_none_or(|total| amount <= total)
    }

    /// Which part of an untouched budget `amount` is; nothing of none.
    pub(crate) fn share(&self, amount: u64) -> f64 {
        self.total.map_or(0.0, |total| amount as f64 / total.max(1) as f64)
    }

    pub(crate) fn is_limited(&self) -> bool {
        self.total.is_some()
    }

    /// What is counted of `amount`: nothing without a total.
    pub(crate) fn counted(&self, amount: u64) -> u64 {
        if self.is_limited() { amount } else { 0 }
    }

    /// What is left; without a total, as much as numbers go.
    pub(crate) fn free(&self) -> u64 {
        self.total.map_or(u64::MAX, |total| total - self.used)
    }

    /// What is left, and the total, if `amount` does not fit now.
    pub(crate) fn lacks(&self, amount: u64) -> Option<(u64, u64)> {
        let total = self.total?;
        (!self.fits(amount)).then_some((total - self.used, total))
    }

    /// Whether `amount` fits now.
    pub(crate) fn fits(&self, amount: u64) -> bool {
        self.total.is_none_or(|total| amount <= total - self.used)
    }

    #[cfg(test)]
    pub(crate) fn is_untouched(&self) -> bool {
        self.used == 0
    }

    /// Takes `amount`, which must fit.
    pub(crate) fn take(&mut self, amount: u64) {
        debug_assert!(self.fits(amount));
        if self.total.is_some() {
            self.used += amount;
        }
    }

    /// Gives back `amount`, which must have been taken.
    pub(crate) fn give_back(&mut self, amount: u64) {
        if self.total.is_some() {
            debug_assert!(amount <= self.used);
            self.used -= amount;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;

    #[test]
    fn fills_up_exactly() {
        let mut budget = Budget::new(Some(3));
        assert!(budget.could_fit(3) && !budget.could_fit(4));
        budget.take(2);
        assert!(budget.fits(1) && !budget.fits(2));
        budget.give_back(2);
        assert!(budget.fits(3));
    }

    #[test]
    fn no_budget_never_fills_up() {
        let mut budget = Budget::new(None);
        budget.take(u64::MAX);
        assert!(budget.fits(u64::MAX));
        budget.give_back(u64::MAX);
    }
}
