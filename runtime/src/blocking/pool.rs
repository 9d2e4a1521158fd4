//! The pool of blocking threads.

mod calls;
mod report;

pub(crate) use report::ClosureReport;

use super::task::BlockingTask;
use crate::context::EnteredHandle;
use crate::runtime::{Handle, ThreadHooks, ThreadNames, Wait};
use crate::seam::{ClockHold, StartThread, ThreadHandle, ThreadSpec};
use crate::task::{Annotation, JoinHandle, Runnable, new_detached, new_detached_annotated};
use crate::worker::{Bench, Offer};
use primitives::Timestamp;
use primitives::shim::{Condvar, Mutex, MutexGuard};
use report::Running;
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::Location;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the pool may use.
#[derive(Clone)]
pub(crate) struct BlockingConfig {
    pub(crate) max_threads: usize,
    pub(crate) keep_alive: Duration,
    pub(crate) thread_names: ThreadNames,
    pub(crate) thread_hooks: ThreadHooks,
    pub(crate) stack_size: Option<usize>,
    pub(crate) threads: Arc<dyn StartThread>,
}

/// A handle to the pool. Threads start when there is work and no thread is free, and leave after
/// `keep_alive` without work. Closures beyond `max_threads` wait in a queue, in order; it is not
/// bounded, because whoever submits holds a `JoinHandle` and can bound what it submits.
#[derive(Clone)]
pub(crate) struct BlockingPool(Arc<Pool>);

struct Pool {
    config: BlockingConfig,
    state: Mutex<State>,
    /// Rung once for each item queued while a thread is free, and at shutdown.
    bell: Condvar,
}

/// What a thread of the pool does.
enum Job {
    /// And when it was handed in.
    Closure(Runnable, Timestamp),
    /// Is a worker in place of a thread that blocks.
    Worker(Bench),
    /// Stands in for a worker that is stuck.
    Spare(Offer),
}

/// A job that waits for a thread.
struct Waiting {
    /// Dropped, or run, before the clock is let go: whoever has joined it must be awake by then.
    job: Job,
    /// It runs even if the runtime shuts down first: bytes that a file was given are written.
    mandatory: bool,
    _hold: Option<ClockHold>,
}

impl Waiting {
    fn run(self, handle: &Handle) {
        let Self { job, _hold, .. } = self;
        match job {
            Job::Closure(runnable, _) => {
                let again = runnable.run();
                debug_assert!(again.is_none(), "a blocking task ends with its first poll");
            }
            Job::Worker(bench) => bench.work(handle),
            Job::Spare(offer) => offer.accept(handle),
        }
    }
}

/// What became of a closure that was handed in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pushed {
    /// The pool is closed: it was dropped.
    Refused,
    /// Some thread that is free takes it.
    Taken,
    /// No thread is free.
    NeedsThread,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Waiting>,
    threads: usize,
    /// How many of them stand in for workers, or will: so many more there may be.
    spares: usize,
    /// Threads that wait for the bell.
    free: usize,
    closed: bool,
    started: u64,
    running: Running,
    /// Threads that are being started, whose handles are therefore not in the list yet.
    starting: usize,
    /// Every other thread not yet joined. Those that left by themselves are joined when the next
    /// one starts, so the list is bounded by `max_threads`.
    handles: Vec<(u64, Box<dyn ThreadHandle>)>,
    /// Threads that left by themselves and are not joined.
    left: Vec<u64>,
}

impl BlockingPool {
    pub(crate) fn new(config: BlockingConfig) -> Self {
        Self(Arc::new(Pool { config, state: Mutex::default(), bell: Condvar::new() }))
    }

    /// Runs `closure` on a thread of the pool. After shutdown it is dropped and the handle says
    /// cancelled.
    pub(crate) fn spawn<F, R>(
        &self,
        handle: &Handle,
        closure: F,
        site: &'static Location<'static>,
    ) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        let (runnable, join) = new_detached(BlockingTask::new(closure), self.clone(), site);
        self.submit(handle, runnable, false);
        join
    }

    /// As [`spawn`](Self::spawn), with something to say.
    pub(crate) fn spawn_annotated<F, R>(
        &self,
        handle: &Handle,
        closure: F,
        site: &'static Location<'static>,
        annotation: Annotation,
    ) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        let task = BlockingTask::new(closure);
        let (runnable, join) = new_detached_annotated(task, self.clone(), site, annotation);
        self.submit(handle, runnable, false);
        join
    }

    /// As [`spawn`](Self::spawn), but once it is accepted the closure runs, even if the runtime
    /// shuts down before its turn has come. After shutdown it is dropped, and there is no handle.
    pub(crate) fn spawn_mandatory<F, R>(
        &self,
        handle: &Handle,
        closure: F,
        site: &'static Location<'static>,
    ) -> Option<JoinHandle<R>>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        let (runnable, join) = new_detached(BlockingTask::new(closure), self.clone(), site);
        let pushed = self.submit(handle, runnable, true);
        (pushed != Pushed::Refused).then_some(join)
    }

    fn submit(&self, handle: &Handle, runnable: Runnable, mandatory: bool) -> Pushed {
        let _hold = handle.shared().hold_clock();
        let job = Job::Closure(runnable, handle.shared().now());
        let pushed = self.push(Waiting { job, mandatory, _hold });
        if pushed == Pushed::NeedsThread
            && let Err(error) = self.start_thread_if_needed(handle)
        {
            panic!("the system refuses to start a blocking thread: {error}");
        }
        pushed
    }

    /// Queues a task again. The pool's own tasks never come here; see [`BlockingTask`].
    pub(super) fn push_again(&self, runnable: Runnable) {
        let job = Job::Closure(runnable, Timestamp::ZERO);
        self.push(Waiting { job, mandatory: false, _hold: None });
    }

    fn push(&self, waiting: Waiting) -> Pushed {
        let mut state = self.0.state.lock();
        if state.closed {
            drop(state);
            drop(waiting);
            return Pushed::Refused;
        }
        state.queue.push_back(waiting);
        if state.free >= state.queue.len() {
            self.0.bell.notify_one();
            return Pushed::Taken;
        }
        Pushed::NeedsThread
    }

    /// # Errors
    ///
    /// If the system refuses the first thread, after all that waits for one has been dropped.
    fn start_thread_if_needed(&self, handle: &Handle) -> io::Result<()> {
        let config = &self.0.config;
        let number = {
            let mut state = self.0.state.lock();
            if !self.0.has_room(&state) {
                return Ok(());
            }
            state.started += 1;
            state.started - 1
        };
        // The user's code, which may panic: before anything is counted that would have to be
        // undone.
        let name = config.thread_names.next(format_args!("blocking-{number}"));
        let mut state = self.0.state.lock();
        if !self.0.has_room(&state) {
            return Ok(());
        }
        state.threads += 1;
        state.starting += 1;
        let left = state.take_left();
        drop(state);
        // A thread that has left may still run destructors of its own, and those may get here.
        for thread in left.into_iter().filter(|thread| !thread.is_current()) {
            thread.join();
        }
        let spec = ThreadSpec { name, stack_size: config.stack_size };
        let (pool, handle) = (self.clone(), handle.clone());
        let started = config.threads.start(
            spec,
            Box::new(move || {
                let _entered = EnteredHandle::new(&handle);
                handle.shared().config.processors.unbind();
                let _started = pool.0.config.thread_hooks.started();
                pool.run(number, &handle);
            }),
        );
        match started {
            Ok(thread) => {
                self.note_started(number, thread);
                Ok(())
            }
            Err(error) => self.note_refused(error),
        }
    }

    fn note_started(&self, number: u64, thread: Box<dyn ThreadHandle>) {
        let mut state = self.0.state.lock();
        state.starting -= 1;
        state.handles.push((number, thread));
        self.tell_joiner(state);
    }

    /// With another thread left the closures wait for it. Without any they would wait for ever:
    /// they are cancelled, and the caller, who alone can do something about it, is told so.
    fn note_refused(&self, error: io::Error) -> io::Result<()> {
        let mut state = self.0.state.lock();
        state.starting -= 1;
        state.threads -= 1;
        let none_left = state.threads == 0;
        let stranded = if none_left { std::mem::take(&mut state.queue) } else { VecDeque::new() };
        if none_left {
            state.spares = 0;
        }
        self.tell_joiner(state);
        drop(stranded);
        if none_left { Err(error) } else { Ok(()) }
    }

    /// A thread is no longer being started, or ends, which `join` may be waiting for.
    fn tell_joiner(&self, state: MutexGuard<'_, State>) {
        let closed = state.closed;
        drop(state);
        if closed {
            self.0.bell.notify_all();
        }
    }

    /// A thread's life.
    fn run(&self, number: u64, handle: &Handle) {
        let mut state = self.0.state.lock();
        // It is one too many when it has stood in for a worker, and others have come meanwhile.
        while state.threads <= self.0.limit(&state) {
            if let Some(waiting) = state.queue.pop_front() {
                let was_spare = matches!(waiting.job, Job::Spare(_));
                state.running.begin(number, &waiting, handle);
                drop(state);
                waiting.run(handle);
                state = self.0.state.lock();
                state.running.end(number);
                state.spares -= usize::from(was_spare);
                continue;
            }
            if state.closed {
                break;
            }
            let timed_out;
            (state, timed_out) = self.wait_for_work(state);
            if timed_out && state.queue.is_empty() {
                break;
            }
        }
        state.threads -= 1;
        state.left.push(number);
        self.tell_joiner(state);
    }

    fn wait_for_work<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
    ) -> (MutexGuard<'a, State>, bool) {
        state.free += 1;
        let (mut state, timed_out) = self.0.bell.wait_timeout(state, self.0.config.keep_alive);
        state.free -= 1;
        (state, timed_out)
    }

    /// Cancels what has not started, lets what has started or is mandatory run to its end, and
    /// refuses the rest.
    pub(crate) fn close(&self) {
        let mut state = self.0.state.lock();
        state.closed = true;
        let queued = std::mem::take(&mut state.queue);
        // What is queued has a thread, or one that is being started, which empties the queue first.
        let (kept, cancelled): (VecDeque<_>, VecDeque<_>) =
            queued.into_iter().partition(|waiting| waiting.mandatory);
        state.queue = kept;
        drop(state);
        self.0.bell.notify_all();
        drop(cancelled);
    }

    /// After [`close`](Self::close): waits until every thread is gone, except for the calling
    /// one, as long as `wait` says. A closure that never returns may make this wait for ever.
    pub(crate) fn join(&self, wait: Wait) {
        match wait {
            Wait::Forever => {}
            Wait::Until(deadline) if self.wait_until_left(deadline) => {}
            // They end by themselves, and their handles go with the pool.
            Wait::Until(_) | Wait::Not => return,
        }
        while let Some(thread) = self.next_to_join() {
            if !thread.is_current() {
                thread.join();
            }
        }
    }

    /// Waits until all threads are about to end, or it is `deadline`. Whether they are.
    fn wait_until_left(&self, deadline: Instant) -> bool {
        let mut state = self.0.state.lock();
        while state.threads > 0 {
            let patience = deadline.saturating_duration_since(Instant::now());
            if patience.is_zero() {
                return false;
            }
            (state, _) = self.0.bell.wait_timeout(state, patience);
        }
        true
    }

    /// Some thread that is not joined, also one that is only being started.
    fn next_to_join(&self) -> Option<Box<dyn ThreadHandle>> {
        let mut state = self.0.state.lock();
        loop {
            if let Some((_, thread)) = state.handles.pop() {
                return Some(thread);
            }
            if state.starting == 0 {
                return None;
            }
            state = self.0.bell.wait(state);
        }
    }
}

impl State {
    /// The handles of threads that have left or are just leaving.
    fn take_left(&mut self) -> Vec<Box<dyn ThreadHandle>> {
        let (gone, here) = std::mem::take(&mut self.handles)
            .into_iter()
            .partition::<Vec<_>, _>(|(number, _)| self.left.contains(number));
        self.handles = here;
        // One whose handle is not in the list yet is found there the next time.
        self.left.retain(|left| gone.iter().all(|(number, _)| number != left));
        gone.into_iter().map(|(_, thread)| thread).collect()
    }
}

impl fmt::Debug for BlockingPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingPool").finish_non_exhaustive()
    }
}
