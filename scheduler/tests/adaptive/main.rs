//! Controllers against scripted plants on a virtual clock.

mod alternatives;
mod bench;
mod constant;
mod guards;
mod hostile;
mod phases;
mod plant;
mod steering;
