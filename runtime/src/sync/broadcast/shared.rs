//! What senders and receivers share.

use super::message::Message;
use crate::sync::Notify;
use crate::sync::senders::Senders;
use primitives::wait_queue::{Locked, Queued, WaitQueue};
use std::marker::PhantomData;
use std::sync::Arc;

pub(super) struct Shared<T> {
    /// The ring, and the receivers that have read all of it.
    queue: WaitQueue<Ring<T>, u64>,
    pub(super) senders: Senders,
    /// Given when the last receiver goes.
    pub(super) unheard: Notify,
}

/// The messages. Position `n` is that of the `n`th message ever; it is in the slot `n` modulo the
/// number of slots, until it is overwritten.
pub(super) struct Ring<T> {
    slots: Box<[Option<Arc<Message<T>>>]>,
    /// The position of the next message.
    pub(super) end: u64,
    pub(super) receivers: usize,
    /// Whether all senders are gone.
    pub(super) is_closed: bool,
}

/// Waiting for a message.
pub(super) struct Listening<T>(PhantomData<T>);

impl<T> Queued for Listening<T> {
    type Owner = Shared<T>;
    type State = Ring<T>;
    /// The position it waits for. It does not fall along the queue.
    type Note = u64;

    fn wait_queue(shared: &Shared<T>) -> &WaitQueue<Ring<T>, u64> {
        &shared.queue
    }
}

/// What a receiver finds at its position.
pub(super) enum Found<T> {
    Message(Arc<Message<T>>),
    /// So many are gone.
    Lagged(u64),
    Nothing,
    Closed,
}

impl<T> Ring<T> {
    fn new(capacity: usize) -> Self {
        let slots = std::iter::repeat_with(|| None).take(capacity).collect();
        Self { slots, end: 0, receivers: 0, is_closed: false }
    }

    fn slot(&mut self, position: u64) -> &mut Option<Arc<Message<T>>> {
        let index = (position % self.slots.len() as u64) as usize;
        &mut self.slots[index]
    }

    /// The position of the oldest message that is left.
    pub(super) fn start(&self) -> u64 {
        self.end.saturating_sub(self.slots.len() as u64)
    }

    /// What is at `position`, which moves on from it.
    pub(super) fn find(&mut self, position: &mut u64) -> Found<T> {
        let start = self.start();
        if *position < start {
            let missed = start - *position;
            *position = start;
            return Found::Lagged(missed);
        }
        if *position == self.end {
            return if self.is_closed { Found::Closed } else { Found::Nothing };
        }
        let message = self.slot(*position).clone();
        *position += 1;
        Found::Message(message.expect("the ring is full from its start to its end"))
    }

    /// How many messages some receiver has not read.
    pub(super) fn unread(&mut self) -> usize {
        let (mut read, mut end) = (self.start(), self.end);
        // What is read by all is older than what is not.
        while read < end {
            let middle = read + (end - read) / 2;
            match self.slot(middle) {
                Some(message) if message.is_unread() => end = middle,
                _ => read = middle + 1,
            }
        }
        (self.end - end) as usize
    }
}

impl<T> Shared<T> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            queue: WaitQueue::new(Ring::new(capacity)),
            senders: Senders::one(),
            unheard: Notify::new(),
        }
    }

    pub(super) fn lock(&self) -> Locked<'_, Ring<T>, u64> {
        self.queue.lock()
    }

    /// Adds a message for all receivers there are; returns how many. Without any it comes back.
    pub(super) fn send(&self, value: T) -> Result<usize, T> {
        let message = Arc::new(Message::new(value));
        let mut ring = self.lock();
        let receivers = ring.receivers;
        if receivers == 0 {
            drop(ring);
            let value = Arc::into_inner(message).and_then(Message::into_inner);
            return Err(value.expect("nobody has seen the message"));
        }
        message.set_unread(receivers);
        let position = ring.end;
        ring.end += 1;
        let overwritten = ring.slot(position).replace(message);
        self.wake_up_to(ring, position);
        // Dropped outside of the lock.
        drop(overwritten);
        Ok(receivers)
    }

    /// Wakes everybody who waits for a message up to `position`; who waits for a later one has
    /// come meanwhile.
    fn wake_up_to<'a>(&'a self, ring: Locked<'a, Ring<T>, u64>, position: u64) {
        self.queue.wake_each(ring, |ring| match ring.front() {
            Some(awaited) if *awaited <= position => ring.wake_front(),
            _ => None,
        });
    }

    /// The last sender to go closes the channel.
    pub(super) fn remove_sender(&self) {
        if self.senders.remove() {
            let mut ring = self.lock();
            ring.is_closed = true;
            self.queue.wake_each(ring, |ring| ring.wake_front());
        }
    }
}
