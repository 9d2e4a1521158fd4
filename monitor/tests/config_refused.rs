//! A configuration that makes no sense is refused with the field, its value and its range.

use graph_runtime_monitor::{ResourceMonitor, ResourceMonitorConfig};
use std::time::Duration;

fn check(config: ResourceMonitorConfig, expected: &str) {
    let error = ResourceMonitor::start(config.clone()).expect_err("must be refused");
    assert!(error.is_invalid_config() && !error.is_thread_start());
    assert_eq!(error.to_string(), expected);
    let manual = ResourceMonitor::builder(config).manual().expect_err("must be refused");
    assert_eq!(manual.to_string(), expected);
}

fn default() -> ResourceMonitorConfig {
    ResourceMonitorConfig::default()
}

#[test]
fn the_default_is_accepted() {
    default().validate().expect("the default");
    let fastest = Duration::from_millis(10);
    let extreme = ResourceMonitorConfig {
        monitoring_interval: fastest,
        cpu_threshold: 1.0,
        memory_threshold: 1,
        cores: 1,
    };
    extreme.validate().expect("the ends of the ranges are within");
}

#[test]
fn intervals_have_both_ends() {
    let interval = |monitoring_interval| ResourceMonitorConfig { monitoring_interval, ..default() };
    let range = "it must be 10 ms to 1 h";
    for (duration, value) in [
        (Duration::ZERO, "0ns"),
        (Duration::from_millis(9), "9ms"),
        (Duration::from_secs(3601), "3601s"),
    ] {
        let expected = format!("ResourceMonitorConfig.monitoring_interval is {value}; {range}");
        check(interval(duration), &expected);
    }
}

#[test]
fn thresholds_and_cores_are_more_than_nothing() {
    for cpu_threshold in [0.0, -0.5, 1.01, f64::NAN, f64::INFINITY] {
        let expected = format!(
            "ResourceMonitorConfig.cpu_threshold is {cpu_threshold}; \
             it must be above 0 and at most 1"
        );
        check(ResourceMonitorConfig { cpu_threshold, ..default() }, &expected);
    }
    check(
        ResourceMonitorConfig { memory_threshold: 0, ..default() },
        "ResourceMonitorConfig.memory_threshold is 0; it must be at least 1 byte",
    );
    check(
        ResourceMonitorConfig { cores: 0, ..default() },
        "ResourceMonitorConfig.cores is 0; it must be at least 1",
    );
}
