//! The runtime with worker threads.

use super::exits::Exits;
use super::runtime_type::unbound;
use super::watcher::start_watch;
use super::{BuildError, Config, Handle, Wait};
use crate::seam::{ThreadHandle, ThreadSpec};
use crate::worker::{self, Local, Shared};
use std::sync::{Arc, mpsc};

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
        let (report, reports) = mpsc::channel();
        for local in locals {
            let spec = ThreadSpec {
                name: config.thread_names.next(local.index()),
                stack_size: config.thread_stack_size,
            };
            let (handle, report) = (handle.clone(), report.clone());
            let exit = self.exits.expect_one();
            let body = Box::new(move || {
                let _exit = exit;
                let config = &handle.shared().config;
                if let Err(error) = config.processors.bind(local.index()) {
                    return drop(report.send(error));
                }
                drop(report);
                let _started = config.thread_hooks.started();
                worker::work(local.into_shared(), &handle);
            });
            let started = config.seams.threads.start(spec, body);
            self.threads.push(started.map_err(|error| BuildError::system("a worker", error))?);
        }
        drop(report);
        // Whether the system binds a thread is known when the thread runs.
        if handle.shared().config.processors.are_given()
            && let Ok(error) = reports.recv()
        {
            return Err(unbound(error));
        }
        let exits = &self.exits;
        self.threads.extend(start_watch(config, handle, || exits.expect_one())?);
        self.incomplete = false;
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
