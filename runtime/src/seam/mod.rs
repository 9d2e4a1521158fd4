//! Where the runtime touches the world, so that a test can put another world in its place.
//!
//! Everything that differs from run to run comes in through [`Seams`]: the time, the driver that
//! waits for I/O, the start of threads, the seed of every random choice, and the sampler that
//! looks at the machine. The defaults are the machine's own. With all five replaced, what the
//! scheduler does follows from its input alone.

mod clock;
mod pausable;
mod thread;

pub use clock::Clock;
pub(crate) use clock::{ClockHold, all_show_the_machines_time};
pub use thread::{StartThread, StdThreads, ThreadHandle, ThreadSpec};

use monitor::{ProcSampler, Sampler};
use reactor::Reactor;
use std::fmt;
use std::io;
use std::sync::Arc;

/// Makes the reactor of worker number `n`.
pub type MakeReactor = Arc<dyn Fn(usize) -> io::Result<Reactor> + Send + Sync>;
/// Makes the sampler of the monitor thread.
pub type MakeSampler = Arc<dyn Fn() -> Box<dyn Sampler> + Send + Sync>;

/// The runtime's view of the world.
///
/// # Examples
///
/// A runtime whose random choices are the same in every run:
///
/// ```
/// use graph_runtime::runtime::Builder;
/// use graph_runtime::seam::Seams;
///
/// let seams = Seams { seed: 42, ..Seams::default() };
/// let runtime = Builder::new_current_thread().seams(seams).build().unwrap();
/// assert_eq!(runtime.block_on(async { 6 * 7 }), 42);
/// ```
#[derive(Clone)]
pub struct Seams {
    /// Tells the time.
    pub clock: Clock,
    /// Makes the reactors, and with them the I/O drivers.
    pub make_reactor: MakeReactor,
    /// Starts threads.
    pub threads: Arc<dyn StartThread>,
    /// What every random choice follows from. The default differs from process to process.
    pub seed: u64,
    /// Makes the sampler behind the resource monitor.
    pub make_sampler: MakeSampler,
}

impl Default for Seams {
    fn default() -> Self {
        Self {
            clock: Clock::default(),
            make_reactor: Arc::new(|_worker| Reactor::with_mio()),
            threads: Arc::new(StdThreads),
            seed: random_seed(),
            make_sampler: Arc::new(|| Box::new(ProcSampler::new())),
        }
    }
}

/// A number that std draws from the operating system's randomness.
fn random_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}

impl fmt::Debug for Seams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seams").field("seed", &self.seed).finish_non_exhaustive()
    }
}
