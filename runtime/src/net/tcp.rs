//! The halves of a [`TcpStream`].

use super::TcpStream;
use super::split::halves;
use std::net::SocketAddr;

halves!(
    TcpStream,
    SocketAddr,
    "
```
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::{TcpListener, TcpStream};

# #[graph_runtime::main(flavor = \"current_thread\")]
# async fn main() -> std::io::Result<()> {
let listener = TcpListener::bind(\"127.0.0.1:0\").await?;
let stream = TcpStream::connect(listener.local_addr()?).await?;
let (mut echo_reads, mut echo_writes) = listener.accept().await?.0.into_split();
graph_runtime::spawn(async move {
    futures_lite::io::copy(&mut echo_reads, &mut echo_writes).await
});
let (mut reading, mut writing) = stream.into_split();
writing.write_all(b\"and back\").await?;
drop(writing);
let mut echo = String::new();
reading.read_to_string(&mut echo).await?;
assert_eq!(echo, \"and back\");
# Ok(())
# }
```"
);

impl OwnedReadHalf {
    /// As [`TcpStream::peek`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream().peek(buffer).await
    }
}

impl ReadHalf<'_> {
    /// As [`TcpStream::peek`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream().peek(buffer).await
    }
}
