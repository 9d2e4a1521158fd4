//! Workers that are stuck in a poll: what goes on without them.
//!
//! Each test blocks workers on a channel until something has happened that only a thread which
//! stands in for them can bring about. If nobody came, it would hang.

use crate::support::{PATIENCE, multi, watched};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::{TcpListener, TcpStream};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::sync::oneshot;
use graph_runtime::task::{self, JoinHandle};
use graph_runtime::{spawn, time};
use std::net;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

/// What is blocked until it is dropped.
pub(crate) struct Blocked {
    release: Vec<Sender<()>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Blocked {
    /// Blocks as many threads of `runtime` as there are tasks, each in a poll.
    pub(crate) fn all(runtime: &Runtime, tasks: usize) -> Self {
        let met = Arc::new(Barrier::new(tasks + 1));
        let (release, tasks) = (0..tasks)
            .map(|_| {
                let (release, released) = mpsc::channel();
                let met = Arc::clone(&met);
                let task = runtime.spawn(async move {
                    met.wait();
                    let _ = released.recv();
                });
                (release, task)
            })
            .unzip();
        met.wait();
        Self { release, tasks }
    }

    /// Lets them go, and waits for them.
    pub(crate) fn release(self, runtime: &Runtime) {
        drop(self.release);
        for task in self.tasks {
            runtime.block_on(task).unwrap();
        }
    }
}

/// Checks `behaviour` while all workers are blocked, and then once more with as many stand-ins
/// blocked on top.
fn while_all_are_blocked(behaviour: fn(&Runtime)) {
    for workers in [1, 2] {
        for times in [1, 2] {
            watched(move || {
                let runtime = multi(workers);
                let blocked = Blocked::all(&runtime, workers * times);
                behaviour(&runtime);
                assert!(runtime.metrics().stalls.spares_called > 0, "somebody else did it");
                blocked.release(&runtime);
                crate::support::assert_usable(&runtime);
            });
        }
    }
}

pub(crate) fn received<T>(receiver: &Receiver<T>) -> T {
    receiver.recv_timeout(PATIENCE / 2).expect("somebody stands in for the blocked workers")
}

#[test]
fn tasks_from_outside_run() {
    while_all_are_blocked(|runtime| {
        let (tell, told) = mpsc::channel();
        drop(runtime.spawn(async move { tell.send(42) }));
        assert_eq!(received(&told), 42);
    });
}

#[test]
fn tasks_that_spawn_and_yield_run() {
    while_all_are_blocked(|runtime| {
        let (tell, told) = mpsc::channel();
        drop(runtime.spawn(async move {
            let mut children: Vec<_> = (0..100)
                .map(|n| {
                    spawn(async move {
                        task::yield_now().await;
                        n
                    })
                })
                .collect();
            let mut sum = 0;
            for child in children.drain(..) {
                sum += child.await.unwrap();
            }
            tell.send(sum)
        }));
        assert_eq!(received(&told), 4950);
    });
}

#[test]
fn urgent_and_deferrable_tasks_run() {
    while_all_are_blocked(|runtime| {
        let (tell, told) = mpsc::channel();
        for priority in [task::Priority::HIGH, task::Priority::LOW] {
            let tell = tell.clone();
            let named = task::Builder::new().name("of some priority").priority(priority);
            drop(named.spawn_on(async move { tell.send(()) }, runtime.handle()).unwrap());
        }
        received(&told);
        received(&told);
    });
}

#[test]
fn new_timers_fire() {
    while_all_are_blocked(|runtime| {
        let (tell, told) = mpsc::channel();
        drop(runtime.spawn(async move {
            for _ in 0..5 {
                time::sleep(Duration::from_millis(1)).await;
            }
            tell.send(())
        }));
        received(&told);
    });
}

#[test]
fn new_sockets_are_served() {
    while_all_are_blocked(|runtime| {
        let (tell, told) = mpsc::channel();
        drop(runtime.spawn(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let client = spawn(async move {
                let mut stream = TcpStream::connect(address).await.unwrap();
                let mut byte = [0];
                for _ in 0..20 {
                    stream.write_all(&[7]).await.unwrap();
                    stream.read_exact(&mut byte).await.unwrap();
                }
                byte[0]
            });
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut byte = [0];
            for _ in 0..20 {
                stream.read_exact(&mut byte).await.unwrap();
                stream.write_all(&byte).await.unwrap();
            }
            tell.send(client.await.unwrap())
        }));
        assert_eq!(received(&told), 7);
    });
}

/// The reactors are those of the workers, who are blocked only afterwards.
#[test]
fn sockets_and_timers_that_there_were_before_are_served() {
    for workers in [1, 2] {
        watched(move || {
            let runtime = multi(workers);
            let (tell, told) = mpsc::channel();
            let addresses: Vec<_> = (0..2 * workers)
                .map(|_| {
                    let tell = tell.clone();
                    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
                    let address = listener.local_addr().unwrap();
                    listener.set_nonblocking(true).unwrap();
                    let (ready, is_ready) = mpsc::channel();
                    drop(runtime.spawn(async move {
                        let listener = TcpListener::from_std(listener).unwrap();
                        let ticking = spawn(async {
                            loop {
                                time::sleep(Duration::from_millis(5)).await;
                            }
                        });
                        ready.send(()).unwrap();
                        let accepted = listener.accept().await;
                        ticking.abort();
                        tell.send(accepted.is_ok())
                    }));
                    is_ready.recv().unwrap();
                    address
                })
                .collect();
            let blocked = Blocked::all(&runtime, workers);
            for address in addresses {
                let connected = net::TcpStream::connect(address).unwrap();
                assert!(received(&told));
                drop(connected);
            }
            blocked.release(&runtime);
        });
    }
}

#[test]
fn a_task_in_the_slot_of_the_only_worker_releases_it() {
    watched(|| {
        let runtime = multi(1);
        let task = runtime.spawn(async {
            let (release, released) = mpsc::channel();
            // It is what this worker would run next.
            drop(spawn(async move { release.send(1).unwrap() }));
            received(&released)
        });
        assert_eq!(runtime.block_on(task).unwrap(), 1);
    });
}

#[test]
fn a_task_that_the_blocked_one_has_woken_releases_it() {
    watched(|| {
        let runtime = multi(2);
        let other = Blocked::all(&runtime, 1);
        let task = runtime.spawn(async {
            let (wake, woken) = oneshot::channel::<()>();
            let (release, released) = mpsc::channel();
            drop(spawn(async move {
                woken.await.unwrap();
                release.send(()).unwrap();
            }));
            task::yield_now().await;
            wake.send(()).unwrap();
            received(&released);
        });
        runtime.block_on(task).unwrap();
        other.release(&runtime);
    });
}

#[test]
fn stand_ins_that_block_are_replaced_up_to_the_limit() {
    watched(|| {
        let limit = 5;
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).max_spare_workers(limit).build().unwrap();
        // Two workers and all stand-ins meet at the barrier: more than the limit cannot.
        let blocked = Blocked::all(&runtime, 2 + limit);
        assert_eq!(runtime.metrics().stalls.spares, limit);
        let (tell, told) = mpsc::channel();
        drop(runtime.spawn(async move { tell.send(thread::current().id()) }));
        crate::support::until("it is refused", || runtime.metrics().stalls.spares_refused > 0);
        assert!(told.try_recv().is_err(), "nobody is left to run it");
        blocked.release(&runtime);
        received(&told);
    });
}

#[test]
fn with_all_blocking_threads_in_use_somebody_stands_in_all_the_same() {
    watched(|| {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).max_blocking_threads(1).build().unwrap();
        let (release, released) = mpsc::channel::<()>();
        let (begin, began) = mpsc::channel();
        let closure = runtime.spawn_blocking(move || {
            begin.send(()).unwrap();
            released.recv().is_err()
        });
        began.recv().unwrap();
        let blocked = Blocked::all(&runtime, 1);
        // One more closure has no thread, and gets none from the stand-in.
        let second = runtime.spawn_blocking(|| 2);
        let (tell, told) = mpsc::channel();
        drop(runtime.spawn(async move { tell.send(()) }));
        received(&told);
        blocked.release(&runtime);
        assert!(!second.is_finished());
        drop(release);
        assert!(runtime.block_on(closure).unwrap());
        assert_eq!(runtime.block_on(second).unwrap(), 2);
    });
}

#[test]
fn blocking_in_place_works_on_a_stand_in() {
    while_all_are_blocked(|runtime| {
        let (tell, told) = mpsc::channel();
        drop(runtime.spawn(async move {
            let sum = task::block_in_place(|| {
                let other = spawn(async { 6 * 7 });
                graph_runtime::runtime::Handle::current().block_on(other).unwrap()
            });
            tell.send(sum)
        }));
        assert_eq!(received(&told), 42);
    });
}

#[test]
fn pinned_tasks_wait_for_their_worker() {
    watched(|| {
        let runtime = multi(1);
        let blocked = Blocked::all(&runtime, 1);
        let home = runtime.metrics().worker_thread_id(0).unwrap();
        let ran_on = || async { thread::current().id() };
        let pinned = {
            let _entered = runtime.enter();
            task::spawn_pinned(0, ran_on).unwrap()
        };
        let (tell, told) = mpsc::channel();
        drop(runtime.spawn(async move { tell.send(thread::current().id()) }));
        assert_ne!(received(&told), home);
        assert!(!pinned.is_finished());
        blocked.release(&runtime);
        assert_eq!(runtime.block_on(pinned).unwrap(), home);
    });
}
