//! What happens in the random tests of growth.

use graph_runtime_scheduler::EndState;
use proptest::prelude::*;
use proptest::sample::Index;

/// The tasks and graphs that are meant are drawn from those there are by then.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Into a graph, or alone.
    Submit(Vec<Index>, Option<Index>),
    SubmitGraph(Vec<Vec<Index>>, bool),
    Grow(Vec<Vec<Index>>, Index),
    Connect(Index, Index),
    Remove(Index, bool),
    Hold(Index),
    Release(Index),
    Dispatch,
    Finish(Index, EndState),
    Cancel(Index),
    CancelGraph(Index),
    Pause(bool),
    Forget(Index),
}

fn after() -> impl Strategy<Value = Vec<Index>> {
    prop::collection::vec(any::<Index>(), 0..3)
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let end = prop_oneof![
        8 => Just(EndState::Completed),
        1 => Just(EndState::Failed),
        1 => Just(EndState::Cancelled),
    ];
    let which = any::<Index>;
    let drafts = || prop::collection::vec(after(), 1..6);
    prop_oneof![
        6 => (after(), prop::option::of(which())).prop_map(|(a, graph)| Step::Submit(a, graph)),
        3 => (drafts(), any::<bool>()).prop_map(|(tasks, fast)| Step::SubmitGraph(tasks, fast)),
        6 => (drafts(), which()).prop_map(|(tasks, graph)| Step::Grow(tasks, graph)),
        16 => (which(), which()).prop_map(|(before, after)| Step::Connect(before, after)),
        3 => (which(), any::<bool>()).prop_map(|(task, detach)| Step::Remove(task, detach)),
        3 => which().prop_map(Step::Hold),
        4 => which().prop_map(Step::Release),
        12 => Just(Step::Dispatch),
        12 => (which(), end).prop_map(|(task, end)| Step::Finish(task, end)),
        1 => which().prop_map(Step::Cancel),
        1 => which().prop_map(Step::CancelGraph),
        2 => any::<bool>().prop_map(Step::Pause),
        4 => which().prop_map(Step::Forget),
    ]
}
