//! A stream that is dropped by one task wakes the task that waits for it.

use crate::support::{pair, tell_when_waiting, workers};
use futures_lite::AsyncRead;
use graph_runtime::net::TcpStream;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::Poll;

type Slot = Arc<Mutex<Option<TcpStream>>>;

/// Reads a byte; `None` if the stream has gone away.
async fn read_from(slot: Slot) -> Option<u8> {
    poll_fn(|context| {
        let mut slot = slot.lock().expect("nobody panics");
        let Some(stream) = &mut *slot else { return Poll::Ready(None) };
        let mut byte = [0];
        Pin::new(stream).poll_read(context, &mut byte).map(|read| {
            read.expect("the runtime lives");
            Some(byte[0])
        })
    })
    .await
}

#[test]
fn the_waiting_task_is_woken() {
    let runtime = workers(2);
    for _ in 0..100 {
        let (client, server) = runtime.block_on(pair());
        let slot: Slot = Arc::new(Mutex::new(Some(server)));
        let (waiting, waits) = channel();
        let reader = runtime.spawn(tell_when_waiting(read_from(Arc::clone(&slot)), waiting));
        waits.recv().expect("it waits");
        let taken = slot.lock().expect("nobody panics").take();
        drop(taken.expect("the reader leaves it in"));
        assert_eq!(runtime.block_on(reader).expect("it does not panic"), None);
        drop(client);
    }
}
