//! What is told of polls that take long.

use super::stall_rescue::Blocked;
use crate::support::{multi, until, watched};
use graph_runtime::runtime::{Builder, Runtime, StallCause, StallReport};
use graph_runtime::task;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn reporting(workers: usize) -> (Runtime, Receiver<StallReport>) {
    let (tell, told) = mpsc::channel();
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(workers).on_stall(move |report| _ = tell.send(report.clone()));
    (builder.build().unwrap(), told)
}

#[test]
fn a_task_that_blocks_is_reported_twice_with_its_name_and_origin() {
    watched(|| {
        let (runtime, told) = reporting(2);
        let (release, released) = mpsc::channel::<()>();
        let named = task::Builder::new().name("the culprit");
        let future = async move { released.recv().is_err() };
        let task = named.spawn_on(future, runtime.handle()).unwrap();
        for at_least in [100, 1000].map(Duration::from_millis) {
            let report = told.recv().unwrap();
            assert!(report.lasted >= at_least, "{report:?}");
            assert_eq!(report.cause, StallCause::Blocked);
            assert_eq!(report.name.as_deref(), Some("the culprit"));
            assert_eq!(report.task, Some(task.id()));
            assert_eq!(report.spawned_at.unwrap().file(), file!());
            assert!(!report.by_spare && !report.others_waited, "{report:?}");
            let line = report.to_string();
            assert!(line.contains("the culprit") && line.contains("blocked"), "{line}");
        }
        drop(release);
        assert!(runtime.block_on(task).unwrap());
        assert!(runtime.metrics().stalls.longest >= Duration::from_secs(1));
    });
}

#[test]
fn a_pinned_task_that_blocks_is_reported_with_its_name_and_origin() {
    watched(|| {
        let (runtime, told) = reporting(2);
        let (release, released) = mpsc::channel::<()>();
        let create = move || async move { released.recv().is_err() };
        let named = task::Builder::new().name("stays at home");
        let task = named.spawn_pinned_on(1, create, runtime.handle()).unwrap();
        let report = told.recv().unwrap();
        assert_eq!(report.worker, 1);
        assert_eq!(report.name.as_deref(), Some("stays at home"));
        assert_eq!(report.task, Some(task.id()));
        assert_eq!(report.spawned_at.unwrap().file(), file!());
        drop(release);
        assert!(runtime.block_on(task).unwrap());
    });
}

#[test]
fn the_future_that_a_current_thread_is_in_is_reported_twice() {
    watched(|| {
        let (tell, told) = mpsc::channel();
        let mut builder = Builder::new_current_thread();
        let builder = builder.on_stall(move |report| _ = tell.send(report.clone()));
        let runtime = builder.build().unwrap();
        // Also the second time, and in the first step of each.
        for round in 0..2 {
            let reports = runtime.block_on(async {
                drop(task::spawn(async {}));
                [(); 2].map(|()| told.recv().unwrap())
            });
            for (report, least) in reports.iter().zip([100, 1000]) {
                assert!(report.lasted >= Duration::from_millis(least), "{report:?}");
                assert_eq!((report.cause, report.task), (StallCause::Blocked, None), "{round}");
                assert!(report.others_waited, "a task is queued: {report:?}");
            }
        }
        let quiet = told.recv_timeout(Duration::from_millis(150));
        assert!(quiet.is_err(), "nobody drives it, so nobody is stuck: {quiet:?}");
        assert_eq!(runtime.metrics().stalls.spares_called, 0);
    });
}

#[test]
fn a_task_is_reported_where_nobody_could_help() {
    watched(|| {
        for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            let (tell, told) = mpsc::channel();
            builder.worker_threads(1).work_stealing(false);
            builder.on_stall(move |report| _ = tell.send(report.clone()));
            let runtime = builder.build().unwrap();
            let named = task::Builder::new().name("the culprit");
            let task = named.spawn_on(async move { told.recv().unwrap() }, runtime.handle());
            let task = task.unwrap();
            let id = task.id();
            let report = runtime.block_on(task).unwrap();
            assert_eq!((report.task, report.name.as_deref()), (Some(id), Some("the culprit")));
            assert_eq!(runtime.metrics().stalls.spares_called, 0);
        }
    });
}

#[test]
fn a_stand_in_is_reported_as_one_and_who_computes_as_computing() {
    watched(|| {
        let (runtime, told) = reporting(1);
        let blocked = Blocked::all(&runtime, 1);
        let over = Arc::new(AtomicBool::new(false));
        let computing = runtime.spawn({
            let over = Arc::clone(&over);
            async move {
                while !over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            }
        });
        let (mut own, mut spare) = (None, None);
        while own.is_none() || spare.is_none() {
            let report = told.recv().unwrap();
            let place = if report.by_spare { &mut spare } else { &mut own };
            // The task that waits for the worker may have come late.
            if report.by_spare || report.others_waited {
                *place = Some(report);
            }
        }
        let [own, spare] = [own, spare].map(Option::unwrap);
        assert_eq!(own.cause, StallCause::Blocked, "{own:?}");
        // Where the machine has no time for it, it is not run.
        assert_ne!(spare.cause, StallCause::Blocked, "{spare:?}");
        over.store(true, Ordering::Relaxed);
        runtime.block_on(computing).unwrap();
        blocked.release(&runtime);
    });
}

#[test]
fn a_hook_that_blocks_stops_no_rescue() {
    watched(|| {
        let (release, released) = mpsc::channel::<()>();
        let released = Mutex::new(released);
        let mut builder = Builder::new_multi_thread();
        let (tell, told) = mpsc::channel();
        builder.worker_threads(1).on_stall(move |_| {
            let _ = tell.send(());
            let _ = released.lock().unwrap().recv();
        });
        let runtime = builder.build().unwrap();
        let blocked = Blocked::all(&runtime, 1);
        told.recv().unwrap();
        let second = Blocked::all(&runtime, 2);
        blocked.release(&runtime);
        second.release(&runtime);
        drop(release);
    });
}

#[test]
fn stalls_are_counted() {
    watched(|| {
        let runtime = multi(2);
        let blocked = Blocked::all(&runtime, 3);
        until("all are seen", || runtime.metrics().stalls.stalls() >= 3);
        let stalls = runtime.metrics().stalls;
        assert!(stalls.spares_called >= 1 && stalls.spares >= 1, "{stalls:?}");
        assert!(stalls.longest >= Duration::from_millis(2), "{stalls:?}");
        blocked.release(&runtime);
    });
}
