//! async-executor by itself: its executor for statics, which keeps no list of tasks, on threads
//! that take turns in async-io. What has nothing to do with tasks is [`Smol`](super::Smol)'s.

use super::{Figures, Missing, Peer};
use crate::workloads::{mpsc, mutex};
use async_executor::{StaticExecutor, Task};
use smol::Timer;
use smol::net::TcpListener;
use std::future::pending;
use std::thread;
use std::time::{Duration, Instant};

static EXECUTOR: StaticExecutor = StaticExecutor::new();

/// The process's one executor, on threads that end with the process.
pub struct AsyncExecutor(());

impl Peer for AsyncExecutor {
    type Join<T: Send + 'static> = Task<T>;
    type Listener = TcpListener;

    fn start(workers: usize) -> Self {
        for _ in 0..workers {
            thread::spawn(|| smol::block_on(EXECUTOR.run(pending::<()>())));
        }
        Self(())
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        smol::block_on(future)
    }

    fn spawn<F>(future: F) -> Self::Join<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        EXECUTOR.spawn(future)
    }

    fn spawn_detached<F>(future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        EXECUTOR.spawn(future).detach();
    }

    fn spawn_outside<F>(&self, future: F) -> Result<Self::Join<F::Output>, Missing>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        Ok(EXECUTOR.spawn(future))
    }

    fn yield_now() -> impl Future<Output = ()> + Send {
        smol::future::yield_now()
    }

    async fn sleep(duration: Duration) {
        Timer::after(duration).await;
    }

    async fn sleep_until(deadline: Instant) {
        Timer::at(deadline).await;
    }

    fn mpsc(&self) -> Figures {
        mpsc::run::<Self, mpsc::SmolChannel>(self)
    }

    fn mutex(&self) -> Figures {
        mutex::run::<Self, mutex::SmolMutex>(self)
    }
}
