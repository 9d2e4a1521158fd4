//! Moments and their differences.

use crate::support::{ms, secs};
use graph_runtime::time::{Duration, Instant};
use std::collections::HashSet;

#[test]
fn differences_saturate() {
    let early = Instant::now();
    let late = early + secs(2);
    assert_eq!(late - early, secs(2));
    assert_eq!(early - late, ms(0));
    assert_eq!(late.duration_since(early), secs(2));
    assert_eq!(early.duration_since(late), ms(0));
    assert_eq!(early.saturating_duration_since(late), ms(0));
    assert_eq!(late.checked_duration_since(early), Some(secs(2)));
    assert_eq!(early.checked_duration_since(late), None);
}

#[test]
fn moments_are_moved() {
    let start = Instant::now();
    let mut moved = start;
    moved += ms(5);
    assert_eq!(moved, start + ms(5));
    moved -= ms(5);
    assert_eq!(moved, start);
    assert_eq!(start + ms(1) - ms(1), start);
    assert_eq!(start.checked_add(ms(1)), Some(start + ms(1)));
    assert_eq!(start.checked_add(Duration::MAX), None);
    assert_eq!(start.checked_sub(Duration::MAX), None);
    assert!((start + ms(1)).checked_sub(ms(1)) == Some(start));
}

#[test]
fn they_are_the_standard_librarys_moments() {
    let std = std::time::Instant::now();
    let ours = Instant::from_std(std);
    assert_eq!(ours.into_std(), std);
    assert_eq!(std::time::Instant::from(ours), std);
    assert_eq!(Instant::from(std), ours);
    assert_eq!(format!("{ours:?}"), format!("{std:?}"));
    assert!(ours < ours + ms(1));
    assert_eq!(HashSet::from([ours, ours, ours + ms(1)]).len(), 2);
}

#[test]
fn outside_a_runtime_it_is_the_machines_time() {
    let (before, now, after) =
        (std::time::Instant::now(), Instant::now(), std::time::Instant::now());
    assert!(before <= now.into_std() && now.into_std() <= after);
    assert!(now.elapsed() <= now.into_std().elapsed());
}
