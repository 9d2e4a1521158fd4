//! The workloads, one a file, each written once for every [`Peer`], each checking its own result.
//!
//! A workload runs once to warm up and then until [`repeat::MINIMUM`] has passed, so that the
//! clocks that tell how much of the machine other processes took have something to count.

pub mod chained_spawn;
pub mod idle_connections;
pub mod idle_task;
pub mod message;
pub mod mpsc;
pub mod mutex;
pub mod name;
pub mod ping_pong;
pub mod repeat;
pub mod serve;
pub mod spawn_join;
pub mod stalled;
pub mod tcp;
pub mod timer_cancel;
pub mod timer_expiry;
pub mod wake;
pub mod yields;

pub use name::Workload;

use crate::peers::{Figures, Peer};
use stalled::Holding;

/// Runs a workload on a peer that was just started.
///
/// # Errors
///
/// If the peer cannot do what the workload asks for.
///
/// # Panics
///
/// If the workload's result is wrong.
pub fn run<P: Peer>(workload: Workload, workers: usize) -> Figures {
    let peer = &P::start(workers);
    match workload {
        Workload::SpawnJoinWorker => spawn_join::from_worker(peer),
        Workload::SpawnJoinOutside => spawn_join::from_outside(peer),
        Workload::ChainedSpawn => chained_spawn::run(peer),
        Workload::Yield => yields::run(peer),
        Workload::PingPong => ping_pong::run(peer),
        Workload::TimerCancel => timer_cancel::run(peer),
        Workload::TimerExpiry => timer_expiry::run(peer),
        Workload::WakeParked => wake::run(peer),
        Workload::Tcp1 => tcp::round_trip(peer),
        Workload::Tcp64 => tcp::rate(peer, 64),
        Workload::Tcp1000 => tcp::rate(peer, 1000),
        Workload::IdleTask => idle_task::run(peer),
        Workload::Mpsc => peer.mpsc(),
        Workload::Mutex => peer.mutex(),
        Workload::IdleConnections => idle_connections::run(peer),
        Workload::StalledSleep => stalled::run(peer, workers, Holding::Sleep, 1),
        Workload::StalledSleepTwice => stalled::run(peer, workers, Holding::Sleep, 2),
        Workload::StalledCompute => stalled::run(peer, workers, Holding::Compute, 1),
        Workload::StalledComputeTwice => stalled::run(peer, workers, Holding::Compute, 2),
    }
}
