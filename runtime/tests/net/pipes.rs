//! Pipes.

use crate::support::{bytes, each_runtime};
use futures_lite::future::poll_once;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::io::Interest;
use graph_runtime::net::unix::pipe;
use rustix::fs::{CWD, Mode, mkfifoat};
use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use tempfile::TempDir;

fn named() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let path = directory.path().join("fifo");
    mkfifoat(CWD, &path, Mode::RWXU).expect("it is new");
    (directory, path)
}

#[test]
fn more_than_fits_goes_through() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let (mut sender, mut receiver) = pipe::pipe().expect("there are descriptors");
            let data = bytes(3, 1 << 20);
            let sent = data.clone();
            let sending = graph_runtime::spawn(async move { sender.write_all(&sent).await });
            let mut received = Vec::new();
            receiver.read_to_end(&mut received).await.expect("the sender goes in the end");
            assert!(received == data);
            sending.await.expect("it does not panic").expect("it was read");
        });
    });
}

#[graph_runtime::test]
async fn a_sender_without_a_receiver_fails() {
    let (mut sender, receiver) = pipe::pipe().expect("there are descriptors");
    drop(receiver);
    let error = sender.write_all(b"nobody").await.expect_err("nobody reads it");
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    assert!(sender.ready(Interest::WRITABLE).await.expect("it ended").is_write_closed());
}

#[graph_runtime::test]
async fn by_name() {
    let (_directory, path) = named();
    let missing = pipe::OpenOptions::new().open_sender(&path).expect_err("nobody reads it");
    assert_eq!(missing.raw_os_error(), Some(libc::ENXIO));
    let mut receiver = pipe::OpenOptions::new().open_receiver(&path).expect("it exists");
    let mut sender = pipe::OpenOptions::new().open_sender(&path).expect("it is read");
    assert!(poll_once(receiver.read(&mut [0])).await.is_none());
    sender.write_all(b"named").await.expect("there is room");
    drop(sender);
    let mut received = String::new();
    receiver.read_to_string(&mut received).await.expect("the sender is gone");
    assert_eq!(received, "named");
}

#[graph_runtime::test]
async fn opened_for_both_it_does_not_end() {
    let (_directory, path) = named();
    let mut options = pipe::OpenOptions::new();
    options.read_write(true);
    let mut sender = options.open_sender(&path).expect("it needs no receiver");
    let mut receiver = options.open_receiver(&path).expect("it exists");
    sender.write_all(b"stay").await.expect("there is room");
    drop(sender);
    receiver.read_exact(&mut [0; 4]).await.expect("it was sent");
    assert!(poll_once(receiver.read(&mut [0])).await.is_none(), "it is its own sender");
}

#[graph_runtime::test]
async fn only_the_right_end_of_a_pipe_is_taken() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let path = directory.path().join("file");
    std::fs::write(&path, "no pipe").expect("there is room");
    let error = pipe::OpenOptions::new().open_receiver(&path).expect_err("it is a file");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(pipe::OpenOptions::new().unchecked(true).open_receiver(&path).is_ok());
    let (reader, writer) = std::io::pipe().expect("there are descriptors");
    let error = pipe::Sender::from_owned_fd(OwnedFd::from(reader)).expect_err("it is read from");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(pipe::Sender::from_owned_fd(OwnedFd::from(writer)).is_ok());
}

#[graph_runtime::test]
async fn given_away_it_blocks_or_not() {
    let (sender, receiver) = pipe::pipe().expect("there are descriptors");
    let blocking = sender.into_blocking_fd().expect("it is open");
    let not = receiver.into_nonblocking_fd().expect("it is open");
    let flags = |descriptor: &OwnedFd| rustix::fs::fcntl_getfl(descriptor).expect("it is open");
    assert!(!flags(&blocking).contains(rustix::fs::OFlags::NONBLOCK));
    assert!(flags(&not).contains(rustix::fs::OFlags::NONBLOCK));
}

#[graph_runtime::test]
async fn operations_of_the_callers_own_are_tried_when_they_are_worth_it() {
    let (sender, receiver) = pipe::pipe().expect("there are descriptors");
    assert_eq!(sender.try_io(|| write_to(&sender, b"x")).expect("there is room"), 1);
    receiver.readable().await.expect("it was sent");
    let mut buffer = [0; 8];
    let read = |buffer: &mut [u8]| Ok(rustix::io::read(&receiver, buffer)?);
    assert_eq!(receiver.try_io(|| read(&mut buffer)).expect("it was sent"), 1);
    let error = receiver.try_io(|| read(&mut buffer)).expect_err("that was all");
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    let mut called = false;
    let error = receiver.try_io(|| {
        called = true;
        Ok(())
    });
    assert_eq!(error.expect_err("nothing has come").kind(), ErrorKind::WouldBlock);
    assert!(!called);
}

fn write_to(sender: &pipe::Sender, bytes: &[u8]) -> std::io::Result<usize> {
    Ok(rustix::io::write(sender, bytes)?)
}
