//! Values that belong to tasks.

use crate::support::{Drops, Guard, Wakes, each_runtime, poll_once};
use graph_runtime::task::{self, AccessError};
use std::cell::{Cell, RefCell};
use std::future::{pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};

graph_runtime::task_local! {}

graph_runtime::task_local! {
    /// A number.
    #[allow(unused)]
    pub(crate) static NUMBER: u32;
    static TEXT: String
}

mod elsewhere {
    graph_runtime::task_local! {
        pub(super) static LOG: std::cell::RefCell<Vec<&'static str>>;
    }
}

#[test]
fn tasks_that_take_turns_see_their_own() {
    each_runtime(|runtime| {
        let tasks: Vec<_> = (0..20)
            .map(|number| {
                runtime.spawn(NUMBER.scope(number, async move {
                    for _ in 0..50 {
                        assert_eq!(NUMBER.get(), number);
                        task::yield_now().await;
                    }
                    NUMBER.with(|inside| *inside)
                }))
            })
            .collect();
        for (number, task) in tasks.into_iter().enumerate() {
            assert_eq!(runtime.block_on(task).unwrap() as usize, number);
        }
    });
}

#[test]
fn scopes_nest_and_are_of_one_key() {
    each_runtime(|runtime| {
        runtime.block_on(NUMBER.scope(1, async {
            TEXT.scope("outer".to_owned(), async {
                NUMBER
                    .scope(2, async {
                        task::yield_now().await;
                        assert_eq!((NUMBER.get(), TEXT.get()), (2, "outer".to_owned()));
                        NUMBER.sync_scope(3, || assert_eq!(NUMBER.get(), 3));
                        assert_eq!(NUMBER.get(), 2);
                    })
                    .await;
                assert_eq!(NUMBER.get(), 1);
            })
            .await;
            assert!(matches!(TEXT.try_get(), Err(AccessError { .. })));
        }));
    });
}

#[test]
fn outside_there_is_none_and_spawned_tasks_do_not_inherit() {
    each_runtime(|runtime| {
        assert!(NUMBER.try_with(|_| ()).is_err());
        runtime.block_on(NUMBER.scope(1, async {
            let spawned = task::spawn(async { NUMBER.try_get() });
            assert!(spawned.await.unwrap().is_err());
            assert_eq!(NUMBER.try_get().unwrap(), 1);
        }));
        assert!(NUMBER.try_get().is_err());
    });
}

#[test]
#[should_panic(expected = "cannot access a task-local")]
fn with_panics_outside() {
    NUMBER.with(|_| ());
}

#[test]
fn a_value_is_taken_back_when_its_scope_panics() {
    NUMBER.sync_scope(1, || {
        let panics = catch_unwind(|| NUMBER.sync_scope(2, || panic!("inside")));
        assert!(panics.is_err());
        assert_eq!(NUMBER.get(), 1);
        let mut scope = pin!(NUMBER.scope(3, async { panic!("inside") }));
        let poll = || poll_once(scope.as_mut(), &Arc::default()).is_ready();
        assert!(catch_unwind(AssertUnwindSafe(poll)).is_err());
        assert_eq!(NUMBER.get(), 1);
    });
    assert!(NUMBER.try_get().is_err());
}

/// Says what the value is when it is dropped.
struct SaysNumber(mpsc::Sender<Option<u32>>);

impl Drop for SaysNumber {
    fn drop(&mut self) {
        let _ = self.0.send(NUMBER.try_get().ok());
    }
}

#[test]
fn a_future_is_dropped_inside_its_scope() {
    each_runtime(|runtime| {
        let (said, numbers) = mpsc::channel();
        let make = |finishes: bool| {
            let says = SaysNumber(said.clone());
            NUMBER.scope(42, async move {
                let _says = says;
                if !finishes {
                    pending::<()>().await;
                }
            })
        };
        let never_polled = make(true);
        drop(never_polled);
        assert_eq!(numbers.try_recv().unwrap(), Some(42));
        runtime.block_on(runtime.spawn(make(true))).unwrap();
        assert_eq!(numbers.try_recv().unwrap(), Some(42));
        let aborted = runtime.spawn(make(false));
        aborted.abort();
        assert!(runtime.block_on(aborted).unwrap_err().is_cancelled());
        assert_eq!(numbers.try_recv().unwrap(), Some(42));
    });
}

/// Is ready at once, and not gone before it is dropped.
struct ReadyOnce(#[allow(unused)] SaysNumber);

impl Future for ReadyOnce {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

#[test]
fn a_future_that_is_done_is_dropped_at_once_and_inside() {
    let (said, numbers) = mpsc::channel();
    let mut scope = pin!(NUMBER.scope(5, ReadyOnce(SaysNumber(said))));
    assert!(poll_once(scope.as_mut(), &Arc::default()).is_ready());
    assert_eq!(numbers.try_recv().unwrap(), Some(5));
}

#[test]
fn the_value_can_be_taken_once() {
    let wakes = Arc::new(Wakes::default());
    let mut scope = pin!(elsewhere::LOG.scope(RefCell::default(), async {
        elsewhere::LOG.with(|log| log.borrow_mut().push("first"));
        task::yield_now().await;
        elsewhere::LOG.try_with(|_| ()).is_err()
    }));
    assert!(poll_once(scope.as_mut(), &wakes).is_pending());
    assert_eq!(scope.as_mut().take_value().unwrap().into_inner(), ["first"]);
    assert!(scope.as_mut().take_value().is_none());
    assert_eq!(poll_once(scope.as_mut(), &wakes), Poll::Ready(true));
}

#[test]
fn a_value_is_dropped_with_its_scope() {
    graph_runtime::task_local! { static GUARD: Guard; }
    let drops = Drops::default();
    let mut scope = Box::pin(GUARD.scope(drops.guard(), ready(1)));
    assert_eq!(poll_once(scope.as_mut(), &Arc::default()), Poll::Ready(1));
    assert_eq!(drops.count(), 0, "it can still be taken");
    drop(scope);
    assert_eq!(drops.count(), 1);
    GUARD.sync_scope(drops.guard(), || assert_eq!(drops.count(), 1));
    assert_eq!(drops.count(), 2);
}

#[test]
#[should_panic(expected = "while the task-local storage is borrowed")]
fn a_scope_cannot_be_entered_while_its_value_is_looked_at() {
    NUMBER.sync_scope(1, || NUMBER.with(|_| NUMBER.sync_scope(2, || ())));
}

#[test]
fn a_scope_may_be_dropped_while_its_value_is_looked_at() {
    let (said, numbers) = mpsc::channel();
    let says = SaysNumber(said);
    let scope = NUMBER.scope(2, async move { drop(says) });
    NUMBER.sync_scope(1, || NUMBER.with(|_| drop(scope)));
    assert_eq!(numbers.try_recv().unwrap(), Some(1), "outside of its own");
}

#[test]
#[should_panic(expected = "`TaskLocalFuture` polled after completion")]
fn polling_it_after_its_end_panics() {
    let mut scope = pin!(NUMBER.scope(1, ready(())));
    let wakes = Arc::default();
    assert!(poll_once(scope.as_mut(), &wakes).is_ready());
    let _ = poll_once(scope.as_mut(), &wakes);
}

#[test]
fn values_that_cannot_move_between_threads_stay_with_such_futures() {
    graph_runtime::task_local! { static CELL: Cell<u8>; }
    each_runtime(|runtime| {
        let last = runtime.block_on(CELL.scope(Cell::new(1), async {
            CELL.with(|cell| cell.set(cell.get() + 1));
            task::yield_now().await;
            CELL.with(|cell| cell.set(cell.get() + 1));
            CELL.with(Cell::take)
        }));
        assert_eq!(last, 3);
    });
}
