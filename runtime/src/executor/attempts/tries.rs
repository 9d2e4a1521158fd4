//! What is kept of the attempts of a task that has had several.

use super::sign::Sign;
use crate::executor::ExecutorError;
use crate::executor::books::record::{Record, Run};
use std::collections::VecDeque;
use std::sync::Arc;

/// Of how many attempts the errors are kept, besides that of the last one.
const ERRORS_MAX: usize = 8;

/// Of a task that is tried again, or whose attempts have to give signs of life.
#[derive(Default)]
pub(in crate::executor) struct Tries {
    /// Of the latest attempts that were followed by another, the latest last.
    errors: VecDeque<ExecutorError>,
    /// The latest of these attempts.
    run: Option<Run>,
    /// Where the running attempt gives its signs of life, once it has begun.
    sign: Option<Arc<Sign>>,
}

impl Record {
    /// An attempt begins that gives signs of life by `sign`.
    pub(in crate::executor) fn listen_to(&self, sign: &Arc<Sign>) {
        let sign = Some(Arc::clone(sign));
        let before = self.with_tries(|tries| std::mem::replace(&mut tries.sign, sign));
        drop(before);
    }

    /// Where the running attempt gives its signs of life; `None` before it has begun.
    pub(in crate::executor) fn sign(&self) -> Option<Arc<Sign>> {
        self.tries(|tries| tries.sign.clone()).flatten()
    }

    /// An attempt went wrong and will be followed by another. Returns an error that is not kept any
    /// longer.
    #[must_use = "dropping it is user code"]
    pub(in crate::executor) fn note_failure(
        &self,
        error: ExecutorError,
        run: Run,
    ) -> Option<ExecutorError> {
        self.with_tries(|tries| {
            tries.sign = None;
            tries.run = Some(run);
            tries.errors.push_back(error);
            if tries.errors.len() > ERRORS_MAX { tries.errors.pop_front() } else { None }
        })
    }

    /// The errors of up to eight of the latest attempts that were followed by another.
    pub(in crate::executor) fn earlier_errors(&self) -> Vec<ExecutorError> {
        let errors = self.tries(|tries| tries.errors.iter().cloned().collect());
        errors.unwrap_or_default()
    }

    /// The latest attempt that was followed by the wait for another.
    pub(in crate::executor) fn last_run(&self) -> Run {
        self.tries(|tries| tries.run).flatten().unwrap_or(Run::NEVER)
    }

    /// The errors, if there are any, when nobody can ask for them any more.
    pub(in crate::executor) fn take_errors(&self) -> Option<VecDeque<ExecutorError>> {
        self.tries(|tries| std::mem::take(&mut tries.errors))
    }
}
