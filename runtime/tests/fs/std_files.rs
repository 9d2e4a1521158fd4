//! To the standard library and back.

use crate::support::file_with;
use futures_lite::future::poll_once;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::fs::File;
use graph_runtime::runtime::{Builder, Handle};
use std::io::Write;
use std::os::fd::{AsRawFd, OwnedFd};

#[graph_runtime::test]
async fn a_file_comes_from_there() {
    let (_directory, path) = file_with(b"from there");
    let std = std::fs::File::open(&path).expect("it exists");
    let descriptor = std.as_raw_fd();
    let mut file = File::from(OwnedFd::from(std));
    assert_eq!(file.as_raw_fd(), descriptor);
    assert!(format!("{file:?}").contains("fs::File"), "{file:?}");
    let mut contents = String::new();
    file.read_to_string(&mut contents).await.expect("it is readable");
    assert_eq!(contents, "from there");
}

#[test]
fn a_file_goes_there_after_its_last_write() {
    let (_directory, path) = file_with(b"");
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build();
    runtime.expect("there are descriptors").block_on(async {
        let mut file = File::create(&path).await.expect("it can be written");
        // The only thread is busy until the file has come back.
        let (release, held) = std::sync::mpsc::channel::<()>();
        drop(Handle::current().spawn_blocking(move || held.recv()));
        file.write_all(b"ours, ").await.expect("it is only started");
        let file = file.try_into_std().expect_err("it is being written");
        drop(release);
        let mut std = file.into_std().await;
        std.write_all(b"theirs").expect("there is room");
    });
    assert_eq!(std::fs::read(&path).expect("it exists"), b"ours, theirs");
}

#[test]
fn a_file_goes_there_although_a_forgotten_call_still_runs() {
    let (_directory, path) = file_with(b"contents");
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build();
    runtime.expect("there are descriptors").block_on(async {
        let file = File::open(&path).await.expect("it exists");
        let (release, held) = std::sync::mpsc::channel::<()>();
        drop(Handle::current().spawn_blocking(move || held.recv()));
        assert!(poll_once(file.metadata()).await.is_none(), "nobody looks yet");
        let file = file.try_into_std().expect_err("somebody will");
        let std = file.into_std().await;
        assert_eq!(std.metadata().expect("it is open").len(), 8);
        drop(release);
    });
}

#[graph_runtime::test]
async fn a_file_that_is_still_goes_at_once() {
    let (_directory, path) = file_with(b"");
    let mut file = File::create(&path).await.expect("it can be written");
    file.write_all(b"ours, ").await.expect("there is room");
    file.flush().await.expect("there is room");
    let mut std = file.try_into_std().expect("nothing is under way");
    std.write_all(b"theirs").expect("there is room");
    assert_eq!(std::fs::read(&path).expect("it exists"), b"ours, theirs");
}

#[graph_runtime::test]
async fn a_clone_writes_to_the_same_place() {
    let (_directory, path) = file_with(b"");
    let mut file = File::create(&path).await.expect("it can be written");
    file.write_all(b"one ").await.expect("there is room");
    let mut clone = file.try_clone().await.expect("there are descriptors");
    clone.write_all(b"two").await.expect("there is room");
    clone.flush().await.expect("there is room");
    assert_eq!(std::fs::read(&path).expect("it exists"), b"one two");
}
