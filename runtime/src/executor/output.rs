//! What a task returns.

use std::any::{Any, type_name};
use std::fmt;
use std::sync::Arc;

/// A task's result, shared by everybody who may read it: its handle, its graph's report, and the
/// tasks that depend on it.
///
/// # Examples
///
/// ```
/// use graph_runtime::executor::TaskOutput;
///
/// let output = TaskOutput::new(7_u32);
/// let output = output.downcast::<String>().unwrap_err();
/// assert_eq!(*output.downcast::<u32>().unwrap(), 7);
/// ```
#[derive(Clone)]
pub struct TaskOutput {
    value: Arc<dyn Any + Send + Sync>,
    type_name: &'static str,
}

impl TaskOutput {
    /// Wraps `value`.
    pub fn new<T: Any + Send + Sync>(value: T) -> Self {
        Self { value: Arc::new(value), type_name: type_name::<T>() }
    }

    /// The value, if it is a `T`.
    ///
    /// # Errors
    ///
    /// Gives the output back if the value is of another type; see
    /// [`type_name`](Self::type_name).
    pub fn downcast<T: Any + Send + Sync>(self) -> Result<Arc<T>, Self> {
        let Self { value, type_name } = self;
        value.downcast().map_err(|value| Self { value, type_name })
    }

    /// The name of the value's type, for people.
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }
}

impl fmt::Debug for TaskOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskOutput({})", self.type_name)
    }
}
