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
pub struct TaskOutput(Arc<dyn Value + Send + Sync>);

/// A value that knows its type. What is kept of a million tasks is two words smaller if the name
/// is found through the value.
trait Value: Any {
    fn type_name(&self) -> &'static str;
}

impl<T: Any> Value for T {
    fn type_name(&self) -> &'static str {
        type_name::<T>()
    }
}

impl TaskOutput {
    /// Wraps `value`.
    pub fn new<T: Any + Send + Sync>(value: T) -> Self {
        Self(Arc::new(value))
    }

    /// The value, if it is a `T`.
    ///
    /// # Errors
    ///
    /// Gives the output back if the value is of another type; see
    /// [`type_name`](Self::type_name).
    pub fn downcast<T: Any + Send + Sync>(self) -> Result<Arc<T>, Self> {
        let value: &dyn Any = &*self.0;
        if !value.is::<T>() {
            return Err(self);
        }
        let value: Arc<dyn Any + Send + Sync> = self.0;
        Ok(value.downcast().expect("its type has been looked at"))
    }

    /// The name of the value's type, for people.
    pub fn type_name(&self) -> &'static str {
        // Of the value, not of the Arc, which is a value as well.
        (*self.0).type_name()
    }
}

impl fmt::Debug for TaskOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskOutput({})", self.type_name())
    }
}
