//! Telling an attempt that it is to stop.

use crate::executor::books::batch::TaskRef;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Ready when the attempt is to stop. Made by
/// [`TaskContext::cancelled`](crate::executor::TaskContext::cancelled).
#[must_use = "futures do nothing unless they are awaited"]
pub struct Cancelled {
    task: TaskRef,
    attempt: u32,
    place: Option<usize>,
}

impl Cancelled {
    pub(in crate::executor) fn new(task: TaskRef, attempt: u32) -> Self {
        Self { task, attempt, place: None }
    }
}

impl Future for Cancelled {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self { task, attempt, place } = self.get_mut();
        if task.help_or_stop(*attempt, place, context.waker()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Cancelled {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.task.leave_helpers(place);
        }
    }
}

impl fmt::Debug for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancelled").field("id", &self.task.id).finish_non_exhaustive()
    }
}
