//! Kinds of signals.

use libc::c_int;

/// A kind of signal, and what the system does with one for which there is no handler.
///
/// # Examples
///
/// ```
/// use graph_runtime::signal::unix::SignalKind;
///
/// let number = SignalKind::terminate().as_raw_value();
/// assert_eq!(SignalKind::from_raw(number), SignalKind::terminate());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignalKind(c_int);

impl SignalKind {
    /// The kind with this number, if the system knows one; listening says so if it does not.
    pub const fn from_raw(number: c_int) -> Self {
        Self(number)
    }

    /// The system's number.
    pub const fn as_raw_value(&self) -> c_int {
        self.0
    }

    /// `SIGALRM`. A timer of the real time has run out. Ends the process otherwise.
    pub const fn alarm() -> Self {
        Self(libc::SIGALRM)
    }

    /// `SIGCHLD`. A child process has ended or stopped. Ignored otherwise.
    pub const fn child() -> Self {
        Self(libc::SIGCHLD)
    }

    /// `SIGHUP`. The terminal is gone; by custom, read the configuration again. Ends the process
    /// otherwise.
    pub const fn hangup() -> Self {
        Self(libc::SIGHUP)
    }

    /// `SIGINT`. Ctrl-C. Ends the process otherwise.
    pub const fn interrupt() -> Self {
        Self(libc::SIGINT)
    }

    /// `SIGIO`. A descriptor is ready. Ends the process otherwise.
    pub const fn io() -> Self {
        Self(libc::SIGIO)
    }

    /// `SIGPIPE`. A pipe was written to that nobody reads. Rust programs ignore it otherwise.
    pub const fn pipe() -> Self {
        Self(libc::SIGPIPE)
    }

    /// `SIGQUIT`. Ctrl-\\. Ends the process with a core dump otherwise.
    pub const fn quit() -> Self {
        Self(libc::SIGQUIT)
    }

    /// `SIGTERM`. Please end. Ends the process otherwise.
    pub const fn terminate() -> Self {
        Self(libc::SIGTERM)
    }

    /// `SIGUSR1`. Whatever the program says. Ends the process otherwise.
    pub const fn user_defined1() -> Self {
        Self(libc::SIGUSR1)
    }

    /// `SIGUSR2`. Whatever the program says. Ends the process otherwise.
    pub const fn user_defined2() -> Self {
        Self(libc::SIGUSR2)
    }

    /// `SIGWINCH`. The terminal's size has changed. Ignored otherwise.
    pub const fn window_change() -> Self {
        Self(libc::SIGWINCH)
    }
}

impl From<c_int> for SignalKind {
    fn from(number: c_int) -> Self {
        Self::from_raw(number)
    }
}

impl From<SignalKind> for c_int {
    fn from(kind: SignalKind) -> Self {
        kind.as_raw_value()
    }
}
