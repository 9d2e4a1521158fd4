//! How anything is measured here: fresh processes, interleaved rounds, and a look at what else the
//! machine was doing.

pub mod campaign;
pub mod child;
pub mod disturbance;
pub mod memory;
pub mod process;
pub mod rebuild;
pub mod sample;
pub mod settings;
pub mod summary;
