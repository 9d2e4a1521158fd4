//! The workloads' names, and the rows of the table they fill.

use crate::peers::PeerName;
use crate::versus::row::{Row, Target};
use clap::ValueEnum;
use std::fmt;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Workload {
    /// 100,000 tasks spawned and joined by a task.
    SpawnJoinWorker,
    /// 100,000 tasks spawned and joined by a thread outside.
    SpawnJoinOutside,
    /// 1,000,000 tasks, each spawned by the one before.
    ChainedSpawn,
    /// 200 tasks that yield 1,000 times each.
    Yield,
    /// Pairs of tasks that answer each other over two oneshots.
    PingPong,
    /// 1,000,000 timers, each polled once and dropped.
    TimerCancel,
    /// 100,000 timers that expire within 100 ms.
    TimerExpiry,
    /// A parked worker woken by a thread outside.
    WakeParked,
    /// TCP echo over one connection.
    #[value(name = "tcp-1")]
    Tcp1,
    /// TCP echo over 64 connections.
    #[value(name = "tcp-64")]
    Tcp64,
    /// TCP echo over 1,000 connections.
    #[value(name = "tcp-1000")]
    Tcp1000,
    /// Memory of a task that waits.
    IdleTask,
    /// A bounded channel with four producers.
    Mpsc,
    /// A mutex that four tasks lock.
    Mutex,
    /// CPU time of a server whose connections are silent.
    IdleConnections,
    /// Timers, an echo and new tasks while each worker sleeps for a second.
    StalledSleep,
    /// The same with two sleeping tasks for each worker.
    StalledSleepTwice,
    /// Timers, an echo and new tasks while each worker computes for a second.
    StalledCompute,
    /// The same with two computing tasks for each worker.
    StalledComputeTwice,
}

impl Workload {
    /// The rows it fills, in the order of its figures.
    pub fn rows(self) -> Vec<Row> {
        use Target::{AtLeastRatio, AtMost, AtMostRatio};
        let at_most = |name, unit, glibc, mimalloc| {
            vec![Row::new(name, unit, AtMostRatio(glibc)).with_mimalloc(AtMostRatio(mimalloc))]
        };
        let one = |name, unit, target| vec![Row::new(name, unit, target)];
        let stalled = |names: [&'static str; 3]| {
            names.map(|name| Row::new(name, "ms", AtMost(20.0))).to_vec()
        };
        match self {
            Self::SpawnJoinWorker => at_most("spawn-join-worker", "ns/task", 0.20, 0.35),
            Self::SpawnJoinOutside => at_most("spawn-join-outside", "ns/task", 0.35, 0.65),
            Self::ChainedSpawn => at_most("chained-spawn", "ns/task", 0.25, 0.55),
            Self::Yield => one("yield", "ns/yield", AtMostRatio(0.60)),
            Self::PingPong => at_most("ping-pong", "ns/pair", 0.25, 0.50),
            Self::TimerCancel => one("timer-cancel", "ns/timer", AtMostRatio(0.25)),
            Self::TimerExpiry => vec![
                Row::new("timer-lateness-p99", "ms", AtMost(0.5)),
                Row::new("timer-wall-over-ideal", "ms", AtMost(5.0)),
            ],
            Self::WakeParked => one("wake-parked-p50", "us", AtMostRatio(0.6)),
            Self::Tcp1 => one("tcp-1-round-trip", "us", AtMostRatio(0.88)),
            Self::Tcp64 => one("tcp-64-rate", "k/s", AtLeastRatio(1.10)),
            Self::Tcp1000 => one("tcp-1000-rate", "k/s", AtLeastRatio(1.00)),
            Self::IdleTask => one("idle-task", "B/task", AtMost(144.0)),
            Self::Mpsc => one("mpsc", "ns/message", AtMostRatio(0.45)),
            Self::Mutex => one("mutex", "ns/lock", AtMostRatio(0.15)),
            Self::IdleConnections => vec![
                Row::new("idle-cpu-5s", "us", AtMostRatio(1.0)),
                Row::new("idle-wakeups-5s", "wake-ups", AtMost(0.0)),
            ],
            Self::StalledSleep => stalled([
                "stalled-sleep-timer-p99",
                "stalled-sleep-echo-p99",
                "stalled-sleep-start-p99",
            ]),
            Self::StalledSleepTwice => stalled([
                "stalled-sleep-2-timer-p99",
                "stalled-sleep-2-echo-p99",
                "stalled-sleep-2-start-p99",
            ]),
            Self::StalledCompute => stalled([
                "stalled-compute-timer-p99",
                "stalled-compute-echo-p99",
                "stalled-compute-start-p99",
            ]),
            Self::StalledComputeTwice => stalled([
                "stalled-compute-2-timer-p99",
                "stalled-compute-2-echo-p99",
                "stalled-compute-2-start-p99",
            ]),
        }
    }

    /// Who takes part.
    pub fn peers(self) -> Vec<PeerName> {
        let has_floor = matches!(self, Self::Tcp1 | Self::Tcp64 | Self::Tcp1000);
        // The others have no workers, or none that begin before somebody drives them.
        let needs_workers = matches!(
            self,
            Self::StalledSleep
                | Self::StalledSleepTwice
                | Self::StalledCompute
                | Self::StalledComputeTwice
        );
        let has_workers =
            |peer| matches!(peer, PeerName::GraphRuntime | PeerName::TokioMulti | PeerName::Smol);
        let takes_part = |peer: &PeerName| {
            (has_floor || *peer != PeerName::Epoll) && (!needs_workers || has_workers(*peer))
        };
        PeerName::value_variants().iter().copied().filter(takes_part).collect()
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value().expect("no workload is skipped");
        f.write_str(value.get_name())
    }
}
