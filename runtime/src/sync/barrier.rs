//! A place where tasks wait for each other.

use crate::task::coop;
use pin_project_lite::pin_project;
use primitives::wait_queue::{Queued, WaitQueue, Waiter};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

/// Lets tasks go on when enough of them have come, again and again.
///
/// # Examples
///
/// ```
/// use graph_runtime::sync::Barrier;
/// use std::sync::Arc;
///
/// # #[graph_runtime::main]
/// # async fn main() {
/// let barrier = Arc::new(Barrier::new(3));
/// let tasks: Vec<_> = (0..3)
///     .map(|_| {
///         let barrier = Arc::clone(&barrier);
///         graph_runtime::spawn(async move { barrier.wait().await.is_leader() })
///     })
///     .collect();
/// let mut leaders = 0;
/// for task in tasks {
///     leaders += u32::from(task.await.unwrap());
/// }
/// assert_eq!(leaders, 1);
/// # }
/// ```
#[derive(Debug)]
pub struct Barrier {
    size: usize,
    queue: WaitQueue<State, u64>,
}

/// What the barrier knows, under the queue's lock.
#[derive(Debug, Default)]
struct State {
    arrived: usize,
    /// How often enough have come.
    generation: u64,
}

/// Waiting at a barrier.
struct Arrival;

impl Queued for Arrival {
    type Owner = Barrier;
    type State = State;
    /// The generation in which it came.
    type Note = u64;

    fn wait_queue(barrier: &Barrier) -> &WaitQueue<State, u64> {
        &barrier.queue
    }
}

impl Barrier {
    /// A barrier that lets `size` tasks go on together. With 0 it does as with 1.
    pub fn new(size: usize) -> Self {
        Self { size: size.max(1), queue: WaitQueue::default() }
    }

    /// Waits until enough tasks wait here. One of them, the last to come, is their leader.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before enough have come takes the task's arrival back: it does not
    /// count. (tokio counts it all the same, and lets the others go on one short.)
    pub async fn wait(&self) -> BarrierWaitResult {
        Wait { waiter: Waiter::new(self, 0) }.await
    }
}

/// Whether the task is the leader of those who went on together.
#[derive(Debug, Clone)]
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    /// Whether this task came last, and so is the one of its generation who is told so.
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

pin_project! {
    struct Wait<'a> {
        #[pin]
        waiter: Waiter<Arrival, &'a Barrier>,
    }

    impl PinnedDrop for Wait<'_> {
        fn drop(this: Pin<&mut Self>) {
            let mut waiter = this.project().waiter;
            if waiter.as_mut().is_inside() {
                let mut seat = waiter.seat();
                let left = seat.leave();
                if left.note == seat.generation {
                    seat.arrived -= 1;
                }
                drop(seat);
                drop(left);
            }
        }
    }
}

impl Future for Wait<'_> {
    type Output = BarrierWaitResult;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<BarrierWaitResult> {
        ready!(coop::poll_turn(context));
        let polled = self.poll_wait(context.waker());
        coop::account(polled, coop::Resource::Barrier)
    }
}

impl Wait<'_> {
    fn poll_wait(self: Pin<&mut Self>, current: &Waker) -> Poll<BarrierWaitResult> {
        let mut waiter = self.project().waiter;
        let came_before = waiter.as_mut().is_inside();
        let mut spare: Option<Waker> = (!came_before).then(|| current.clone());
        loop {
            let mut seat = waiter.as_mut().seat();
            if came_before {
                if *seat.note() != seat.generation {
                    let left = seat.leave();
                    drop(seat);
                    drop(left);
                    return Poll::Ready(BarrierWaitResult(false));
                }
            } else {
                if seat.arrived + 1 == seat.home().size {
                    seat.arrived = 0;
                    seat.generation += 1;
                    let (queue, now) = (&seat.home().queue, seat.generation);
                    queue.wake_each(seat.into_locked(), |locked| match locked.front() {
                        // Others may come for the next time while these are woken.
                        Some(generation) if *generation != now => locked.wake_front(),
                        _ => None,
                    });
                    return Poll::Ready(BarrierWaitResult(true));
                }
                seat.arrived += 1;
                *seat.note() = seat.generation;
            }
            if seat.park(&mut spare, current) {
                return Poll::Pending;
            }
            drop(seat);
            spare = Some(current.clone());
        }
    }
}
