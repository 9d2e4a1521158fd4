//! Why a task has no output.

use super::Id;
use std::any::Any;
use std::fmt;
use std::io;
use std::panic::resume_unwind;
use std::sync::Mutex;

/// A task ended without an output: it was cancelled, or it panicked.
///
/// # Examples
///
/// ```
/// # use graph_runtime::runtime::Builder;
/// let runtime = Builder::new_current_thread().build().unwrap();
/// runtime.block_on(async {
///     let error = graph_runtime::spawn(async { panic!("boom") }).await.unwrap_err();
///     assert!(error.is_panic());
///     assert!(error.to_string().contains("boom"));
/// });
/// ```
pub struct JoinError {
    id: Id,
    reason: Reason,
}

enum Reason {
    Cancelled,
    /// In a lock, because a payload need not be `Sync` and an error should be.
    Panicked(Mutex<Box<dyn Any + Send>>),
}

impl JoinError {
    pub(crate) fn cancelled(id: Id) -> Self {
        Self { id, reason: Reason::Cancelled }
    }

    pub(crate) fn panicked(id: Id, payload: Box<dyn Any + Send>) -> Self {
        Self { id, reason: Reason::Panicked(Mutex::new(payload)) }
    }

    /// The task that ended.
    pub fn id(&self) -> Id {
        self.id
    }

    /// Whether the task was aborted, or the runtime shut down.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.reason, Reason::Cancelled)
    }

    /// Whether the task panicked.
    pub fn is_panic(&self) -> bool {
        matches!(self.reason, Reason::Panicked(_))
    }

    /// The payload of the task's panic, for [`std::panic::resume_unwind`].
    ///
    /// # Panics
    ///
    /// If the task was cancelled; see [`try_into_panic`](Self::try_into_panic).
    #[track_caller]
    pub fn into_panic(self) -> Box<dyn Any + Send> {
        match self.try_into_panic() {
            Ok(payload) => payload,
            Err(error) => panic!("into_panic on an error that is no panic: {error}"),
        }
    }

    /// The payload of the task's panic.
    ///
    /// # Errors
    ///
    /// Gives the error back if the task was cancelled.
    pub fn try_into_panic(self) -> Result<Box<dyn Any + Send>, Self> {
        match self.reason {
            Reason::Panicked(payload) => {
                Ok(payload.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
            }
            Reason::Cancelled => Err(self),
        }
    }

    /// Goes on panicking where the task left off, or does nothing if it was cancelled.
    pub fn resume_if_panic(self) {
        if let Ok(payload) = self.try_into_panic() {
            resume_unwind(payload);
        }
    }

    /// The text of the panic, if the task panicked and its payload carries one.
    fn message(&self) -> Option<String> {
        let Reason::Panicked(payload) = &self.reason else { return None };
        let payload = payload.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        text_of(&**payload).map(str::to_owned)
    }
}

/// The text of a panic payload, for messages.
pub(crate) fn panic_message(payload: &(dyn Any + Send)) -> &str {
    text_of(payload).unwrap_or("a payload that is not a string")
}

/// The text of a panic payload, if it carries one.
fn text_of(payload: &(dyn Any + Send)) -> Option<&str> {
    payload
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.reason, self.message()) {
            (Reason::Cancelled, _) => write!(f, "task {} was cancelled", self.id),
            (_, Some(text)) => write!(f, "task {} panicked with message {text:?}", self.id),
            (_, None) => write!(f, "task {} panicked", self.id),
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.reason, self.message()) {
            (Reason::Cancelled, _) => write!(f, "JoinError::Cancelled({:?})", self.id),
            (_, Some(text)) => write!(f, "JoinError::Panic({:?}, {text:?}, ...)", self.id),
            (_, None) => write!(f, "JoinError::Panic({:?}, ...)", self.id),
        }
    }
}

impl std::error::Error for JoinError {}

impl From<JoinError> for io::Error {
    /// An error of kind [`Other`](io::ErrorKind::Other) that says which of the two happened.
    fn from(error: JoinError) -> Self {
        Self::other(match error.reason {
            Reason::Cancelled => "task was cancelled",
            Reason::Panicked(_) => "task panicked",
        })
    }
}
