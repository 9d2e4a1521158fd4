//! Stopping the clock, for tests of what takes time.

use super::Duration;
use crate::runtime::Handle;
use crate::task;

/// Stops the clock of the current runtime.
///
/// From then on [`Instant::now`](super::Instant::now) stands still, and the runtime sets the clock
/// forward by itself to the next timer whenever it has nothing else to do: no task to run, no I/O
/// that is ready, and no closure of [`spawn_blocking`](crate::task::spawn_blocking) that runs or
/// waits. A test that sleeps for an hour then takes no time, and sees the hour pass to the
/// nanosecond. [`std::time::Instant`] goes on as ever.
///
/// The clock can be stopped from the beginning by
/// [`Builder::start_paused`](crate::runtime::Builder::start_paused), or `start_paused = true` in
/// the attributes.
///
/// # Panics
///
/// If the clock is paused already, outside a runtime, and on a runtime with worker threads.
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// use graph_runtime::time::{Duration, Instant, pause, timeout};
///
/// pause();
/// let start = Instant::now();
/// let late = timeout(Duration::from_secs(60), std::future::pending::<()>()).await;
/// assert!(late.is_err());
/// assert_eq!(start.elapsed(), Duration::from_secs(60));
/// # }
/// ```
#[track_caller]
pub fn pause() {
    change(&current("frozen"), |handle| handle.shared().seams.clock.pause());
}

/// Lets the clock run on from where it stands.
///
/// # Panics
///
/// If the clock is not paused, and outside a runtime.
#[track_caller]
pub fn resume() {
    change(&current("resumed"), |handle| handle.shared().seams.clock.resume());
}

/// Sets a paused clock forward, at one stroke.
///
/// All timers that are due then are fired, and it yields once, so that tasks they wake have a turn;
/// it does not wait until these are done. To see every timer at its own time, sleep instead.
///
/// # Panics
///
/// If the clock is not paused, and outside a runtime.
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// use graph_runtime::time::{Duration, Instant, advance};
///
/// let start = Instant::now();
/// advance(Duration::from_millis(250)).await;
/// assert_eq!(start.elapsed(), Duration::from_millis(250));
/// # }
/// ```
pub async fn advance(duration: Duration) {
    let handle = current("advanced");
    change(&handle, |handle| handle.shared().seams.clock.advance(duration));
    let shared = handle.shared();
    for remote in &shared.remotes {
        let _turn = remote.reactor.expire_overdue(&|| shared.now(), shared.now());
    }
    drop(handle);
    task::yield_now().await;
}

#[track_caller]
fn current(what: &str) -> Handle {
    match Handle::try_current() {
        Ok(handle) => handle,
        Err(error) => panic!("time cannot be {what} from outside a runtime: {error}"),
    }
}

#[track_caller]
fn change(handle: &Handle, change: impl FnOnce(&Handle) -> Result<(), &'static str>) {
    if let Err(reason) = change(handle) {
        panic!("{reason}");
    }
    handle.shared().clock_changed();
}
