//! A task that the scheduler has started.

use crate::executor::books::batch::TaskRef;
use primitives::Timestamp;
use scheduler::{Dispatch, GraphId, TaskId, Ticket};
use std::time::Duration;

/// What the scheduler says of an attempt that may begin.
#[derive(Debug, Clone, Copy)]
pub(in crate::executor) struct Started {
    pub(in crate::executor) id: TaskId,
    /// The graph it was submitted with, and its position there.
    pub(in crate::executor) member: Option<(GraphId, usize)>,
    pub(in crate::executor) ticket: Ticket,
    /// Which attempt it is; the first is 1.
    pub(in crate::executor) number: u32,
    pub(in crate::executor) timeout: Option<Duration>,
    /// Whether it has to give signs of life.
    pub(in crate::executor) is_listened_to: bool,
    pub(in crate::executor) ready_at: Timestamp,
}

/// What a new runner begins with.
#[derive(Debug)]
pub(in crate::executor) struct Start {
    pub(in crate::executor) task: TaskRef,
    pub(in crate::executor) started: Started,
}

/// What a runner goes on with when its attempt has ended.
#[derive(Debug)]
pub(in crate::executor) enum Next {
    /// Another task of the same graph, at this position: it keeps its reference to the graph, which
    /// costs less than one more and one less.
    Beside(usize, Started),
    Elsewhere(Start),
}

impl Started {
    /// The graph it was submitted with, if any.
    pub(in crate::executor) fn graph(&self) -> Option<GraphId> {
        self.member.map(|(graph, _)| graph)
    }
}

impl From<Dispatch<()>> for Started {
    fn from(dispatch: Dispatch<()>) -> Self {
        Self {
            id: dispatch.id,
            member: dispatch.graph.zip(dispatch.node),
            ticket: dispatch.ticket,
            number: dispatch.attempt,
            timeout: dispatch.timeout,
            is_listened_to: dispatch.idle_timeout.is_some(),
            ready_at: dispatch.ready_at,
        }
    }
}
