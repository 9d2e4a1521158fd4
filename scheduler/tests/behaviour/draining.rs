//! Coming to an end: nothing starts, nothing is lost.

use crate::common::{NOW, at, events, finish, id, scheduler, spec, start_all, started};
use graph_runtime_scheduler::{EndState, Event, Reason, SchedulerError, TaskState};

#[test]
fn a_drain_starts_nothing_and_refuses_what_is_new() {
    let mut scheduler = scheduler(|_| ());
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    scheduler.drain(None);
    scheduler.pause();
    scheduler.resume();
    assert!(scheduler.is_draining());
    assert_eq!(started(&mut scheduler), [0; 0], "resuming does not undo a drain");
    assert_eq!(scheduler.why(id(1), NOW), Some(Reason::Draining));
    let refused = scheduler.submit(spec(2, &[]), NOW).unwrap_err();
    assert_eq!(refused.into_parts().0, SchedulerError::Draining);
    let graph = scheduler.submit_graph(vec![spec(2, &[])], Default::default(), NOW);
    assert!(graph.unwrap_err().error.is_draining());
    assert_eq!(scheduler.remaining().len(), 1);
}

#[test]
fn what_remains_can_be_submitted_in_its_order() {
    let mut scheduler = scheduler(|_| ());
    let specs = vec![spec(5, &[4]), spec(4, &[2, 3]), spec(2, &[1]), spec(1, &[]), spec(3, &[])];
    let graph = scheduler.submit_graph(specs, Default::default(), NOW).unwrap();
    assert_eq!(started(&mut scheduler), [1, 3]);
    scheduler.drain(None);
    scheduler.submit_into(graph, spec(6, &[5]), NOW).unwrap();
    scheduler.connect(id(6), id(4), NOW).unwrap_err();
    finish(&mut scheduler, 3, EndState::Completed);
    let remaining = scheduler.remaining();
    let order: Vec<_> = remaining.iter().map(|task| task.id.as_u64()).collect();
    assert_eq!(order, [2, 4, 5, 6]);
    let waits: Vec<_> = remaining.iter().map(|task| task.waits_for.clone()).collect();
    assert_eq!(waits, [[id(1)], [id(2)], [id(4)], [id(5)]], "3 has completed, 1 still runs");
    let places: Vec<_> = remaining.iter().map(|task| (task.graph, task.node)).collect();
    let expected = [Some(2), Some(1), Some(0), None].map(|node| (Some(graph), node));
    assert_eq!(places, expected);
}

#[test]
fn what_runs_is_stopped_when_the_time_is_over() {
    let mut scheduler = scheduler(|_| ());
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    let running = start_all(&mut scheduler);
    scheduler.drain(Some(at(9)));
    assert_eq!(scheduler.next_wake(), Some(at(9)));
    scheduler.pass_time(at(8));
    assert!(scheduler.next_event().is_none());
    scheduler.drain(Some(at(5)));
    assert_eq!(scheduler.next_wake(), Some(at(5)), "the earlier one counts");
    scheduler.pass_time(at(8));
    let event = scheduler.next_event();
    assert!(
        matches!(event, Some(Event::CancelRunning { ticket }) if ticket == running[0].ticket),
        "{event:?}"
    );
    finish(&mut scheduler, 1, EndState::Cancelled);
    assert_eq!(scheduler.next_wake(), None, "nothing runs");
}

#[test]
fn a_paused_scheduler_starts_nothing_until_it_goes_on() {
    let mut scheduler = scheduler(|_| ());
    scheduler.submit(spec(1, &[]), NOW).unwrap();
    scheduler.pause();
    assert!(scheduler.is_paused());
    assert_eq!(scheduler.why(id(1), NOW), Some(Reason::Paused));
    assert_eq!(started(&mut scheduler), [0; 0]);
    scheduler.submit(spec(2, &[]), NOW).unwrap();
    scheduler.resume();
    assert_eq!(started(&mut scheduler), [1, 2]);
    assert_eq!(scheduler.state(id(3)), None);
    finish(&mut scheduler, 1, EndState::Completed);
    assert_eq!(scheduler.state(id(1)), Some(TaskState::Ended(EndState::Completed)));
    assert_eq!(events(&mut scheduler), ["1 completed"]);
}

#[test]
fn what_has_not_begun_is_taken_back() {
    let mut scheduler = scheduler(|config| config.max_in_flight = 2);
    for number in 1..=3 {
        scheduler.submit(spec(number, &[]), NOW).unwrap();
    }
    let running = start_all(&mut scheduler);
    scheduler.take_back(running[0].ticket, "again", NOW).unwrap();
    assert_eq!(scheduler.take_back(running[0].ticket, "late", NOW), Err("late"));
    assert_eq!((scheduler.counts().ready, scheduler.counts().running), (2, 1));
    let again = start_all(&mut scheduler);
    assert_eq!((again[0].id, again[0].payload, again[0].attempt), (id(1), "again", 1));
    assert_eq!(again.len(), 1, "it has given back its slot, and taken it again");
}
