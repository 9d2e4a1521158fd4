//! The runtime with worker threads.

use super::exits::Exits;
use super::{BuildError, Config, Handle, Wait};
use crate::context::{DrivesTasks, EnteredHandle, EnteredWorker};
use crate::seam::{ThreadHandle, ThreadSpec};
use crate::worker::{Local, Shared, Watch};
use primitives::bomb::Bomb;
use primitives::shim::atomic::{AtomicUsize, Ordering};
use std::rc::Rc;
use std::sync::Arc;

/// The threads of the workers, and of the watch over them.
pub(super) struct MultiThread {
    threads: Vec<Box<dyn ThreadHandle>>,
    exits: Arc<Exits>,
    /// Whether some worker never came to be, so that there is no last one to clear up.
    incomplete: bool,
}

impl MultiThread {
    /// No threads yet.
    pub(super) fn empty() -> Self {
        Self { threads: Vec::new(), exits: Arc::default(), incomplete: true }
    }

    /// Starts one thread per worker, and the watch over them.
    ///
    /// # Errors
    ///
    /// If the system refuses one. [`shut_down`](Self::shut_down) stops those that run already.
    pub(super) fn start(
        &mut self,
        config: &Config,
        handle: &Handle,
        locals: Vec<Local>,
    ) -> Result<(), BuildError> {
        let remaining = Arc::new(AtomicUsize::new(locals.len()));
        for local in locals {
            let spec = ThreadSpec {
                name: format!("{}-{}", config.thread_name, local.index()),
                stack_size: config.thread_stack_size,
            };
            let (handle, remaining) = (handle.clone(), Arc::clone(&remaining));
            let exit = self.exits.expect_one();
            let body = Box::new(move || {
                let _exit = exit;
                work(local, &handle, &remaining);
            });
            let started = config.seams.threads.start(spec, body);
            self.threads.push(started.map_err(|error| BuildError::system("a worker", error))?);
        }
        if config.worker_threads > 1 && config.work_stealing {
            self.start_watch(config, handle)?;
        }
        self.incomplete = false;
        Ok(())
    }

    /// A blocked worker matters only to others that could do its work.
    fn start_watch(&mut self, config: &Config, handle: &Handle) -> Result<(), BuildError> {
        let spec = ThreadSpec { name: format!("{}-watch", config.thread_name), stack_size: None };
        let shared = Arc::clone(handle.shared());
        let exit = self.exits.expect_one();
        let body = Box::new(move || {
            let _exit = exit;
            let bomb = Bomb::new("watching the workers");
            Watch::run(&shared);
            bomb.defuse();
        });
        let started = config.seams.threads.start(spec, body);
        self.threads.push(started.map_err(|error| BuildError::system("the watch", error))?);
        Ok(())
    }

    /// Stops the workers, and waits until they are gone as long as `wait` says; true if they are. A
    /// worker that calls this can wait neither for itself nor for threads that may wait for it:
    /// false, and they end when the poll returns.
    pub(super) fn shut_down(&mut self, shared: &Shared, wait: Wait) -> bool {
        shared.begin_shutdown();
        let threads = std::mem::take(&mut self.threads);
        let may_wait = !threads.iter().any(|thread| thread.is_current());
        let joins = may_wait
            && match wait {
                Wait::Forever => true,
                Wait::Until(deadline) => self.exits.wait_until(deadline),
                Wait::Not => false,
            };
        if joins {
            threads.into_iter().for_each(ThreadHandle::join);
        }
        if self.incomplete {
            shared.finish_shutdown();
        }
        joins
    }
}

/// The life of a worker thread.
fn work(local: Local, handle: &Handle, remaining: &AtomicUsize) {
    // A panic in here is ours, not a task's: going on would lose tasks.
    let bomb = Bomb::new("running a worker");
    let shared: &Shared = handle.shared();
    let _handle = EnteredHandle::new(handle);
    let _drives = DrivesTasks::enter("a worker");
    let local = Rc::new(local);
    let worker = EnteredWorker::new(Rc::clone(&local));
    local.run_until(|| shared.is_closing());
    local.drain();
    // ORDERING: AcqRel, so that the last one sees what the others left behind.
    if remaining.fetch_sub(1, Ordering::AcqRel) == 1 {
        shared.finish_shutdown();
    }
    drop(worker);
    bomb.defuse();
}
