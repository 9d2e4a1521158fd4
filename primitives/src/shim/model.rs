//! Running a model: exhaustively under loom, repeatedly on real threads otherwise.

/// The logarithm of a bounded queue's capacity: small under loom, so that a model reaches the
/// full queue and the wrap-around within a few steps.
#[cfg(loom)]
pub const MODEL_CAPACITY_SHIFT: u32 = 2;
/// The logarithm of a bounded queue's capacity: 256 entries.
#[cfg(not(loom))]
pub const MODEL_CAPACITY_SHIFT: u32 = 8;

/// Messages in one block of a channel: few under loom, so that a model sees blocks come and go.
#[cfg(loom)]
pub const MODEL_BLOCK_SLOTS: usize = 2;
/// Messages in one block of a channel.
#[cfg(not(loom))]
pub const MODEL_BLOCK_SLOTS: usize = 31;

/// How often [`model`] repeats its body on real threads.
#[cfg(not(loom))]
const REPETITIONS: usize = 200;

/// Steps of one execution after which loom gives up: a model that loops, or is too large.
#[cfg(loom)]
const MAX_BRANCHES: usize = 4_000;

/// For [`model`]: explore all interleavings, however many forced thread switches they take.
pub const UNBOUNDED: usize = usize::MAX;

/// Explores every interleaving of `body`, at most `preemptions` forced thread switches deep.
///
/// With `LOOM_LOG` in the environment the exploration is traced, and all bounds come from loom's
/// own variables (`LOOM_MAX_PREEMPTIONS`, `LOOM_CHECKPOINT_FILE`, ...) instead: that is for
/// looking into one failure.
///
/// Without `cfg(loom)` the body is simply run a few hundred times on real threads; then
/// `preemptions` means nothing.
#[cfg(loom)]
pub fn model(preemptions: usize, body: impl Fn() + Send + Sync + 'static) {
    if std::env::var_os("LOOM_LOG").is_some() {
        return loom::model(body);
    }
    let mut builder = loom::model::Builder::new();
    builder.max_branches = MAX_BRANCHES;
    builder.preemption_bound = (preemptions != UNBOUNDED).then_some(preemptions);
    builder.check(body);
}

/// Explores every interleaving of `body`, at most `preemptions` forced thread switches deep.
///
/// Without `cfg(loom)` the body is simply run a few hundred times on real threads; then
/// `preemptions` means nothing.
#[cfg(not(loom))]
pub fn model(preemptions: usize, body: impl Fn() + Send + Sync + 'static) {
    let _ = preemptions;
    for _ in 0..REPETITIONS {
        body();
    }
}
