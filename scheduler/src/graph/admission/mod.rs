//! Who may start now: the way from ready to running, past limits, budgets, groups and rates.
//!
//! The `Turnstile` is the only way through. The arithmetic of what there is is in `control`.

pub(super) mod gate;
pub(super) mod held_up;
mod impatience;
mod lanes;
mod machine_memory;
mod places;
mod reservation;
mod resources;
mod stirring;
mod throttle;
pub(super) mod turnstile;
mod wakes;

pub use resources::ResourceRequirements;
