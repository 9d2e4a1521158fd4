//! Why there is no value.

use std::cell::BorrowMutError;
use std::thread;
use thiserror::Error;

/// The task has no value for a key: it is outside of every scope of that key.
///
/// # Examples
///
/// ```
/// graph_runtime::task_local! { static NAME: &'static str }
/// let error = NAME.try_get().unwrap_err();
/// assert_eq!(error.to_string(), "task-local value not set");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("task-local value not set")]
#[non_exhaustive]
pub struct AccessError;

/// Why a scope cannot be entered.
#[derive(Debug)]
pub(super) enum EnterError {
    /// The value is being looked at.
    Borrowed,
    /// The thread is ending.
    ThreadEnding,
}

impl EnterError {
    #[track_caller]
    pub(super) fn panic(self) -> ! {
        match self {
            Self::Borrowed => {
                panic!("cannot enter a task-local scope while the task-local storage is borrowed")
            }
            Self::ThreadEnding => {
                panic!("cannot enter a task-local scope on a thread whose thread-locals are gone")
            }
        }
    }
}

impl From<BorrowMutError> for EnterError {
    fn from(_: BorrowMutError) -> Self {
        Self::Borrowed
    }
}

impl From<thread::AccessError> for EnterError {
    fn from(_: thread::AccessError) -> Self {
        Self::ThreadEnding
    }
}
