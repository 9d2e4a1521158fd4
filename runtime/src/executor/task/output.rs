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
pub struct TaskOutput(Kept);

#[derive(Clone)]
enum Kept {
    /// `()`, which tasks without a result return, and which needs no memory.
    Nothing,
    Value(Arc<dyn Value + Send + Sync>),
}

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
        if (&value as &dyn Any).is::<()>() {
            return Self(Kept::Nothing);
        }
        Self(Kept::Value(Arc::new(value)))
    }

    /// The value, if it is a `T`.
    ///
    /// # Errors
    ///
    /// Gives the output back if the value is of another type; see
    /// [`type_name`](Self::type_name).
    pub fn downcast<T: Any + Send + Sync>(self) -> Result<Arc<T>, Self> {
        let value: Arc<dyn Any + Send + Sync> = match self.0 {
            Kept::Nothing => Arc::new(()),
            Kept::Value(value) if (&*value as &dyn Any).is::<T>() => value,
            Kept::Value(value) => return Err(Self(Kept::Value(value))),
        };
        value.downcast().map_err(|_| Self(Kept::Nothing))
    }

    /// The name of the value's type, for people.
    pub fn type_name(&self) -> &'static str {
        match &self.0 {
            Kept::Nothing => type_name::<()>(),
            // Of the value, not of the Arc, which is a value as well.
            Kept::Value(value) => (**value).type_name(),
        }
    }
}

impl fmt::Debug for TaskOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskOutput({})", self.type_name())
    }
}

#[cfg(test)]
mod tests {
    use super::TaskOutput;

    #[test]
    fn nothing_is_a_value_like_any_other() {
        let output = TaskOutput::new(());
        assert_eq!(output.type_name(), "()");
        let output = output.downcast::<u8>().unwrap_err();
        assert_eq!(*output.downcast::<()>().unwrap(), ());
        assert_eq!(TaskOutput::new(7_u8).downcast::<()>().unwrap_err().type_name(), "u8");
    }
}
