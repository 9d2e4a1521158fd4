//! A value that is computed at most once.

use super::once_slot::OnceSlot;
use super::permits::Permits;
use super::{AcquireError, TryAcquireError};
use primitives::shim::const_fn;
use std::convert::Infallible;
use std::fmt;
use thiserror::Error;

/// A value that the first who needs it computes, while the others wait. If it fails or gives up,
/// the next one tries.
///
/// Reading it when it is there is one atomic load.
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::OnceCell;
///
/// static CONFIG: OnceCell<u32> = OnceCell::const_new();
///
/// # #[graph_runtime::main]
/// # async fn main() {
/// assert_eq!(CONFIG.get(), None);
/// assert_eq!(*CONFIG.get_or_init(|| async { 7 }).await, 7);
/// assert_eq!(*CONFIG.get_or_init(|| async { 8 }).await, 7);
/// # }
/// ```
pub struct OnceCell<T> {
    slot: OnceSlot<T>,
    /// One permit to compute the value; closed when it is there.
    turn: Permits,
}

/// The right to fill the cell; dropping it leaves that to somebody else.
struct Turn<'a, T>(&'a OnceCell<T>);

impl<'a, T> Turn<'a, T> {
    fn fill(self, value: T) -> &'a T {
        let cell = self.0;
        // There is one permit to fill it, which this stands for, and it does not come back.
        std::mem::forget(self);
        let filled = cell.slot.fill(value);
        cell.turn.close();
        assert!(filled.is_ok(), "it is filled under the only permit");
        cell.get().expect("it has just been filled")
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        self.0.turn.release(1);
    }
}

impl<T> OnceCell<T> {
    const_fn! {
        /// An empty cell.
        pub const fn new() -> Self {
            Self { slot: OnceSlot::empty(), turn: Permits::new(1) }
        }
    }

    const_fn! {
        /// As [`new`](Self::new), for statics.
        pub const fn const_new() -> Self {
            Self::new()
        }
    }

    /// A cell that may have a value already.
    pub fn new_with(value: Option<T>) -> Self {
        value.map_or_else(Self::new, Self::from)
    }

    const_fn! {
        /// A cell that has a value already, for statics.
        pub const fn const_new_with(value: T) -> Self {
            Self { slot: OnceSlot::full(value), turn: Permits::new_closed() }
        }
    }

    /// Whether it has a value.
    pub fn initialized(&self) -> bool {
        self.slot.is_full()
    }

    /// The value, if there is one.
    pub fn get(&self) -> Option<&T> {
        self.slot.get()
    }

    /// The value, if there is one.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.slot.get_mut()
    }

    /// Gives it a value.
    ///
    /// # Errors
    ///
    /// The value back, if there is one already, or somebody is about to compute one.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::sync::OnceCell;
    ///
    /// let cell = OnceCell::new();
    /// assert!(cell.set(1).is_ok());
    /// assert!(cell.set(2).unwrap_err().is_already_init_err());
    /// assert_eq!(cell.into_inner(), Some(1));
    /// ```
    pub fn set(&self, value: T) -> Result<(), SetError<T>> {
        match self.turn.try_acquire(1) {
            Ok(()) => {
                Turn(self).fill(value);
                Ok(())
            }
            Err(TryAcquireError::Closed) => Err(SetError::AlreadyInitializedError(value)),
            Err(TryAcquireError::NoPermits) => Err(SetError::InitializingError(value)),
        }
    }

    /// The value; `f` computes it if there is none yet and nobody else is at it.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops that of `f` if it runs; then somebody else's turn comes.
    pub async fn get_or_init<F, Fut>(&self, f: F) -> &T
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = T>,
    {
        let Ok(value) = self.get_or_try_init(async || Ok::<T, Infallible>(f().await)).await;
        value
    }

    /// The value; `f` tries to compute it if there is none yet and nobody else is at it.
    ///
    /// # Errors
    ///
    /// What `f` returns. The cell stays empty then, and somebody else's turn comes.
    ///
    /// # Cancel safety
    ///
    /// As for [`get_or_init`](Self::get_or_init).
    pub async fn get_or_try_init<E, F, Fut>(&self, f: F) -> Result<&T, E>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        if let Some(value) = self.get() {
            return Ok(value);
        }
        match self.turn.acquire(1).await {
            Ok(()) => {
                let turn = Turn(self);
                Ok(turn.fill(f().await?))
            }
            Err(AcquireError { .. }) => Ok(self.get().expect("closed when it has a value")),
        }
    }

    /// Unwraps the value.
    pub fn into_inner(self) -> Option<T> {
        self.slot.into_inner()
    }

    /// Takes the value out; the cell is empty again.
    pub fn take(&mut self) -> Option<T> {
        std::mem::take(self).into_inner()
    }
}

impl<T> Default for OnceCell<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> From<T> for OnceCell<T> {
    fn from(value: T) -> Self {
        Self::const_new_with(value)
    }
}

impl<T: Clone> Clone for OnceCell<T> {
    fn clone(&self) -> Self {
        Self::new_with(self.get().cloned())
    }
}

impl<T: PartialEq> PartialEq for OnceCell<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceCell<T> {}

impl<T: fmt::Debug> fmt::Debug for OnceCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceCell").field("value", &self.get()).finish()
    }
}

/// Why a [`OnceCell`] did not take a value, and that value.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum SetError<T> {
    /// It has one already.
    #[error("the cell has a value already")]
    AlreadyInitializedError(T),
    /// Somebody is about to compute one.
    #[error("the cell's value is being computed")]
    InitializingError(T),
}

impl<T> SetError<T> {
    /// Whether it has one already.
    pub fn is_already_init_err(&self) -> bool {
        matches!(self, Self::AlreadyInitializedError(_))
    }

    /// Whether somebody is about to compute one.
    pub fn is_initializing_err(&self) -> bool {
        matches!(self, Self::InitializingError(_))
    }
}
