//! No payload is ever dropped inside the scheduler.

use crate::common::{NOW, id};
use graph_runtime_scheduler::{
    EndState, Event, FailurePolicy, GraphPlan, SchedulerConfig, TaskScheduler, TaskSpec,
};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

/// Goes off when it is dropped while `inside` is set.
struct Payload {
    inside: Rc<Cell<bool>>,
    dropped: Rc<Cell<usize>>,
}

impl Drop for Payload {
    fn drop(&mut self) {
        assert!(!self.inside.get(), "a payload was dropped inside the scheduler");
        self.dropped.set(self.dropped.get() + 1);
    }
}

/// A scheduler, and whether the test is inside a call of it.
struct Watched {
    scheduler: TaskScheduler<Payload>,
    inside: Rc<Cell<bool>>,
    dropped: Rc<Cell<usize>>,
}

impl Watched {
    fn new() -> Self {
        let config = SchedulerConfig { max_in_flight: 2, max_pending: 8, ..Default::default() };
        Self {
            scheduler: TaskScheduler::new(config).unwrap(),
            inside: Rc::default(),
            dropped: Rc::default(),
        }
    }

    fn spec(&self, number: u64, after: &[u64]) -> TaskSpec<Payload> {
        let (inside, dropped) = (Rc::clone(&self.inside), Rc::clone(&self.dropped));
        TaskSpec::new(id(number), Payload { inside, dropped })
            .after_all(after.iter().copied().map(id))
    }

    fn call<R>(&mut self, body: impl FnOnce(&mut TaskScheduler<Payload>) -> R) -> R {
        self.inside.set(true);
        let result = body(&mut self.scheduler);
        self.inside.set(false);
        result
    }

    fn payloads_in_events(&mut self) -> usize {
        let events: Vec<_> =
            self.call(|scheduler| std::iter::from_fn(|| scheduler.next_event()).collect());
        let returned = |event: &&Event<_>| matches!(event, Event::Ended { payload: Some(_), .. });
        events.iter().filter(returned).count()
    }
}

#[test]
fn whatever_is_refused_cancelled_skipped_or_started_comes_back() {
    let mut watched = Watched::new();
    let graph = (0..8).map(|n| watched.spec(n, if n < 4 { &[] } else { &[0, 1] })).collect();
    let graph =
        watched.call(|s| s.submit_graph(graph, FailurePolicy::FailFast, NOW)).expect("room for 8");

    let more = watched.spec(9, &[]);
    let refused = watched.call(|s| s.submit(more, NOW)).expect_err("the queue is full");
    assert!(refused.error.is_queue_full());
    drop(refused);
    assert_eq!(watched.dropped.get(), 1);

    let first = watched.call(|s| s.dispatch(NOW)).expect("ready");
    let second = watched.call(|s| s.dispatch(NOW)).expect("ready");
    let _ = watched.call(|s| s.cancel(id(7), NOW));
    assert_eq!(watched.payloads_in_events(), 1);
    watched.call(|s| s.finish(first.ticket, EndState::Failed, NOW)).unwrap();
    assert_eq!(watched.payloads_in_events(), 5, "3 dependents skipped, 2 cancelled");
    watched.call(|s| s.finish(second.ticket, EndState::Cancelled, NOW)).unwrap();
    assert_eq!(watched.payloads_in_events(), 0);
    assert!(watched.call(|s| s.forget_graph(graph)));
    drop((first, second));
    assert_eq!(watched.dropped.get(), 9, "each exactly once");
}

/// Makes the payloads of all tasks but the third.
fn make(node: usize) -> usize {
    assert!(node < 2, "the third cannot be made");
    node
}

#[test]
fn a_payload_that_cannot_be_made_changes_nothing() {
    let config = SchedulerConfig::default();
    let plan = |first: u64| {
        let tasks: Vec<TaskSpec<()>> = (first..first + 3)
            .map(|n| TaskSpec::new(id(n), ()).after_all((first..n).map(id)))
            .collect();
        GraphPlan::new(&config, tasks.len(), |node| tasks[node].terms()).unwrap()
    };
    let mut scheduler: TaskScheduler<usize> = TaskScheduler::new(config.clone()).unwrap();
    let failure = FailurePolicy::default();
    let state = |scheduler: &TaskScheduler<usize>| (scheduler.counts(), scheduler.known());
    let before = state(&scheduler);

    let made = catch_unwind(AssertUnwindSafe(|| {
        scheduler.submit_plan(plan(1), make, failure, NOW).is_ok()
    }));
    assert!(made.is_err());
    assert_eq!(state(&scheduler), before);
    let graph = scheduler.submit_plan(plan(1), |node| node, failure, NOW).expect("no id is taken");

    let before = state(&scheduler);
    let grown =
        catch_unwind(AssertUnwindSafe(|| scheduler.grow_plan(graph, plan(4), make, NOW).is_ok()));
    assert!(grown.is_err());
    assert_eq!(state(&scheduler), before);
    scheduler.grow_plan(graph, plan(4), |node| node, NOW).expect("no id is taken");
    while let Some(task) = scheduler.dispatch(NOW) {
        scheduler.finish(task.ticket, EndState::Completed, NOW).unwrap();
    }
    assert!(scheduler.is_idle());
    assert_eq!(scheduler.counts().completed, 6);
}
