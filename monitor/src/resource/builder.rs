//! Putting a monitor together from parts.

use super::board::Board;
use super::gate::{Gate, Next};
use super::resource_monitor::ResourceMonitor;
use super::ticker::{OnWarning, Ticker};
use crate::{MonitorError, ProcSampler, ResourceMonitorConfig, Sampler, Warning};
use primitives::Timestamp;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// What the monitor's thread is called, in full: the kernel cuts names at 15 bytes.
const THREAD_NAME: &str = "graph-monitor";

type Clock = Box<dyn Fn() -> Timestamp + Send>;
type Work = Box<dyn FnOnce() + Send>;
type ThreadStart = Box<dyn FnOnce(&'static str, Work) -> io::Result<JoinHandle<()>>>;

/// A [`ResourceMonitor`] whose sampler, clock and thread can be exchanged.
///
/// # Examples
///
/// Without a thread, the caller says when time passes:
///
/// ```
/// use graph_runtime_monitor::{ResourceMonitor, ResourceMonitorConfig};
/// use primitives::Timestamp;
///
/// let builder = ResourceMonitor::builder(ResourceMonitorConfig::default());
/// let (monitor, mut ticker) = builder.manual()?;
/// ticker.tick(Timestamp::from_nanos(5));
/// assert_eq!(monitor.latest().at, Timestamp::from_nanos(5));
/// # Ok::<(), graph_runtime_monitor::MonitorError>(())
/// ```
#[must_use = "a builder does nothing until it is started"]
pub struct MonitorBuilder {
    config: ResourceMonitorConfig,
    sampler: Box<dyn Sampler>,
    clock: Clock,
    on_warning: OnWarning,
    thread_start: ThreadStart,
}

impl MonitorBuilder {
    pub(crate) fn new(config: ResourceMonitorConfig) -> Self {
        let origin = Instant::now();
        Self {
            config,
            sampler: Box::new(ProcSampler::new()),
            clock: Box::new(move || Timestamp::ZERO + origin.elapsed()),
            on_warning: Box::new(|_| {}),
            thread_start: Box::new(|name, work| {
                thread::Builder::new().name(name.into()).spawn(work)
            }),
        }
    }

    /// Takes samples from `sampler` instead of `/proc`.
    pub fn sampler(mut self, sampler: Box<dyn Sampler>) -> Self {
        self.sampler = sampler;
        self
    }

    /// Stamps samples with `clock`, so that they compare with the caller's other timestamps,
    /// instead of the time since the builder was made.
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Calls `on_warning` with each warning, when it comes up: on the monitor's thread, but for the
    /// first sample's. They are also [kept](ResourceMonitor::warnings); nothing is printed.
    pub fn on_warning(mut self, on_warning: impl FnMut(&Warning) + Send + 'static) -> Self {
        self.on_warning = Box::new(on_warning);
        self
    }

    /// Starts the thread with `start`, which is given its name and its whole work, and must run
    /// that work on a new thread.
    pub fn thread_start(
        mut self,
        start: impl FnOnce(&'static str, Work) -> io::Result<JoinHandle<()>> + 'static,
    ) -> Self {
        self.thread_start = Box::new(start);
        self
    }

    /// Takes the first sample on this thread and starts the monitor's own for the others.
    ///
    /// # Errors
    ///
    /// [`MonitorError::InvalidConfig`] and [`MonitorError::ThreadStart`].
    pub fn start(self) -> Result<ResourceMonitor, MonitorError> {
        self.config.validate()?;
        let board = Arc::new(Board::default());
        let gate = Arc::new(Gate::new());
        let mut ticker = Ticker::new(self.sampler, self.on_warning, Arc::clone(&board));
        ticker.tick((self.clock)());
        let work = work(ticker, Arc::clone(&gate), self.clock, self.config.monitoring_interval);
        let thread = (self.thread_start)(THREAD_NAME, work)
            .map_err(|source| MonitorError::ThreadStart { name: THREAD_NAME, source })?;
        Ok(ResourceMonitor::new(self.config, board, gate, Some(thread)))
    }

    /// A monitor without a thread, and the ticker that feeds it.
    ///
    /// # Errors
    ///
    /// [`MonitorError::InvalidConfig`].
    pub fn manual(self) -> Result<(ResourceMonitor, Ticker), MonitorError> {
        self.config.validate()?;
        let board = Arc::new(Board::default());
        let ticker = Ticker::new(self.sampler, self.on_warning, Arc::clone(&board));
        Ok((ResourceMonitor::new(self.config, board, Arc::new(Gate::new()), None), ticker))
    }
}

/// What the monitor's thread does. The interval is counted from the end of a sample, so that a
/// thread that was held up does not make up for it with a burst.
fn work(mut ticker: Ticker, gate: Arc<Gate>, clock: Clock, interval: Duration) -> Work {
    Box::new(move || {
        while gate.wait(Instant::now() + interval) == Next::Sample {
            ticker.tick(clock());
        }
    })
}

impl fmt::Debug for MonitorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MonitorBuilder").field("config", &self.config).finish_non_exhaustive()
    }
}
