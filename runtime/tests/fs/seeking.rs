//! Where a file is read and written.

use crate::support::file_with;
use futures_lite::future::poll_once;
use futures_lite::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use graph_runtime::fs::File;
use graph_runtime::runtime::{Builder, Handle};
use std::future::poll_fn;
use std::io::SeekFrom;
use std::path::Path;
use std::sync::mpsc::channel;

/// Runs `test` where one thread does all that blocks.
fn with_one_thread(test: impl Future<Output = ()>) {
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build();
    runtime.expect("there are descriptors").block_on(test);
}

async fn open(path: &Path) -> File {
    File::options().read(true).write(true).open(path).await.expect("it exists")
}

/// Lets a read of many bytes be given up while it is under way, so that they are read ahead, and
/// takes one of them.
async fn read_one_of_many(file: &mut File) -> u8 {
    // The only thread is kept busy until nobody waits for the read any more.
    let (release, held) = channel::<()>();
    drop(Handle::current().spawn_blocking(move || held.recv()));
    assert!(poll_once(file.read(&mut [0; 64])).await.is_none(), "nobody reads");
    drop(release);
    let mut byte = [0];
    file.read_exact(&mut byte).await.expect("there is one");
    byte[0]
}

#[test]
fn a_move_counts_from_where_the_reader_is() {
    with_one_thread(async {
        let (_directory, path) = file_with(b"0123456789");
        let mut file = open(&path).await;
        assert_eq!(read_one_of_many(&mut file).await, b'0');
        assert_eq!(file.seek(SeekFrom::Current(2)).await.expect("it moves"), 3);
        assert_eq!(read_one_of_many(&mut file).await, b'3');
        assert_eq!(file.seek(SeekFrom::End(-1)).await.expect("it moves"), 9);
        assert_eq!(read_one_of_many(&mut file).await, b'9');
        assert_eq!(file.seek(SeekFrom::Start(0)).await.expect("it moves"), 0);
        file.seek(SeekFrom::Current(-1)).await.expect_err("there is nothing before it");
    });
}

#[test]
fn a_write_goes_where_the_reader_is() {
    with_one_thread(async {
        let (_directory, path) = file_with(b"0123456789");
        let mut file = open(&path).await;
        assert_eq!(read_one_of_many(&mut file).await, b'0');
        file.write_all(b"AB").await.expect("there is room");
        file.flush().await.expect("there is room");
        assert_eq!(std::fs::read(&path).expect("it exists"), b"0AB3456789");
        assert_eq!(read_one_of_many(&mut file).await, b'3');
    });
}

#[test]
fn a_new_length_leaves_the_reader_where_it_is() {
    with_one_thread(async {
        let (_directory, path) = file_with(b"0123456789");
        let mut file = open(&path).await;
        assert_eq!(read_one_of_many(&mut file).await, b'0');
        file.set_len(3).await.expect("it is writable");
        let mut rest = String::new();
        file.read_to_string(&mut rest).await.expect("it is readable");
        assert_eq!(rest, "12");
        file.set_len(4).await.expect("it is writable");
        assert_eq!(std::fs::read(&path).expect("it exists"), b"012\0");
    });
}

#[test]
fn in_two_steps() {
    with_one_thread(async {
        let (_directory, path) = file_with(b"0123456789");
        let mut file = open(&path).await;
        file.start_seek(SeekFrom::Start(4)).expect("nothing is under way");
        file.start_seek(SeekFrom::Start(5)).expect_err("the first is");
        let moved = poll_fn(|context| file.poll_complete(context)).await.expect("it moves");
        assert_eq!(moved, 4);
        assert_eq!(read_one_of_many(&mut file).await, b'4');
        let still = poll_fn(|context| file.poll_complete(context)).await.expect("nothing is wrong");
        assert_eq!(still, 4, "the last move led there");
    });
}
