//! Reading and writing an open file.

use crate::support::file_with;
use futures_lite::future::poll_once;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::fs::{File, FileTimes, OpenOptions};
use std::future::poll_fn;
use std::io::{ErrorKind, IoSlice};
use std::mem::MaybeUninit;
use std::time::{Duration, UNIX_EPOCH};

const HELLO: &[u8] = b"hello world...";

#[graph_runtime::test]
async fn what_is_there_is_read_to_its_end() {
    let (_directory, path) = file_with(HELLO);
    let mut file = File::open(&path).await.expect("it exists");
    let mut buffer = [0; 1024];
    assert_eq!(file.read(&mut buffer).await.expect("it is readable"), HELLO.len());
    assert_eq!(&buffer[..HELLO.len()], HELLO);
    assert_eq!(file.read(&mut buffer).await.expect("it is readable"), 0);
}

#[graph_runtime::test]
async fn what_was_flushed_is_in_the_file() {
    let (_directory, path) = file_with(b"old and long contents");
    let mut file = File::create(&path).await.expect("it can be written");
    file.write_all(HELLO).await.expect("there is room");
    file.flush().await.expect("there is room");
    assert_eq!(std::fs::read(&path).expect("it exists"), HELLO);
    file.write_all(HELLO).await.expect("there is room");
    file.close().await.expect("there is room");
    assert_eq!(std::fs::read(&path).expect("it exists"), [HELLO, HELLO].concat());
}

#[graph_runtime::test]
async fn slices_are_written_together() {
    let (_directory, path) = file_with(b"");
    let mut file = File::create(&path).await.expect("it can be written");
    let slices = [IoSlice::new(HELLO), IoSlice::new(b""), IoSlice::new(HELLO)];
    let written = file.write_vectored(&slices).await.expect("there is room");
    assert_eq!(written, 2 * HELLO.len());
    file.flush().await.expect("there is room");
    assert_eq!(std::fs::read(&path).expect("it exists"), [HELLO, HELLO].concat());
}

#[graph_runtime::test]
async fn a_read_of_nothing_neither_waits_nor_ends_the_file() {
    let (_directory, path) = file_with(HELLO);
    let mut file = File::open(&path).await.expect("it exists");
    let nothing = poll_once(file.read(&mut [])).await.expect("it need not wait");
    assert_eq!(nothing.expect("it cannot fail"), 0);
    let mut contents = Vec::new();
    file.read_to_end(&mut contents).await.expect("it is readable");
    assert_eq!(contents, HELLO);
}

#[graph_runtime::test]
async fn the_largest_step_can_be_set() {
    let (_directory, path) = file_with(HELLO);
    let mut file = File::options().read(true).write(true).open(&path).await.expect("it exists");
    file.set_max_buf_size(3);
    assert_eq!(file.max_buf_size(), 3);
    assert_eq!(file.read(&mut [0; 8]).await.expect("it is readable"), 3);
    assert_eq!(file.write(HELLO).await.expect("there is room"), 3);
    let clone = file.try_clone().await.expect("there are descriptors");
    assert_eq!(clone.max_buf_size(), 3);
}

#[graph_runtime::test]
#[should_panic(expected = "must be greater than 0")]
async fn steps_of_nothing_would_stand_still() {
    let (_directory, path) = file_with(HELLO);
    File::open(&path).await.expect("it exists").set_max_buf_size(0);
}

#[graph_runtime::test]
async fn a_file_larger_than_a_step_comes_in_order() {
    let contents: Vec<u8> = (0..5 * 1024 * 1024_u32).map(|index| (index % 251) as u8).collect();
    let (_directory, path) = file_with(b"");
    let mut file = File::create_new(path.with_extension("new")).await.expect("there is none");
    file.write_all(&contents).await.expect("there is room");
    file.sync_data().await.expect("it can be synchronised");
    let mut copy = Vec::new();
    let mut reader = File::open(path.with_extension("new")).await.expect("it exists");
    reader.read_to_end(&mut copy).await.expect("it is readable");
    assert!(copy == contents, "bytes were lost or changed places");
}

#[graph_runtime::test]
async fn memory_need_not_be_initialized() {
    let (_directory, path) = file_with(HELLO);
    let mut file = File::open(&path).await.expect("it exists");
    let mut buffer = [const { MaybeUninit::uninit() }; 5];
    let count = poll_fn(|context| file.poll_read_uninit(context, &mut buffer)).await;
    assert_eq!(count.expect("it is readable"), 5);
    let mut rest = Vec::new();
    file.read_to_end(&mut rest).await.expect("it is readable");
    assert_eq!(rest, &HELLO[5..]);
}

#[graph_runtime::test]
async fn that_a_write_failed_is_told_by_the_flush() {
    let (_directory, path) = file_with(HELLO);
    let mut file = File::open(&path).await.expect("it exists");
    file.write_all(b"no").await.expect("it is only started");
    let error = file.flush().await.expect_err("it was opened for reading");
    assert!(error.raw_os_error().is_some(), "{error:?} is the system's own");
    file.flush().await.expect("it was told");
    file.write_all(b"no").await.expect("it is only started");
    file.sync_all().await.expect("nothing was written");
    file.write_all(b"no").await.expect_err("the one before failed");
}

#[graph_runtime::test]
async fn a_dropped_file_is_written() {
    let (directory, _) = file_with(b"");
    // A pipe's end tells when the file was closed.
    let path = directory.path().join("fifo");
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).expect("it is new");
    let reader = std::thread::spawn({
        let path = path.clone();
        move || std::fs::read(path)
    });
    let mut file = OpenOptions::new().write(true).open(&path).await.expect("it is being read");
    file.write_all(HELLO).await.expect("it is only started");
    drop(file);
    assert_eq!(reader.join().expect("it does not panic").expect("it was closed"), HELLO);
}

#[graph_runtime::test]
async fn opening_says_what_is_wrong() {
    let (_directory, path) = file_with(HELLO);
    let missing = File::open(path.with_extension("missing")).await.expect_err("there is none");
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let present = File::create_new(&path).await.expect_err("there is one");
    assert_eq!(present.kind(), ErrorKind::AlreadyExists);
}

#[graph_runtime::test]
async fn options_are_passed_on() {
    use std::os::unix::fs::PermissionsExt;
    let (_directory, path) = file_with(HELLO);
    let mut log = OpenOptions::new().append(true).open(&path).await.expect("it exists");
    log.write_all(b"more").await.expect("there is room");
    log.flush().await.expect("there is room");
    assert_eq!(std::fs::read(&path).expect("it exists"), [HELLO, b"more"].concat());
    let private = path.with_extension("private");
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let file = options.open(&private).await.expect("there is none");
    let mode = file.metadata().await.expect("it is open").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let link = path.with_extension("link");
    std::os::unix::fs::symlink(&path, &link).expect("there is none");
    let mut options = OpenOptions::from(std::fs::OpenOptions::new());
    options.read(true).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32);
    options.open(&link).await.expect_err("it is a link");
}

#[graph_runtime::test]
async fn the_times_can_be_set() {
    let (_directory, path) = file_with(HELLO);
    let file = OpenOptions::new().write(true).open(&path).await.expect("it exists");
    let [read, written] = [100, 200].map(|days| UNIX_EPOCH + Duration::from_secs(days * 86_400));
    let times = FileTimes::new().set_accessed(read).set_modified(written);
    file.set_times(times).await.expect("it is ours");
    let metadata = file.metadata().await.expect("it is open");
    assert_eq!(metadata.accessed().expect("the system knows"), read);
    assert_eq!(metadata.modified().expect("the system knows"), written);
    file.set_modified(read).await.expect("it is ours");
    let metadata = file.metadata().await.expect("it is open");
    assert_eq!(metadata.modified().expect("the system knows"), read);
}
