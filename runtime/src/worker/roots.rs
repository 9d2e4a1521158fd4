//! The futures that `block_on` was given, for whoever looks at what waits.

use super::Shared;
use crate::task::coop::{Resource, waited_for};
use crate::task::{CoarseClock, Stamp};
use pin_project_lite::pin_project;
use primitives::shim::Mutex;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// One root future.
#[derive(Debug)]
pub(crate) struct Root {
    site: &'static Location<'static>,
    thread: Option<String>,
    state: Mutex<RootState>,
}

#[derive(Debug, Clone, Copy)]
struct RootState {
    is_running: bool,
    since: Stamp,
    waits_for: Resource,
}

/// What a root future is doing.
#[derive(Debug)]
pub(crate) struct RootReport {
    pub(crate) site: &'static Location<'static>,
    pub(crate) thread: Option<String>,
    pub(crate) is_running: bool,
    pub(crate) since: Stamp,
    pub(crate) waits_for: Resource,
}

/// All of a runtime; one for each thread that is in `block_on`.
#[derive(Debug, Default)]
pub(crate) struct Roots(Mutex<Vec<Arc<Root>>>);

impl Roots {
    /// What they are doing.
    pub(crate) fn report(&self) -> Vec<RootReport> {
        let roots = self.0.lock().clone();
        let report = |root: Arc<Root>| {
            let RootState { is_running, since, waits_for } = *root.state.lock();
            let (site, thread) = (root.site, root.thread.clone());
            RootReport { site, thread, is_running, since, waits_for }
        };
        roots.into_iter().map(report).collect()
    }
}

pin_project! {
    /// A root future, on the list for as long as it lives.
    pub(crate) struct RootFuture<'a, F> {
        shared: &'a Shared,
        root: Arc<Root>,
        #[pin]
        future: F,
    }

    impl<F> PinnedDrop for RootFuture<'_, F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            let mut roots = this.shared.roots.0.lock();
            let place = roots.iter().position(|root| Arc::ptr_eq(root, this.root));
            let gone = place.map(|place| roots.swap_remove(place));
            drop(roots);
            drop(gone);
        }
    }
}

impl<'a, F> RootFuture<'a, F> {
    /// `site` is where `block_on` was called.
    pub(crate) fn new(shared: &'a Shared, future: F, site: &'static Location<'static>) -> Self {
        shared.coarse.set(shared.now());
        let state = RootState {
            is_running: true,
            since: shared.coarse.get(),
            waits_for: Resource::Unknown,
        };
        let thread = std::thread::current().name().map(str::to_owned);
        let root = Arc::new(Root { site, thread, state: Mutex::new(state) });
        shared.roots.0.lock().push(Arc::clone(&root));
        Self { shared, root, future }
    }
}

impl Root {
    fn note(&self, is_running: bool, waits_for: Resource, clock: &CoarseClock) {
        *self.state.lock() = RootState { is_running, since: clock.get(), waits_for };
    }
}

impl<F: Future> Future for RootFuture<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let clock = &this.shared.coarse;
        this.root.note(true, Resource::Unknown, clock);
        let polled = this.future.poll(context);
        if polled.is_pending() {
            this.root.note(false, waited_for(), clock);
        }
        polled
    }
}
