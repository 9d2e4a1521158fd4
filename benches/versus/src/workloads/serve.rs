//! An echo server, and how a client on a thread of its own is put against it.

use crate::peers::{Listener, Peer, Stream};
use futures_channel::oneshot;
use std::io;
use std::net::SocketAddr;
use std::thread;

const BUFFER_BYTES: usize = 4096;

/// Serves until the client, which runs on a thread of its own, returns.
pub fn against<P: Peer, T: Send + 'static>(
    peer: &P,
    client: impl FnOnce(SocketAddr) -> T + Send + 'static,
) -> T {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let (done, end) = oneshot::channel();
    let client = thread::spawn(move || {
        let result = client(address);
        // Nobody waits any more if the server has panicked.
        let _ = done.send(());
        result
    });
    peer.block_on(async {
        P::spawn_detached(accept_all::<P>(listener));
        end.await
    })
    .expect("the client ends well");
    client.join().expect("the client ends well")
}

/// Echoes whatever comes, over any number of connections, for ever.
pub(super) async fn accept_all<P: Peer>(listener: std::net::TcpListener) {
    let listener = P::Listener::from_std(listener).expect("the runtime takes the listener");
    loop {
        let stream = listener.accept().await.expect("the system accepts");
        P::spawn_detached(async move {
            // The client checks every echo and hangs up when it likes: an error here that matters
            // is one that it notices.
            let _ = echo(stream).await;
        });
    }
}

async fn echo(mut stream: impl Stream) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let (read, bytes) = stream.read(buffer).await;
        let length = read?;
        if length == 0 {
            return Ok(());
        }
        let (written, bytes) = stream.write_all(bytes, length).await;
        written?;
        buffer = bytes;
    }
}
