use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::buf_read_ext::poll_read_until;
use crate::io::AsyncBufRead;

pin_project! {
    /// The parts of a source; made by [`AsyncBufReadExt::split`](super::AsyncBufReadExt::split).
    #[derive(Debug)]
    #[must_use = "streams do nothing unless they are polled"]
    pub struct Split<R> {
        #[pin]
        reader: R,
        delimiter: u8,
        segment: Vec<u8>,
    }
}

impl<R> Split<R> {
    pub(super) fn new(reader: R, delimiter: u8) -> Self {
        Self { reader, delimiter, segment: Vec::new() }
    }
}

impl<R: AsyncBufRead> Split<R> {
    /// The next part without what ends it, or `None` at the end.
    ///
    /// # Errors
    ///
    /// Whatever the source reports.
    ///
    /// # Cancel safety
    ///
    /// What was read of a part is kept for the next call.
    pub async fn next_segment(&mut self) -> io::Result<Option<Vec<u8>>>
    where
        R: Unpin,
    {
        poll_fn(|cx| Pin::new(&mut *self).poll_next_segment(cx)).await
    }

    /// Polls for what [`next_segment`](Self::next_segment) waits for.
    ///
    /// # Errors
    ///
    /// Those of [`next_segment`](Self::next_segment).
    pub fn poll_next_segment(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Option<Vec<u8>>>> {
        let this = self.project();
        ready!(poll_read_until(this.reader, cx, *this.delimiter, this.segment))?;
        let mut segment = std::mem::take(this.segment);
        if segment.is_empty() {
            return Poll::Ready(Ok(None));
        }
        if segment.last() == Some(this.delimiter) {
            segment.pop();
        }
        Poll::Ready(Ok(Some(segment)))
    }
}
