//! Which processors a runtime's threads run on.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::io;

/// Where the workers are bound to, if anywhere.
#[derive(Debug, Clone, Default)]
pub(crate) struct Processors(Option<Bound>);

#[derive(Debug, Clone)]
struct Bound {
    /// Worker number n is bound to the set of that number, round and round.
    workers: Vec<CpuSet>,
    /// Where all other threads run. They are started by workers, and would inherit their places.
    others: CpuSet,
}

impl Processors {
    /// For workers that are bound to the processors with these numbers.
    ///
    /// # Errors
    ///
    /// If some number is beyond all that the system counts, or it does not tell where this thread
    /// may run.
    pub(super) fn new(lists: &[Vec<usize>]) -> io::Result<Self> {
        if lists.is_empty() {
            return Ok(Self(None));
        }
        let workers = lists.iter().map(|list| set_of(list)).collect::<io::Result<_>>()?;
        Ok(Self(Some(Bound { workers, others: sched_getaffinity(None)? })))
    }

    pub(crate) fn are_given(&self) -> bool {
        self.0.is_some()
    }

    /// The calling thread is worker number `index`.
    ///
    /// # Errors
    ///
    /// If the system refuses, because none of the processors is there or open to this process.
    pub(crate) fn bind(&self, index: usize) -> io::Result<()> {
        let Some(Bound { workers, .. }) = &self.0 else { return Ok(()) };
        Ok(sched_setaffinity(None, &workers[index % workers.len()])?)
    }

    /// The calling thread is no worker, or no longer.
    pub(crate) fn unbind(&self) {
        if let Some(Bound { others, .. }) = &self.0 {
            // It was allowed when the runtime was built; if it is no more, the thread stays.
            let _ = sched_setaffinity(None, others);
        }
    }
}

fn set_of(processors: &[usize]) -> io::Result<CpuSet> {
    let mut set = CpuSet::new();
    for &processor in processors {
        if processor >= CpuSet::MAX_CPU {
            let message = format!("there is no processor number {processor}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        set.set(processor);
    }
    Ok(set)
}
