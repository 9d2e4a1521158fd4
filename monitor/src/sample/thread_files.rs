//! CPU time and run-queue wait of single threads.

use super::kept_file::{KeptFile, Reader};
use super::parse;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A thread that is registered as a worker's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerThread {
    /// The worker's index: below [`WORKERS_MAX`](crate::resource::WORKERS_MAX).
    pub worker: usize,
    /// The kernel's id of the thread.
    pub tid: u32,
    /// Different for each thread that was ever registered. Ids of threads come again.
    pub registration: u64,
}

/// What a thread has used since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ThreadTimes {
    /// Time on a core.
    pub cpu: Duration,
    /// Time runnable, waiting for a core.
    pub run_queue_wait: Duration,
}

/// The `schedstat` files of workers, by worker.
#[derive(Debug)]
pub(super) struct ThreadFiles {
    tasks: PathBuf,
    files: Vec<Option<ThreadFile>>,
}

#[derive(Debug)]
struct ThreadFile {
    registration: u64,
    file: KeptFile,
}

impl ThreadFiles {
    /// Those in `proc`. The file of the process itself is only about its main thread.
    pub(super) fn new(proc: &Path) -> Self {
        Self { tasks: proc.join("self/task"), files: Vec::new() }
    }

    /// What `thread` has used. Allocates for a thread that was not asked for before.
    pub(super) fn read(
        &mut self,
        reader: &mut Reader,
        thread: WorkerThread,
    ) -> Option<ThreadTimes> {
        if self.files.len() <= thread.worker {
            self.files.resize_with(thread.worker + 1, || None);
        }
        let slot = &mut self.files[thread.worker];
        let known = slot.take().filter(|it| it.registration == thread.registration);
        let file = slot.insert(known.unwrap_or_else(|| {
            let path = self.tasks.join(thread.tid.to_string()).join("schedstat");
            ThreadFile { registration: thread.registration, file: KeptFile::once(path) }
        }));
        let times = reader.value(&mut file.file, parse::schedstat).known()?;
        let cpu = Duration::from_nanos(times.cpu_ns);
        Some(ThreadTimes { cpu, run_queue_wait: Duration::from_nanos(times.run_queue_wait_ns) })
    }
}
