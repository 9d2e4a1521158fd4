//! What the user wants to know of the runtime's threads.

use std::fmt;
use std::sync::Arc;

type Hook = Option<Arc<dyn Fn() + Send + Sync>>;

/// Called on the very thread that they are about.
#[derive(Clone, Default)]
pub(crate) struct ThreadHooks {
    pub(crate) start: Hook,
    pub(crate) stop: Hook,
    pub(crate) park: Hook,
    pub(crate) unpark: Hook,
}

/// Calls a hook, if there is one.
#[inline]
pub(crate) fn call(hook: &Hook) {
    if let Some(hook) = hook {
        hook();
    }
}

impl ThreadHooks {
    /// A thread has started. When the result is dropped, it stops.
    pub(crate) fn started(&self) -> Started {
        call(&self.start);
        Started(self.stop.clone())
    }
}

/// A thread between its two hooks.
pub(crate) struct Started(Hook);

impl Drop for Started {
    fn drop(&mut self) {
        call(&self.0);
    }
}

impl fmt::Debug for ThreadHooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadHooks").finish_non_exhaustive()
    }
}
