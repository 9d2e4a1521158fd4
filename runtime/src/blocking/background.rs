//! Reading and writing in the background what can only be read and written by blocking.

use super::buffer::Buffer;
use super::medium::Medium;
use super::run::lost;
use crate::runtime::Handle;
use crate::task::{JoinError, JoinHandle};
use std::fmt;
use std::io::{self, IoSlice, SeekFrom};
use std::mem::MaybeUninit;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// At most so many bytes travel at once, unless told otherwise.
pub(crate) const DEFAULT_MAX_BUFFER: usize = 2 * 1024 * 1024;

/// A medium, and the one operation on it that may be under way.
///
/// ```text
///   Idle(buffer) ──► start: buffer and a reference to the medium go to a blocking thread ──► Busy
///        ▲                                                                                     │
///        └────────────── finish: the buffer comes back, with what the operation brought ───────┘
/// ```
///
/// *Reading* waits for its operation. If nobody waits any more, the bytes stay in the buffer for
/// the next read; a write or a move instead of it first goes back to where the reader was.
///
/// *Writing* copies the bytes, starts the operation and is done. What became of it is told by the
/// next write or flush, whichever comes first, with whatever is done in between.
pub(crate) struct Background<M> {
    medium: Arc<M>,
    state: State,
    /// A write failed, and nobody has been told.
    write_error: Option<io::ErrorKind>,
    /// Something was written that only a flush passes on.
    unflushed: bool,
    /// Where the last move led to.
    position: u64,
    /// The move under way, for whoever polls it again.
    seeking: Option<SeekFrom>,
    max_buffer: usize,
}

enum State {
    Idle(Buffer),
    Busy(JoinHandle<(Done, Buffer)>),
}

/// What an operation brought.
enum Done {
    /// The bytes are in the buffer; none mean the end.
    Read(io::Result<()>),
    Written(io::Result<()>),
    Flushed(io::Result<()>),
    Moved(io::Result<u64>),
    Resized(io::Result<()>),
    /// The runtime shut down before it began, or it panicked.
    Lost(JoinError),
}

impl<M: Medium> Background<M> {
    pub(crate) fn new(medium: Arc<M>) -> Self {
        Self {
            medium,
            state: State::Idle(Buffer::default()),
            write_error: None,
            unflushed: false,
            position: 0,
            seeking: None,
            max_buffer: DEFAULT_MAX_BUFFER,
        }
    }

    pub(crate) fn medium(&self) -> &M {
        &self.medium
    }

    /// At most so many bytes travel at once, and not none.
    pub(crate) fn set_max_buffer(&mut self, bytes: usize) {
        self.max_buffer = bytes;
    }

    /// Reads into `buffer`.
    pub(crate) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let bytes = ready!(self.poll_fill(context, buffer.len()))?;
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Poll::Ready(Ok(count))
    }

    /// Reads into the beginning of `buffer`, as many bytes as it says.
    pub(crate) fn poll_read_uninit(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [MaybeUninit<u8>],
    ) -> Poll<io::Result<usize>> {
        let bytes = ready!(self.poll_fill(context, buffer.len()))?;
        let count = bytes.len().min(buffer.len());
        for (place, byte) in buffer.iter_mut().zip(bytes) {
            place.write(*byte);
        }
        self.consume(count);
        Poll::Ready(Ok(count))
    }

    /// Bytes that were read, reading up to `wanted` if there are none. Empty at the end.
    fn poll_fill(&mut self, context: &mut Context<'_>, wanted: usize) -> Poll<io::Result<&[u8]>> {
        let mut at_end = wanted == 0;
        loop {
            match &mut self.state {
                State::Idle(buffer) if !buffer.is_empty() || at_end => break,
                State::Idle(_) => {
                    let max = wanted.min(self.max_buffer);
                    self.start_cancellable(move |medium, buffer| {
                        Done::Read(buffer.read_from(medium, max))
                    });
                }
                State::Busy(_) => match ready!(self.poll_finish(context)) {
                    Done::Read(result) => {
                        result?;
                        // One read that brought nothing is the end; nothing is read twice.
                        at_end = true;
                    }
                    Done::Lost(error) => return Poll::Ready(Err(lost(error))),
                    other => self.settle(other),
                },
            }
        }
        match &self.state {
            State::Idle(buffer) => Poll::Ready(Ok(buffer.bytes())),
            State::Busy(_) => unreachable!("the loop ends idle"),
        }
    }

    /// So many of the bytes that [`poll_fill`](Self::poll_fill) gave were taken.
    fn consume(&mut self, count: usize) {
        if let State::Idle(buffer) = &mut self.state {
            buffer.consume(count);
        }
    }

    /// Takes as many bytes as travel at once, and writes them in the background.
    pub(crate) fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_writable(context))?;
        let State::Idle(buffer) = &mut self.state else { unreachable!("it is writable") };
        let back = buffer.discard();
        let taken = buffer.fill(slices, self.max_buffer);
        if taken > 0 || back > 0 {
            self.unflushed = M::BUFFERS;
            self.start_mandatory(move |medium, buffer| {
                let result = go_back(medium, back).and_then(|()| buffer.write_to(medium));
                // Whatever was not written must not be taken for something that was read.
                buffer.discard();
                Done::Written(result)
            })?;
        }
        Poll::Ready(Ok(taken))
    }

    /// Waits until everything written has been passed on, or tells that this failed.
    pub(crate) fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.poll_writable(context))?;
            if !std::mem::take(&mut self.unflushed) {
                return Poll::Ready(Ok(()));
            }
            self.start_mandatory(|medium, _| Done::Flushed(medium.flush()))?;
        }
    }

    /// Waits until no operation is under way. Fails if a write did, once.
    fn poll_writable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(kind) = self.write_error.take() {
            return Poll::Ready(Err(kind.into()));
        }
        while matches!(self.state, State::Busy(_)) {
            match ready!(self.poll_finish(context)) {
                Done::Written(Err(error)) | Done::Flushed(Err(error)) => {
                    return Poll::Ready(Err(error));
                }
                Done::Lost(error) => return Poll::Ready(Err(lost(error))),
                other => self.settle(other),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Whether no operation is under way, seen to end or not.
    pub(crate) fn is_idle(&self) -> bool {
        match &self.state {
            State::Idle(_) => true,
            State::Busy(operation) => operation.is_finished(),
        }
    }

    /// Waits until no operation is under way. A write's failure is kept for later.
    pub(crate) fn poll_idle(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while matches!(self.state, State::Busy(_)) {
            let done = ready!(self.poll_finish(context));
            self.settle(done);
        }
        Poll::Ready(())
    }

    /// Moves to another place, as the reader sees it: bytes read ahead count as not read.
    pub(crate) fn poll_seek(
        &mut self,
        context: &mut Context<'_>,
        to: SeekFrom,
    ) -> Poll<io::Result<u64>> {
        if self.seeking != Some(to) {
            ready!(self.poll_idle(context));
            self.start_seek(to)?;
        }
        self.poll_moved(context)
    }

    /// Starts to move.
    ///
    /// # Errors
    ///
    /// If another operation is under way.
    pub(crate) fn start_seek(&mut self, mut to: SeekFrom) -> io::Result<()> {
        let State::Idle(buffer) = &mut self.state else {
            let message = "another operation on the file is under way: poll it to its end first";
            return Err(io::Error::other(message));
        };
        self.seeking = Some(to);
        let ahead = buffer.discard() as i64;
        if let SeekFrom::Current(offset) = &mut to {
            *offset = offset.saturating_sub(ahead);
        }
        self.start_cancellable(move |medium, _| Done::Moved(medium.seek(to)));
        Ok(())
    }

    /// Waits for the move, and says where the last one led to.
    pub(crate) fn poll_moved(&mut self, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        while matches!(self.state, State::Busy(_)) {
            match ready!(self.poll_finish(context)) {
                Done::Moved(Err(error)) => return Poll::Ready(Err(error)),
                Done::Lost(error) => return Poll::Ready(Err(lost(error))),
                other => self.settle(other),
            }
        }
        Poll::Ready(Ok(self.position))
    }

    /// Takes note of what an operation brought that the caller does not wait for.
    fn settle(&mut self, done: Done) {
        match done {
            Done::Written(Err(error)) | Done::Flushed(Err(error)) => {
                self.write_error = Some(error.kind());
            }
            Done::Moved(Ok(position)) => self.position = position,
            Done::Lost(_) => self.write_error = Some(io::ErrorKind::Other),
            // A read is repeated by whoever wants the bytes, and so are the others.
            Done::Read(_) | Done::Written(_) | Done::Flushed(_) => {}
            Done::Moved(Err(_)) | Done::Resized(_) => {}
        }
    }

    /// Waits for the operation under way.
    fn poll_finish(&mut self, context: &mut Context<'_>) -> Poll<Done> {
        let State::Busy(operation) = &mut self.state else {
            unreachable!("only a busy medium is waited for")
        };
        let result = ready!(Pin::new(operation).poll(context));
        let (done, buffer) = result.unwrap_or_else(|error| (Done::Lost(error), Buffer::default()));
        self.state = State::Idle(buffer);
        self.seeking = None;
        Poll::Ready(done)
    }

    /// Starts an operation that is not begun any more when the runtime shuts down.
    fn start_cancellable(
        &mut self,
        operation: impl FnOnce(&M, &mut Buffer) -> Done + Send + 'static,
    ) {
        let operation = Handle::current().spawn_blocking(self.package(operation));
        self.state = State::Busy(operation);
    }

    /// Starts an operation that is carried out even if the runtime shuts down.
    fn start_mandatory(
        &mut self,
        operation: impl FnOnce(&M, &mut Buffer) -> Done + Send + 'static,
    ) -> io::Result<()> {
        let handle = Handle::current();
        let operation = self.package(operation);
        let blocking = &handle.shared().blocking;
        let started = blocking.spawn_mandatory(&handle, operation, Location::caller());
        let refused = || io::Error::other("the runtime has shut down");
        self.state = State::Busy(started.ok_or_else(refused)?);
        Ok(())
    }

    /// The operation with all it needs. The medium is let go of before its end is seen.
    fn package<F>(&mut self, operation: F) -> impl FnOnce() -> (Done, Buffer) + Send + use<M, F>
    where
        F: FnOnce(&M, &mut Buffer) -> Done + Send + 'static,
    {
        let medium = Arc::clone(&self.medium);
        let State::Idle(buffer) = &mut self.state else {
            unreachable!("only an idle medium is given something to do")
        };
        let mut buffer = std::mem::take(buffer);
        move || {
            let done = operation(&medium, &mut buffer);
            drop(medium);
            (done, buffer)
        }
    }
}

impl Background<std::fs::File> {
    /// Waits for a change of the file's length. No operation may be under way.
    pub(crate) async fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        if let State::Idle(buffer) = &mut self.state {
            let back = buffer.discard();
            self.start_cancellable(move |file, _| {
                Done::Resized(go_back(file, back).and_then(|()| file.set_len(bytes)))
            });
        }
        match std::future::poll_fn(|context| self.poll_finish(context)).await {
            Done::Resized(result) => result,
            Done::Lost(error) => Err(lost(error)),
            _ => unreachable!("nothing else was started"),
        }
    }
}

/// Takes back that so many bytes were read ahead.
fn go_back(medium: &impl Medium, bytes: usize) -> io::Result<()> {
    if bytes > 0 {
        medium.seek(SeekFrom::Current(-(bytes as i64)))?;
    }
    Ok(())
}

impl<M> fmt::Debug for Background<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let busy = matches!(self.state, State::Busy(_));
        f.debug_struct("Background").field("busy", &busy).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
