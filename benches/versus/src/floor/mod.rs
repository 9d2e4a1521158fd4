//! TCP without a runtime: the clients of the TCP rows, the same for every peer, and the echo
//! server that is their floor.

pub mod echo;
pub mod load;
mod message;
mod poller;
pub mod round_trips;

use crate::peers::{Figures, Missing};
use crate::workloads::Workload;

/// Runs a TCP workload against bare epoll loops on `workers` threads.
///
/// # Errors
///
/// If the workload is not one of TCP.
pub fn run(workload: Workload, workers: usize) -> Figures {
    let connections = match workload {
        Workload::Tcp1 => {
            let mean = round_trips::mean(echo::serve(workers));
            return Ok(vec![mean.as_secs_f64() * 1e6]);
        }
        Workload::Tcp64 => 64,
        Workload::Tcp1000 => 1000,
        _ => return Err(Missing::because("bare epoll is the floor of the TCP rows only")),
    };
    Ok(vec![load::rate(echo::serve(workers), connections) / 1e3])
}
