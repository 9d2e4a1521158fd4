//! Counted permits, handed out strictly in order: the core of [`Semaphore`](super::Semaphore),
//! [`RwLock`](super::RwLock), [`OnceCell`](super::OnceCell) and bounded channels.
//!
//! ```text
//!   word:  │ permits that nobody has │ WAITING │ CLOSED │
//! ```
//!
//! # Protocol
//!
//! 1. While WAITING is clear, permits are taken and given back by one exchange of the word.
//! 2. Who does not find enough takes the queue's lock, *takes what there is*, notes how many are
//!    missing, sets WAITING in the same exchange, and waits. So while anybody waits the word has no
//!    permits, and nobody can take one past the queue.
//! 3. While WAITING is set, only holders of the queue's lock change the word. Permits that come
//!    back go to whoever is first, until nothing is missing to it; then it is woken, and the next
//!    is served. What is left when the queue is empty goes into the word, and WAITING is cleared.
//! 4. Who gives up returns what it was given so far by rule 3.
//! 5. CLOSED is set under the lock and stays. Everybody in the queue is woken, without what is
//!    missing, and fails; so does who was given everything, but has not been polled since.
//!
//! Strictly in order means that a large request holds up small ones behind it, and that it is
//! served for certain.

use super::error::{AcquireError, TryAcquireError};
use crate::task::coop;
use pin_project_lite::pin_project;
use primitives::shim::atomic::{AtomicUsize, Ordering};
use primitives::shim::{Mutant, const_fn};
use primitives::wait_queue::{Locked, Place, Queued, Seat, WaitQueue, Waiter};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

const CLOSED: usize = 0b01;
const WAITING: usize = 0b10;
const SHIFT: u32 = 2;
const ONE: usize = 1 << SHIFT;

/// How many permits are still missing to a waiter.
type Missing = usize;

/// Permits to do something.
#[derive(Debug)]
pub(crate) struct Permits {
    word: AtomicUsize,
    queue: WaitQueue<(), Missing>,
}

impl Queued for Permits {
    type Owner = Self;
    type State = ();
    type Note = Missing;

    fn wait_queue(permits: &Self) -> &WaitQueue<(), Missing> {
        &permits.queue
    }
}

impl Permits {
    /// The largest number of permits, as in tokio. The word would have room for twice as many.
    pub(crate) const MAX: usize = usize::MAX >> 3;

    const_fn! {
        /// # Panics
        ///
        /// If there are more than [`MAX`](Self::MAX).
        pub(crate) const fn new(permits: usize) -> Self {
            assert!(permits <= Self::MAX, "a semaphore has at most usize::MAX >> 3 permits");
            Self { word: AtomicUsize::new(permits << SHIFT), queue: WaitQueue::new(()) }
        }
    }

    const_fn! {
        /// Closed from the beginning.
        pub(crate) const fn new_closed() -> Self {
            Self { word: AtomicUsize::new(CLOSED), queue: WaitQueue::new(()) }
        }
    }

    /// How many permits nobody has, at this moment.
    pub(crate) fn available(&self) -> usize {
        // ORDERING: Acquire pairs with the Release of who gave permits back, so that whoever sees
        // all of them here sees what was done under them.
        self.word.load(Ordering::Acquire) >> SHIFT
    }

    pub(crate) fn is_closed(&self) -> bool {
        // ORDERING: pairs with the Release in `close`.
        self.word.load(Ordering::Acquire) & CLOSED != 0
    }

    /// Whether somebody waits, or did a moment ago.
    pub(crate) fn has_waiters(&self) -> bool {
        // ORDERING: Acquire pairs with the Release in `take_or_announce`.
        self.word.load(Ordering::Acquire) & WAITING != 0
    }

    /// Takes `n` permits if they are there.
    #[inline]
    pub(crate) fn try_acquire(&self, n: usize) -> Result<(), TryAcquireError> {
        // ORDERING: Acquire, here and when looking again, pairs with the Release in `close`: who
        // fails because of it sees what was done before. (The owner of a cell fills it and then
        // closes its permits.) In the exchange it pairs with that of who gave the permits back.
        let acquire = Mutant::PermitsAcquire.weaken(Ordering::Acquire);
        let mut word = self.word.load(acquire);
        loop {
            if word & CLOSED != 0 {
                return Err(TryAcquireError::Closed);
            }
            if word >> SHIFT < n {
                return Err(TryAcquireError::NoPermits);
            }
            // ORDERING: Relaxed on failure, see below.
            let taken = word - (n << SHIFT);
            match self.word.compare_exchange_weak(word, taken, acquire, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(_) => word = self.word.load(acquire),
            }
        }
    }

    /// Takes `n` permits, after everybody who asked before.
    #[inline]
    pub(crate) async fn acquire(&self, n: usize) -> Result<(), AcquireError> {
        if !coop::is_left() {
            return self.wait(n).await;
        }
        match self.try_acquire(n) {
            Ok(()) => {
                coop::spend();
                Ok(())
            }
            Err(TryAcquireError::Closed) => Err(AcquireError::closed()),
            Err(TryAcquireError::NoPermits) => self.wait(n).await,
        }
    }

    /// The slow part of [`acquire`](Self::acquire).
    pub(crate) fn wait(&self, n: usize) -> Acquire<'_> {
        Acquire { waiter: Waiter::new(self, 0), wanted: n }
    }

    /// Gives `n` permits back, or adds them.
    ///
    /// # Panics
    ///
    /// If there were more than [`MAX`](Self::MAX) then.
    #[inline]
    pub(crate) fn release(&self, n: usize) {
        // ORDERING: only a guess at what the exchange will find.
        let mut word = self.word.load(Ordering::Relaxed);
        while word & WAITING == 0 {
            // ORDERING: Release publishes what was done under the permits to whoever takes them
            // next. Acquire lets whoever finds the channel closed here look at the rest of it.
            match self.word.compare_exchange_weak(
                word,
                Self::plus(word, n),
                Mutant::PermitsRelease.weaken(Ordering::AcqRel),
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(found) => word = found,
            }
        }
        self.serve(self.queue.lock(), n);
    }

    /// Takes up to `n` permits out of circulation; returns how many.
    pub(crate) fn forget(&self, n: usize) -> usize {
        // ORDERING: only a guess at what the exchange will find.
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let taken = n.min(word >> SHIFT);
            // ORDERING: Acquire as in `try_acquire`.
            match self.word.compare_exchange_weak(
                word,
                word - (taken << SHIFT),
                Ordering::Acquire,
                Ordering::Relaxed,
            ) {
                Ok(_) => return taken,
                Err(found) => word = found,
            }
        }
    }

    /// Lets everybody who waits fail, and everybody who comes.
    pub(crate) fn close(&self) {
        let locked = self.queue.lock();
        // ORDERING: Release publishes what was done before closing to who fails because of it.
        self.word.fetch_or(CLOSED, Ordering::AcqRel);
        self.queue.wake_each(locked, |locked| locked.wake_front());
    }

    fn plus(word: usize, n: usize) -> usize {
        let permits = (word >> SHIFT).checked_add(n).filter(|sum| *sum <= Self::MAX);
        let permits = permits.expect("a semaphore has at most usize::MAX >> 3 permits");
        permits << SHIFT | word & (ONE - 1)
    }

    /// Rule 3: hands `n` permits to those who wait.
    #[cold]
    fn serve<'a>(&'a self, locked: Locked<'a, (), Missing>, mut n: usize) {
        self.queue.wake_each(locked, |locked| {
            if let Some(missing) = locked.front() {
                let given = n.min(*missing);
                *missing -= given;
                n -= given;
                return if *missing == 0 { locked.wake_front() } else { None };
            }
            self.put_back(std::mem::take(&mut n));
            None
        });
    }

    /// Nobody waits, and the lock is held: `n` permits are free for all.
    fn put_back(&self, n: usize) {
        // ORDERING: only a guess at what the exchange will find. While WAITING is clear, it may
        // be changed by others.
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            // ORDERING: Release as in `release`.
            match self.word.compare_exchange_weak(
                word,
                Self::plus(word, n) & !WAITING,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(found) => word = found,
            }
        }
    }

    /// Rule 2, under the lock: takes `n` permits, or what there is of them and says that somebody
    /// waits. Returns how many are missing.
    fn take_or_announce(&self, n: usize) -> Missing {
        // ORDERING: only a guess at what the exchange will find.
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let taken = n.min(word >> SHIFT);
            let announced = if taken == n { 0 } else { WAITING };
            // ORDERING: Acquire as in `try_acquire`. Release publishes to `has_waiters` that the
            // queue is about to have somebody in it.
            match self.word.compare_exchange_weak(
                word,
                (word - (taken << SHIFT)) | announced,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return n - taken,
                Err(found) => word = found,
            }
        }
    }
}

pin_project! {
    /// Waits for permits.
    ///
    /// Dropped before it is done, it leaves the queue and returns what it was given.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub(crate) struct Acquire<'a> {
        #[pin]
        waiter: Waiter<Permits, &'a Permits>,
        wanted: usize,
    }

    impl PinnedDrop for Acquire<'_> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.waiter.as_mut().is_inside() {
                give_up(this.waiter.seat(), *this.wanted);
            }
        }
    }
}

/// Rule 4. Those behind may be served now.
fn give_up(mut seat: Seat<'_, Permits, &Permits>, wanted: usize) {
    let permits: &Permits = seat.home();
    let left = seat.leave();
    if !Mutant::PermitsDropKeeps.is_active() {
        permits.serve(seat.into_locked(), wanted - left.note);
    }
}

impl Future for Acquire<'_> {
    type Output = Result<(), AcquireError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // A task whose turn is over still gets its place in line.
        if !coop::is_left() && self.as_mut().is_on_offer() {
            ready!(coop::poll_turn(context));
        }
        let polled = self.poll_acquire(context.waker());
        coop::account(polled, coop::Resource::Permits)
    }
}

impl Acquire<'_> {
    /// Whether it would not have to wait.
    #[cold]
    fn is_on_offer(self: Pin<&mut Self>) -> bool {
        let this = self.project();
        let (mut waiter, wanted) = (this.waiter, *this.wanted);
        let permits: &Permits = waiter.home();
        let is_free = permits.is_closed() || permits.available() >= wanted;
        if waiter.as_mut().is_inside() { waiter.seat().place() == Place::Woken } else { is_free }
    }

    fn poll_acquire(self: Pin<&mut Self>, current: &Waker) -> Poll<Result<(), AcquireError>> {
        let this = self.project();
        let (mut waiter, wanted) = (this.waiter, *this.wanted);
        let is_first_poll = !waiter.as_mut().is_inside();
        let mut spare: Option<Waker> = is_first_poll.then(|| current.clone());
        loop {
            let mut seat = waiter.as_mut().seat();
            match seat.place() {
                _ if seat.home().is_closed() => {
                    give_up(seat, if is_first_poll { 0 } else { wanted });
                    return Poll::Ready(Err(AcquireError::closed()));
                }
                Place::Woken if *seat.note() == 0 => {
                    let _ = seat.leave();
                    return Poll::Ready(Ok(()));
                }
                // Nobody wakes without giving, or closing.
                Place::Waiting | Place::Woken => {}
                Place::Outside => {
                    let missing = seat.home().take_or_announce(wanted);
                    if missing == 0 {
                        return Poll::Ready(Ok(()));
                    }
                    *seat.note() = missing;
                }
            }
            if seat.park(&mut spare, current) {
                return Poll::Pending;
            }
            drop(seat);
            spare = Some(current.clone());
        }
    }
}
