//! What a task that gave no output leaves behind.

use crate::support::{current, each_runtime};
use graph_runtime::task::{self, JoinError};
use std::future::pending;
use std::io;
use std::panic::panic_any;

fn panicked(payload: impl Send + 'static) -> JoinError {
    let runtime = current();
    let task = runtime.spawn(async move { panic_any(payload) });
    runtime.block_on(task).unwrap_err()
}

#[test]
fn its_texts_name_the_task_and_the_panics_message() {
    let runtime = current();
    let _entered = runtime.enter();
    let fails = |task: task::JoinHandle<()>| {
        let id = task.id();
        let error = runtime.block_on(task).unwrap_err();
        assert_eq!(error.id(), id);
        (error.to_string(), format!("{error:?}"), id)
    };
    let (display, debug, id) = fails(task::spawn(async { panic!("{} apples", 3) }));
    assert_eq!(display, format!("task {id} panicked with message \"3 apples\""));
    assert_eq!(debug, format!("JoinError::Panic(Id({id}), \"3 apples\", ...)"));
    let (display, _, id) = fails(task::spawn(async { panic!("no apples") }));
    assert_eq!(display, format!("task {id} panicked with message \"no apples\""));
    let (display, debug, id) = fails(task::spawn(async { panic_any(7_u8) }));
    assert_eq!(display, format!("task {id} panicked"));
    assert_eq!(debug, format!("JoinError::Panic(Id({id}), ...)"));
    let aborted = task::spawn(pending::<()>());
    aborted.abort();
    let (display, debug, id) = fails(aborted);
    assert_eq!(display, format!("task {id} was cancelled"));
    assert_eq!(debug, format!("JoinError::Cancelled(Id({id}))"));
}

#[test]
fn a_panic_gives_its_payload() {
    each_runtime(|runtime| {
        let error = runtime.block_on(runtime.spawn(async { panic_any(7_u8) })).unwrap_err();
        assert!(error.is_panic() && !error.is_cancelled());
        assert_eq!(*error.into_panic().downcast::<u8>().unwrap(), 7);
    });
}

#[test]
fn a_cancelled_task_has_no_payload() {
    each_runtime(|runtime| {
        let task = runtime.spawn(pending::<()>());
        task.abort();
        let error = runtime.block_on(task).unwrap_err();
        assert!(error.is_cancelled() && !error.is_panic());
        assert!(error.try_into_panic().unwrap_err().is_cancelled());
    });
}

#[test]
#[should_panic(expected = "was cancelled")]
fn asking_a_cancelled_task_for_its_payload_panics() {
    let runtime = current();
    let task = runtime.spawn(pending::<()>());
    task.abort();
    runtime.block_on(task).unwrap_err().into_panic();
}

#[test]
fn it_becomes_an_io_error() {
    let error = io::Error::from(panicked("boom"));
    assert_eq!(error.kind(), io::ErrorKind::Other);
    assert_eq!(error.to_string(), "task panicked");
    let runtime = current();
    let task = runtime.spawn(pending::<()>());
    task.abort();
    let error = io::Error::from(runtime.block_on(task).unwrap_err());
    assert_eq!(error.to_string(), "task was cancelled");
}

#[test]
fn asking_a_cancelled_task_for_its_panic_blames_the_asker() {
    let runtime = current();
    let task = runtime.spawn(pending::<()>());
    task.abort();
    let error = runtime.block_on(task).unwrap_err();
    let (blamed, told) = std::sync::mpsc::channel();
    let before = std::panic::take_hook();
    let here = std::thread::current().id();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() == here {
            let _ = blamed.send(panic.location().map(|location| location.file().to_owned()));
        }
    }));
    let result = std::panic::catch_unwind(|| error.into_panic());
    std::panic::set_hook(before);
    assert!(result.is_err());
    assert_eq!(told.recv().expect("it panicked").as_deref(), Some(file!()));
}
