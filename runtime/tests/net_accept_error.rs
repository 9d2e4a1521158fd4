//! A process without descriptors left is told so by `accept`, and can go on when it has some.
//!
//! The test runs itself once more, in a process with few descriptors.

use graph_runtime::net::{TcpListener, TcpStream};
use std::fs::File;
use std::process::Command;

const NAME: &str = "accept_reports_that_no_descriptor_is_left";
const IN_CHILD: &str = "NET_ACCEPT_ERROR_IN_CHILD";
/// Linux: too many open files.
const EMFILE: i32 = 24;

#[test]
fn accept_reports_that_no_descriptor_is_left() {
    if std::env::var_os(IN_CHILD).is_some() {
        return in_child();
    }
    let this = std::env::current_exe().expect("the system knows it");
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 64 && exec \"$@\"", "sh"])
        .arg(this)
        .args(["--exact", NAME, "--nocapture"])
        .env(IN_CHILD, "1")
        .output()
        .expect("every system has a shell");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "the child ran no test: {text}");
}

#[graph_runtime::main(worker_threads = 2)]
async fn in_child() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a descriptor is left");
    let address = listener.local_addr().expect("it is bound");
    let client = TcpStream::connect(address).await.expect("a descriptor is left");
    let mut hoard = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        hoard.push(file);
    }
    for _ in 0..10 {
        let error = listener.accept().await.expect_err("no descriptor is left");
        assert_eq!(error.raw_os_error(), Some(EMFILE));
    }
    drop(hoard);
    let (_, peer) = listener.accept().await.expect("the connection was kept");
    assert_eq!(peer, client.local_addr().expect("it is connected"));
    // The same for a listener that has waited before.
    let waiting = graph_runtime::spawn(async move { listener.accept().await.map(|_| listener) });
    let second = TcpStream::connect(address).await.expect("a descriptor is left");
    let listener = waiting.await.expect("it does not panic").expect("a descriptor is left");
    let third = TcpStream::connect(address).await.expect("a descriptor is left");
    let hoard: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    for _ in 0..10 {
        let error = listener.accept().await.expect_err("no descriptor is left");
        assert_eq!(error.raw_os_error(), Some(EMFILE));
    }
    drop((hoard, second));
    let (_, peer) = listener.accept().await.expect("the connection was kept");
    assert_eq!(peer, third.local_addr().expect("it is connected"));
}
