//! A task that the scheduler has started.

use crate::executor::books::batch::TaskRef;
use primitives::Timestamp;
use scheduler::{Dispatch, Ticket};
use std::time::Duration;

/// What an attempt needs to begin.
#[derive(Debug)]
pub(in crate::executor) struct Start {
    pub(in crate::executor) task: TaskRef,
    pub(in crate::executor) ticket: Ticket,
    /// Which attempt it is; the first is 1.
    pub(in crate::executor) number: u32,
    pub(in crate::executor) timeout: Option<Duration>,
    /// Whether it has to give signs of life.
    pub(in crate::executor) is_listened_to: bool,
    pub(in crate::executor) ready_at: Timestamp,
}

impl Start {
    pub(in crate::executor) fn new(task: TaskRef, dispatch: &Dispatch<()>) -> Self {
        Self {
            task,
            ticket: dispatch.ticket,
            number: dispatch.attempt,
            timeout: dispatch.timeout,
            is_listened_to: dispatch.idle_timeout.is_some(),
            ready_at: dispatch.ready_at,
        }
    }
}
