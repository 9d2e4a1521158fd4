//! Reads workflow files in WfFormat and writes generated ones.
//!
//! WfFormat is the JSON format in which the WfCommons project publishes traces of real scientific
//! workflows: a directed acyclic graph of tasks, and how long each of them ran. Two forms are in
//! use and both are read:
//!
//! | form | versions | tasks | a parent is named by |
//! |---|---|---|---|
//! | split | 1.5 and later | `workflow.specification.tasks[]` joined by `id` with `workflow.execution.tasks[]` | id |
//! | inline | up to 1.4 | `workflow.tasks[]` (`workflow.jobs[]` up to 1.2) | name, or id |
//!
//! A [`Workflow`] that comes out of [`Workflow::read`], [`Workflow::parse`] or [`generate()`] has
//! been checked: ids are unique, every parent exists, there is no cycle and every runtime is sane.
//! Whatever is wrong with a file is one line that names the file, the place in it and the reason;
//! see [`Error`]. No input, however hostile, may panic, overflow the stack or allocate more than a
//! constant factor of the file's own size.
//!
//! # Examples
//!
//! ```
//! use std::time::Duration;
//! use graph_runtime_wfformat::Workflow;
//!
//! let workflow = Workflow::parse(r#"{
//!     "name": "two steps",
//!     "workflow": { "tasks": [
//!         { "name": "fetch", "runtime": 2.5 },
//!         { "name": "pack", "runtime": 1, "parents": ["fetch"] }
//!     ] }
//! }"#)?;
//! assert_eq!(workflow.edges(), 1);
//! assert_eq!(workflow.critical_path(), Duration::from_millis(3_500));
//! # Ok::<(), graph_runtime_wfformat::Error>(())
//! ```
//!
//! Source of the format: T. Coleman et al., "WfCommons: A framework for enabling scientific
//! workflow research and development", FGCS 128, 2022, and the WfFormat JSON schemas.

#![forbid(unsafe_code)]

mod analysis;
mod draft;
mod error;
mod generate;
mod inline;
mod json;
mod link;
mod node;
mod order;
mod read;
mod split;
mod task;
mod text;
mod workflow;
mod write;

pub use error::{Error, Problem};
pub use generate::{SEED_DEFAULT, generate};
pub use task::Task;
pub use workflow::Workflow;
