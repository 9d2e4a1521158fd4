//! TCP without a runtime: bare epoll loops, the floor of the TCP rows.

pub mod exchange;
mod poller;

use crate::peers::{Figures, Missing};
use crate::workloads::{Workload, tcp};

/// Runs a TCP workload on `workers` threads.
///
/// # Errors
///
/// If the workload is not one of TCP.
pub fn run(workload: Workload, workers: usize) -> Figures {
    match workload {
        Workload::Tcp1 => Ok(tcp::as_round_trip(exchange::rate(1, workers))),
        Workload::Tcp64 => Ok(tcp::as_rate(exchange::rate(64, workers))),
        Workload::Tcp1000 => Ok(tcp::as_rate(exchange::rate(1000, workers))),
        _ => Err(Missing::because("bare epoll is the floor of the TCP rows only")),
    }
}
