//! What a node's future may return.

use crate::TaskError;

/// What a node's future may return: nothing, or a result without a value.
pub trait NodeOutput {
    /// The output as a result.
    ///
    /// # Errors
    ///
    /// The node's error, which ends the run.
    fn into_result(self) -> Result<(), TaskError>;
}

impl NodeOutput for () {
    #[inline]
    fn into_result(self) -> Result<(), TaskError> {
        Ok(())
    }
}

impl<E: Into<TaskError>> NodeOutput for Result<(), E> {
    #[inline]
    fn into_result(self) -> Result<(), TaskError> {
        self.map_err(Into::into)
    }
}
