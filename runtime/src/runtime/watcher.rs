//! The thread that watches over a runtime's workers.

use super::{BuildError, Config, Handle};
use crate::seam::{ThreadHandle, ThreadSpec};
use crate::worker::Watch;
use primitives::bomb::Bomb;
use std::sync::Arc;

/// Starts it, if there is to be one. It ends soon after the shutdown has begun, and drops then what
/// `exit` returns.
///
/// # Errors
///
/// If the system refuses the thread.
pub(super) fn start_watch<E: Send + 'static>(
    config: &Config,
    handle: &Handle,
    exit: impl FnOnce() -> E,
) -> Result<Option<Box<dyn ThreadHandle>>, BuildError> {
    if !handle.shared().wants_watch() {
        return Ok(None);
    }
    let spec = ThreadSpec { name: config.thread_names.next("watch"), stack_size: None };
    let (shared, exit) = (Arc::clone(handle.shared()), exit());
    let body = Box::new(move || {
        let _exit = exit;
        let bomb = Bomb::new("watching the workers");
        Watch::run(&shared);
        bomb.defuse();
    });
    let started = config.seams.threads.start(spec, body);
    started.map(Some).map_err(|error| BuildError::system("the watch", error))
}
