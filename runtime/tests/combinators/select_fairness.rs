//! Which branch is polled first.

use crate::support::Log;
use graph_runtime::runtime::Builder;
use graph_runtime::seam::Seams;
use graph_runtime::select;
use graph_runtime::task;
use std::future::{pending, ready};

async fn choose() -> usize {
    select! {
        () = ready(()) => 0,
        () = ready(()) => 1,
        () = ready(()) => 2,
        () = ready(()) => 3,
    }
}

async fn choices() -> Vec<usize> {
    let mut choices = Vec::new();
    for _ in 0..400 {
        choices.push(choose().await);
    }
    choices
}

#[graph_runtime::test]
async fn every_branch_has_its_chance() {
    let choices = choices().await;
    for branch in 0..4 {
        let chosen = choices.iter().filter(|&&it| it == branch).count();
        assert!((40..160).contains(&chosen), "branch {branch}: {chosen} of 400");
    }
}

#[graph_runtime::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_branch_has_its_chance_outside_of_workers() {
    let choices = choices().await;
    assert!((0..4).all(|branch| choices.contains(&branch)));
}

#[test]
fn the_choice_follows_from_the_seed() {
    let run = |seed| {
        let seams = Seams { seed, ..Seams::default() };
        Builder::new_current_thread().seams(seams).build().unwrap().block_on(choices())
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[graph_runtime::test]
async fn biased_keeps_the_order() {
    let log = Log::default();
    select! {
        biased;
        _ = log.future("a", 2, ()) => unreachable!(),
        _ = log.future("b", 2, ()) => unreachable!(),
        _ = log.future("c", 1, ()) => {}
    }
    assert_eq!(log.take()[..3], ["poll a", "poll b", "poll c"]);
    for _ in 0..50 {
        assert!(select! { biased; _ = ready(()) => true, _ = ready(()) => false });
    }
}

#[graph_runtime::test]
async fn a_loop_makes_way_when_the_budget_is_used_up() {
    let other = graph_runtime::spawn(async {});
    let mut rounds = 0;
    while !other.is_finished() {
        rounds += 1;
        assert!(rounds < 10_000, "the other task never has its turn");
        select! {
            () = task::consume_budget() => {}
            () = pending() => {}
        }
    }
}
