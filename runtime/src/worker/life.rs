//! The life of a worker.

use super::{Local, Shared};
use crate::context::{DrivesTasks, EnteredHandle, EnteredWorker};
use crate::runtime::Handle;
use primitives::bomb::Bomb;
use std::sync::Arc;

/// Is a worker, until the runtime shuts down or another thread has taken the worker over.
pub(crate) fn work(local: Arc<Local>, handle: &Handle) {
    // A panic in here is ours, not a task's: going on would lose tasks.
    let bomb = Bomb::new("running a worker");
    let shared: &Shared = handle.shared();
    let _handle = EnteredHandle::new(handle);
    let _drives = DrivesTasks::enter_as_worker();
    let worker = EnteredWorker::new(Arc::clone(&local));
    if local.run_until(|| shared.is_closing()) {
        local.drain();
        shared.leave_worker();
    }
    drop(worker);
    bomb.defuse();
}
