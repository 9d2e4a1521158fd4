//! Percentiles and imbalance, against their definitions.

use crate::statistics::{imbalance, percentile};
use proptest::prelude::*;
use std::time::Duration;

fn seconds(times: &[u64]) -> Vec<Duration> {
    times.iter().copied().map(Duration::from_secs).collect()
}

proptest! {
    #[test]
    fn a_percentile_is_the_smallest_time_that_enough_are_not_above(
        mut times in prop::collection::vec(0_u64..50, 1..120),
        percent in 1_usize..=100,
    ) {
        times.sort_unstable();
        let enough = |time: u64| {
            times.iter().filter(|&&it| it <= time).count() * 100 >= times.len() * percent
        };
        let expected = times.iter().copied().find(|&time| enough(time)).expect("all are enough");
        prop_assert_eq!(percentile(&seconds(&times), percent), Duration::from_secs(expected));
    }
}

#[test]
fn no_times_have_zero_percentiles() {
    assert_eq!(percentile(&[], 99), Duration::ZERO);
}

#[test]
fn imbalance_is_the_largest_over_the_mean() {
    assert_eq!(imbalance(&seconds(&[3, 3, 3])), 1.0);
    assert_eq!(imbalance(&seconds(&[4, 0])), 2.0);
    assert_eq!(imbalance(&seconds(&[0, 0])), 1.0);
}
