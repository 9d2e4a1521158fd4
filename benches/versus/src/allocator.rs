//! The global allocator, the same for every peer, chosen when the bench is built.

use clap::ValueEnum;
use std::fmt;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// An allocator the bench can be built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Allocator {
    /// The C library's malloc, what Rust uses by default.
    Glibc,
    /// Microsoft's mimalloc.
    Mimalloc,
}

impl Allocator {
    /// The one this binary was built with.
    pub const BUILT: Self = if cfg!(feature = "mimalloc") { Self::Mimalloc } else { Self::Glibc };
}

impl fmt::Display for Allocator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Glibc => "glibc",
            Self::Mimalloc => "mimalloc",
        })
    }
}
