//! Ctrl-C: the first cancels the run and lets it end in order, the second ends the program.
//!
//! The listening thread writes nothing itself: whatever standard error is blocked on, the run is
//! woken and a second Ctrl-C ends the program.

use signal_hook::consts::SIGINT;
use signal_hook::iterator::{Handle, Signals};
use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread::{self, JoinHandle};

/// What a shell reports for a program that ended by SIGINT.
pub(crate) const EXIT_CODE: u8 = 130;
/// What the run says when it is woken by the first.
pub(crate) const NOTICE: &str =
    "workflow: interrupted; cancelling what runs (Ctrl-C again ends at once)";

/// Listens for Ctrl-C on a thread of its own until it is dropped.
pub(crate) struct Interrupt {
    state: Arc<Mutex<State>>,
    signals: Handle,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    is_requested: bool,
    waiting: Option<Waker>,
}

impl Interrupt {
    /// Starts to listen. At the second Ctrl-C it calls `clean_up` and ends the program.
    ///
    /// # Errors
    ///
    /// If the system refuses the signal handler or the thread.
    pub(crate) fn listen(clean_up: impl Fn() + Send + 'static) -> io::Result<Self> {
        let mut signals = Signals::new([SIGINT])?;
        let handle = signals.handle();
        let state = Arc::new(Mutex::new(State::default()));
        let body = {
            let state = Arc::clone(&state);
            move || signals.forever().for_each(|_| on_signal(&state, &clean_up))
        };
        let thread = thread::Builder::new().name("ctrl-c".to_owned()).spawn(body)?;
        Ok(Self { state, signals: handle, thread: Some(thread) })
    }

    /// Waits until Ctrl-C is pressed; returns at once if it has been. One may wait at a time.
    pub(crate) async fn requested(&self) {
        poll_fn(|context| {
            let mut state = lock(&self.state);
            if state.is_requested {
                return Poll::Ready(());
            }
            let before = state.waiting.replace(context.waker().clone());
            // A waker is foreign code: not under the lock.
            drop(state);
            drop(before);
            Poll::Pending
        })
        .await;
    }

    /// Whether Ctrl-C has been pressed.
    pub(crate) fn is_requested(&self) -> bool {
        lock(&self.state).is_requested
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.signals.close();
        if let Some(thread) = self.thread.take() {
            // A panic of its has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}

fn on_signal(state: &Mutex<State>, clean_up: &impl Fn()) {
    let (before, waiting) = {
        let mut state = lock(state);
        (std::mem::replace(&mut state.is_requested, true), state.waiting.take())
    };
    if before {
        clean_up();
        std::process::exit(EXIT_CODE.into());
    }
    if let Some(waker) = waiting {
        waker.wake();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
