//! Looking whether the few runners that short attempts need are getting on.

use crate::executor::inner::Inner;
use crate::task::yield_now;
use crate::time;
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

/// While attempts are short, fewer runners work than there are workers, and attempts that may
/// start wait for them. Should one of these few suddenly take long, this calls the others. Should
/// attempts block all workers, perhaps until one that waits has ended, the runtime finds that this
/// wants to be polled and has threads stand in for them, and these are given runners. It ends with
/// the last attempt that waits, so an idle executor has no timer.
///
/// A timer fires on the worker that has set it, which must not be the one that gets stuck. So this
/// does not sleep where the last attempt ended, but waits in the queue for somebody to take it
/// away; unless no attempt has ended while it did, and so the runner is not there either.
pub(in crate::executor) async fn watch(inner: Weak<Inner>) {
    let (mut interval, mut seen, mut passed) = (INTERVAL_MIN, None, None);
    loop {
        let Some(here) = inner.upgrade().map(|inner| inner.worker()) else { return };
        let Some(progress) = look(&inner, seen.take()) else { return };
        let is_beside = here.is_some() && progress.worker == here;
        if is_beside && passed != Some(progress.ended) {
            passed = Some(progress.ended);
            yield_now().await;
            continue;
        }
        time::sleep(interval).await;
        let longest = if progress.is_short_handed { INTERVAL_MAX } else { INTERVAL_MAX_OF_ALL };
        interval = (interval * 2).min(longest);
        seen = Some(progress.ended);
    }
}

/// What a look has seen.
#[derive(Debug, Clone, Copy)]
pub(in crate::executor) struct Progress {
    /// Attempts that have ended so far.
    pub(in crate::executor) ended: u64,
    /// Where the last one ended.
    pub(in crate::executor) worker: Option<usize>,
    /// Whether attempts are so short that not all workers are wanted.
    pub(in crate::executor) is_short_handed: bool,
}

fn look(inner: &Weak<Inner>, seen: Option<u64>) -> Option<Progress> {
    let inner = inner.upgrade()?;
    let stand_ins = inner.handle.shared().spares.out_for_blocked();
    inner.step(|core, _| core.look_after_runners(seen, stand_ins))
}
