//! Ctrl-C.

use signal_hook::consts::SIGINT;
use signal_hook::flag;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The exit status of a run that was interrupted, as shells have it: 128 and the signal's number.
pub const STATUS: u8 = 130;

/// Whether somebody has asked for an end.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens to Ctrl-C from now on. The first one is noted, the second one ends the process.
    ///
    /// # Errors
    ///
    /// If the system refuses the handler.
    pub fn listen() -> io::Result<Self> {
        let interrupt = Self::default();
        // In this order: the first signal finds the flag down, the second finds it up.
        flag::register_conditional_shutdown(SIGINT, STATUS.into(), Arc::clone(&interrupt.0))?;
        flag::register(SIGINT, Arc::clone(&interrupt.0))?;
        Ok(interrupt)
    }

    /// Asks for an end.
    pub fn ask(&self) {
        // ORDERING: it stands for itself.
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether one was asked for.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
