//! Where tasks wait that are more, or less, urgent than ordinary ones.

use primitives::Timestamp;
use primitives::shim::atomic::{AtomicUsize, Ordering};
use primitives::shim::{CachePadded, Mutant, Mutex};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;

/// Whose turn it is: the higher priority, then the earlier deadline, then who came first.
///
/// Ordered by urgency: the more urgent is the greater. Without a deadline something is less urgent
/// than with any, of the same priority.
///
/// # Examples
///
/// ```
/// use primitives::Timestamp;
/// use graph_runtime_scheduler::steal::Urgency;
///
/// let soon = Urgency { priority: 0, deadline: Some(Timestamp::from_nanos(5)) };
/// let late = Urgency { priority: 0, deadline: Some(Timestamp::from_nanos(9)) };
/// let high = Urgency { priority: 1, deadline: None };
/// let low = Urgency { priority: -1, deadline: Some(Timestamp::from_nanos(1)) };
/// assert!(high > soon && soon > late && late > Urgency::ORDINARY && Urgency::ORDINARY > low);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Urgency {
    /// The higher, the earlier; classes are strict.
    pub priority: i32,
    /// The earlier, the earlier.
    pub deadline: Option<Timestamp>,
}

impl Urgency {
    /// What everything has that says nothing of it.
    pub const ORDINARY: Self = Self { priority: 0, deadline: None };

    fn key(self) -> (i32, Reverse<u64>) {
        (self.priority, Reverse(self.deadline.map_or(u64::MAX, Timestamp::as_nanos)))
    }
}

impl Ord for Urgency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Urgency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// What an [`OrderedQueue`] holds at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding(usize);

impl Holding {
    const BEFORE: usize = 1;
    const AFTER: usize = 2;

    /// Whether it holds anything.
    #[inline]
    pub fn is_anything(self) -> bool {
        self.0 != 0
    }

    /// Whether it holds something that comes before what is ordinary.
    #[inline]
    pub fn is_urgent(self) -> bool {
        self.0 & Self::BEFORE != 0
    }

    /// Whether it holds something that comes after what is ordinary.
    #[inline]
    pub fn is_deferrable(self) -> bool {
        self.0 & Self::AFTER != 0
    }
}

/// Items in the exact order of their urgency: those that come before what is ordinary, and those
/// that come after it.
///
/// A heap on either side, behind one lock: for exact order among many producers and consumers there
/// is nothing faster that is as simple, and few items are anything but ordinary. Whoever has only
/// ordinary ones pays for a look at one word, which is written when a side becomes empty or ceases
/// to be.
///
/// It is bounded by what is alive, as the [`Injector`](super::Injector) is.
///
/// # Closing
///
/// [`close`](Self::close) and `push` exclude each other: a push either comes before, and its item
/// can be popped, or gets its item back.
///
/// # Waking
///
/// As after any push, the producer has to announce, which fences
/// ([`Idle::wake_one`](super::Idle::wake_one)); a worker on its way to sleep fences and then asks
/// [`holding`](Self::holding). Either it sees the item or it is seen.
///
/// # Examples
///
/// ```
/// use graph_runtime_scheduler::steal::{OrderedQueue, Urgency};
///
/// let queue = OrderedQueue::new();
/// for priority in [1, -1, 3, 2] {
///     queue.push(Urgency { priority, ..Urgency::ORDINARY }, priority).unwrap();
/// }
/// assert_eq!([queue.pop_urgent(), queue.pop_urgent()], [Some(3), Some(2)]);
/// assert_eq!(queue.pop_deferrable(), Some(-1));
/// assert!(queue.holding().is_urgent() && !queue.holding().is_deferrable());
/// ```
pub struct OrderedQueue<T> {
    /// See [`Holding`]. Written under the lock.
    holding: CachePadded<AtomicUsize>,
    sides: Mutex<Sides<T>>,
}

struct Sides<T> {
    before: BinaryHeap<Entry<T>>,
    after: BinaryHeap<Entry<T>>,
    /// The number of the next item.
    next: u64,
    closed: bool,
}

struct Entry<T> {
    urgency: Urgency,
    number: Reverse<u64>,
    item: T,
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.urgency, self.number).cmp(&(other.urgency, other.number))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Entry<T> {}

impl<T> Default for OrderedQueue<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> OrderedQueue<T> {
    /// An open, empty queue.
    pub fn new() -> Self {
        let (before, after) = (BinaryHeap::new(), BinaryHeap::new());
        Self {
            holding: CachePadded::new(AtomicUsize::new(0)),
            sides: Mutex::new(Sides { before, after, next: 0, closed: false }),
        }
    }

    /// Queues an item. What is exactly [ordinary](Urgency::ORDINARY) counts as deferrable here; it
    /// has better places to be. O(log n).
    ///
    /// # Errors
    ///
    /// After [`close`](Self::close) the item comes back.
    pub fn push(&self, urgency: Urgency, item: T) -> Result<(), T> {
        let mut sides = self.sides.lock();
        if sides.closed {
            return Err(item);
        }
        let number = Reverse(sides.next);
        sides.next += 1;
        let is_urgent = urgency > Urgency::ORDINARY;
        let side = if is_urgent { &mut sides.before } else { &mut sides.after };
        side.push(Entry { urgency, number, item });
        self.publish(&sides);
        Ok(())
    }

    /// Takes the most urgent item that comes before what is ordinary. O(log n).
    pub fn pop_urgent(&self) -> Option<T> {
        self.pop(|sides| &mut sides.before)
    }

    /// Takes the most urgent item that does not come before what is ordinary. O(log n).
    pub fn pop_deferrable(&self) -> Option<T> {
        self.pop(|sides| &mut sides.after)
    }

    fn pop(&self, side: impl FnOnce(&mut Sides<T>) -> &mut BinaryHeap<Entry<T>>) -> Option<T> {
        let mut sides = self.sides.lock();
        let popped = side(&mut sides).pop();
        self.publish(&sides);
        drop(sides);
        popped.map(|entry| entry.item)
    }

    /// What there was at some moment during the call.
    #[inline]
    pub fn holding(&self) -> Holding {
        // ORDERING: Relaxed; what is popped comes from under the lock. That a worker on its way to
        // sleep does not overlook an item is up to the fences of its register.
        Holding(self.holding.load(Ordering::Relaxed))
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        let sides = self.sides.lock();
        sides.before.len() + sides.after.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        !self.holding().is_anything()
    }

    /// From now on every push gets its item back. The caller pops what is left.
    pub fn close(&self) {
        self.sides.lock().closed = true;
    }

    /// Brings the word up to date.
    fn publish(&self, sides: &Sides<T>) {
        let before = if sides.before.is_empty() { 0 } else { Holding::BEFORE };
        let after = if sides.after.is_empty() { 0 } else { Holding::AFTER };
        let now = Holding(before | after);
        // Everybody reads the word all the time: it is written only if it changes.
        if self.holding() != now && !Mutant::OrderedPushSilent.is_active() {
            // ORDERING: Relaxed, as for reading it.
            self.holding.store(now.0, Ordering::Relaxed);
        }
    }
}

impl<T> fmt::Debug for OrderedQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderedQueue").field("holding", &self.holding()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{OrderedQueue, Urgency};
    use primitives::Timestamp;
    use proptest::prelude::*;

    fn urgency() -> impl Strategy<Value = Urgency> {
        let deadline = prop::option::of((0..4_u64).prop_map(Timestamp::from_nanos));
        (-2..3_i32, deadline).prop_map(|(priority, deadline)| Urgency { priority, deadline })
    }

    /// The first of the greatest urgency among those that `belong` on a side.
    fn best(items: &[(Urgency, usize)], belong: fn(Urgency) -> bool) -> Option<usize> {
        let side = items.iter().filter(|(urgency, _)| belong(*urgency));
        let key = |it: &&(Urgency, usize)| {
            let due = it.0.deadline.map_or(u64::MAX, Timestamp::as_nanos);
            (-it.0.priority, due, it.1)
        };
        side.min_by_key(key).map(|it| it.1)
    }

    fn is_before(urgency: Urgency) -> bool {
        urgency.priority > 0 || urgency.priority == 0 && urgency.deadline.is_some()
    }

    proptest! {
        #[test]
        fn pops_what_an_oracle_says(steps in prop::collection::vec(
            prop_oneof![urgency().prop_map(Some), Just(None)], 1..100
        ), sides in any::<u128>()) {
            let queue = OrderedQueue::new();
            let mut oracle: Vec<(Urgency, usize)> = Vec::new();
            for (number, step) in steps.into_iter().enumerate() {
                if let Some(urgency) = step {
                    queue.push(urgency, number).unwrap();
                    oracle.push((urgency, number));
                } else {
                    let (popped, expected) = if sides >> number & 1 == 0 {
                        (queue.pop_urgent(), best(&oracle, is_before))
                    } else {
                        (queue.pop_deferrable(), best(&oracle, |it| !is_before(it)))
                    };
                    prop_assert_eq!(popped, expected);
                    oracle.retain(|it| Some(it.1) != popped);
                }
                let holding = queue.holding();
                prop_assert_eq!(holding.is_urgent(), oracle.iter().any(|it| is_before(it.0)));
                prop_assert_eq!(holding.is_deferrable(), oracle.iter().any(|it| !is_before(it.0)));
                prop_assert_eq!(queue.len(), oracle.len());
            }
        }
    }

    #[test]
    fn a_closed_queue_gives_items_back() {
        let queue = OrderedQueue::new();
        queue.push(Urgency { priority: 1, deadline: None }, 1).unwrap();
        queue.close();
        assert_eq!(queue.push(Urgency { priority: 2, deadline: None }, 2), Err(2));
        assert_eq!((queue.pop_urgent(), queue.pop_urgent()), (Some(1), None));
    }
}
