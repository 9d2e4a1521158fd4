//! Listening for one kind of signal.

use super::SignalKind;
use crate::net::{Attempt, Roaming};
use crate::runtime::Handle;
use reactor::Direction;
use signal_hook::SigId;
use signal_hook::consts::FORBIDDEN;
use signal_hook::low_level::{pipe, unregister};
use std::future::poll_fn;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::task::{Context, Poll};

/// Reads of one poll. One empties the socket unless signals rain down meanwhile.
const READS_PER_POLL: usize = 16;

/// Starts to listen for signals of one kind.
///
/// # Errors
///
/// If the kind is unknown or cannot be handled (`SIGKILL`, `SIGSTOP`, `SIGILL`, `SIGFPE`,
/// `SIGSEGV`), and if the system has no descriptors left.
///
/// # Panics
///
/// Outside a runtime.
///
/// # Examples
///
/// See [`Signal`].
#[track_caller]
pub fn signal(kind: SignalKind) -> io::Result<Signal> {
    drop(Handle::current());
    Signal::new(kind)
}

/// Hears every signal of its kind that comes after it was made.
///
/// Signals that come before the next [`recv`](Self::recv) are heard as one, and the system itself
/// may make one out of several. Any number of listeners may be there for one kind. Each has two
/// descriptors of its own. The [module](crate::signal) says what happens to the process.
///
/// # Examples
///
/// ```
/// use graph_runtime::signal::unix::{SignalKind, signal};
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let mut hangups = signal(SignalKind::hangup())?;
/// # signal_hook::low_level::raise(SignalKind::hangup().as_raw_value())?;
/// hangups.recv().await;
/// println!("reading the configuration again");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "signals that nobody receives are lost, and so is what the system would have done"]
pub struct Signal {
    registered: SigId,
    /// A byte arrives for each signal.
    bytes: Roaming<UnixStream>,
}

impl Signal {
    pub(crate) fn new(kind: SignalKind) -> io::Result<Self> {
        let number = kind.as_raw_value();
        if FORBIDDEN.contains(&number) {
            let message = format!("signal {number} cannot be handled");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let (receiver, sender) = UnixStream::pair()?;
        receiver.set_nonblocking(true)?;
        // A full socket holds enough news already; the handler never blocks.
        let registered = pipe::register(number, sender)?;
        Ok(Self { registered, bytes: Roaming::new(receiver) })
    }

    /// Waits for a signal. `None` only if the runtime has shut down.
    ///
    /// # Panics
    ///
    /// Outside a runtime, if it has to wait for the first time.
    ///
    /// # Cancel safety
    ///
    /// No signal is lost if the future is dropped.
    pub async fn recv(&mut self) -> Option<()> {
        poll_fn(|context| self.poll_recv(context)).await
    }

    /// [`recv`](Self::recv) for hand-written futures.
    ///
    /// # Panics
    ///
    /// As `recv`.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<()>> {
        self.bytes.poll_io(context, Direction::Read, take_all).map(Result::ok)
    }
}

impl Drop for Signal {
    fn drop(&mut self) {
        unregister(self.registered);
    }
}

/// Takes all news there are, at least one.
fn take_all(mut stream: &UnixStream) -> io::Result<Attempt<()>> {
    let mut buffer = [0; 512];
    let mut heard = false;
    for _ in 0..READS_PER_POLL {
        match stream.read(&mut buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => heard = true,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && heard => {
                return Ok(Attempt { value: (), drained: true });
            }
            // An interruption comes with a signal, perhaps ours.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if heard { Ok(Attempt::more(())) } else { Err(io::ErrorKind::Interrupted.into()) }
}
