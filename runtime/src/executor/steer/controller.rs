//! Who finds the limit on tasks in flight.

use scheduler::adaptive::{
    Aimd, ConcurrencyController, ControllerSettings, Gradient2, Prober, Vegas,
};
use std::fmt;
use std::sync::Arc;

/// Which controller decides how many tasks may be in flight, under
/// [`adaptive_scheduling`](crate::executor::ExecutorConfig::adaptive_scheduling). See
/// [`scheduler::adaptive`] for what each goes by.
///
/// # Examples
///
/// ```
/// use graph_runtime::adaptive::{ControllerSettings, Vegas};
/// use graph_runtime::executor::{Controller, ExecutorConfig};
///
/// // Vegas, but never more than 32.
/// let cautious = |settings: ControllerSettings| {
///     Box::new(Vegas::new(ControllerSettings { max: settings.max.min(32), ..settings })) as _
/// };
/// let config = ExecutorConfig {
///     adaptive_scheduling: true,
///     controller: Controller::custom(cautious),
///     ..ExecutorConfig::default()
/// };
/// assert_eq!(config.controller.label(), "custom");
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Controller {
    /// Tries higher and lower limits and keeps the one that gives the most throughput.
    #[default]
    Prober,
    /// Follows the gradient of latency.
    Gradient2,
    /// Keeps the queue short that latency betrays.
    Vegas,
    /// Follows the machine's CPU and memory.
    Aimd,
    /// One of the user's own, made once for each executor. It is asked on a worker, between tasks,
    /// some hundred times a second at most. If it panics the limit is `max_in_flight` from then on.
    Custom(MakeController),
}

/// Makes a controller, given the executor's bounds and aims.
pub type MakeController =
    Arc<dyn Fn(ControllerSettings) -> Box<dyn ConcurrencyController> + Send + Sync>;

impl Controller {
    /// One of the user's own.
    pub fn custom(
        make: impl Fn(ControllerSettings) -> Box<dyn ConcurrencyController> + Send + Sync + 'static,
    ) -> Self {
        Self::Custom(Arc::new(make))
    }

    /// A word for it.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Prober => "prober",
            Self::Gradient2 => "gradient2",
            Self::Vegas => "vegas",
            Self::Aimd => "aimd",
            Self::Custom(_) => "custom",
        }
    }

    /// A new controller. Runs user code.
    pub(in crate::executor) fn make(
        &self,
        settings: ControllerSettings,
    ) -> Box<dyn ConcurrencyController> {
        match self {
            Self::Prober => Box::new(Prober::new(settings)),
            Self::Gradient2 => Box::new(Gradient2::new(settings)),
            Self::Vegas => Box::new(Vegas::new(settings)),
            Self::Aimd => Box::new(Aimd::new(settings)),
            Self::Custom(make) => make(settings),
        }
    }
}

impl PartialEq for Controller {
    /// Two of the user's own are the same if they are made by the same thing.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Custom(one), Self::Custom(other)) => Arc::ptr_eq(one, other),
            _ => self.label() == other.label(),
        }
    }
}

impl fmt::Debug for Controller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}
