//! Looking whether the few runners that short attempts need are getting on.

use crate::executor::inner::Inner;
use crate::task::yield_now;
use crate::time;
use primitives::shim::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::Weak;
use std::time::Duration;

/// The first look comes after this time, each further one after twice as long.
const INTERVAL_MIN: Duration = Duration::from_micros(100);
/// The longest that a started task waits for a runner because of one that takes long without
/// warning, while there are idle workers.
const INTERVAL_MAX: Duration = Duration::from_millis(1);
/// The same while all workers are at work: about as long as it takes until somebody stands in for
/// one that is blocked.
const INTERVAL_MAX_OF_ALL: Duration = Duration::from_millis(10);

/// One in so many looks asks under the lock whether anybody still needs looking after, even if the
/// runners get on: the lock is biased towards the worker they are on, and costs it some
/// microseconds.
const LOCKED_LOOK: u32 = 32;

/// While attempts are short, fewer runners work than there are workers, and attempts that may
/// start wait for them. Should one of these few suddenly take long, this calls the others. Should
/// attempts block all workers, perhaps until one that waits has ended, the runtime finds that this
/// wants to be polled and has threads stand in for them, and these are given runners. It ends soon
/// after the last attempt that waits, so an idle executor has no timer.
///
/// A timer fires on the worker that has set it, which must not be the one that gets stuck. So this
/// does not sleep where the last attempt ended, but waits in the queue for somebody to take it
/// away; unless no attempt has ended while it did, and so the runner is not there either.
pub(in crate::executor) async fn watch(inner: Weak<Inner>) {
    let (mut interval, mut seen, mut passed) = (INTERVAL_MIN, None, None);
    let (mut longest, mut stood_in) = (INTERVAL_MAX, 0);
    for look in (0..LOCKED_LOOK).cycle() {
        let Some(inner) = inner.upgrade() else { return };
        let (ended, worker) = (inner.progress.ended(), inner.progress.worker());
        let stand_ins = inner.handle.shared().blocking_beside_workers();
        let is_stuck = seen.take() == Some(ended);
        if is_stuck || stand_ins != stood_in || look == 0 {
            let looked = inner.step(|core, _| core.look_after_runners(is_stuck, stand_ins));
            let Some(is_short_handed) = looked else { return };
            longest = if is_short_handed { INTERVAL_MAX } else { INTERVAL_MAX_OF_ALL };
            stood_in = stand_ins;
        }
        let is_beside = worker.is_some() && worker == inner.worker();
        drop(inner);
        if is_beside && passed != Some(ended) {
            passed = Some(ended);
            yield_now().await;
            continue;
        }
        time::sleep(interval).await;
        interval = (interval * 2).min(longest);
        seen = Some(ended);
    }
}

/// How far the runners have got, for who does not want the core's lock. Written under it.
#[derive(Debug, Default)]
pub(in crate::executor) struct Progress {
    ended: AtomicU64,
    /// One more than the number of the worker; 0 if it was on none.
    worker: AtomicUsize,
}

impl Progress {
    /// An attempt has ended on a worker, if it was on one. Only under the core's lock.
    pub(in crate::executor) fn note_end(&self, worker: Option<usize>) {
        // ORDERING: Relaxed throughout; whoever reads acts on nothing but these numbers, and looks
        // again.
        self.ended.store(self.ended() + 1, Ordering::Relaxed);
        self.worker.store(worker.map_or(0, |worker| worker + 1), Ordering::Relaxed);
    }

    /// Attempts that have ended so far.
    fn ended(&self) -> u64 {
        self.ended.load(Ordering::Relaxed)
    }

    /// Where the last one ended.
    fn worker(&self) -> Option<usize> {
        self.worker.load(Ordering::Relaxed).checked_sub(1)
    }
}
