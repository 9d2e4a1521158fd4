//! The reactor from outside, one file per behaviour.

mod close;
mod driver_faults;
mod io_readiness;
mod moving;
mod overdue;
mod parking;
mod real_time;
mod reentrant_waker;
mod stale_token;
mod support;
mod timers;
mod try_turn;
mod waker_panic;
