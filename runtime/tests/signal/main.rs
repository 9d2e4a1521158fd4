//! Signals, one file per behaviour. Each test raises a kind that no other test does: a signal
//! reaches every listener of the process.

mod coalescing;
mod ctrl_c;
mod kinds;
mod listeners;
mod runtimes;
mod support;
