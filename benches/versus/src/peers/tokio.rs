//! tokio, on the thread that blocks and on worker threads.

use super::tokio_net::Joined;
use super::{Figures, Missing, Peer};
use crate::workloads::{mpsc, mutex};
use ::tokio::net::TcpListener;
use ::tokio::runtime::{Builder, Runtime};
use std::marker::PhantomData;
use std::time::{Duration, Instant};

/// A current-thread runtime of tokio.
pub type TokioCurrent = Tokio<OnCaller>;
/// A multi-thread runtime of tokio.
pub type TokioMulti = Tokio<OnWorkers>;

/// A runtime of tokio, of one flavour.
pub struct Tokio<F> {
    runtime: Runtime,
    flavour: PhantomData<F>,
}

/// Who polls the tasks.
pub trait Flavour: Send + Sync + 'static {
    fn builder(workers: usize) -> Builder;
}

pub struct OnCaller;

impl Flavour for OnCaller {
    fn builder(_workers: usize) -> Builder {
        Builder::new_current_thread()
    }
}

pub struct OnWorkers;

impl Flavour for OnWorkers {
    fn builder(workers: usize) -> Builder {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(workers);
        builder
    }
}

impl<O: Flavour> Peer for Tokio<O> {
    type Join<T: Send + 'static> = Joined<T>;
    type Listener = TcpListener;

    fn start(workers: usize) -> Self {
        let runtime = O::builder(workers).enable_all().build();
        Self { runtime: runtime.expect("tokio starts"), flavour: PhantomData }
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    fn spawn<F>(future: F) -> Self::Join<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        Joined(::tokio::spawn(future))
    }

    fn spawn_detached<F>(future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        drop(::tokio::spawn(future));
    }

    fn spawn_outside<F>(&self, future: F) -> Result<Self::Join<F::Output>, Missing>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        Ok(Joined(self.runtime.spawn(future)))
    }

    fn yield_now() -> impl Future<Output = ()> + Send {
        ::tokio::task::yield_now()
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send {
        ::tokio::time::sleep(duration)
    }

    fn sleep_until(deadline: Instant) -> impl Future<Output = ()> + Send {
        ::tokio::time::sleep_until(deadline.into())
    }

    fn mpsc(&self) -> Figures {
        mpsc::run::<Self, mpsc::TokioChannel>(self)
    }

    fn mutex(&self) -> Figures {
        mutex::run::<Self, mutex::TokioMutex>(self)
    }
}
