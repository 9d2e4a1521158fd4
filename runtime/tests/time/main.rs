//! Sleeping, timing out, ticking, and stopping the clock: one file per behaviour.

mod advance;
mod auto_advance;
mod far;
mod instant;
mod interval;
mod pause;
mod sleep;
mod support;
mod timeout;
