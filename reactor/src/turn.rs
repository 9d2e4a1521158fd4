//! What one pass through the reactor did.

/// The counts of one [`park`](crate::Reactor::park) or [`try_turn`](crate::Reactor::try_turn).
///
/// All zero means that the sleep ended for none of the reasons counted here: a signal, a wake-up
/// that came too late for the sleep it was meant for, or a cancelled timer's deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use = "a turn says whether anything was woken"]
pub struct Turn {
    /// Readiness events of registered sources.
    pub io_events: usize,
    /// Timers that fired.
    pub timers: usize,
    /// Wakers that were called and returned.
    pub woken: usize,
    /// Wakers that panicked; the panic was caught and the others were still called.
    pub panicked: usize,
    /// Whether an [`unpark`](crate::Reactor::unpark) was used up. Always false for `try_turn`.
    pub unparked: bool,
}
