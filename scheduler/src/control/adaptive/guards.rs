//! What speaks against more in flight, beside throughput.

use super::{ControllerSettings, LimitReason, Window};
use std::time::Duration;

/// From this share of the memory threshold on the limit does not rise.
const MEMORY_NEAR: f64 = 0.9;
/// From this share of the time without CPU quota on the limit does not rise.
const THROTTLED: f64 = 0.1;
/// Started tasks that wait longer than this for a worker, and longer than they run, need no
/// company.
const POLL_DELAY: Duration = Duration::from_millis(200);

/// Why the limit should not rise, if it should not.
pub(super) fn holds(window: &Window, settings: &ControllerSettings) -> Option<LimitReason> {
    let signals = &window.signals;
    if is_memory_near(window) {
        Some(LimitReason::Memory)
    } else if signals.throttled.is_some_and(|share| share >= THROTTLED) {
        Some(LimitReason::Throttled)
    } else if is_busy(window, settings) {
        Some(LimitReason::CpuBusy)
    } else if window.poll_delay().is_some_and(|it| it >= POLL_DELAY.max(window.run_time)) {
        Some(LimitReason::PollDelay)
    } else {
        None
    }
}

/// Why the limit should not rise although nothing ends, if it should not.
pub(super) fn holds_empty(window: &Window, settings: &ControllerSettings) -> Option<LimitReason> {
    if is_busy(window, settings) {
        Some(LimitReason::CpuBusy)
    } else {
        is_memory_near(window).then_some(LimitReason::Memory)
    }
}

fn is_busy(window: &Window, settings: &ControllerSettings) -> bool {
    window.signals.load() > settings.cpu_target
}

fn is_memory_near(window: &Window) -> bool {
    window.signals.memory.is_some_and(|share| share >= MEMORY_NEAR)
}
