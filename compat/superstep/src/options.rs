//! What the command line says.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// The global allocator of the programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Allocator {
    Glibc,
    Mimalloc,
}

impl Allocator {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Glibc => "glibc",
            Self::Mimalloc => "mimalloc",
        }
    }
}

/// What drives the tasks of a superstep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// juncture-core: a graph of 1, `width` and 1 nodes.
    Juncture,
    /// Nothing: as many tasks in a `JoinSet`, so that the runtime is all there is.
    None,
}

impl Engine {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Juncture => "juncture",
            Self::None => "none",
        }
    }
}

/// A fan-out superstep on graph_runtime and on tokio, in turn.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Rounds: in each, every program runs once.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// Engines, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["juncture", "none"])]
    pub(crate) engines: Vec<Engine>,
    /// Allocators, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["glibc", "mimalloc"])]
    pub(crate) allocators: Vec<Allocator>,
    /// Nodes in the middle of the graph.
    #[arg(long, default_value_t = 100)]
    pub(crate) width: usize,
    /// Runs of the graph that are under way at once.
    #[arg(long, default_value_t = 32)]
    pub(crate) at_once: usize,
    /// Runs of the graph in each process that are measured, after as many to warm up.
    #[arg(long, default_value_t = 320)]
    pub(crate) runs: usize,
    /// Worker threads.
    #[arg(long, default_value_t = 2)]
    pub(crate) workers: usize,
    /// Where the programs are built; by default `target/programs` in this crate's folder.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
    /// Take the programs as they were built before.
    #[arg(long)]
    pub(crate) no_build: bool,
}
