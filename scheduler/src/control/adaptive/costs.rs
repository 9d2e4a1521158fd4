//! What a task of each class costs.

use super::class::CLASSES;

/// How far a weight follows what a window shows.
const FOLLOW: f64 = 1.0 / 32.0;
/// The least that a task costs, in seconds.
const COST_MIN: f64 = 1e-9;

/// The weight of each class: its mean run time in relation to that of the others.
///
/// Not the mean run time itself: that rises with the number of tasks in flight, and completions
/// weighted with it add up to that number by Little's law, however little gets done. What all
/// classes of a window have in common is therefore taken out first, the factor by which they ran
/// longer than their weights say, so that a weight changes only if its class becomes dearer than
/// the others; that of a class that runs alone never does.
#[derive(Debug)]
pub(super) struct Costs {
    /// In seconds at the time when the first was seen; 0 is unknown.
    weights: [f64; CLASSES],
    /// How much longer than their weights tasks ran last.
    stretch: f64,
}

impl Costs {
    pub(super) fn new() -> Self {
        Self { weights: [0.0; CLASSES], stretch: 1.0 }
    }

    /// Takes note of completions and seconds of run time by class, those of one window.
    pub(super) fn learn(&mut self, classes: &[(u64, f64); CLASSES]) {
        let known = self.weights.iter().zip(classes).filter(|(weight, _)| **weight > 0.0);
        let add = |(ran, cost), (weight, (count, sum)): (&f64, &(u64, f64))| {
            (ran + sum, cost + weight * *count as f64)
        };
        let (ran, cost) = known.fold((0.0, 0.0), add);
        if ran > 0.0 && cost > 0.0 {
            self.stretch = ran / cost;
        }
        for (weight, &(count, sum)) in self.weights.iter_mut().zip(classes) {
            if count > 0 {
                let shown = (sum / count as f64 / self.stretch).max(COST_MIN);
                let step = if *weight > 0.0 { FOLLOW } else { 1.0 };
                *weight += step * (shown - *weight);
            }
        }
    }

    pub(super) fn weight(&self, class: usize) -> f64 {
        self.weights[class]
    }
}

#[cfg(test)]
mod tests {
    use super::{CLASSES, Costs};

    fn window(of: &[(usize, u64, f64)]) -> [(u64, f64); CLASSES] {
        let mut classes = [(0, 0.0); CLASSES];
        of.iter().for_each(|&(class, count, mean)| classes[class] = (count, count as f64 * mean));
        classes
    }

    #[test]
    fn what_slows_everything_down_alike_is_nobodys_cost() {
        let mut costs = Costs::new();
        costs.learn(&window(&[(1, 10, 0.001), (2, 10, 0.004)]));
        (0..100).for_each(|_| costs.learn(&window(&[(1, 10, 0.1), (2, 10, 0.4)])));
        assert!((costs.weight(1) - 0.001).abs() < 1e-9 && (costs.weight(2) - 0.004).abs() < 1e-9);
        costs.learn(&window(&[(1, 10, 0.1), (3, 5, 0.2)]));
        assert!((costs.weight(3) - 0.002).abs() < 1e-9, "as it would have been without");
    }

    #[test]
    fn a_class_that_becomes_dearer_than_others_weighs_more() {
        let mut costs = Costs::new();
        costs.learn(&window(&[(1, 10, 0.001), (2, 10, 0.001)]));
        (0..500).for_each(|_| costs.learn(&window(&[(1, 10, 0.001), (2, 10, 0.003)])));
        assert!((costs.weight(2) / costs.weight(1) - 3.0).abs() < 0.01);
    }

    #[test]
    fn nothing_is_free() {
        let mut costs = Costs::new();
        costs.learn(&window(&[(7, 3, 0.0)]));
        assert_eq!(costs.weight(7), 1e-9);
    }
}
