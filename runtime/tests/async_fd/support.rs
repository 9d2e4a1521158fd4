//! Sockets that a runtime knows nothing of.

use graph_runtime::io::unix::AsyncFd;
use std::io::Read;
use std::os::unix::net::UnixStream;

/// Two that are connected to each other.
pub(crate) fn pair() -> (UnixStream, UnixStream) {
    let (here, there) = UnixStream::pair().expect("there are descriptors");
    here.set_nonblocking(true).expect("it is open");
    there.set_nonblocking(true).expect("it is open");
    (here, there)
}

/// The same, one of which is watched.
pub(crate) fn watched() -> (AsyncFd<UnixStream>, UnixStream) {
    let (here, there) = pair();
    (AsyncFd::new(here).expect("a socket can be watched"), there)
}

/// Reads all there is.
pub(crate) fn drain(mut stream: &UnixStream) -> usize {
    let mut buffer = [0; 4096];
    let mut total = 0;
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        total += count;
    }
    total
}
