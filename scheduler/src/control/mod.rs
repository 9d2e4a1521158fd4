//! How much may run at once.
//!
//! Control gates *ready* tasks only. Nothing is ever held while a task waits for its
//! dependencies, and a task gives back everything when its attempt ends, so admission takes part
//! in no circular wait.

#![forbid(unsafe_code)]

pub mod adaptive;
mod admission;
mod allowances;
mod bucket;
mod budget;
mod limits;
mod machine_memory;
mod needs;

pub use limits::{Cost, GroupLimit, RateLimit};

pub(crate) use admission::{Admission, Demand};
pub(crate) use allowances::Allowances;
pub(crate) use limits::check as check_limits;
pub(crate) use needs::{Names, Needs, Resource, millionths};
