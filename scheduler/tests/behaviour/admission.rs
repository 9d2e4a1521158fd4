//! How much runs at once.

use crate::common::{NOW, finish, scheduler, spec, started};
use graph_runtime_scheduler::{EndState, ResourceRequirements, TaskSpec};

fn cores(number: u64, cpu_cores: f64) -> TaskSpec<&'static str> {
    let needs = ResourceRequirements { cpu_cores, ..Default::default() };
    spec(number, &[]).requirements(needs)
}

#[test]
fn no_more_run_than_the_limit_allows() {
    let mut scheduler = scheduler(|config| config.max_in_flight = 2);
    (1..=6).for_each(|n| scheduler.submit(spec(n, &[]), NOW).unwrap());
    assert_eq!(started(&mut scheduler), [1, 2]);
    finish(&mut scheduler, 1, EndState::Failed);
    assert_eq!(started(&mut scheduler), [3]);
    scheduler.set_max_in_flight(3);
    assert_eq!(started(&mut scheduler), [4]);
    scheduler.set_max_in_flight(1);
    finish(&mut scheduler, 2, EndState::Completed);
    finish(&mut scheduler, 3, EndState::Completed);
    assert_eq!(started(&mut scheduler), [], "4 still runs");
    finish(&mut scheduler, 4, EndState::Completed);
    assert_eq!(started(&mut scheduler), [5]);
}

#[test]
fn each_resource_is_a_budget_of_its_own() {
    let needs = |cpu_cores, memory_bytes, io_intensity| {
        let needs = ResourceRequirements { cpu_cores, memory_bytes, io_intensity };
        move |number| spec(number, &[]).requirements(needs)
    };
    for task in [needs(1.0, 0, 0.0), needs(0.0, 100, 0.0), needs(0.0, 0, 0.5)] {
        let mut scheduler = scheduler(|config| {
            config.cpu_cores = 3.0;
            config.memory_bytes = 399;
            config.io_capacity = 1.9;
        });
        (1..=9).for_each(|n| scheduler.submit(task(n), NOW).unwrap());
        assert_eq!(started(&mut scheduler), [1, 2, 3]);
    }
}

#[test]
fn what_can_never_fit_is_refused() {
    let mut scheduler = scheduler(|config| config.cpu_cores = 2.0);
    let refused = scheduler.submit(cores(1, 2.5), NOW).expect_err("too large");
    assert!(refused.error.is_unsatisfiable());
    assert!(refused.to_string().contains("cpu_cores = 2.5"), "{refused}");
}
