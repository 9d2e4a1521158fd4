//! How anything is measured here: fresh processes, interleaved rounds, and a look at what else the
//! machine was doing.

pub mod campaign;
pub mod cell;
pub mod child;
pub mod disturbance;
pub mod interrupt;
pub mod markdown;
pub mod memory;
pub mod process;
pub mod progress;
pub mod quality;
pub mod rebuild;
pub mod sample;
pub mod settings;
pub mod summary;
