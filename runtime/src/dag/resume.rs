//! A node that waited, as a task of its own.

use super::item::Item;
use super::run::{Live, panicked};
use super::runner::Runner;
use super::scratch::Suspended;
use super::{DagError, NodeId};
use crate::TaskError;
use crate::task::panic_message;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// The rest of a node that waited, and then a runner that goes on with what follows.
pub(super) async fn resume(live: Live, node: u32, future: Suspended) {
    let result = Caught(Some(future)).await;
    let run = &live.0;
    run.resumed(node);
    match result {
        Err(payload) => run.stop(Some(panicked(node, panic_message(&*payload)))),
        Ok(Err(source)) => run.stop(Some(DagError::Failed { node: NodeId(node), source })),
        Ok(Ok(())) => {
            run.count_finished(1);
            let Some(edges) = run.graph.edges_of(node) else { return };
            if let Some((seat, item)) = run.take_seat(Some(Item::Released(edges))) {
                run.count_runner();
                Runner::new(live, seat).run(item).await;
            }
        }
    }
}

/// A suspended future whose panic is its result, be it of a poll or of its drop. It is dropped as
/// soon as it is done: successors may rely on that.
struct Caught(Option<Suspended>);

impl Future for Caught {
    type Output = Result<Result<(), TaskError>, Box<dyn Any + Send>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let future = &mut self.0;
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let future = future.as_mut().expect("it is polled until it is done");
            Pin::new(future).poll(context)
        }));
        let result = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(result)) => Ok(result),
            Err(payload) => Err(payload),
        };
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(future.take())));
        Poll::Ready(dropped.and(result))
    }
}
