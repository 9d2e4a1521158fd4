//! Starting threads.

use std::io;
use std::thread;

/// What a thread is to be like.
#[derive(Debug, Clone)]
pub struct ThreadSpec {
    /// Its name, as debuggers and `/proc` show it (the first 15 bytes).
    pub name: String,
    /// The size of its stack in bytes; `None` is the platform's default.
    pub stack_size: Option<usize>,
}

/// A started thread that can be joined.
pub trait ThreadHandle: Send + Sync {
    /// Waits for the thread to end. A panic of the thread has been reported by the panic hook.
    fn join(self: Box<Self>);

    /// Whether the calling thread is this very thread.
    fn is_current(&self) -> bool;
}

/// Starts the threads of a runtime: workers, the blocking pool.
pub trait StartThread: Send + Sync {
    /// Starts a thread that runs `body`.
    ///
    /// # Errors
    ///
    /// If the system refuses another thread.
    fn start(
        &self,
        spec: ThreadSpec,
        body: Box<dyn FnOnce() + Send>,
    ) -> io::Result<Box<dyn ThreadHandle>>;
}

/// The standard library's threads.
#[derive(Debug, Clone, Copy)]
pub struct StdThreads;

impl StartThread for StdThreads {
    fn start(
        &self,
        spec: ThreadSpec,
        body: Box<dyn FnOnce() + Send>,
    ) -> io::Result<Box<dyn ThreadHandle>> {
        let mut builder = thread::Builder::new().name(spec.name);
        if let Some(bytes) = spec.stack_size {
            builder = builder.stack_size(bytes);
        }
        Ok(Box::new(builder.spawn(body)?))
    }
}

impl ThreadHandle for thread::JoinHandle<()> {
    fn join(self: Box<Self>) {
        // A panic of a worker aborts the process; one of a blocking thread is caught by the task.
        // What is left is the panic of a foreign implementation's thread, and it was reported.
        let _ = thread::JoinHandle::join(*self);
    }

    fn is_current(&self) -> bool {
        self.thread().id() == thread::current().id()
    }
}
