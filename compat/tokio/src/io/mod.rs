//! Reading and writing: tokio's traits, and what there is for all that implement them.
//!
//! graph_runtime's own sockets and files implement the traits of futures-io; here they implement
//! these.

mod async_buf_read;
mod async_read;
mod async_seek;
mod async_write;
pub(crate) mod counted;
mod join;
mod ours;
pub(crate) mod read_buf;
mod split;
mod util;

pub use std::io::{Error, ErrorKind, Result, SeekFrom};

pub use async_buf_read::AsyncBufRead;
pub use async_read::AsyncRead;
pub use async_seek::AsyncSeek;
pub use async_write::AsyncWrite;
pub use graph_runtime::io::{Interest, Ready, Stderr, Stdin, Stdout, stderr, stdin, stdout, unix};
pub use join::{Join, join};
pub use read_buf::ReadBuf;
pub use split::{ReadHalf, WriteHalf, split};
pub use util::{
    AsyncBufReadExt, AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufReader, BufStream, BufWriter,
    Chain, DuplexStream, Empty, Lines, Repeat, SimplexStream, Sink, Split, Take, copy,
    copy_bidirectional, copy_bidirectional_with_sizes, copy_buf, duplex, empty, repeat, simplex,
    sink,
};
