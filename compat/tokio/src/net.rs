//! Sockets.

pub use graph_runtime::net::*;
