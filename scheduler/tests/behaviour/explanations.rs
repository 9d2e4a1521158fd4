//! Whatever does not run can be asked why.

use crate::common::{NOW, Scheduler, finish, id, scheduler, spec, started};
use graph_runtime_scheduler::{EndState, FailurePolicy, Policy, Reason, ResourceRequirements};

fn why(scheduler: &Scheduler, number: u64) -> Option<Reason> {
    scheduler.why(id(number), NOW)
}

#[test]
fn a_task_names_a_dependency_that_has_not_ended() {
    let mut scheduler = scheduler(|_| ());
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    let graph = vec![spec(2, &[1]), spec(3, &[]), spec(4, &[1, 2, 3]), spec(5, &[4])];
    scheduler.submit_graph(graph, FailurePolicy::default(), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [1, 3]);
    assert_eq!(why(&scheduler, 4), Some(Reason::Dependency { first: id(1), unmet: 3 }));
    finish(&mut scheduler, 1, EndState::Completed);
    assert_eq!(why(&scheduler, 4), Some(Reason::Dependency { first: id(2), unmet: 2 }));
    assert_eq!(started(&mut scheduler), [2]);
    finish(&mut scheduler, 2, EndState::Completed);
    assert_eq!(why(&scheduler, 4), Some(Reason::Dependency { first: id(3), unmet: 1 }));
    finish(&mut scheduler, 3, EndState::Completed);
    assert_eq!(why(&scheduler, 4), Some(Reason::Next));
    assert_eq!(why(&scheduler, 5), Some(Reason::Dependency { first: id(4), unmet: 1 }));
    assert_eq!(started(&mut scheduler), [4]);
    assert_eq!(why(&scheduler, 4), None, "it runs");
    assert_eq!(why(&scheduler, 1), None, "it has ended");
    assert_eq!(why(&scheduler, 99), None, "nobody knows it");
}

#[test]
fn a_closed_level_says_what_it_waits_for() {
    let mut scheduler = scheduler(|config| config.policy = Policy::LevelBarrier);
    let graph = vec![spec(1, &[]), spec(2, &[]), spec(3, &[1]), spec(4, &[2])];
    scheduler.submit_graph(graph, FailurePolicy::default(), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [1, 2]);
    finish(&mut scheduler, 1, EndState::Completed);
    assert_eq!(why(&scheduler, 3), Some(Reason::Level { level: 1, open: 0, unfinished: 1 }));
    assert_eq!(why(&scheduler, 4), Some(Reason::Dependency { first: id(2), unmet: 1 }));
    finish(&mut scheduler, 2, EndState::Completed);
    assert_eq!(why(&scheduler, 3), Some(Reason::Next));
}

#[test]
fn the_limit_holds_up_everything_that_is_ready() {
    let mut scheduler = scheduler(|config| config.max_in_flight = 2);
    (1..=4).for_each(|n| scheduler.submit(spec(n, &[]), NOW).unwrap());
    assert_eq!(why(&scheduler, 1), Some(Reason::Next));
    assert_eq!(why(&scheduler, 4), Some(Reason::Behind { first: id(1) }));
    assert_eq!(started(&mut scheduler), [1, 2]);
    for waiting in [3, 4] {
        assert_eq!(why(&scheduler, waiting), Some(Reason::Slot { running: 2, limit: 2 }));
    }
    scheduler.set_max_in_flight(1);
    assert_eq!(why(&scheduler, 3), Some(Reason::Slot { running: 2, limit: 1 }));
}

#[test]
fn the_first_of_a_kind_names_what_it_lacks_and_the_others_name_the_first() {
    let needs = |cpu_cores, memory_bytes, io_intensity| ResourceRequirements {
        cpu_cores,
        memory_bytes,
        io_intensity,
    };
    let cpu = Reason::Cpu { wanted: 1.0, free: 0.5, total: 1.5 };
    let memory = Reason::Memory { wanted: 70, free: 30, total: 100 };
    let io = Reason::Io { wanted: 0.5, free: 0.25, total: 0.75 };
    let cases =
        [(needs(1.0, 0, 0.0), cpu), (needs(0.0, 70, 0.0), memory), (needs(0.0, 0, 0.5), io)];
    for (needs, expected) in cases {
        let mut scheduler = scheduler(|config| {
            config.cpu_cores = 1.5;
            config.memory_bytes = 100;
            config.io_capacity = 0.75;
        });
        for n in [1, 2, 3] {
            scheduler.submit(spec(n, &[]).requirements(needs), NOW).unwrap();
        }
        scheduler.submit(spec(4, &[]), NOW).unwrap();
        assert_eq!(started(&mut scheduler), [1, 4], "4 takes nothing of what 2 lacks");
        assert_eq!(why(&scheduler, 2), Some(expected));
        assert_eq!(why(&scheduler, 3), Some(Reason::Behind { first: id(2) }));
    }
}

#[test]
fn a_reason_is_one_line() {
    let dependency = Reason::Dependency { first: id(3), unmet: 5 };
    let level = Reason::Level { level: 4, open: 2, unfinished: 7 };
    let memory = Reason::Memory { wanted: 70, free: 30, total: 100 };
    let lines = [
        (dependency.with_name(Some("index")).to_string(), "waits for task 3 (index) and 4 more"),
        (level.to_string(), "waits for level 4 to open: 7 of level 2 are left"),
        (
            Reason::Slot { running: 16, limit: 16 }.to_string(),
            "waits for a slot: 16 tasks run, 16 may",
        ),
        (
            Reason::Cpu { wanted: 1.5, free: 0.5, total: 4.0 }.to_string(),
            "waits for 1.5 cores: 0.5 of 4 are free",
        ),
        (memory.to_string(), "waits for 70 bytes of memory: 30 of 100 are free"),
        (Reason::Worker { ahead: 3 }.to_string(), "waits for a worker behind 3 others"),
        (Reason::Next.to_string(), "starts next"),
    ];
    for (line, expected) in lines {
        assert_eq!(line, expected);
    }
    assert_eq!((dependency.label(), dependency.task()), ("dependency", Some(id(3))));
    assert_eq!((level.label(), level.task()), ("level", None));
}
