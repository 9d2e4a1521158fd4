//! Lengths of zero: what is done at once, and what is refused.

use std::io::IoSlice;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, ErrorKind, duplex, simplex};

#[tokio::test]
async fn nothing_is_read_and_written_without_waiting() {
    let (mut here, mut there) = duplex(1);
    // Nothing to read, and then no room to write.
    assert_eq!(here.read(&mut []).await.unwrap(), 0);
    here.write_all(b"x").await.unwrap();
    assert_eq!(here.write(&[]).await.unwrap(), 0);
    assert_eq!(here.write_vectored(&[IoSlice::new(&[])]).await.unwrap(), 0);
    assert_eq!(there.read_u8().await.unwrap(), b'x');
    drop(there);
    let error = here.write(&[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
}

#[test]
#[should_panic(expected = "must be greater than 0")]
fn a_connection_without_room_is_refused() {
    let _refused = duplex(0);
}

#[test]
#[should_panic(expected = "must be greater than 0")]
fn a_pipe_without_room_is_refused() {
    let _refused = simplex(0);
}

#[test]
#[should_panic(expected = "capacity must be greater than zero")]
fn a_buffer_without_room_is_refused() {
    let _refused = BufReader::with_capacity(0, &b"x"[..]);
}

#[tokio::test]
#[should_panic(expected = "`b_to_a_buf_size` must be greater than 0")]
async fn a_copy_without_room_is_refused() {
    let (mut a, _other_a) = duplex(1);
    let (mut b, _other_b) = duplex(1);
    let _refused = tokio::io::copy_bidirectional_with_sizes(&mut a, &mut b, 1, 0).await;
}
