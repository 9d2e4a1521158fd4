//! What both flavours of tokio share: join handles and sockets.

use super::{Listener, Stream};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A join handle whose task is known to end well.
pub struct Joined<T>(pub(super) JoinHandle<T>);

impl<T> Future for Joined<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        Pin::new(&mut self.0).poll(context).map(|output| output.expect("no task is aborted"))
    }
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    fn from_std(listener: std::net::TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Self::from_std(listener)
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        Ok(self.accept().await?.0)
    }
}

impl Stream for TcpStream {
    fn from_std(stream: std::net::TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Self::from_std(stream)
    }

    async fn read(&mut self, mut buffer: Vec<u8>) -> (io::Result<usize>, Vec<u8>) {
        (AsyncReadExt::read(self, &mut buffer).await, buffer)
    }

    async fn write_all(&mut self, bytes: Vec<u8>, length: usize) -> (io::Result<()>, Vec<u8>) {
        (AsyncWriteExt::write_all(self, &bytes[..length]).await, bytes)
    }
}
