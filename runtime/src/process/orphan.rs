//! Processes that nobody waits for any more.

use super::exit::Exit;
use crate::runtime::Handle;
use crate::task::Builder;
use std::future::poll_fn;
use std::mem::take;
use std::process::Child;
use std::sync::{Mutex, PoisonError};

/// Those that no runtime looks after: at most as many as there are processes.
static LEFT: Mutex<Vec<Child>> = Mutex::new(Vec::new());

/// Takes note of the ends of all those that no runtime looks after.
pub(super) fn reap() {
    let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
    left.retain_mut(is_running);
}

fn is_running(child: &mut Child) -> bool {
    matches!(child.try_wait(), Ok(None))
}

/// Sees to it that somebody takes note when `child` ends.
pub(super) fn adopt(mut child: Child, exit: Exit) {
    reap();
    if !is_running(&mut child) {
        return;
    }
    let orphan = Orphan { child: Some(child), exit };
    if let Ok(handle) = Handle::try_current() {
        // If the runtime has shut down this drops the orphan.
        drop(Builder::new().name("orphaned process").spawn_on(orphan.wait(), &handle));
    }
}

/// A process whose end a task waits for.
struct Orphan {
    child: Option<Child>,
    exit: Exit,
}

impl Orphan {
    async fn wait(mut self) {
        if let Some(child) = &mut self.child {
            let ended = poll_fn(|context| self.exit.poll_wait(context, child)).await;
            if ended.is_ok() {
                self.child = None;
            }
        }
    }
}

impl Drop for Orphan {
    fn drop(&mut self) {
        let child = take(&mut self.child);
        LEFT.lock().unwrap_or_else(PoisonError::into_inner).extend(child);
    }
}
