//! Blocking a thread on a future: several at once, nested, and when it panics.

use crate::support::{Gate, assert_usable, current, each_runtime, watched};
use graph_runtime::runtime::Handle;
use graph_runtime::task;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, mpsc};

#[test]
fn it_borrows_and_need_not_be_send() {
    each_runtime(|runtime| {
        let mut local = vec![1];
        let shared = Rc::new(2);
        let sum = runtime.block_on(async {
            local.push(*shared);
            task::yield_now().await;
            local.iter().sum::<i32>()
        });
        assert_eq!((sum, local.len()), (3, 2));
    });
}

#[test]
fn several_threads_at_once() {
    each_runtime(|runtime| {
        let sum: u64 = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6u64)
                .map(|thread| {
                    scope.spawn(move || {
                        let mut sum = 0;
                        for round in 0..100 {
                            sum += runtime.block_on(async {
                                task::yield_now().await;
                                graph_runtime::spawn(async move {
                                    task::yield_now().await;
                                    thread + round
                                })
                                .await
                                .unwrap()
                            });
                        }
                        sum
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(sum, 6 * 4950 + 100 * 15);
    });
}

#[test]
fn whoever_finishes_first_leaves_the_others_driven() {
    watched(|| {
        let runtime = Arc::new(current());
        for _ in 0..200 {
            let gates: Vec<Gate> = (0..4).map(|_| Gate::default()).collect();
            let threads: Vec<_> = gates
                .iter()
                .cloned()
                .map(|gate| {
                    let runtime = Arc::clone(&runtime);
                    std::thread::spawn(move || {
                        runtime.block_on(async {
                            graph_runtime::spawn(async move { gate.pass().await }).await.unwrap();
                        });
                    })
                })
                .collect();
            for gate in &gates {
                gate.open();
            }
            for thread in threads {
                thread.join().unwrap();
            }
        }
    });
}

#[test]
fn a_panic_of_the_root_future_leaves_the_runtime_usable() {
    each_runtime(|runtime| {
        for _ in 0..3 {
            let root = || runtime.block_on(async { panic!("root") });
            let error = catch_unwind(AssertUnwindSafe(root)).unwrap_err();
            assert_eq!(*error.downcast::<&str>().unwrap(), "root");
            assert_usable(runtime);
        }
    });
}

#[test]
fn a_panic_of_a_root_that_waits_for_its_turn_leaves_the_queue_intact() {
    watched(|| {
        let runtime = Arc::new(current());
        let (driving, is_driving) = mpsc::channel();
        let first_gate = Gate::default();
        let driver = {
            let (runtime, gate) = (Arc::clone(&runtime), first_gate.clone());
            std::thread::spawn(move || {
                runtime.block_on(async {
                    driving.send(()).unwrap();
                    gate.pass().await;
                });
            })
        };
        is_driving.recv().unwrap();
        let (waiting, is_waiting) = mpsc::channel();
        let panics_gate = Gate::default();
        let panics = {
            let (runtime, gate, waiting) =
                (Arc::clone(&runtime), panics_gate.clone(), waiting.clone());
            std::thread::spawn(move || {
                runtime.block_on(async {
                    waiting.send(()).unwrap();
                    gate.pass().await;
                    panic!("while it waits");
                });
            })
        };
        is_waiting.recv().unwrap();
        let last_gate = Gate::default();
        let last = {
            let (runtime, gate) = (Arc::clone(&runtime), last_gate.clone());
            std::thread::spawn(move || {
                runtime.block_on(async {
                    waiting.send(()).unwrap();
                    graph_runtime::spawn(async move { gate.pass().await }).await.unwrap();
                })
            })
        };
        is_waiting.recv().unwrap();
        panics_gate.open();
        assert!(panics.join().is_err());
        first_gate.open();
        driver.join().unwrap();
        // Nobody can run the last one's task now but itself.
        last_gate.open();
        last.join().unwrap();
    });
}

#[test]
fn nested_it_panics_with_advice_and_leaves_the_thread_usable() {
    each_runtime(|runtime| {
        let nested = |how: fn()| {
            let error = catch_unwind(how).expect_err("a driving thread must not block");
            let message = *error.downcast::<String>().unwrap();
            assert!(message.contains("spawn_blocking"), "{message}");
            message
        };
        runtime.block_on(async {
            for _ in 0..2 {
                let message = nested(|| Handle::current().block_on(async {}));
                assert!(message.contains("Handle::block_on"), "{message}");
                let message = nested(|| current().block_on(async {}));
                assert!(message.contains("Runtime::block_on"), "{message}");
            }
        });
        let task = runtime.spawn(async move {
            nested(|| Handle::current().block_on(async {}));
            nested(|| current().block_on(async {}));
            task::yield_now().await;
            graph_runtime::spawn(async { 1 }).await.unwrap()
        });
        assert_eq!(runtime.block_on(task).unwrap(), 1);
        assert_usable(runtime);
        // After all that this thread may block again.
        assert_eq!(runtime.handle().block_on(async { 2 }), 2);
    });
}

#[test]
fn a_handle_blocks_while_another_thread_drives() {
    each_runtime(|runtime| {
        let handle = runtime.handle().clone();
        let (done, waiting) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let answer =
                handle.block_on(async { graph_runtime::spawn(async { 3 }).await.unwrap() });
            done.send(answer).unwrap();
        });
        let answer = runtime.block_on(async {
            loop {
                if let Ok(answer) = waiting.try_recv() {
                    return answer;
                }
                task::yield_now().await;
            }
        });
        assert_eq!(answer, 3);
        thread.join().unwrap();
    });
}
