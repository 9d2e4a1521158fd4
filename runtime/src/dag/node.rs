//! What a node does.

use super::scratch::{Scratch, Started};
use crate::TaskError;

/// A node, whatever its closure's type.
pub(super) trait Node: Send + Sync {
    /// Makes the node's future and polls it once.
    fn start(&self, scratch: &mut Scratch) -> Started;
}

/// A node that is a closure.
pub(super) struct Closure<F>(pub(super) F);

impl<F, R> Node for Closure<F>
where
    F: Fn() -> R + Send + Sync,
    R: Future + Send + 'static,
    R::Output: NodeOutput,
{
    fn start(&self, scratch: &mut Scratch) -> Started {
        scratch.start(&self.0)
    }
}

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
    fn into_result(self) -> Result<(), TaskError> {
        Ok(())
    }
}

impl<E: Into<TaskError>> NodeOutput for Result<(), E> {
    fn into_result(self) -> Result<(), TaskError> {
        self.map_err(Into::into)
    }
}
