//! Running a model and saying how much there was to explore.

use primitives::shim;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Runs `body` under every interleaving with at most `preemptions` forced thread switches, or a
/// few hundred times on real threads; see [`shim::model`]. Prints the number of executions, which
/// `--show-output` shows.
///
/// Under loom, the environment variable `GRAPH_RUNTIME_MUTANT` switches a mutant on by its name.
///
/// # Panics
///
/// If `body` panics under any of the interleavings, deadlocks, races or leaks.
pub fn explore(preemptions: usize, body: impl Fn() + Send + Sync + 'static) {
    // A plain std atomic: it survives from one execution to the next, and loom does not see it.
    let executions = Arc::new(AtomicUsize::new(0));
    let started_at = Instant::now();
    let counter = Arc::clone(&executions);
    let counted = move || {
        counter.fetch_add(1, Ordering::Relaxed);
        body();
    };
    #[cfg(loom)]
    crate::kill::with_chosen_mutant(|| shim::model(preemptions, counted));
    #[cfg(not(loom))]
    shim::model(preemptions, counted);
    println!(
        "{}: {} executions in {:.2?}",
        std::thread::current().name().unwrap_or("a model"),
        executions.load(Ordering::Relaxed),
        started_at.elapsed(),
    );
}
