//! What must not leave its worker.

use crate::support::Drops;
use graph_runtime::sync::oneshot;
use std::marker::PhantomData;
use std::thread::{self, ThreadId};

/// Must be dropped where it was made.
pub(super) struct Stays {
    home: ThreadId,
    drops: Drops,
    not_send: PhantomData<*const ()>,
}

impl Stays {
    pub(super) fn new(drops: Drops) -> Self {
        Self { home: thread::current().id(), drops, not_send: PhantomData }
    }

    pub(super) fn check(&self) {
        assert_eq!(thread::current().id(), self.home);
    }
}

impl Drop for Stays {
    fn drop(&mut self) {
        if thread::current().id() == self.home {
            drop(self.drops.guard());
        }
    }
}

/// Until it has been woken from elsewhere.
pub(super) async fn woken_from_elsewhere() {
    let (sender, receiver) = oneshot::channel();
    thread::spawn(move || sender.send(()).unwrap());
    receiver.await.unwrap();
}
