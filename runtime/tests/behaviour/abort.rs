//! Aborting, at each moment of a task's life.

use crate::support::{Drops, Gate, each_runtime, each_single_runtime, multi, until, watched};
use graph_runtime::task;
use std::future::{pending, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::task::Poll;

#[test]
fn before_the_first_poll() {
    each_single_runtime(|runtime| {
        let polled = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&polled);
        let drops = Drops::default();
        let guard = drops.guard();
        let outer = async move {
            // The only worker is busy with this very poll.
            let task = task::spawn(async move {
                let _guard = guard;
                seen.store(true, Ordering::SeqCst);
            });
            task.abort();
            task.await.unwrap_err().is_cancelled()
        };
        assert!(runtime.block_on(runtime.spawn(outer)).unwrap());
        assert!(!polled.load(Ordering::SeqCst));
        assert_eq!(drops.count(), 1);
        assert_eq!(runtime.handle().metrics().tasks.cancelled, 1);
    });
}

#[test]
fn while_idle_the_future_is_dropped_before_the_joiner_learns_of_it() {
    each_runtime(|runtime| {
        for _ in 0..500 {
            let (polled, first_poll) = mpsc::channel();
            let drops = Drops::default();
            let guard = drops.guard();
            let task = runtime.spawn(async move {
                let _guard = guard;
                polled.send(()).unwrap();
                pending::<()>().await;
            });
            runtime.block_on(async {
                while first_poll.try_recv().is_err() {
                    task::yield_now().await;
                }
                assert_eq!(drops.count(), 0);
                task.abort();
                assert!(task.await.unwrap_err().is_cancelled());
                assert_eq!(drops.count(), 1);
            });
        }
        assert_eq!(runtime.handle().metrics().tasks.cancelled, 500);
    });
}

#[test]
fn while_running_it_takes_effect_at_the_next_suspension() {
    watched(|| {
        let runtime = multi(2);
        for finishes in [false, true] {
            let (inside, polled) = mpsc::channel();
            let (go_on, waiting) = mpsc::channel();
            let drops = Drops::default();
            let guard = drops.guard();
            let task = runtime.spawn(async move {
                let _guard = guard;
                inside.send(()).unwrap();
                waiting.recv().unwrap();
                if !finishes {
                    pending::<()>().await;
                }
            });
            polled.recv().unwrap();
            task.abort();
            assert!(task.abort_handle().is_aborted());
            assert!(!task.is_finished(), "a poll is not interrupted");
            assert_eq!(drops.count(), 0);
            go_on.send(()).unwrap();
            let ended = runtime.block_on(task);
            assert_eq!(drops.count(), 1);
            assert_eq!(ended.is_ok(), finishes);
        }
    });
}

#[test]
fn after_completion_the_output_stays() {
    each_runtime(|runtime| {
        let task = runtime.spawn(async { 9 });
        runtime.block_on(async {
            while !task.is_finished() {
                task::yield_now().await;
            }
        });
        task.abort();
        assert!(!task.abort_handle().is_aborted(), "too late");
        assert_eq!(runtime.block_on(task).unwrap(), 9);
        assert_eq!(runtime.handle().metrics().tasks.cancelled, 0);
    });
}

#[test]
fn a_task_may_abort_itself() {
    each_runtime(|runtime| {
        let (sender, receiver) = mpsc::channel::<task::AbortHandle>();
        let task = runtime.spawn(async move {
            loop {
                if let Ok(myself) = receiver.try_recv() {
                    myself.abort();
                    task::yield_now().await;
                    unreachable!("the yield is a suspension");
                }
                task::yield_now().await;
            }
        });
        sender.send(task.abort_handle()).unwrap();
        assert!(runtime.block_on(task).unwrap_err().is_cancelled());
    });
}

#[test]
fn a_detached_task_can_be_aborted_any_number_of_times() {
    each_runtime(|runtime| {
        let drops = Drops::default();
        let guard = drops.guard();
        let task = runtime.spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        let abort = task.abort_handle();
        drop(task);
        let again = abort.clone();
        runtime.block_on(async {
            abort.abort();
            again.abort();
            while !abort.is_finished() {
                task::yield_now().await;
            }
            again.abort();
        });
        assert_eq!(drops.count(), 1);
        assert!(again.is_aborted() && again.is_finished());
    });
}

#[test]
fn aborts_race_with_wakes_and_completion() {
    each_runtime(|runtime| {
        let rounds = 400;
        let mut ended = (0, 0);
        for round in 0..rounds {
            let gate = Gate::default();
            let inside = gate.clone();
            let drops = Drops::default();
            let guard = drops.guard();
            let task = runtime.spawn(async move {
                let _guard = guard;
                inside.pass().await;
                task::yield_now().await;
            });
            let abort = task.abort_handle();
            let result = std::thread::scope(|scope| {
                scope.spawn(|| gate.open());
                scope.spawn(|| {
                    if round % 2 == 0 {
                        std::thread::yield_now();
                    }
                    abort.abort();
                });
                runtime.block_on(task)
            });
            assert_eq!(drops.count(), 1);
            match result {
                Ok(()) => ended.0 += 1,
                Err(error) => {
                    assert!(error.is_cancelled());
                    ended.1 += 1;
                }
            }
        }
        let tasks = runtime.handle().metrics().tasks;
        assert_eq!((tasks.finished, tasks.cancelled), ended);
    });
}

#[test]
fn aborting_a_joiner_leaves_what_it_joins_alone() {
    each_runtime(|runtime| {
        let gate = Gate::default();
        let inside = gate.clone();
        let (polled, joining) = mpsc::channel();
        let drops = Drops::default();
        let guard = drops.guard();
        let mut joined = Box::pin(runtime.spawn(async move {
            inside.pass().await;
            drop(guard);
        }));
        let joiner = runtime.spawn(poll_fn(move |context| {
            let poll = joined.as_mut().poll(context);
            polled.send(()).unwrap();
            if poll.is_ready() { Poll::Ready(()) } else { Poll::Pending }
        }));
        runtime.block_on(async {
            while joining.try_recv().is_err() {
                task::yield_now().await;
            }
            joiner.abort();
            assert!(joiner.await.unwrap_err().is_cancelled());
            gate.open();
            while drops.count() == 0 {
                task::yield_now().await;
            }
        });
        until("the joined task is counted", || runtime.handle().metrics().tasks.finished == 1);
    });
}
