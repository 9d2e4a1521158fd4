//! One registered source: its readiness, and who waits for it.

use crate::ready::Ready;
use crate::waiters::{WaiterKey, Waiters};
use mio::Token;
use primitives::shim::Mutex;
use primitives::shim::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

/// The readiness flags are the low byte of the word, the tick is the rest. One tick per event, so
/// it does not come round within the life of a machine.
const TICK_SHIFT: u32 = 8;

/// Which half of a source a task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Until a read may succeed (or accept a connection).
    Read,
    /// Until a write may succeed (or a connection is established).
    Write,
}

/// The flags that end a wait in this direction.
impl From<Direction> for Ready {
    #[inline]
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Read => Self::READABLE | Self::READ_CLOSED,
            Direction::Write => Self::WRITABLE | Self::WRITE_CLOSED,
        }
    }
}

/// A source was ready when this was made; hand it back to [`IoSource::clear_readiness`] if the
/// operation would block after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadyEvent {
    ready: Ready,
    tick: u64,
}

impl ReadyEvent {
    /// Those of the flags asked for that were set.
    pub fn ready(&self) -> Ready {
        self.ready
    }

    /// The same event, as far as it told of these flags.
    #[must_use]
    pub fn only(&self, flags: Ready) -> Self {
        Self { ready: self.ready.intersection(flags), tick: self.tick }
    }

    /// Whether the source was deregistered or its reactor closed. Do not try the operation and
    /// wait again: it will never become ready; return
    /// [`ReactorError::Closed`](crate::ReactorError::Closed).
    pub fn is_shutdown(&self) -> bool {
        self.ready.intersects(Ready::SHUTDOWN)
    }

    /// Whether the peer closed one of the directions asked for.
    pub fn is_closed(&self) -> bool {
        self.ready.intersects(Ready::READ_CLOSED | Ready::WRITE_CLOSED)
    }
}

/// A source's readiness and the tasks that wait for it.
///
/// Readiness is edge-triggered: the kernel says once that a socket became readable, and this
/// remembers it until an operation would block.
///
/// ```text
///   (1) poll_ready ──► not ready: waker stored, Pending
///   (2) event      ──► tick + 1, flags set; then the waker is taken, and woken outside all locks
///   (3) poll_ready ──► Ready(event with tick)
///   (4) the operation would block ──► clear_readiness(event): clears the flag if the tick is
///       still the event's, else a newer edge came after the operation was tried: keep it
/// ```
///
/// (1) against (2): the waker is stored only if the flag is still unset under the wakers' lock,
/// and (2) takes that lock after it has set the flag. Whoever is second sees the other.
#[derive(Debug)]
pub struct IoSource {
    /// Changed only by whoever moves the source to another reactor.
    token: AtomicUsize,
    word: AtomicU64,
    waiting: Mutex<Waiting>,
}

/// Whoever waits for reading and for writing is in both lists.
#[derive(Debug)]
struct Waiting {
    readers: Waiters,
    writers: Waiters,
    last_key: WaiterKey,
}

/// What those in `writers` wait for.
const WRITING: Ready = Ready::from_bits(Ready::WRITABLE.bits() | Ready::WRITE_CLOSED.bits());

impl Waiting {
    /// The lists of those who wait for something of `flags`. Whatever is not writing is for
    /// `readers`, who may be woken for something else than they wait for, and wait again.
    fn of(&mut self, flags: Ready) -> impl Iterator<Item = &mut Waiters> {
        let is_for_readers = !flags.difference(WRITING).is_none();
        let is_for_writers = flags.intersects(WRITING);
        let readers = is_for_readers.then_some(&mut self.readers);
        readers.into_iter().chain(is_for_writers.then_some(&mut self.writers))
    }
}

impl IoSource {
    /// A source that is not known to be ready for anything.
    pub(crate) fn new(token: Token) -> Self {
        let (readers, writers) = (Waiters::default(), Waiters::default());
        let waiting = Waiting { readers, writers, last_key: WaiterKey::SHARED };
        Self {
            token: AtomicUsize::new(token.0),
            word: AtomicU64::new(0),
            waiting: Mutex::new(waiting),
        }
    }

    /// The token it is registered under.
    pub(crate) fn token(&self) -> Token {
        // ORDERING: Relaxed; moving and deregistering a source is for one thread at a time.
        Token(self.token.load(Ordering::Relaxed))
    }

    /// It has moved to another reactor.
    pub(crate) fn set_token(&self, token: Token) {
        // ORDERING: Relaxed, as in `token`.
        self.token.store(token.0, Ordering::Relaxed);
    }

    /// A place of one's own among those who wait, for [`poll_ready_at`](Self::poll_ready_at).
    pub fn new_place(&self) -> WaiterKey {
        let mut waiting = self.waiting.lock();
        waiting.last_key = waiting.last_key.next();
        waiting.last_key
    }

    /// Waits until the source is ready for something of `interest`, in the place that is
    /// [shared](WaiterKey::SHARED) by all callers: the last one's waker replaces the others'.
    ///
    /// `Ready` means that the operation is worth trying, not that it will succeed. Shutdown counts
    /// as something of every interest.
    ///
    /// # Cancel safety
    ///
    /// The waker stays behind until the next event or the next call; giving up loses nothing.
    pub fn poll_ready(&self, cx: &mut Context<'_>, interest: impl Into<Ready>) -> Poll<ReadyEvent> {
        self.poll_ready_at(cx, interest, WaiterKey::SHARED)
    }

    /// [`poll_ready`](Self::poll_ready) in a place of one's own: any number of tasks may wait, and
    /// an event wakes them all.
    ///
    /// # Cancel safety
    ///
    /// The waker stays behind until the next event or [`leave`](Self::leave).
    pub fn poll_ready_at(
        &self,
        cx: &mut Context<'_>,
        interest: impl Into<Ready>,
        place: WaiterKey,
    ) -> Poll<ReadyEvent> {
        let interest = interest.into();
        if let Some(event) = self.ready(interest) {
            return Poll::Ready(event);
        }
        // Cloning and dropping wakers is user code: both happen outside the lock.
        let is_for_both = interest.intersects(WRITING) && !interest.difference(WRITING).is_none();
        let second = is_for_both.then(|| cx.waker().clone());
        let mut wakers = [Some(cx.waker().clone()), second];
        let mut waiting = self.waiting.lock();
        if let Some(event) = self.ready(interest) {
            return Poll::Ready(event);
        }
        for (list, waker) in waiting.of(interest).zip(&mut wakers) {
            *waker = waker.take().and_then(|waker| list.put(place, waker));
        }
        drop(waiting);
        drop(wakers);
        Poll::Pending
    }

    /// Whoever waits for `interest` in this place does so no longer.
    pub fn leave(&self, interest: impl Into<Ready>, place: WaiterKey) {
        let mut wakers = [None, None];
        let mut waiting = self.waiting.lock();
        for (list, waker) in waiting.of(interest.into()).zip(&mut wakers) {
            *waker = list.remove(place);
        }
        drop(waiting);
        drop(wakers);
    }

    /// Takes back the readiness that `event` told of, because the operation would block.
    ///
    /// Does nothing if another event arrived since: what it told may not have been seen by the
    /// operation. Closed directions and shutdown are never taken back.
    pub fn clear_readiness(&self, event: ReadyEvent) {
        let transient = u64::from(event.ready.difference(Ready::FINAL).bits());
        // ORDERING: Acquire pairs with the AcqRel in `set_readiness`.
        let mut word = self.word.load(Ordering::Acquire);
        while word >> TICK_SHIFT == event.tick {
            // ORDERING: AcqRel keeps the would-be-blocked operation before the clearing and pairs
            // with `set_readiness`, whose tick decides which of the two came last.
            match self.word.compare_exchange_weak(
                word,
                word & !transient,
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => return,
                Err(current) => word = current,
            }
        }
    }

    /// Adds `ready` and moves the wakers of whoever waits for it to `wakers`.
    pub(crate) fn set_readiness(&self, ready: Ready, wakers: &mut Vec<Waker>) {
        let flags = u64::from(ready.bits());
        // ORDERING: AcqRel pairs with the Acquire in `ready` and with `clear_readiness`.
        let mut word = self.word.load(Ordering::Acquire);
        loop {
            let next = (word | flags).wrapping_add(1 << TICK_SHIFT);
            match self.word.compare_exchange_weak(word, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => break,
                Err(current) => word = current,
            }
        }
        let mut waiting = self.waiting.lock();
        // The end is everybody's.
        let everybody = ready | if ready.intersects(Ready::SHUTDOWN) { WRITING } else { ready };
        waiting.of(everybody).for_each(|list| list.take_all(wakers));
    }

    /// What of `interest` the source is known to be ready for, if anything.
    #[inline]
    pub fn ready(&self, interest: impl Into<Ready>) -> Option<ReadyEvent> {
        // ORDERING: Acquire pairs with the AcqRel in `set_readiness`: the operation that follows
        // comes after the edge.
        let word = self.word.load(Ordering::Acquire);
        let ready = Ready::from_bits(word as u8).intersection(interest.into() | Ready::SHUTDOWN);
        (!ready.is_none()).then_some(ReadyEvent { ready, tick: word >> TICK_SHIFT })
    }
}

/// Models: run on real threads as they are, and exhaustively under loom.
#[cfg(test)]
mod tests {
    use super::{Direction, IoSource};
    use crate::ready::Ready;
    use mio::Token;
    use primitives::shim::sync::Arc;
    use primitives::shim::{model, thread};
    use std::task::{Context, Poll, Waker};

    fn poll(source: &IoSource) -> Poll<super::ReadyEvent> {
        source.poll_ready(&mut Context::from_waker(Waker::noop()), Direction::Read)
    }

    #[test]
    fn an_edge_is_seen_or_wakes() {
        model(3, || {
            let source = Arc::new(IoSource::new(Token(0)));
            let dispatcher = {
                let source = Arc::clone(&source);
                thread::spawn(move || {
                    let mut wakers = Vec::new();
                    source.set_readiness(Ready::READABLE, &mut wakers);
                    wakers.len()
                })
            };
            let seen = poll(&source).is_ready();
            let woken = dispatcher.join().expect("the dispatcher returns");
            assert!(seen || woken == 1, "the edge was lost");
        });
    }

    #[test]
    fn clearing_never_takes_back_a_concurrent_edge() {
        model(3, || {
            let source = Arc::new(IoSource::new(Token(0)));
            source.set_readiness(Ready::READABLE, &mut Vec::new());
            let Poll::Ready(event) = poll(&source) else { panic!("it is readable") };
            let dispatcher = {
                let source = Arc::clone(&source);
                thread::spawn(move || source.set_readiness(Ready::READABLE, &mut Vec::new()))
            };
            source.clear_readiness(event);
            dispatcher.join().expect("the dispatcher returns");
            assert!(poll(&source).is_ready(), "the second edge was lost");
        });
    }
}
