use std::future::{Future, poll_fn};
use std::io::{self, SeekFrom};
use std::pin::Pin;

use crate::io::AsyncSeek;

/// What every [`AsyncSeek`] can do.
///
/// ```
/// use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let mut file = std::io::Cursor::new([1, 2, 3]);
/// assert_eq!(file.seek(SeekFrom::End(-1)).await?, 2);
/// assert_eq!(file.read_u8().await?, 3);
/// # Ok(())
/// # }
/// ```
pub trait AsyncSeekExt: AsyncSeek {
    /// Moves to `pos`; the new position from the start.
    fn seek(&mut self, pos: SeekFrom) -> impl Future<Output = io::Result<u64>>
    where
        Self: Unpin,
    {
        async move {
            // One that was begun and not waited for has to end first.
            poll_fn(|cx| Pin::new(&mut *self).poll_complete(cx)).await?;
            Pin::new(&mut *self).start_seek(pos)?;
            poll_fn(|cx| Pin::new(&mut *self).poll_complete(cx)).await
        }
    }

    /// Moves to the start.
    fn rewind(&mut self) -> impl Future<Output = io::Result<()>>
    where
        Self: Unpin,
    {
        async move { self.seek(SeekFrom::Start(0)).await.map(drop) }
    }

    /// The position from the start.
    fn stream_position(&mut self) -> impl Future<Output = io::Result<u64>>
    where
        Self: Unpin,
    {
        self.seek(SeekFrom::Current(0))
    }
}

impl<S: AsyncSeek + ?Sized> AsyncSeekExt for S {}
