//! The unbounded queue behind the injector: crossbeam's, or a locked stand-in under loom.

/// An unbounded multi-producer multi-consumer FIFO queue.
///
/// In production this is [`crossbeam_deque::Injector`]. crossbeam does not run under loom, so
/// there a locked queue takes its place; what models check is *our* protocol around the queue
/// (closing, draining, counting), not crossbeam's slots.
#[derive(Debug)]
pub struct Injector<T>(
    #[cfg(not(loom))] crossbeam_deque::Injector<T>,
    #[cfg(loom)] loom::sync::Mutex<std::collections::VecDeque<T>>,
);

impl<T> Default for Injector<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(not(loom))]
impl<T> Injector<T> {
    /// An empty queue.
    pub fn new() -> Self {
        Self(crossbeam_deque::Injector::new())
    }

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
                crossbeam_deque::Steal::Success(item) => return Some(item),
                crossbeam_deque::Steal::Empty => return None,
                crossbeam_deque::Steal::Retry => super::hint::spin_loop(),
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

#[cfg(loom)]
impl<T> Injector<T> {
    /// An empty queue.
    pub fn new() -> Self {
        Self(loom::sync::Mutex::new(std::collections::VecDeque::new()))
    }

    /// Appends `item`.
    pub fn push(&self, item: T) {
        self.0.lock().expect("not poisoned").push_back(item);
    }

    /// Takes the oldest item.
    pub fn pop(&self) -> Option<T> {
        self.0.lock().expect("not poisoned").pop_front()
    }

    /// Whether the queue was empty at some moment during the call.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items there were at some moment during the call.
    pub fn len(&self) -> usize {
        self.0.lock().expect("not poisoned").len()
    }
}
