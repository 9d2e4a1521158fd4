//! What is reserved is there when it was promised.

use crate::common::id;
use graph_runtime_scheduler::{
    EndState, Policy, ResourceRequirements, SchedulerConfig, TaskScheduler, TaskSpec, Ticket,
};
use primitives::Timestamp;
use proptest::prelude::*;
use std::time::Duration;

const CORES: u64 = 10;

/// What a task takes of the cores, most take nothing but a slot, and for how many nanoseconds.
type Draft = (u64, u64);

struct Run {
    end: u64,
    cores: u64,
    ticket: Ticket,
}

/// When the running tasks leave so many cores.
fn room_at(running: &[Run], wanted: u64, now: u64) -> u64 {
    let free_at = |time: u64| {
        let taken = running.iter().filter(|run| run.end > time).map(|run| run.cores);
        CORES - taken.sum::<u64>()
    };
    let mut times: Vec<u64> = running.iter().map(|run| run.end).chain([now]).collect();
    times.sort_unstable();
    times.into_iter().find(|&time| free_at(time) >= wanted).expect("all of it, in the end")
}

proptest! {
    /// The reservation of the first task that does not fit knows budgets, and no slots: whatever
    /// makes the room for it ends, and leaves its slot with it, and whoever is first takes that.
    #[test]
    fn the_first_that_does_not_fit_finds_room_and_a_slot_when_it_was_promised(
        drafts in prop::collection::vec(
            (prop_oneof![2 => Just(0), 3 => 1..=CORES], 1..30_u64), 1..40,
        ),
        slots in 1..6_usize,
    ) {
        let config = SchedulerConfig {
            policy: Policy::CriticalPath,
            max_in_flight: slots,
            cpu_cores: CORES as f64,
            ..Default::default()
        };
        let mut scheduler = TaskScheduler::new(config).unwrap();
        for (number, &(cores, nanos)) in drafts.iter().enumerate() {
            let needs = ResourceRequirements { cpu_cores: cores as f64, ..Default::default() };
            let task = TaskSpec::new(id(number as u64), number)
                .priority((drafts.len() - number) as u32)
                .estimate(Duration::from_nanos(nanos))
                .requirements(needs);
            scheduler.submit(task, Timestamp::ZERO).unwrap();
        }
        let (mut now, mut running): (u64, Vec<Run>) = (0, Vec::new());
        let mut waiting: Vec<usize> = (0..drafts.len()).collect();
        let mut promised = vec![u64::MAX; drafts.len()];
        while !scheduler.is_idle() {
            while let Some(started) = scheduler.dispatch(Timestamp::from_nanos(now)) {
                let (cores, nanos): Draft = drafts[started.payload];
                prop_assert!(now <= promised[started.payload], "task {}", started.payload);
                running.push(Run { end: now + nanos, cores, ticket: started.ticket });
                waiting.retain(|&task| task != started.payload);
            }
            if let Some(&first) = waiting.first() {
                let at = room_at(&running, drafts[first].0, now);
                // There is room, and no slot, or room comes with one.
                if at > now {
                    promised[first] = promised[first].min(at);
                }
            }
            now = running.iter().map(|run| run.end).min().expect("deadlock");
            for run in running.extract_if(.., |run| run.end == now) {
                let now = Timestamp::from_nanos(now);
                scheduler.finish(run.ticket, EndState::Completed, now).unwrap();
            }
        }
    }
}
