//! Memory in which a node's future is polled before anybody knows whether it will wait.

#![allow(unsafe_code)] // Fenced: a future of unknown type, pinned in memory that it does not own.

use super::node::NodeOutput;
use crate::TaskError;
use crate::task::coop;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker};

/// Room for most futures: 256 bytes, aligned to 16. Larger ones get a box of their own.
type Room = [MaybeUninit<u128>; 16];
/// What a poll of a node's future gives.
type Polled = Poll<Result<(), TaskError>>;

/// A room on the heap, reached by its pointer only.
///
/// Not a box: one that moves, or is borrowed, claims to be the only way to what is in it, which
/// the references that a future holds to its own variables would belie.
struct Memory(NonNull<Room>);

/// A runner's place for the future at hand.
pub(super) struct Scratch(Option<Memory>);

/// What became of a future's first poll.
pub(super) enum Started {
    /// It is done.
    Ended(Result<(), TaskError>),
    /// It waits. Its first poll had no waker, so it has to be polled again to go on.
    Suspended(Suspended),
}

/// A future that has returned `Pending`, in the memory in which it was polled.
pub(super) enum Suspended {
    InPlace(InPlace),
    Boxed(Pin<Box<dyn Future<Output = Result<(), TaskError>> + Send>>),
}

/// A future of a forgotten type. It owns the memory and what is in it.
pub(super) struct InPlace {
    memory: Memory,
    /// Polls the future in the memory.
    poll: unsafe fn(NonNull<Room>, &mut Context<'_>) -> Polled,
    /// Drops the future in the memory.
    drop: unsafe fn(NonNull<Room>),
}

impl Memory {
    fn new() -> Self {
        Self(NonNull::from(Box::leak(Box::new([MaybeUninit::uninit(); 16]))))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: it came from a box, and this is its owner. What was in it has been dropped.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self(None)
    }

    /// Makes a future and polls it once, without a waker.
    #[inline]
    pub(super) fn start<R>(&mut self, make: impl FnOnce() -> R) -> Started
    where
        R: Future + Send + 'static,
        R::Output: NodeOutput,
    {
        // Each node has a budget of its own, whoever runs it.
        coop::begin_poll();
        if size_of::<R>() > size_of::<Room>() || align_of::<R>() > align_of::<Room>() {
            return start_boxed(make());
        }
        let place = self.0.get_or_insert_with(Memory::new).0;
        // SAFETY: the memory is large enough and aligned (just checked), and holds nothing.
        unsafe { place.cast::<R>().write(make()) };
        let guard = DropInPlace(place.cast::<R>());
        let mut context = Context::from_waker(Waker::noop());
        // SAFETY: the future was just written there. The memory is on the heap and the future
        // stays in it until it is dropped, by the guard or by `InPlace`.
        let polled = unsafe { poll::<R>(place, &mut context) };
        match polled {
            Poll::Ready(result) => {
                drop(guard);
                Started::Ended(result)
            }
            Poll::Pending => {
                std::mem::forget(guard);
                let memory = self.0.take().expect("it was there a moment ago");
                Started::Suspended(Suspended::InPlace(InPlace {
                    memory,
                    poll: poll::<R>,
                    drop: drop_in_place::<R>,
                }))
            }
        }
    }
}

#[cold]
fn start_boxed<R>(future: R) -> Started
where
    R: Future + Send + 'static,
    R::Output: NodeOutput,
{
    let mut future = Box::pin(async move { future.await.into_result() });
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Started::Ended(result),
        Poll::Pending => Started::Suspended(Suspended::Boxed(future)),
    }
}

/// # Safety
///
/// The memory holds a live `R`, pinned.
#[inline]
unsafe fn poll<R>(memory: NonNull<Room>, context: &mut Context<'_>) -> Polled
where
    R: Future,
    R::Output: NodeOutput,
{
    // SAFETY: the caller's promise.
    let future = unsafe { Pin::new_unchecked(memory.cast::<R>().as_mut()) };
    future.poll(context).map(NodeOutput::into_result)
}

/// # Safety
///
/// The memory holds a live `R`, which nobody uses afterwards.
unsafe fn drop_in_place<R>(memory: NonNull<Room>) {
    // SAFETY: the caller's promise.
    unsafe { memory.cast::<R>().drop_in_place() }
}

/// Drops a future where it is, also when its poll panics.
struct DropInPlace<R>(NonNull<R>);

impl<R> Drop for DropInPlace<R> {
    fn drop(&mut self) {
        // SAFETY: made for a live future in a scratch, and forgotten when that is passed on.
        unsafe { self.0.drop_in_place() }
    }
}

// SAFETY: it owns a room with nothing in it, or with a future that is Send (`Scratch::start`
// requires it).
unsafe impl Send for Memory {}

impl Future for Suspended {
    type Output = Result<(), TaskError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::InPlace(future) => {
                // SAFETY: `poll` is the instance for the type in the memory, which stays there.
                unsafe { (future.poll)(future.memory.0, context) }
            }
            Self::Boxed(future) => future.as_mut().poll(context),
        }
    }
}

impl Drop for InPlace {
    fn drop(&mut self) {
        // SAFETY: `drop` is the instance for the type in the memory, and this is the end of it.
        unsafe { (self.drop)(self.memory.0) }
    }
}
