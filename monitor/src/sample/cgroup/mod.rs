//! What control groups allow and count.
//!
//! A limit of a cgroup is one for all that is below it, so the least of those above this process
//! applies. Source: the Linux kernel's documentation, `admin-guide/cgroup-v2.rst` and
//! `admin-guide/cgroup-v1`.

mod bandwidth;
mod cgroups;
mod cpu_usage;
mod cpuset;
mod discovery;
mod least;
mod memory;

pub(crate) use cgroups::Cgroups;
