//! The bounded work-stealing deque of one worker.

use super::stats::Counters;
use super::{QueueStats, Word};
use primitives::shim::atomic::{AtomicPtr, AtomicUsize, Ordering};
use primitives::shim::sync::Arc;
use primitives::shim::{CachePadded, MODEL_CAPACITY_SHIFT, Mutant};
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;

/// How many items a [`WorkStealingQueue`] holds. What overflows belongs into the injector.
pub const QUEUE_CAPACITY: usize = 1 << MODEL_CAPACITY_SHIFT;
const MASK: usize = QUEUE_CAPACITY - 1;

/// The owner's end of a bounded Chase-Lev deque.
///
/// The owner pushes at the bottom. It may take its own work from the bottom
/// ([`pop`](Self::pop), newest first: best for the cache, unfair) or from the top
/// ([`take`](Self::take), oldest first: fair, as a task that wakes itself must not starve its
/// neighbours). Thieves take from the top through a [`Stealer`].
///
/// ```text
///            top ──►                       ◄── bottom
///   ┌───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┐
///   │   │   │ a │ b │ c │ d │ e │ f │   │   │   │   │    indices only grow (but for a pop's
///   └───┴───┴───┴───┴───┴───┴───┴───┴───┴───┴───┴───┘    moment), so a claim cannot be fooled
///      steal, take ▲           push, pop ▲                by a slot that was used twice
/// ```
///
/// # Protocol
///
/// * *push* writes the slot, then publishes it by storing `bottom` (Release).
/// * *steal* and *take* read `top`, then the slot, then claim it by a compare-exchange on `top`.
///   A lost claim forgets the word it has read: slots are atomics, reading too early is harmless.
/// * *pop* claims the bottom by lowering it, fences, then reads `top`; a thief reads `top`,
///   fences, then reads `bottom`. The fence that comes second sees the other's write, so both
///   cannot believe that the same item is theirs, except for the last one, for which the owner
///   competes on `top` like a thief.
/// * A slot is written again only after `top` has moved past it (Acquire of `top` in push, Release
///   in the claim), so a successful claim always read the right word.
///
/// Source: D. Chase and Y. Lev, "Dynamic circular work-stealing deque", SPAA 2005, in the form
/// for weak memory by N. M. Lê, A. Pop, A. Cohen and F. Zappa Nardelli, "Correct and efficient
/// work-stealing for weak memory models", PPoPP 2013; bounded, with atomic slots, and with the
/// owner's FIFO end added.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::steal::{Steal, WorkStealingQueue};
///
/// let queue = WorkStealingQueue::new();
/// for number in 0..3u32 {
///     queue.push(number).unwrap();
/// }
/// assert_eq!(queue.pop(), Some(2));
/// assert_eq!(queue.stealer().steal(), Steal::Item(0));
/// assert_eq!(queue.take(), Some(1));
/// assert_eq!(queue.take(), None);
/// ```
pub struct WorkStealingQueue<T: Word> {
    shared: Arc<Shared<T>>,
    /// The owner may move to another thread, but there is only one of it at a time.
    not_sync: PhantomData<Cell<()>>,
}

/// A thief's end of a [`WorkStealingQueue`].
pub struct Stealer<T: Word> {
    shared: Arc<Shared<T>>,
}

/// The outcome of an attempt to steal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steal<T> {
    /// There was nothing.
    Empty,
    /// Somebody else was faster; there may be more.
    Contended,
    /// The oldest item.
    Item(T),
}

struct Shared<T: Word> {
    top: CachePadded<AtomicUsize>,
    bottom: CachePadded<AtomicUsize>,
    counters: CachePadded<Counters>,
    slots: Box<[AtomicPtr<()>]>,
    owns: PhantomData<T>,
}

// SAFETY: the slots only move values in and out, and every Word is Send.
unsafe impl<T: Word> Sync for Shared<T> {}

impl<T: Word> Default for WorkStealingQueue<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Word> WorkStealingQueue<T> {
    /// An empty queue of [`QUEUE_CAPACITY`] slots.
    pub fn new() -> Self {
        let shared = Shared {
            top: CachePadded::new(AtomicUsize::new(0)),
            bottom: CachePadded::new(AtomicUsize::new(0)),
            counters: CachePadded::new(Counters::new()),
            slots: (0..QUEUE_CAPACITY).map(|_| AtomicPtr::new(ptr::null_mut())).collect(),
            owns: PhantomData,
        };
        Self { shared: Arc::new(shared), not_sync: PhantomData }
    }

    /// Another thief's end.
    pub fn stealer(&self) -> Stealer<T> {
        Stealer { shared: Arc::clone(&self.shared) }
    }

    /// Appends `item` at the bottom.
    ///
    /// # Errors
    ///
    /// A full queue gives the item back.
    #[inline]
    pub fn push(&self, item: T) -> Result<(), T> {
        let shared = &*self.shared;
        // ORDERING: only the owner writes `bottom`.
        let bottom = shared.bottom.load(Ordering::Relaxed);
        // ORDERING: Acquire pairs with the Release of a claim: the claimer has read its slot.
        let top = shared.top.load(Ordering::Acquire);
        if bottom.wrapping_sub(top) >= QUEUE_CAPACITY {
            return Err(item);
        }
        // ORDERING: Relaxed; published by the next line.
        shared.slots[bottom & MASK].store(item.into_word(), Ordering::Relaxed);
        // ORDERING: Release pairs with the Acquire of `bottom` in `steal`.
        shared
            .bottom
            .store(bottom.wrapping_add(1), Mutant::QueuePushRelease.weaken(Ordering::Release));
        shared.counters.count_enqueued();
        Ok(())
    }

    /// Takes the newest item.
    #[inline]
    pub fn pop(&self) -> Option<T> {
        let shared = &*self.shared;
        // ORDERING: only the owner writes `bottom`; Release on every store of it, because a plain
        // store would end the release sequence that thieves rely on.
        let bottom = shared.bottom.load(Ordering::Relaxed).wrapping_sub(1);
        shared.bottom.store(bottom, Ordering::Release);
        // ORDERING: pairs with the fence in `steal`: claim of the bottom before look at the top.
        Mutant::QueuePopFence.fence();
        // ORDERING: Relaxed; the fence orders it.
        let top = shared.top.load(Ordering::Relaxed);
        let left = bottom.wrapping_sub(top) as isize;
        if left > 0 {
            shared.counters.count_dequeued();
            // ORDERING: Relaxed; the owner wrote the slot itself.
            let word = shared.slots[bottom & MASK].load(Ordering::Relaxed);
            // SAFETY: the index is below the lowered bottom's old value and above every top that
            // a thief can still claim, so the word is ours alone.
            return Some(unsafe { T::from_word(word) });
        }
        let last = if left == 0 { self.compete_for_last(top) } else { None };
        shared.bottom.store(bottom.wrapping_add(1), Ordering::Release);
        last
    }

    /// The queue holds one item: whoever moves `top` gets it.
    fn compete_for_last(&self, top: usize) -> Option<T> {
        if Mutant::QueuePopLastRace.is_active() {
            self.shared.top.store(top.wrapping_add(1), Ordering::Release);
        } else if !self.shared.claim(top) {
            return None;
        }
        self.shared.counters.count_dequeued();
        // ORDERING: Relaxed; the owner wrote the slot itself.
        let word = self.shared.slots[top & MASK].load(Ordering::Relaxed);
        // SAFETY: the claim succeeded, and only the owner could have written the slot since.
        Some(unsafe { T::from_word(word) })
    }

    /// Takes the oldest item.
    #[inline]
    pub fn take(&self) -> Option<T> {
        let shared = &*self.shared;
        // ORDERING: only the owner writes `bottom`, and the slots below it.
        let bottom = shared.bottom.load(Ordering::Relaxed);
        loop {
            // ORDERING: Relaxed; a stale top makes the claim fail.
            let top = shared.top.load(Ordering::Relaxed);
            if top == bottom {
                return None;
            }
            let word = shared.slots[top & MASK].load(Ordering::Relaxed);
            // Bounded: each failure means that a thief took one of at most QUEUE_CAPACITY items.
            if shared.claim(top) {
                shared.counters.count_dequeued();
                // SAFETY: the claim succeeded; the word was read from a slot that nobody but
                // this thread writes.
                return Some(unsafe { T::from_word(word) });
            }
        }
    }

    /// How many items there are; thieves may be taking some of them.
    #[inline]
    pub fn len(&self) -> usize {
        self.shared.len()
    }

    /// Whether there is nothing to take.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many more items fit in; thieves can only make it more.
    #[inline]
    pub fn room(&self) -> usize {
        QUEUE_CAPACITY - self.len()
    }

    /// What went through the queue so far.
    pub fn stats(&self) -> QueueStats {
        self.shared.counters.snapshot()
    }
}

impl<T: Word> Stealer<T> {
    /// Tries to take the oldest item.
    pub fn steal(&self) -> Steal<T> {
        let outcome = self.shared.steal();
        self.shared.counters.count_theft(1, u64::from(matches!(outcome, Steal::Item(_))));
        outcome
    }

    /// Takes up to half of the items (rounded up, at most half a full queue): the first is
    /// returned, the others go into `thief`.
    ///
    /// Each item is claimed on its own, because the owner may pop from the other end meanwhile; a
    /// lost claim ends the raid. Bounded by half the capacity.
    pub fn steal_half(&self, thief: &WorkStealingQueue<T>) -> Steal<T> {
        let wanted = self.len().div_ceil(2).min(QUEUE_CAPACITY / 2).min(thief.room() + 1);
        let first = self.shared.steal();
        let mut stolen = u64::from(matches!(first, Steal::Item(_)));
        let mut attempts = 1;
        while stolen > 0 && stolen < wanted as u64 {
            attempts += 1;
            let Steal::Item(item) = self.shared.steal() else { break };
            stolen += 1;
            let pushed = thief.push(item);
            debug_assert!(pushed.is_ok(), "room was checked, and only the owner fills it");
        }
        self.shared.counters.count_theft(attempts, stolen);
        first
    }

    /// How many items there were a moment ago.
    #[inline]
    pub fn len(&self) -> usize {
        self.shared.len()
    }

    /// Whether there was nothing to steal a moment ago.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What went through the queue so far.
    pub fn stats(&self) -> QueueStats {
        self.shared.counters.snapshot()
    }
}

impl<T: Word> Shared<T> {
    /// Moves `top` on from `seen`: true if nobody else did.
    #[inline]
    fn claim(&self, seen: usize) -> bool {
        // ORDERING: Release: the read of the slot stays before the claim, pairing with the
        // Acquire of `top` in `push`. Acquire on top of it, so that claims are ordered among
        // themselves. A failure reads nothing that matters.
        self.top
            .compare_exchange(seen, seen.wrapping_add(1), Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
    }

    fn steal(&self) -> Steal<T> {
        // ORDERING: Acquire pairs with other claims, so that `top` never seems to run backwards
        // against `bottom`.
        let top = self.top.load(Ordering::Acquire);
        // ORDERING: pairs with the fence in `pop`: look at the top before look at the bottom.
        Mutant::QueueStealFence.fence();
        // ORDERING: Acquire pairs with the Release of `bottom` in `push`.
        let bottom = self.bottom.load(Ordering::Acquire);
        if bottom.wrapping_sub(top) as isize <= 0 {
            return Steal::Empty;
        }
        // ORDERING: Relaxed; the claim decides whether the word means anything.
        let mut word = self.slots[top & MASK].load(Ordering::Relaxed);
        if !self.claim(top) {
            return Steal::Contended;
        }
        if Mutant::QueueStealLateRead.is_active() {
            word = self.slots[top & MASK].load(Ordering::Relaxed);
        }
        // SAFETY: the claim succeeded, so `top` had not moved since before the read: the slot was
        // not written again (push waits for `top`), and nobody else gets this index.
        Steal::Item(unsafe { T::from_word(word) })
    }

    fn len(&self) -> usize {
        // ORDERING: a hint, except for the owner, who knows `bottom` exactly. Read in this order,
        // a concurrent pop or claim can only make the difference too small; a negative one is 0.
        let bottom = self.bottom.load(Ordering::Acquire);
        let top = self.top.load(Ordering::Acquire);
        (bottom.wrapping_sub(top) as isize).clamp(0, QUEUE_CAPACITY as isize) as usize
    }
}

impl<T: Word> Drop for Shared<T> {
    fn drop(&mut self) {
        while let Steal::Item(item) = self.steal() {
            drop(item);
        }
    }
}

impl<T: Word> Clone for Stealer<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T: Word> fmt::Debug for WorkStealingQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkStealingQueue").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl<T: Word> fmt::Debug for Stealer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stealer").field("len", &self.len()).finish_non_exhaustive()
    }
}
