//! The unbounded queue behind the injector: crossbeam's, or a deliberately weak stand-in.

pub use imp::SharedQueue;

#[cfg(not(loom))]
mod imp {
    use crossbeam_deque::{Injector, Steal};

    /// An unbounded multi-producer multi-consumer FIFO queue: crossbeam's injector.
    ///
    /// crossbeam does not run under loom. There a small array of atomic slots takes its place,
    /// which promises less (no order, four items): what models check is *our* protocol around
    /// the queue (closing, draining, announcing), not crossbeam's slots, and a stand-in behind a
    /// lock would lend that protocol an ordering that the real queue does not promise.
    #[derive(Debug)]
    pub struct SharedQueue<T>(Injector<T>);

    impl<T> Default for SharedQueue<T> {
        fn default() -> Self {
            Self(Injector::new())
        }
    }

    impl<T> SharedQueue<T> {
        /// Appends `item`.
        #[inline]
        pub fn push(&self, item: T) {
            self.0.push(item);
        }

        /// Takes the oldest item.
        #[inline]
        pub fn pop(&self) -> Option<T> {
            loop {
                match self.0.steal() {
                    Steal::Success(item) => return Some(item),
                    Steal::Empty => return None,
                    Steal::Retry => std::hint::spin_loop(),
                }
            }
        }

        /// Whether the queue was empty at some moment during the call.
        #[inline]
        pub fn is_empty(&self) -> bool {
            self.0.is_empty()
        }

        /// How many items there were at some moment during the call.
        pub fn len(&self) -> usize {
            self.0.len()
        }
    }
}

#[cfg(loom)]
mod imp {
    use crate::shim::atomic::{AtomicPtr, Ordering};
    use std::marker::PhantomData;

    /// A stand-in for crossbeam's injector: a few atomic slots, no order. Each slot is one more
    /// step in every look at the queue, and so multiplies what a model has to explore.
    #[derive(Debug)]
    pub struct SharedQueue<T> {
        slots: [AtomicPtr<T>; 4],
        owns: PhantomData<T>,
    }

    // SAFETY: a shared queue only moves items in and out, so they need to be Send and no more;
    // crossbeam's makes the same promise.
    #[allow(unsafe_code)]
    unsafe impl<T: Send> Sync for SharedQueue<T> {}

    impl<T> Default for SharedQueue<T> {
        fn default() -> Self {
            let slots = std::array::from_fn(|_| AtomicPtr::new(std::ptr::null_mut()));
            Self { slots, owns: PhantomData }
        }
    }

    impl<T> SharedQueue<T> {
        /// Stores `item` in a free slot.
        ///
        /// # Panics
        ///
        /// If all four slots are taken: the model is too large for the stand-in.
        pub fn push(&self, item: T) {
            let item = Box::into_raw(Box::new(item));
            let free = self.slots.iter().find(|slot| {
                slot.compare_exchange(
                    std::ptr::null_mut(),
                    item,
                    Ordering::Release,
                    Ordering::Relaxed,
                )
                .is_ok()
            });
            assert!(free.is_some(), "the stand-in queue holds four items");
        }

        /// Takes an item.
        #[allow(unsafe_code)]
        pub fn pop(&self) -> Option<T> {
            self.slots.iter().find_map(|slot| {
                let item = slot.load(Ordering::Relaxed);
                let taken = !item.is_null()
                    && slot
                        .compare_exchange(
                            item,
                            std::ptr::null_mut(),
                            Ordering::Acquire,
                            Ordering::Relaxed,
                        )
                        .is_ok();
                // SAFETY: the pointer came from `Box::into_raw` in `push`, and only the thread
                // whose exchange took it out of the slot gets here.
                taken.then(|| *unsafe { Box::from_raw(item) })
            })
        }

        /// Whether no slot was taken.
        pub fn is_empty(&self) -> bool {
            self.len() == 0
        }

        /// How many slots were taken.
        pub fn len(&self) -> usize {
            self.slots.iter().filter(|slot| !slot.load(Ordering::Relaxed).is_null()).count()
        }
    }

    impl<T> Drop for SharedQueue<T> {
        fn drop(&mut self) {
            while self.pop().is_some() {}
        }
    }
}
