//! Runtimes of each kind.

use graph_runtime::runtime::{Builder, Runtime};

pub(crate) fn current() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

pub(crate) fn multi(workers: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(workers).build().unwrap()
}
