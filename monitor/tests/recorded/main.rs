//! The sampler on recorded files: every layout of control groups, and whatever else files may say.

mod cgroups;
mod chaos;
mod figures;
mod garbage;
mod layouts;
mod pace;
mod tree;
