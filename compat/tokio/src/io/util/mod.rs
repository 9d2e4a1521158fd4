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
mod read_to_end;
mod seek_ext;
mod simplex;
mod split_at;
mod take;
mod write_ext;

use std::io;
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

/// Bytes a buffer holds when nobody says otherwise.
const CAPACITY: usize = 8 * 1024;

/// Polls again what a signal interrupted.
fn poll_uninterrupted<T>(mut poll: impl FnMut() -> Poll<io::Result<T>>) -> Poll<io::Result<T>> {
    loop {
        match poll() {
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Makes `bytes` the text in `dst`. If they are none, `dst` is what the first `start` of them are:
/// those were text before.
fn put_back(dst: &mut String, bytes: Vec<u8>, start: usize) -> io::Result<()> {
    match String::from_utf8(bytes) {
        Ok(text) => {
            *dst = text;
            Ok(())
        }
        Err(error) => {
            let reason = error.utf8_error();
            let mut bytes = error.into_bytes();
            bytes.truncate(start);
            *dst = String::from_utf8(bytes).unwrap_or_default();
            Err(io::Error::new(io::ErrorKind::InvalidData, reason))
        }
    }
}

/// Does what never has to wait, unless the task has had its turn.
fn charge<T>(cx: &mut Context<'_>, what: impl FnOnce() -> io::Result<T>) -> Poll<io::Result<T>> {
    charge_if_ready(cx, |_| Poll::Ready(what()))
}

/// Polls what may have to wait, unless the task has had its turn. Waiting costs nothing.
fn charge_if_ready<T>(
    cx: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    let progress = ready!(coop::poll_proceed(cx));
    let polled = poll(cx);
    if polled.is_ready() {
        progress.made_progress();
    }
    polled
}
