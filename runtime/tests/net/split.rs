//! The two directions of a stream, apart.

use crate::support::{bytes, pair};
use futures_lite::future::zip;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::UnixStream;

/// Both ends send a lot and receive it at once, which stands still unless both directions go on.
macro_rules! exchange {
    ($first:expr, $second:expr) => {{
        let data = bytes(1, 1 << 20);
        let (mut first, mut second) = ($first, $second);
        let (mut first_reads, mut first_writes) = first.split();
        let (mut second_reads, mut second_writes) = second.split();
        let (mut to_first, mut to_second) = (vec![0; 1 << 20], vec![0; 1 << 20]);
        let sending = zip(first_writes.write_all(&data), second_writes.write_all(&data));
        let receiving =
            zip(first_reads.read_exact(&mut to_first), second_reads.read_exact(&mut to_second));
        let ((sent, also_sent), (received, also_received)) = zip(sending, receiving).await;
        sent.and(also_sent).and(received).and(also_received).expect("both ends are there");
        assert!(to_first == data && to_second == data);
    }};
}

#[graph_runtime::test]
async fn lent_to_two_futures() {
    let (first, second) = pair().await;
    exchange!(first, second);
    let (first, second) = UnixStream::pair().expect("there are descriptors");
    exchange!(first, second);
}

#[graph_runtime::test]
async fn owned_by_two_tasks() {
    let (first, second) = pair().await;
    let (mut echo_reads, mut echo_writes) = second.into_split();
    let echo = graph_runtime::spawn(async move {
        futures_lite::io::copy(&mut echo_reads, &mut echo_writes).await
    });
    let data = bytes(2, 1 << 20);
    let (mut reading, mut writing) = first.into_split();
    let sent = data.clone();
    let sender = graph_runtime::spawn(async move { writing.write_all(&sent).await });
    let mut received = Vec::new();
    // Dropping the writing half ended the echo's input, and that its output.
    reading.read_to_end(&mut received).await.expect("it is echoed");
    assert!(received == data);
    sender.await.expect("it does not panic").expect("it is read");
    assert_eq!(echo.await.expect("it does not panic").expect("it is read"), 1 << 20);
}

#[graph_runtime::test]
async fn a_half_that_is_forgotten_ends_nothing() {
    let (first, mut second) = UnixStream::pair().expect("there are descriptors");
    let (reading, writing) = first.into_split();
    writing.forget();
    assert_eq!(second.try_read(&mut [0]).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    drop(reading);
    assert_eq!(second.read(&mut [0]).await.expect("it was closed"), 0);
}

#[graph_runtime::test]
async fn put_together_again_only_with_each_other() {
    let (first, mut second) = pair().await;
    let (other, _peer) = pair().await;
    let (reading, writing) = first.into_split();
    let (other_reading, other_writing) = other.into_split();
    let error = reading.reunite(other_writing).expect_err("they are of two streams");
    assert!(error.to_string().contains("one stream"));
    let (reading, other_writing) = (error.0, error.1);
    other_writing.reunite(other_reading).expect("they belong together");
    let mut first = reading.reunite(writing).expect("they belong together");
    first.write_all(b"whole").await.expect("nothing was ended");
    let mut received = [0; 5];
    second.read_exact(&mut received).await.expect("it was sent");
}

#[graph_runtime::test]
async fn halves_can_do_what_the_stream_can() {
    let (first, second) = pair().await;
    let (local, peer) = (first.local_addr().unwrap(), first.peer_addr().unwrap());
    let (reading, writing) = first.into_split();
    assert_eq!((reading.local_addr().unwrap(), writing.peer_addr().unwrap()), (local, peer));
    writing.writable().await.expect("there is room");
    assert_eq!(writing.try_write(b"half").expect("there is room"), 4);
    second.readable().await.expect("it was sent");
    assert_eq!(second.peek(&mut [0; 8]).await.expect("it was sent"), 4);
    assert_eq!(second.try_write(b"back").expect("there is room"), 4);
    reading.readable().await.expect("it was sent");
    assert_eq!(reading.peek(&mut [0; 8]).await.expect("it was sent"), 4);
    assert_eq!(reading.try_read(&mut [0; 8]).expect("it was sent"), 4);
    assert_eq!(reading.as_ref().local_addr().unwrap(), local);
}
