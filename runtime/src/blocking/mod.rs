//! Threads for closures that block, apart from the workers.

mod pool;
mod task;

pub(crate) use pool::{BlockingConfig, BlockingPool};
