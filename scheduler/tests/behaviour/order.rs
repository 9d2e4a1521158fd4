//! Which ready task starts first.

use crate::common::{NOW, at, finish, id, run_one_by_one, scheduler, spec, started, timed};
use graph_runtime_scheduler::{EndState, FailurePolicy, Policy, TaskState};

#[test]
fn priority_then_deadline_then_rank_then_arrival() {
    let mut scheduler = scheduler(|_| {});
    for task in [
        timed(1, 1, &[]),
        timed(2, 1, &[]),
        timed(3, 5, &[]),
        timed(4, 1, &[]).deadline(at(90)),
        timed(5, 1, &[]).deadline(at(80)),
        timed(6, 1, &[]).priority(1),
    ] {
        scheduler.submit(task, NOW).unwrap();
    }
    assert_eq!(started(&mut scheduler), [6, 5, 4, 3, 1, 2]);
}

#[test]
fn fifo_ignores_everything_but_arrival() {
    let mut scheduler = scheduler(|config| config.policy = Policy::Fifo);
    scheduler.submit(timed(1, 1, &[]), NOW).unwrap();
    scheduler.submit(timed(2, 9, &[]).priority(9).deadline(at(1)), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [1, 2]);
}

#[test]
fn the_longest_way_to_the_end_goes_first_inside_a_graph() {
    let mut scheduler = scheduler(|_| {});
    let graph = vec![timed(1, 3, &[]), timed(2, 1, &[]), timed(3, 1, &[2]), timed(4, 2, &[3])];
    scheduler.submit_graph(graph, FailurePolicy::default(), NOW).unwrap();
    assert_eq!(run_one_by_one(&mut scheduler), [2, 1, 3, 4]);
}

#[test]
fn a_deadline_urges_what_it_depends_on() {
    let mut scheduler = scheduler(|_| {});
    let graph = vec![
        timed(1, 1, &[]).deadline(at(50)),
        // Must end by 100 - 60, which is earlier than 50.
        timed(2, 1, &[]),
        timed(3, 60, &[2]).deadline(at(100)),
    ];
    scheduler.submit_graph(graph, FailurePolicy::default(), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [2, 1]);
}

#[test]
fn a_task_submitted_later_raises_what_it_waits_for() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(timed(1, 2, &[]), NOW).unwrap();
    scheduler.submit(timed(2, 1, &[]), NOW).unwrap();
    scheduler.submit(timed(3, 1, &[2]), NOW).unwrap();
    scheduler.submit(timed(4, 1, &[3]), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [2, 1], "2 leads to 3 seconds of work, 1 to 2");
}

#[test]
fn a_graph_raises_the_earlier_tasks_it_waits_for() {
    let mut scheduler = scheduler(|_| {});
    scheduler.submit(timed(1, 1, &[]), NOW).unwrap();
    scheduler.submit(timed(2, 1, &[]), NOW).unwrap();
    let graph = vec![timed(3, 1, &[2]).deadline(at(10)), timed(4, 1, &[])];
    scheduler.submit_graph(graph, FailurePolicy::default(), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [2, 1, 4]);
}

#[test]
fn a_level_starts_when_the_lower_ones_have_ended() {
    let mut scheduler = scheduler(|config| config.policy = Policy::LevelBarrier);
    let graph = vec![spec(1, &[]), spec(2, &[1]), spec(3, &[]), spec(4, &[3]), spec(5, &[2])];
    scheduler.submit_graph(graph, FailurePolicy::default(), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [1, 3]);
    finish(&mut scheduler, 1, EndState::Completed);
    assert_eq!(scheduler.state(id(2)), Some(TaskState::Waiting { unmet: 0 }));
    assert_eq!(started(&mut scheduler), [], "3 has not ended");
    finish(&mut scheduler, 3, EndState::Failed);
    assert_eq!(started(&mut scheduler), [2], "4 is skipped");
    finish(&mut scheduler, 2, EndState::Completed);
    assert_eq!(started(&mut scheduler), [5]);
}

#[test]
fn barriers_hold_back_only_their_own_graph() {
    let mut scheduler = scheduler(|config| config.policy = Policy::LevelBarrier);
    scheduler.submit(spec(9, &[]), NOW).unwrap();
    for base in [10, 20] {
        let graph = vec![spec(base, &[]), spec(base + 1, &[base, 9])];
        scheduler.submit_graph(graph, FailurePolicy::default(), NOW).unwrap();
    }
    assert_eq!(started(&mut scheduler), [9, 10, 20]);
    finish(&mut scheduler, 10, EndState::Completed);
    assert_eq!(started(&mut scheduler), [], "its level is open, but 9 has not ended");
    finish(&mut scheduler, 9, EndState::Completed);
    assert_eq!(started(&mut scheduler), [11], "20 has not ended");
}

/// A graph whose estimates were wrong goes on as one that was submitted with the right ones.
#[test]
fn new_estimates_make_the_order_that_they_would_have_made_from_the_start() {
    let after: [&[u64]; 9] = [&[], &[], &[], &[0], &[0, 1], &[2], &[3], &[4, 5], &[5]];
    for round in 0..200 {
        let mut rng = primitives::rng::Rng::new(round);
        let mut draw = || [(); 9].map(|()| u64::from(rng.below(20)));
        let (wrong, right) = (draw(), draw());
        let order = |estimates: [u64; 9], is_corrected: bool| {
            let mut scheduler = scheduler(|config| config.max_in_flight = 1);
            let specs = (0..9).map(|n| timed(n, estimates[n as usize], after[n as usize]));
            let specs = specs.collect();
            let graph = scheduler.submit_graph(specs, FailurePolicy::default(), NOW).unwrap();
            if is_corrected {
                let exact = |node: usize| std::time::Duration::from_secs(right[node]);
                assert!(scheduler.reestimate(graph, exact, |_| None));
            }
            run_one_by_one(&mut scheduler)
        };
        assert_eq!(order(wrong, true), order(right, false), "round {round}");
    }
}

/// The same of a graph that has grown, at its end and in its middle.
#[test]
fn new_estimates_reach_what_was_added_to_the_graph() {
    // 0 to 3 are the graph as it was submitted; 3 waits for 5, which was added.
    let after: [&[u64]; 8] = [&[], &[], &[0], &[1, 5], &[], &[4], &[2], &[5, 0]];
    for round in 0..200 {
        let mut rng = primitives::rng::Rng::new(round);
        let mut draw = || [(); 8].map(|()| u64::from(rng.below(20)));
        let (wrong, right) = (draw(), draw());
        let order = |estimates: [u64; 8], is_corrected: bool| {
            let mut scheduler = scheduler(|config| config.max_in_flight = 1);
            let specs = |range: std::ops::Range<u64>| {
                let known = move |it: &u64| *it < range.end;
                let timed = move |n: u64| {
                    let after: Vec<u64> = after[n as usize].iter().copied().filter(known).collect();
                    timed(n, estimates[n as usize], &after)
                };
                range.clone().map(timed).collect::<Vec<_>>()
            };
            let graph = scheduler.submit_graph(specs(0..4), FailurePolicy::default(), NOW).unwrap();
            scheduler.hold(id(3)).unwrap();
            scheduler.grow(graph, specs(4..7), NOW).unwrap();
            scheduler.connect(id(5), id(3), NOW).unwrap();
            for task in specs(7..8) {
                scheduler.submit_into(graph, task, NOW).unwrap();
            }
            scheduler.release(id(3), NOW);
            let mut added: Vec<u64> = scheduler.added(graph).map(|id| id.as_u64()).collect();
            added.sort_unstable();
            assert_eq!(added, [4, 5, 6, 7]);
            if is_corrected {
                let seconds = |n: u64| std::time::Duration::from_secs(right[n as usize]);
                let by_position = |node: usize| seconds(node as u64);
                let by_id = |id: graph_runtime_scheduler::TaskId| Some(seconds(id.as_u64()));
                assert!(scheduler.reestimate(graph, by_position, by_id));
            }
            run_one_by_one(&mut scheduler)
        };
        assert_eq!(order(wrong, true), order(right, false), "round {round}");
        assert_eq!(order(right, false).len(), 8);
    }
}

#[test]
fn what_was_lent_from_outside_is_not_taken_back() {
    let mut scheduler = scheduler(|_| {});
    let graph = vec![timed(1, 1, &[]), timed(2, 1, &[])];
    let graph = scheduler.submit_graph(graph, FailurePolicy::default(), NOW).unwrap();
    scheduler.submit(timed(3, 50, &[2]), NOW).unwrap();
    assert!(scheduler.reestimate(graph, |_| std::time::Duration::from_secs(3), |_| None));
    assert_eq!(started(&mut scheduler), [2, 1]);
}
