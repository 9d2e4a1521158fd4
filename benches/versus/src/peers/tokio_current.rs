//! tokio on the thread that blocks.

use super::tokio_net::Joined;
use super::{Figures, Missing, Peer};
use crate::workloads::{mpsc, mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// A current-thread runtime of tokio.
pub struct TokioCurrent(Runtime);

impl Peer for TokioCurrent {
    type Join<T: Send + 'static> = Joined<T>;
    type Listener = TcpListener;

    fn start(_workers: usize) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build();
        Self(runtime.expect("tokio starts"))
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    fn spawn<F>(future: F) -> Self::Join<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        Joined(tokio::spawn(future))
    }

    fn spawn_detached<F>(future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        drop(tokio::spawn(future));
    }

    fn spawn_outside<F>(&self, future: F) -> Result<Self::Join<F::Output>, Missing>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        Ok(Joined(self.0.spawn(future)))
    }

    fn yield_now() -> impl Future<Output = ()> + Send {
        tokio::task::yield_now()
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }

    fn sleep_until(deadline: Instant) -> impl Future<Output = ()> + Send {
        tokio::time::sleep_until(deadline.into())
    }

    fn mpsc(&self) -> Figures {
        mpsc::run::<Self, mpsc::TokioChannel>(self)
    }

    fn mutex(&self) -> Figures {
        mutex::run::<Self, mutex::TokioMutex>(self)
    }
}
