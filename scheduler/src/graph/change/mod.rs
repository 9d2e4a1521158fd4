//! What changes about graphs that run: growth, edges, holds, removal, draining.

mod connect;
mod drain;
mod growth;
pub(super) mod holds;
mod removal;

pub use drain::Remaining;
pub use removal::Dependents;
