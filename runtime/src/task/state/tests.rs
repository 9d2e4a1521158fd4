//! The transitions, one after another.

use super::{Complete, DropJoin, LastWake, Stamp, Start, State, Suspend, Wake};

/// A task that is being polled, with references for its queue entry, its place and its handle.
fn running() -> State {
    let state = State::new(3, Stamp::default());
    assert_eq!(state.start(Stamp::default()), Start::Poll);
    state
}

#[test]
fn a_wake_during_a_poll_requeues_once() {
    let state = running();
    assert_eq!(state.wake(), Wake::Nothing);
    assert_eq!(state.wake(), Wake::Nothing);
    assert_eq!(state.suspend(false, Stamp::default()), Suspend::Requeue);
    assert_eq!(state.references(), 3, "the queue entry keeps the reference of the poll");
    assert_eq!(state.start(Stamp::default()), Start::Poll);
    assert_eq!(state.suspend(false, Stamp::default()), Suspend::Idle);
    assert_eq!(state.references(), 2);
}

#[test]
fn a_yield_requeues_without_a_wake() {
    let state = running();
    assert_eq!(state.suspend(true, Stamp::default()), Suspend::Requeue);
    assert_eq!(state.wake(), Wake::Nothing, "it is queued");
    assert_eq!(state.start(Stamp::default()), Start::Poll);
    assert_eq!(state.abort(), Wake::Nothing);
    assert_eq!(state.suspend(true, Stamp::default()), Suspend::Cancel);
}

#[test]
fn waking_an_idle_task_counts_the_queue_entry() {
    let state = running();
    assert_eq!(state.suspend(false, Stamp::default()), Suspend::Idle);
    assert_eq!(state.wake(), Wake::Schedule);
    assert_eq!(state.wake(), Wake::Nothing, "it is queued already");
    assert_eq!(state.references(), 3);
}

#[test]
fn a_waker_that_is_used_up_gives_its_reference_away() {
    let state = running();
    state.retain();
    state.retain();
    assert_eq!(state.suspend(false, Stamp::default()), Suspend::Idle);
    assert_eq!(state.wake_last(), LastWake::Schedule);
    assert_eq!(state.references(), 4, "to the queue entry");
    assert_eq!(state.wake_last(), LastWake::Nothing);
    assert_eq!(state.references(), 3, "or back");
}

#[test]
fn the_last_waker_of_a_complete_task_frees_it() {
    let state = running();
    state.retain();
    assert_eq!(state.complete(2, false), Complete::Settled);
    assert_eq!(state.drop_join(), DropJoin::Output);
    assert!(!state.leave_complete());
    assert_eq!(state.wake_last(), LastWake::Free);
}

#[test]
fn a_task_that_nobody_can_wake_ends() {
    let state = State::new(2, Stamp::default());
    assert_eq!(state.start(Stamp::default()), Start::Poll);
    assert_eq!(state.drop_join(), DropJoin::Settled);
    assert_eq!(state.suspend(false, Stamp::default()), Suspend::Cancel);
    assert_eq!(state.complete(1, true), Complete::Unwanted);
    assert!(state.release(1));
}

#[test]
fn an_abort_is_seen_by_whoever_holds_the_future_next() {
    let queued = State::new(3, Stamp::default());
    assert_eq!(queued.abort(), Wake::Nothing);
    assert_eq!(queued.start(Stamp::default()), Start::Cancel);

    let running = running();
    assert_eq!(running.abort(), Wake::Nothing);
    assert_eq!(running.suspend(false, Stamp::default()), Suspend::Cancel);
    assert_eq!(running.complete(2, false), Complete::Settled);
    assert_eq!(running.abort(), Wake::Nothing, "too late");
}

#[test]
fn a_claimed_task_leaves_a_stale_queue_entry() {
    let state = State::new(3, Stamp::default());
    assert!(state.claim_idle());
    assert_eq!(state.complete(1, false), Complete::Settled);
    assert_eq!(state.start(Stamp::default()), Start::Stale);
    assert!(!state.claim_idle());
}

#[test]
fn a_detached_task_without_an_output_goes_in_one_step() {
    let state = running();
    assert_eq!(state.drop_join(), DropJoin::Settled);
    assert_eq!(state.complete(2, false), Complete::Free);
}

#[test]
fn a_handle_that_stops_waiting_drops_its_waker() {
    let state = running();
    assert!(state.set_waiting());
    assert_eq!(state.drop_join(), DropJoin::Waker);
    assert!(!state.release(1));
    assert_eq!(state.complete(2, false), Complete::Free);
}

#[test]
fn a_handle_that_goes_while_it_is_woken_leaves_the_rest_to_the_other() {
    let handle_first = running();
    assert!(handle_first.set_waiting());
    assert_eq!(handle_first.complete(2, false), Complete::Awaited);
    assert_eq!(handle_first.drop_join(), DropJoin::Output);
    assert!(!handle_first.leave_complete());
    assert!(handle_first.end_waiting(2));

    let waker_first = running();
    assert!(waker_first.set_waiting());
    assert_eq!(waker_first.complete(2, false), Complete::Awaited);
    assert!(!waker_first.end_waiting(2));
    assert_eq!(waker_first.drop_join(), DropJoin::Output);
    assert!(waker_first.leave_complete());
}
