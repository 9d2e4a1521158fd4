//! What may happen to tasks that fail, at random.

use graph_runtime_scheduler::{
    Dependents, EndState, FailurePolicy, Jitter, RetryPolicy, TriggerRule,
};
use proptest::prelude::*;
use proptest::sample::Index;
use std::time::Duration;

/// What is random about a task: dependencies, rule, policy, idle and total timeout.
pub(crate) type Draft =
    (Vec<Index>, TriggerRule, Option<RetryPolicy>, Option<Duration>, Option<Duration>);

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Submit(Draft),
    SubmitGraph(Vec<Draft>, FailurePolicy, Option<Duration>),
    Dispatch,
    Finish(Index, EndState),
    Heartbeat(Index),
    Cancel(Index),
    CancelGraph(Index),
    CancelAll,
    Hold(Index),
    Release(Index),
    Connect(Index, Index),
    Remove(Index, Dependents),
    /// To just before the next thing that time brings about, if that is not now, and then to it.
    Wake,
    Pass(Duration),
}

/// Few different ones, so that several things fall on the same moment.
fn duration() -> impl Strategy<Value = Duration> {
    (1..12_u64).prop_map(Duration::from_nanos)
}

fn policy() -> impl Strategy<Value = RetryPolicy> {
    let jitter = prop::sample::select(&[Jitter::None, Jitter::Equal, Jitter::Full][..]);
    (1..5_u32, 0..9_u64, 1.0..3.0, 0..9_u64, jitter, any::<bool>()).prop_map(
        |(max_attempts, base, factor, more, jitter, after_timeout)| RetryPolicy {
            max_attempts,
            base: Duration::from_nanos(base),
            factor,
            cap: Duration::from_nanos(base + more),
            jitter,
            after_timeout,
            after_panic: false,
        },
    )
}

fn draft() -> impl Strategy<Value = Draft> {
    use TriggerRule::{AllDone, AllFailed, AllSucceeded, AnyFailed, AnySucceeded};
    let rules = &[AllSucceeded, AllSucceeded, AllDone, AnySucceeded, AllFailed, AnyFailed][..];
    (
        prop::collection::vec(any::<Index>(), 0..4),
        prop::sample::select(rules),
        prop::option::of(policy()),
        prop::option::weighted(0.2, duration()),
        prop::option::weighted(0.2, duration()),
    )
}

fn end() -> impl Strategy<Value = EndState> {
    use EndState::{Cancelled, Completed, Failed, Skipped, TimedOut};
    prop_oneof![
        6 => Just(Completed), 6 => Just(Failed), 2 => Just(TimedOut), 1 => Just(Cancelled),
        1 => Just(Skipped),
    ]
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let failure =
        prop_oneof![Just(FailurePolicy::FailFast), Just(FailurePolicy::ContinueIndependent)];
    let drafts = prop::collection::vec(draft(), 1..8);
    let timeout = prop::option::weighted(0.3, duration());
    prop_oneof![
        6 => draft().prop_map(Step::Submit),
        4 => (drafts, failure, timeout).prop_map(|(d, f, t)| Step::SubmitGraph(d, f, t)),
        24 => Just(Step::Dispatch),
        20 => (any::<Index>(), end()).prop_map(|(which, end)| Step::Finish(which, end)),
        3 => any::<Index>().prop_map(Step::Heartbeat),
        2 => any::<Index>().prop_map(Step::Cancel),
        1 => any::<Index>().prop_map(Step::CancelGraph),
        1 => Just(Step::CancelAll),
        3 => any::<Index>().prop_map(Step::Hold),
        4 => any::<Index>().prop_map(Step::Release),
        3 => (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Step::Connect(a, b)),
        1 => any::<Index>().prop_map(|which| Step::Remove(which, Dependents::Skip)),
        2 => any::<Index>().prop_map(|which| Step::Remove(which, Dependents::Detach)),
        8 => Just(Step::Wake),
        4 => duration().prop_map(Step::Pass),
    ]
}
