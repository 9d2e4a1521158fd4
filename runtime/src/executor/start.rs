//! A task that the scheduler has started.

use super::batch::TaskRef;
use primitives::Timestamp;
use scheduler::{Dispatch, Ticket};
use std::time::Duration;

/// What an attempt needs to begin.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) task: TaskRef,
    pub(super) ticket: Ticket,
    /// Which attempt it is; the first is 1.
    pub(super) number: u32,
    pub(super) timeout: Option<Duration>,
    /// Whether it has to give signs of life.
    pub(super) is_listened_to: bool,
    pub(super) ready_at: Timestamp,
}

impl Start {
    pub(super) fn new(task: TaskRef, dispatch: &Dispatch<()>) -> Self {
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
