//! Whoever needs much starts in the end, however many others would take some of it.

use crate::common::id;
use graph_runtime_scheduler::{
    EndState, GroupLimit, ResourceRequirements, SchedulerConfig, TaskScheduler, TaskSpec, Ticket,
};
use primitives::Timestamp;
use proptest::prelude::*;
use std::collections::VecDeque;

const SLOTS: usize = 6;
const GROUPS: [&str; 2] = ["a", "b"];
const NOW: Timestamp = Timestamp::ZERO;

/// Cores, bytes, and whether it is in each group.
type Draft = (u64, usize, [bool; 2]);

fn draft(most: u64) -> impl Strategy<Value = Draft> {
    (0..=most, 0..=most as usize, [any::<bool>(), any::<bool>()])
}

fn task(number: u64, (cores, memory_bytes, groups): Draft) -> TaskSpec<u64> {
    let cpu_cores = cores as f64;
    let needs = ResourceRequirements { cpu_cores, memory_bytes, ..Default::default() };
    let named = GROUPS.into_iter().zip(groups).filter(|(_, is_in)| *is_in);
    let task = TaskSpec::new(id(number), number).requirements(needs);
    named.fold(task, |task, (group, _)| task.group(group))
}

proptest! {
    /// Nobody says how long anything takes, and there is always enough to do that is small. Each
    /// round ends the task that has run longest and starts what may start, so that whatever a task
    /// lacks some of comes back at least once in so many rounds as there are slots.
    #[test]
    fn large_tasks_start_within_64_starts_each_that_took_what_they_lack(
        large in prop::collection::vec(draft(10), 1..6),
        small in prop::collection::vec(draft(4), 1..6),
    ) {
        let mut scheduler = TaskScheduler::new(SchedulerConfig {
            max_in_flight: SLOTS,
            cpu_cores: 10.0,
            memory_bytes: 10,
            groups: vec![GroupLimit::new(GROUPS[0], 1), GroupLimit::new(GROUPS[1], 3)],
            ..Default::default()
        }).unwrap();
        let mut numbers = large.len() as u64..;
        let mut fill = |scheduler: &mut TaskScheduler<u64>| {
            while scheduler.counts().ready < 3 * small.len() {
                let number = numbers.next().expect("there is no end of them");
                let draft = small[number as usize % small.len()];
                scheduler.submit(task(number, draft), NOW).unwrap();
            }
        };
        let mut running: VecDeque<(u64, Ticket)> = VecDeque::new();
        fill(&mut scheduler);
        let mut waiting: Vec<u64> = (0..large.len() as u64).collect();
        let rounds = large.len() * (64 + 2) * SLOTS;
        for round in 0..=rounds {
            while let Some(started) = scheduler.dispatch(NOW) {
                waiting.retain(|&number| number != started.payload);
                running.push_back((started.payload, started.ticket));
            }
            if round == 0 {
                for (number, &draft) in (0..).zip(&large) {
                    scheduler.submit(task(number, draft), NOW).unwrap();
                }
            }
            let (number, ticket) = running.pop_front().expect("something can always run");
            scheduler.finish(ticket, EndState::Completed, NOW).unwrap();
            scheduler.forget(id(number));
            fill(&mut scheduler);
        }
        prop_assert!(waiting.is_empty(), "{waiting:?} still wait after {rounds} rounds");
    }
}
