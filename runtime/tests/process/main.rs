//! Child processes, one file per behaviour.

mod commands;
mod dropping;
mod killing;
mod output;
mod pipes;
mod runtimes;
mod support;
mod waiting;
