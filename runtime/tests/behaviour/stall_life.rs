//! The threads that stand in for stuck workers: when they come, and that they leave.

use super::stall_rescue::Blocked;
use crate::support::{assert_books, multi, until, watched};
use futures_lite::future::block_on;
use graph_runtime::runtime::{Builder, Runtime};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Has a stand-in run something.
fn be_rescued(runtime: &Runtime) {
    let (tell, told) = mpsc::channel();
    drop(runtime.spawn(async move { tell.send(()) }));
    told.recv().unwrap();
}

#[test]
fn a_long_poll_with_nothing_else_to_do_starts_no_thread() {
    watched(|| {
        let runtime = multi(2);
        let blocked = Blocked::all(&runtime, 1);
        let longest = || runtime.metrics().stalls.longest;
        until("it is noticed", || longest() > Duration::from_millis(50));
        assert_eq!(runtime.metrics().stalls.spares_called, 0);
        assert_eq!(runtime.metrics().num_blocking_threads(), 0);
        // What comes is for the other worker.
        be_rescued(&runtime);
        blocked.release(&runtime);
    });
}

#[test]
fn stand_ins_leave_when_the_workers_are_back_and_their_threads_end() {
    watched(|| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(2).thread_keep_alive(Duration::from_millis(1));
        let runtime = builder.build().unwrap();
        for _ in 0..5 {
            let blocked = Blocked::all(&runtime, 4);
            be_rescued(&runtime);
            blocked.release(&runtime);
            until("they leave", || runtime.metrics().stalls.spares == 0);
            until("their threads end", || runtime.metrics().num_blocking_threads() == 0);
            until("the workers sleep", || runtime.metrics().awake_workers == 0);
        }
    });
}

#[test]
fn the_stand_ins_sleep_while_nothing_happens() {
    watched(|| {
        let runtime = multi(2);
        let blocked = Blocked::all(&runtime, 2);
        be_rescued(&runtime);
        // The one that has run the task sleeps in the place of its worker.
        until("it sleeps", || runtime.metrics().awake_workers < 2);
        be_rescued(&runtime);
        blocked.release(&runtime);
    });
}

/// Shuts down while workers and stand-ins are stuck.
fn shut_down_stuck(end: fn(Runtime)) {
    watched(move || {
        let runtime = multi(2);
        let handle = runtime.handle().clone();
        let blocked = Blocked::all(&runtime, 4);
        be_rescued(&runtime);
        let releasing = thread::spawn({
            let handle = handle.clone();
            move || {
                let is_refused = || block_on(handle.spawn_blocking(|| ())).is_err();
                until("the shutdown begins", is_refused);
                drop(blocked);
            }
        });
        end(runtime);
        releasing.join().unwrap();
        until("all polls return", || handle.metrics().tasks.live == 0);
        until("all stand-ins leave", || handle.metrics().stalls.spares == 0);
        assert_books(&handle);
    });
}

#[test]
fn a_shutdown_waits_for_stand_ins_that_are_stuck() {
    shut_down_stuck(|runtime| {
        let handle = runtime.handle().clone();
        drop(runtime);
        assert_eq!(handle.metrics().stalls.spares, 0, "it joins them");
    });
}

#[test]
fn a_shutdown_may_leave_them() {
    shut_down_stuck(|runtime| runtime.shutdown_timeout(Duration::from_millis(1)));
    shut_down_stuck(Runtime::shutdown_background);
}

#[test]
fn without_stand_ins_or_stealing_nobody_comes() {
    for work_stealing in [true, false] {
        watched(move || {
            let mut builder = Builder::new_multi_thread();
            builder.worker_threads(1).work_stealing(work_stealing);
            let limit = if work_stealing { 0 } else { 64 };
            let runtime = builder.max_spare_workers(limit).build().unwrap();
            let blocked = Blocked::all(&runtime, 1);
            let task = runtime.spawn(async {});
            if work_stealing {
                until("it is refused", || runtime.metrics().stalls.spares_refused > 0);
            }
            assert!(!task.is_finished());
            blocked.release(&runtime);
            runtime.block_on(task).unwrap();
            assert_eq!(runtime.metrics().stalls.spares_called, 0);
        });
    }
}
