//! A stream whose every other operation a signal interrupts.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Gives some bytes, one at a time, and keeps what is written.
pub(crate) struct Interrupting {
    incoming: &'static [u8],
    outgoing: Vec<u8>,
    is_interrupted: bool,
}

impl Interrupting {
    pub(crate) fn new(incoming: &'static [u8]) -> Self {
        Self { incoming, outgoing: Vec::new(), is_interrupted: false }
    }

    pub(crate) fn written(&self) -> &[u8] {
        &self.outgoing
    }

    /// Fails every other time, the first included.
    fn interrupt(&mut self) -> io::Result<()> {
        self.is_interrupted = !self.is_interrupted;
        if self.is_interrupted { Err(ErrorKind::Interrupted.into()) } else { Ok(()) }
    }
}

impl AsyncRead for Interrupting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.interrupt()?;
        if let Some((first, rest)) = self.incoming.split_first() {
            buf.put_slice(&[*first]);
            self.incoming = rest;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Interrupting {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.interrupt()?;
        self.outgoing.extend_from_slice(&buf[..1]);
        Poll::Ready(Ok(1))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
