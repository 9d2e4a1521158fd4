//! graph_runtime against its peers, side by side in one run.
//!
//! ```text
//!   parent (measure)                          child, a fresh process for every sample
//!   ────────────────                          ────────────────────────────────────────
//!   for each round                            read the machine's CPU time and our own
//!     for each workload                       run one workload on one peer, check its result
//!       peers in a seeded random order ─────► read both clocks again
//!       discard a disturbed sample  ◄──────── figures and disturbance, one line of JSON
//!   medians, ratios, targets: table or JSON
//! ```
//!
//! The binary `versus` compares runtimes ([`workloads`] x [`peers`], with [`floor`] below them),
//! the binary `dag` compares engines for graphs of tasks ([`dag`]). Both stand on [`measure`].

pub mod allocator;
pub mod dag;

pub mod floor;
pub mod measure;
pub mod peers;
#[path = "../../src/say.rs"]
pub mod say;
pub mod versus;
pub mod workloads;
