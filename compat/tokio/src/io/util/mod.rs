//! What can be done with any reader and writer.

mod buf_read_ext;
mod buf_reader;
mod buf_stream;
mod buf_writer;
mod chain;
mod copy;
mod copy_bidirectional;
mod duplex;
mod lines;
mod nothing;
pub(crate) mod numbers;
mod read_ext;
mod seek_ext;
mod simplex;
mod split_at;
mod take;
mod write_ext;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

pub use buf_read_ext::AsyncBufReadExt;
pub use buf_reader::BufReader;
pub use buf_stream::BufStream;
pub use buf_writer::BufWriter;
pub use chain::Chain;
pub use copy::{copy, copy_buf};
pub use copy_bidirectional::{copy_bidirectional, copy_bidirectional_with_sizes};
pub use duplex::{DuplexStream, duplex};
pub use lines::Lines;
pub use nothing::{Empty, Repeat, Sink, empty, repeat, sink};
pub use read_ext::AsyncReadExt;
pub use seek_ext::AsyncSeekExt;
pub use simplex::{SimplexStream, simplex};
pub use split_at::Split;
pub use take::Take;
pub use write_ext::AsyncWriteExt;

use graph_runtime::task::coop;

use super::AsyncRead;
use super::read_buf::poll_read_into;

/// Bytes a buffer holds when nobody says otherwise.
const CAPACITY: usize = 8 * 1024;

/// Bytes by which a vector grows, at least, when all there is is read into it.
const GROWTH_MIN: usize = 32;

/// Appends all there is until the end, and says how much.
async fn read_to_end<R>(reader: &mut R, buf: &mut Vec<u8>) -> io::Result<usize>
where
    R: AsyncRead + Unpin + ?Sized,
{
    let start = buf.len();
    loop {
        buf.reserve(GROWTH_MIN);
        if poll_fn(|cx| poll_read_into(Pin::new(&mut *reader), cx, buf)).await? == 0 {
            return Ok(buf.len() - start);
        }
    }
}

fn not_utf8() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "stream did not contain valid UTF-8")
}

fn utf8(bytes: &[u8]) -> io::Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| not_utf8())
}

/// Does what never has to wait, unless the task has had its turn.
fn charge<T>(cx: &mut Context<'_>, what: impl FnOnce() -> io::Result<T>) -> Poll<io::Result<T>> {
    let progress = ready!(coop::poll_proceed(cx));
    progress.made_progress();
    Poll::Ready(what())
}
