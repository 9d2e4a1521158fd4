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
}

impl Workload {
    /// The rows it fills, in the order of its figures.
    pub fn rows(self) -> &'static [Row] {
        use Target::{AtLeastRatio, AtMost, AtMostRatio};
        const fn row(name: &'static str, unit: &'static str, glibc: Target, mi: Target) -> Row {
            Row { name, unit, glibc, mimalloc: mi }
        }
        const fn same(name: &'static str, unit: &'static str, target: Target) -> Row {
            row(name, unit, target, target)
        }
        match self {
            Self::SpawnJoinWorker => {
                const { &[row("spawn-join-worker", "ns/task", AtMostRatio(0.20), AtMostRatio(0.35))] }
            }
            Self::SpawnJoinOutside => {
                const { &[row("spawn-join-outside", "ns/task", AtMostRatio(0.35), AtMostRatio(0.65))] }
            }
            Self::ChainedSpawn => {
                const { &[row("chained-spawn", "ns/task", AtMostRatio(0.25), AtMostRatio(0.55))] }
            }
            Self::Yield => const { &[same("yield", "ns/yield", AtMostRatio(0.60))] },
            Self::PingPong => {
                const { &[row("ping-pong", "ns/pair", AtMostRatio(0.25), AtMostRatio(0.50))] }
            }
            Self::TimerCancel => const { &[same("timer-cancel", "ns/timer", AtMostRatio(0.25))] },
            Self::TimerExpiry => {
                const {
                    &[
                        same("timer-lateness-p99", "ms", AtMost(0.5)),
                        same("timer-wall-over-ideal", "ms", AtMost(5.0)),
                    ]
                }
            }
            Self::WakeParked => const { &[same("wake-parked-p50", "us", AtMostRatio(0.6))] },
            Self::Tcp1 => const { &[same("tcp-1-round-trip", "us", AtMostRatio(0.88))] },
            Self::Tcp64 => const { &[same("tcp-64-rate", "k/s", AtLeastRatio(1.10))] },
            Self::Tcp1000 => const { &[same("tcp-1000-rate", "k/s", AtLeastRatio(1.00))] },
            Self::IdleTask => const { &[same("idle-task", "B/task", AtMost(144.0))] },
            Self::Mpsc => const { &[same("mpsc", "ns/message", AtMostRatio(0.45))] },
            Self::Mutex => const { &[same("mutex", "ns/lock", AtMostRatio(0.15))] },
            Self::IdleConnections => {
                const {
                    &[
                        same("idle-cpu-5s", "us", AtMostRatio(1.0)),
                        same("idle-wakeups-5s", "wake-ups", AtMost(0.0)),
                    ]
                }
            }
        }
    }

    /// Who takes part.
    pub fn peers(self) -> Vec<PeerName> {
        let has_floor = matches!(self, Self::Tcp1 | Self::Tcp64 | Self::Tcp1000);
        let takes_part = |peer: &PeerName| has_floor || *peer != PeerName::Epoll;
        PeerName::value_variants().iter().copied().filter(takes_part).collect()
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value().expect("no workload is skipped");
        f.write_str(value.get_name())
    }
}
