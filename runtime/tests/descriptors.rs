//! Whatever is opened is closed again, waited for or not. Alone in its binary, because it counts
//! the descriptors of the process.

use futures_lite::future::poll_once;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::fs::File;
use graph_runtime::io::unix::AsyncFd;
use graph_runtime::net::unix::pipe;
use graph_runtime::net::{UdpSocket, UnixDatagram, UnixListener, UnixStream};
use graph_runtime::process::Command;
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::signal::unix::{SignalKind, signal};
use std::path::Path;
use std::process::Stdio;

/// What this process has open.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("procfs is mounted").count()
}

/// Waits in vain.
async fn begin<T>(future: impl Future<Output = T>) {
    assert!(poll_once(future).await.is_none(), "there is nothing to wait for");
}

/// Opens one of each kind and waits for it. All that is open is dropped in the end.
async fn open_and_wait(directory: &Path) {
    let udp = UdpSocket::bind("127.0.0.1:0").await.expect("a port is free");
    begin(udp.recv(&mut [0])).await;
    let listener = UnixListener::bind(directory.join("socket")).expect("it is new");
    begin(listener.accept()).await;
    let (here, _there) = UnixStream::pair().expect("there are descriptors");
    let (mut reading, _writing) = here.into_split();
    begin(reading.read(&mut [0])).await;
    let (datagrams, _others) = UnixDatagram::pair().expect("there are descriptors");
    begin(datagrams.recv(&mut [0])).await;
    let (_sender, mut receiver) = pipe::pipe().expect("there are descriptors");
    begin(receiver.read(&mut [0])).await;
    let (watched, _other) = std::os::unix::net::UnixStream::pair().expect("there are descriptors");
    let watched = AsyncFd::new(watched).expect("it can be watched");
    begin(watched.readable()).await;
    let mut usual = signal(SignalKind::window_change()).expect("it can be handled");
    begin(usual.recv()).await;
    let mut cat = Command::new("cat");
    cat.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut cat = cat.spawn().expect("it can be started");
    let stdin = cat.stdin.take();
    begin(cat.wait()).await;
    cat.kill().await.expect("it is ours");
    drop(stdin);
    let mut file = File::create(directory.join("file")).await.expect("it can be written");
    file.write_all(b"contents").await.expect("there is room");
    let _clone = file.try_clone().await.expect("there are descriptors");
}

fn check(runtime: Runtime) {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    runtime.block_on(open_and_wait(directory.path()));
    drop(runtime);
}

#[test]
fn none_is_left() {
    // What the process opens once and keeps is open after the first round.
    check(Builder::new_current_thread().build().expect("there are descriptors"));
    let before = descriptors();
    for workers in [1, 2, 4] {
        let runtime = Builder::new_multi_thread().worker_threads(workers).build();
        check(runtime.expect("there are threads"));
        assert_eq!(descriptors(), before, "{workers} workers");
    }
}
