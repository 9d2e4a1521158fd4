//! A task that waits holds back nobody who needs nothing that it lacks.

use crate::common::{NOW, Scheduler, finish, id, scheduler, spec, started};
use graph_runtime_scheduler::{
    EndState, GroupLimit, Reason, ResourceRequirements, TaskSpec, TaskState,
};

fn cores(number: u64, cpu_cores: f64) -> TaskSpec<&'static str> {
    let needs = ResourceRequirements { cpu_cores, ..Default::default() };
    spec(number, &[]).requirements(needs)
}

fn bytes(number: u64, memory_bytes: usize) -> TaskSpec<&'static str> {
    let needs = ResourceRequirements { memory_bytes, ..Default::default() };
    spec(number, &[]).requirements(needs)
}

/// Two cores, of which task 1 keeps one for as long as it likes, 100 bytes, and a group of three.
fn with_one_core_taken() -> Scheduler {
    let mut scheduler = scheduler(|config| {
        config.cpu_cores = 2.0;
        config.memory_bytes = 100;
        config.groups = vec![GroupLimit::new("db", 3)];
    });
    scheduler.submit(cores(1, 1.0), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [1]);
    scheduler
}

/// Whether a task starts as soon as it is there. It ends at once.
fn starts_at_once(scheduler: &mut Scheduler, task: TaskSpec<&'static str>) -> bool {
    let number = task.id.as_u64();
    scheduler.submit(task, NOW).unwrap();
    let starts = started(scheduler) == [number];
    if starts {
        finish(scheduler, number, EndState::Completed);
    }
    starts
}

#[test]
fn one_that_has_lost_patience_keeps_what_it_needs_and_nothing_else() {
    let mut scheduler = with_one_core_taken();
    scheduler.submit(cores(2, 2.0).group("db").priority(1), NOW).unwrap();
    let overtaking = (100..1_000).take_while(|&n| starts_at_once(&mut scheduler, cores(n, 1.0)));
    assert_eq!(overtaking.count(), 64);
    assert_eq!(scheduler.why(id(164), NOW), Some(Reason::Reserved { first: id(2) }));

    for n in 1_000..1_200 {
        assert!(starts_at_once(&mut scheduler, bytes(n, 100)), "{n} takes no core");
    }
    for n in [2_000, 2_001, 2_002] {
        scheduler.submit(spec(n, &[]).group("db"), NOW).unwrap();
    }
    assert_eq!(started(&mut scheduler), [2_000, 2_001], "one place is kept");
    finish(&mut scheduler, 1, EndState::Completed);
    assert_eq!(started(&mut scheduler), [2]);
}

#[test]
fn starts_that_leave_it_what_it_needs_do_not_try_its_patience() {
    let mut scheduler = with_one_core_taken();
    let needs = ResourceRequirements { cpu_cores: 2.0, memory_bytes: 40, ..Default::default() };
    scheduler.submit(spec(2, &[]).requirements(needs).priority(1), NOW).unwrap();
    for n in 1_000..1_200 {
        assert!(starts_at_once(&mut scheduler, bytes(n, 60)), "{n} leaves 40 bytes");
    }
    let overtaking = (100..1_000).take_while(|&n| starts_at_once(&mut scheduler, bytes(n, 61)));
    assert_eq!(overtaking.count(), 64, "nobody knows when there will be a core");
}

#[test]
fn each_budget_is_kept_for_the_first_that_lacks_some_of_it() {
    let mut scheduler = with_one_core_taken();
    scheduler.submit(cores(2, 2.0).priority(2), NOW).unwrap();
    scheduler.submit(bytes(10, 60), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [10]);
    scheduler.submit(bytes(3, 100).priority(1), NOW).unwrap();
    // One of these always runs when the other ends.
    for n in 11..1_000 {
        scheduler.submit(bytes(n, 40), NOW).unwrap();
        let _ = started(&mut scheduler);
        let Some(TaskState::Running { .. }) = scheduler.state(id(n - 1)) else { break };
        finish(&mut scheduler, n - 1, EndState::Completed);
    }
    let is_running = |n: u64| matches!(scheduler.state(id(n)), Some(TaskState::Running { .. }));
    assert!(is_running(3) && !is_running(2), "it need not wait until 2 has its cores");
    assert!(scheduler.counts().completed < 75, "{:?}", scheduler.counts());
}
