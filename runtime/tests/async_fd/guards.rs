//! Readiness is remembered until it is taken back.

use crate::support::{drain, watched};
use futures_lite::future::poll_once;
use graph_runtime::io::{Interest, Ready};
use std::io::{ErrorKind, Read, Write};

#[graph_runtime::test]
async fn it_stays_until_somebody_says_that_it_would_block() {
    let (here, mut there) = watched();
    assert!(poll_once(here.readable()).await.is_none());
    there.write_all(b"x").expect("there is room");
    let mut guard = here.readable().await.expect("it was sent");
    guard.retain_ready();
    drop(guard);
    let mut guard = here.readable().await.expect("it is still there");
    let read = guard.try_io(|fd| fd.get_ref().read(&mut [0; 8]));
    assert_eq!(read.expect("it was ready").expect("it was sent"), 1);
    // Nobody knows yet that it is empty.
    let mut guard = here.readable().await.expect("nobody took it back");
    let read = guard.try_io(|fd| fd.get_ref().read(&mut [0; 8]));
    assert!(read.is_err(), "it would block");
    assert!(guard.ready().is_empty());
    assert!(poll_once(here.readable()).await.is_none());
}

#[graph_runtime::test]
async fn what_came_since_is_not_taken_back() {
    let (here, mut there) = watched();
    there.write_all(b"x").expect("there is room");
    let mut early = here.readable().await.expect("it was sent");
    drain(here.get_ref());
    there.write_all(b"y").expect("there is room");
    // The reactor hears of the second while the guard still tells of the first.
    graph_runtime::time::sleep(std::time::Duration::from_millis(5)).await;
    early.clear_ready();
    let mut guard = poll_once(here.readable()).await.expect("it is ready").expect("it was sent");
    guard.clear_ready();
    assert!(poll_once(here.readable()).await.is_none());
}

#[graph_runtime::test]
async fn one_direction_does_not_take_back_the_other() {
    let (here, mut there) = watched();
    there.write_all(b"x").expect("there is room");
    here.readable().await.expect("it was sent").clear_ready();
    here.writable().await.expect("there is room").retain_ready();
    assert!(poll_once(here.readable()).await.is_none());
    here.writable().await.expect("there is room").clear_ready();
    assert!(poll_once(here.writable()).await.is_none(), "there is room, and nobody was told");
}

#[graph_runtime::test]
async fn part_of_it_can_be_taken_back() {
    let (mut here, mut there) = watched();
    there.write_all(b"x").expect("there is room");
    here.readable().await.expect("it was sent").retain_ready();
    let both = Interest::READABLE | Interest::WRITABLE;
    let mut guard = here.ready_mut(both).await.expect("it is ready");
    assert!(guard.ready().is_readable() && guard.ready().is_writable());
    guard.clear_ready_matching(Ready::READABLE);
    assert_eq!(guard.ready(), Ready::WRITABLE);
    assert!(guard.get_inner_mut().read(&mut [0; 8]).is_ok());
    assert!(poll_once(here.readable()).await.is_none());
    assert!(poll_once(here.writable()).await.is_some());
}

#[graph_runtime::test]
async fn that_it_is_closed_is_never_taken_back() {
    let (here, there) = watched();
    drop(there);
    let mut guard = here.readable().await.expect("the end is an event");
    assert!(guard.ready().is_read_closed());
    guard.clear_ready();
    assert!(guard.ready().is_read_closed());
    here.readable().await.expect("it stays closed").clear_ready();
}

#[graph_runtime::test]
async fn without_guards() {
    let (mut here, mut there) = watched();
    let not_called = here.try_io(Interest::READABLE, |_| -> std::io::Result<()> {
        panic!("nothing is known to be there")
    });
    assert_eq!(not_called.unwrap_err().kind(), ErrorKind::WouldBlock);
    assert!(here.try_io_mut(Interest::READABLE, |_| Ok(())).is_err());
    there.write_all(b"xy").expect("there is room");
    let read = here.async_io(Interest::READABLE, |mut fd| fd.read(&mut [0])).await;
    assert_eq!(read.expect("it was sent"), 1);
    let read = here.try_io(Interest::READABLE, |mut fd| fd.read(&mut [0]));
    assert_eq!(read.expect("it was sent"), 1);
    let empty = here.try_io_mut(Interest::READABLE, |fd| fd.read(&mut [0]));
    assert_eq!(empty.unwrap_err().kind(), ErrorKind::WouldBlock);
    there.write_all(b"z").expect("there is room");
    let read = here.async_io_mut(Interest::READABLE, |fd| fd.read(&mut [0])).await;
    assert_eq!(read.expect("it was sent"), 1);
}
