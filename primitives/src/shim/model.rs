//! Running a model: exhaustively under loom, repeatedly on real threads otherwise.

/// The logarithm of a bounded queue's capacity: small under loom, so that a model reaches the
/// full queue and the wrap-around within a few steps.
#[cfg(loom)]
pub const MODEL_CAPACITY_SHIFT: u32 = 2;
/// The logarithm of a bounded queue's capacity: 256 entries.
#[cfg(not(loom))]
pub const MODEL_CAPACITY_SHIFT: u32 = 8;

/// How often [`model`] repeats its body on real threads.
#[cfg(not(loom))]
const REPETITIONS: usize = 200;

/// Explores every interleaving of `body`, at most `preemptions` forced thread switches deep.
///
/// Without `cfg(loom)` the body is simply run a few hundred times on real threads; then
/// `preemptions` means nothing.
#[cfg(loom)]
pub fn model(preemptions: usize, body: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
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
