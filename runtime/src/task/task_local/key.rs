//! Keys of values that belong to tasks.

use super::error::EnterError;
use super::{AccessError, TaskLocalFuture};
use std::cell::RefCell;
use std::fmt;
use std::mem;
use std::thread;

/// A key for values that belong to tasks; [`task_local!`](crate::task_local) declares them.
///
/// # Examples
///
/// ```
/// graph_runtime::task_local! { static REQUEST: u64 }
///
/// #[graph_runtime::main]
/// async fn main() {
///     let answer = REQUEST.scope(7, async {
///         graph_runtime::task::yield_now().await;
///         REQUEST.with(|request| request * 6)
///     });
///     assert_eq!(answer.await, 42);
/// }
/// ```
pub struct LocalKey<T: 'static> {
    /// For the macro.
    #[doc(hidden)]
    pub slot: thread::LocalKey<RefCell<Option<T>>>,
}

impl<T: 'static> LocalKey<T> {
    /// Gives the future a value, for as long as it runs and while it is dropped. An outer scope's
    /// value is hidden meanwhile.
    ///
    /// Tasks that the future spawns do not inherit it.
    ///
    /// # Panics
    ///
    /// Polling the scope panics inside of [`with`](Self::with) of the same key.
    pub fn scope<F>(&'static self, value: T, future: F) -> TaskLocalFuture<T, F>
    where
        F: Future,
    {
        TaskLocalFuture::new(self, value, future)
    }

    /// Calls the closure with a value, which is dropped afterwards. An outer scope's value is
    /// hidden meanwhile.
    ///
    /// # Panics
    ///
    /// Inside of [`with`](Self::with) of the same key, and if the closure does.
    #[track_caller]
    pub fn sync_scope<F, R>(&'static self, value: T, closure: F) -> R
    where
        F: FnOnce() -> R,
    {
        let mut value = Some(value);
        match self.exchanged(&mut value, closure) {
            Ok(result) => result,
            Err(error) => error.panic(),
        }
    }

    /// Calls the closure with the value.
    ///
    /// # Panics
    ///
    /// Outside of every scope of this key; see [`try_with`](Self::try_with).
    #[track_caller]
    pub fn with<F, R>(&'static self, closure: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        match self.try_with(closure) {
            Ok(result) => result,
            Err(_) => panic!("cannot access a task-local value outside of its scopes"),
        }
    }

    /// Calls the closure with the value, if there is one.
    ///
    /// # Errors
    ///
    /// Outside of every scope of this key.
    pub fn try_with<F, R>(&'static self, closure: F) -> Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        let result = self.slot.try_with(|slot| slot.borrow().as_ref().map(closure));
        result.ok().flatten().ok_or(AccessError)
    }

    /// Calls the closure while what is in `value` and what is in the slot have changed places, also
    /// if it panics.
    pub(super) fn exchanged<R>(
        &'static self,
        value: &mut Option<T>,
        closure: impl FnOnce() -> R,
    ) -> Result<R, EnterError> {
        self.slot.try_with(|slot| {
            slot.try_borrow_mut().map(|mut slot| mem::swap(&mut *slot, value))
        })??;
        let _exchanged = Exchanged { key: self, value };
        Ok(closure())
    }
}

impl<T: Clone + 'static> LocalKey<T> {
    /// A clone of the value.
    ///
    /// # Panics
    ///
    /// Outside of every scope of this key; see [`try_get`](Self::try_get).
    #[track_caller]
    pub fn get(&'static self) -> T {
        self.with(T::clone)
    }

    /// A clone of the value, if there is one.
    ///
    /// # Errors
    ///
    /// Outside of every scope of this key.
    pub fn try_get(&'static self) -> Result<T, AccessError> {
        self.try_with(T::clone)
    }
}

/// Changes the places back when it is dropped.
struct Exchanged<'a, T: 'static> {
    key: &'static LocalKey<T>,
    value: &'a mut Option<T>,
}

impl<T: 'static> Drop for Exchanged<'_, T> {
    fn drop(&mut self) {
        // The slot was there and free a moment ago, and whoever has borrowed it since or exchanged
        // its value was called from in between and is done.
        self.key.slot.with(|slot| mem::swap(&mut *slot.borrow_mut(), self.value));
    }
}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}
