//! What only the thread whose turn it is may use.

use crate::driver::{Driver, Readiness, WaitLimit};
use std::io;

/// The driver and the events it reported, behind the reactor's driver lock.
pub(crate) struct Turning {
    driver: Box<dyn Driver>,
    /// What the last wait reported; empty between turns, kept for its memory.
    pub(crate) events: Vec<Readiness>,
}

impl Turning {
    /// Nothing reported yet.
    pub(crate) fn new(driver: Box<dyn Driver>) -> Self {
        Self { driver, events: Vec::new() }
    }

    /// What is armed for a deadline is armed for the wrong time.
    pub(crate) fn clock_changed(&mut self) {
        self.driver.clock_changed();
    }

    /// Waits; an interruption ends the wait like any other event.
    ///
    /// # Panics
    ///
    /// If the driver fails otherwise.
    pub(crate) fn wait(&mut self, limit: WaitLimit) {
        match self.driver.wait(limit, &mut self.events) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                panic!("the reactor's driver cannot wait: {error}")
            }
            _ => {}
        }
    }
}
