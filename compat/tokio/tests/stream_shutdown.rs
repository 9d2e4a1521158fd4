//! `shutdown` of a stream is that of the trait.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};

#[tokio::test]
async fn of_tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let mut client = TcpStream::connect(address).await.expect("it listens");
    let (mut server, _) = listener.accept().await.expect("it was connected to");
    client.shutdown().await.expect("it is open");
    assert_eq!(server.read(&mut [0]).await.expect("the end"), 0);
}

#[tokio::test]
async fn of_unix() {
    let (mut here, mut there) = UnixStream::pair().expect("there are descriptors");
    here.shutdown().await.expect("it is open");
    assert_eq!(there.read(&mut [0]).await.expect("the end"), 0);
}
