//! Which branch comes first.

use crate::context;
use primitives::rng::Rng;
use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};

thread_local! {
    /// For threads that are no workers.
    static OUTSIDE: RefCell<Rng> = RefCell::new(Rng::new(RandomState::new().hash_one(0)));
}

/// A number below `bound`. On a worker it follows from the seed of its runtime.
#[inline]
pub fn random_below(bound: u32) -> u32 {
    let drawn = context::with_any_worker(|worker| Some(worker?.random_below(bound)));
    // A thread whose locals are gone can do without chance.
    drawn.unwrap_or_else(|| {
        OUTSIDE.try_with(|rng| rng.borrow_mut().below(bound)).unwrap_or_default()
    })
}
