//! Threads for closures that block, apart from the workers, and what is done on them for tasks:
//! calls that may block, and reading and writing in the background.

mod background;
mod buffer;
mod medium;
mod pool;
mod run;
mod task;

pub(crate) use background::{Background, DEFAULT_MAX_BUFFER};
pub(crate) use pool::{BlockingConfig, BlockingPool, ClosureReport};
pub(crate) use run::{lost, run};
