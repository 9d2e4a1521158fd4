//! Dropping a runtime whose tasks wait for sockets closes every descriptor. Alone in its binary,
//! because it counts the descriptors of the process.

use futures_lite::AsyncReadExt;
use graph_runtime::net::{TcpListener, TcpStream};
use graph_runtime::runtime::{Builder, Runtime};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::mpsc::{Sender, channel};

/// What this process has open.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("procfs is mounted").count()
}

/// Says so the first time `future` has to wait.
async fn tell_when_waiting<F: Future>(future: F, waiting: Sender<()>) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| {
        let poll = future.as_mut().poll(context);
        if poll.is_pending() {
            // Later wake-ups come from the shutdown, when the test listens no more.
            let _ = waiting.send(());
        }
        poll
    })
    .await
}

/// Starts a task that nobody waits for.
fn spawn_detached(future: impl Future<Output = ()> + Send + 'static) {
    drop(graph_runtime::spawn(future));
}

/// Leaves tasks waiting in accept, read and peek, and drops the runtime.
fn leave_tasks_waiting(runtime: Runtime) {
    const CONNECTIONS: usize = 10;
    let (waiting, waits) = channel();
    let mut clients = Vec::new();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        for _ in 0..CONNECTIONS {
            clients.push(TcpStream::connect(address).await.expect("it listens"));
            let (mut server, _) = listener.accept().await.expect("it was connected to");
            let waiting = waiting.clone();
            spawn_detached(async move {
                let _ = tell_when_waiting(server.read(&mut [0]), waiting).await;
            });
        }
        let last = clients.pop().expect("there are ten");
        let told = waiting.clone();
        spawn_detached(async move {
            let _ = tell_when_waiting(last.peek(&mut [0]), told).await;
        });
        spawn_detached(async move {
            let _ = tell_when_waiting(listener.accept(), waiting).await;
        });
        for _ in 0..CONNECTIONS + 2 {
            while waits.try_recv().is_err() {
                graph_runtime::task::yield_now().await;
            }
        }
    });
    drop(runtime);
    // These outlive it, registered or not.
    drop(clients);
}

#[test]
fn none_is_left() {
    // What the process opens once and keeps is open after the first round.
    leave_tasks_waiting(Builder::new_current_thread().build().expect("there are descriptors"));
    let before = descriptors();
    for workers in [1, 2, 4] {
        let runtime = Builder::new_multi_thread().worker_threads(workers).build();
        leave_tasks_waiting(runtime.expect("there are threads"));
        assert_eq!(descriptors(), before, "{workers} workers");
    }
    leave_tasks_waiting(Builder::new_current_thread().build().expect("there are descriptors"));
    assert_eq!(descriptors(), before, "current thread");
}
