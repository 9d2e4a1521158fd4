//! The halves of a [`UnixStream`].

use super::{SocketAddr, UnixStream};
use crate::net::split::halves;

halves!(
    UnixStream,
    SocketAddr,
    "
```
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::UnixStream;

# #[graph_runtime::main(flavor = \"current_thread\")]
# async fn main() -> std::io::Result<()> {
let (stream, echo) = UnixStream::pair()?;
let (mut echo_reads, mut echo_writes) = echo.into_split();
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
