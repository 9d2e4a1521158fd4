//! The peers' names.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeerName {
    /// Ours, on worker threads.
    #[value(name = "graph_runtime")]
    #[serde(rename = "graph_runtime")]
    GraphRuntime,
    /// tokio on worker threads: every ratio is to this one.
    TokioMulti,
    /// tokio on the thread that blocks: one thread, whatever `--workers` says.
    TokioCurrent,
    /// smol: its global executor and async-io.
    Smol,
    /// async-executor's leanest executor, and async-io.
    AsyncExecutor,
    /// monoio: io_uring where the kernel has it, one thread, whatever `--workers` says.
    Monoio,
    /// compio: io_uring where the kernel has it, one thread, whatever `--workers` says.
    Compio,
    /// No runtime: bare epoll loops, the floor of the TCP rows.
    Epoll,
}

impl PeerName {
    /// Whether it is a runtime of others, so that it can be the best peer.
    pub fn is_rival(self) -> bool {
        !matches!(self, Self::GraphRuntime | Self::Epoll)
    }
}

impl fmt::Display for PeerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value().expect("no name is skipped");
        f.write_str(value.get_name())
    }
}
