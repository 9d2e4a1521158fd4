//! The figures of the machine.

use super::families::{Family, Kind, Series, Value};
use crate::sample::Stall;
use crate::{Pressure, Sample};

pub(super) fn of_machine(sample: &Sample) -> Vec<Family> {
    let gauge = |name: &'static str, help, value: Option<Value>| {
        let series = value.map(|value| Series { labels: Vec::new(), value }).into_iter().collect();
        Family { name: name.into(), kind: Kind::Gauge, help, series }
    };
    let measure = |name, help, value: Option<f64>| gauge(name, help, value.map(Value::Measure));
    let bytes = |name, help, value: Option<u64>| gauge(name, help, value.map(Value::Count));
    let throttled = sample.throttling.map(|throttling| throttling.cores);
    vec![
        measure(
            "machine_cpu_utilization_ratio",
            "Share of the machine's CPU time that was not idle.",
            sample.cpu_utilization,
        ),
        measure(
            "machine_io_wait_ratio",
            "Share of the machine's CPU time that was idle with a disk request outstanding.",
            sample.io_wait,
        ),
        bytes("machine_memory_used_bytes", "Memory in use.", sample.memory_used_bytes),
        bytes("machine_memory_available_bytes", "Memory to be had.", sample.memory_available_bytes),
        measure("process_cpu_cores", "Cores that this process kept busy.", sample.process_cpu),
        bytes("process_resident_bytes", "Resident memory.", sample.process_rss_bytes),
        measure("cgroup_cpu_cores", "Cores that this cgroup kept busy.", sample.cgroup_cpu),
        measure("cgroup_throttled_cores", "Cores that quotas held back.", throttled),
        bytes("cgroup_working_set_bytes", "Memory of this cgroup.", sample.working_set_bytes),
        bytes("cgroup_memory_limit_bytes", "The least limit on it.", sample.finite_memory_limit()),
        measure(
            "cpus_allowed_cores",
            "Cores by affinity, cpuset and quota.",
            sample.cpus_allowed(),
        ),
    ]
}

pub(super) fn of_pressure(sample: &Sample) -> Family {
    let mut series = Vec::new();
    for (scope, pressure) in [("machine", sample.pressure), ("cgroup", sample.cgroup_pressure)] {
        let Pressure { cpu, memory, io } = pressure;
        for (resource, stall) in [("cpu", cpu), ("memory", memory), ("io", io)] {
            let Some(Stall { some, full }) = stall else { continue };
            for (stalled, share) in [("some", Some(some)), ("full", full)] {
                let labels = [("scope", scope), ("resource", resource), ("stalled", stalled)];
                series.extend(share.map(|share| Series {
                    labels: labels.map(|(name, value)| (name, value.to_owned())).into(),
                    value: Value::Measure(share),
                }));
            }
        }
    }
    let help = "Share of the time in which some or all threads stood still for a resource.";
    Family { name: "pressure_ratio".into(), kind: Kind::Gauge, help, series }
}
