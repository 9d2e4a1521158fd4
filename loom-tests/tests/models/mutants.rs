//! No mutant survives.

use crate::{
    biased_lock, deque, idle, injector, join_counters, lifo_slot, permit, rest, seat, slab, surplus,
};
use crate::{sync_mpsc, sync_mutex, sync_notify, sync_once, sync_oneshot, sync_semaphore};
use crate::{task_abort, task_join, task_references, task_shutdown, task_wake};
use loom_tests::Kill;
use primitives::shim::Mutant;

/// What each protocol's `every_mutant_is_noticed` runs.
const TABLES: [&[Kill]; 22] = [
    biased_lock::KILLS,
    permit::KILLS,
    join_counters::KILLS,
    deque::KILLS,
    lifo_slot::KILLS,
    injector::KILLS,
    idle::KILLS,
    surplus::KILLS,
    rest::KILLS,
    seat::KILLS,
    slab::KILLS,
    task_wake::KILLS,
    task_abort::KILLS,
    task_join::KILLS,
    task_shutdown::KILLS,
    task_references::KILLS,
    sync_mutex::KILLS,
    sync_semaphore::KILLS,
    sync_notify::KILLS,
    sync_once::KILLS,
    sync_mpsc::KILLS,
    sync_oneshot::KILLS,
];

#[test]
fn some_model_answers_for_every_mutant() {
    let killed = |mutant| TABLES.iter().copied().flatten().any(|&(of, _)| of == mutant);
    let forgotten: Vec<_> = Mutant::ALL.iter().filter(|&&mutant| !killed(mutant)).collect();
    assert!(forgotten.is_empty(), "no model is there to notice {forgotten:?}");
}
