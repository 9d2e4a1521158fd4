//! What is kept about what was submitted, and who waits for it.

pub(super) mod batch;
pub(super) mod held;
pub(super) mod home;
pub(super) mod id_map;
pub(super) mod idle;
mod joiner;
pub(super) mod lap;
pub(super) mod record;
mod release;
pub(super) mod room;
pub(super) mod tasks;
pub(super) mod waker_set;
