//! Who always finds something to do lets others run: what a poll may do is counted.

use crate::support::{current, each_single_runtime, watched};
use graph_runtime::net::{TcpListener, TcpStream};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::spawn;
use graph_runtime::sync::{
    Barrier, Mutex, Notify, OnceCell, RwLock, Semaphore, SetOnce, broadcast, mpsc, oneshot, watch,
};
use graph_runtime::task::coop::{cooperative, has_budget_remaining, poll_proceed};
use graph_runtime::task::{JoinHandle, consume_budget, unconstrained, yield_now};
use graph_runtime::time::{Duration, Instant, sleep, sleep_until, timeout};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

/// What the builder sets if it is not told otherwise.
const BUDGET: usize = 128;

/// How many operations in a row are done before a task that was spawned before has its turn.
async fn operations_before_another<F: Future>(mut operation: impl FnMut() -> F) -> usize {
    // Begins with a full budget.
    yield_now().await;
    let other = spawn(async {});
    let mut count = 0;
    while !other.is_finished() && count < 10 * BUDGET {
        operation().await;
        count += 1;
    }
    // The last one was held back until the other had run.
    count - 1
}

/// Checks that exactly [`BUDGET`] operations are done in one poll, in a task and in `block_on`.
fn assert_charged<F: Future + Send>(operation: impl FnMut() -> F + Send + Clone + 'static) {
    let runtime = current();
    let in_task = operation.clone();
    let task = runtime.spawn(async move { operations_before_another(in_task).await });
    assert_eq!(runtime.block_on(task).unwrap(), BUDGET);
    // The root future of a current-thread runtime, too, is polled between tasks.
    assert_eq!(runtime.block_on(operations_before_another(operation)), BUDGET);
}

#[test]
fn locks_and_permits_are_charged() {
    let mutex = Arc::new(Mutex::new(()));
    assert_charged(move || drop_ready(Arc::clone(&mutex).lock_owned()));
    let semaphore = Arc::new(Semaphore::new(1));
    assert_charged(move || drop_ready(Arc::clone(&semaphore).acquire_owned()));
    let lock = Arc::new(RwLock::new(()));
    let same = Arc::clone(&lock);
    assert_charged(move || drop_ready(Arc::clone(&lock).read_owned()));
    assert_charged(move || drop_ready(Arc::clone(&same).write_owned()));
    assert_charged(|| async { drop_ready(OnceCell::new().get_or_init(|| async {})).await });
}

async fn drop_ready<F: Future>(future: F) {
    drop(future.await);
}

#[test]
fn signals_are_charged() {
    let notify = Arc::new(Notify::new());
    assert_charged(move || {
        let notify = Arc::clone(&notify);
        notify.notify_one();
        async move { notify.notified().await }
    });
    let once = Arc::new(SetOnce::new_with(Some(())));
    assert_charged(move || {
        let once = Arc::clone(&once);
        async move { *once.wait().await }
    });
    let barrier = Arc::new(Barrier::new(1));
    assert_charged(move || {
        let barrier = Arc::clone(&barrier);
        async move {
            assert!(barrier.wait().await.is_leader());
        }
    });
}

#[test]
fn channels_are_charged() {
    assert_charged(|| async {
        let (sender, receiver) = oneshot::channel();
        sender.send(()).unwrap();
        receiver.await.unwrap();
    });
    assert_charged(|| async {
        let (mut sender, receiver) = oneshot::channel::<()>();
        drop(receiver);
        sender.closed().await;
    });
    assert_charged(|| async {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        sender.send(()).unwrap();
        receiver.recv().await.unwrap();
    });
    assert_charged(|| async {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        (0..3).for_each(|_| sender.send(()).unwrap());
        let mut buffer = Vec::new();
        assert_eq!(receiver.recv_many(&mut buffer, 3).await, 3, "together they count as one");
    });
    assert_charged(|| async {
        let (sender, _receiver) = mpsc::channel(1);
        sender.send(()).await.unwrap();
    });
    assert_charged(|| async {
        let (sender, mut receiver) = broadcast::channel(1);
        sender.send(()).unwrap();
        receiver.recv().await.unwrap();
    });
    assert_charged(|| async {
        let (sender, mut receiver) = watch::channel(0);
        sender.send(1).unwrap();
        receiver.changed().await.unwrap();
    });
    assert_charged(|| async {
        let (sender, receiver) = watch::channel(0);
        drop(receiver);
        sender.closed().await;
    });
    assert_charged(|| async {
        let (sender, receiver) = broadcast::channel::<()>(1);
        drop(receiver);
        sender.closed().await;
    });
    assert_charged(|| async {
        let (sender, receiver) = mpsc::channel::<()>(1);
        drop(receiver);
        sender.closed().await;
    });
    assert_charged(|| async {
        let (_sender, mut receiver) = watch::channel(0);
        drop(receiver.wait_for(|value| *value == 0).await.unwrap());
    });
}

#[test]
fn timers_that_are_due_already_are_charged() {
    assert_charged(|| sleep(Duration::ZERO));
    let past = Instant::now();
    assert_charged(move || sleep_until(past));
}

#[test]
fn tasks_that_have_ended_are_charged() {
    let runtime = current();
    let charged = runtime.block_on(async {
        let ended: Vec<JoinHandle<()>> = (0..10 * BUDGET).map(|_| spawn(async {})).collect();
        while ended.iter().any(|task| !task.is_finished()) {
            yield_now().await;
        }
        let mut ended = ended.into_iter();
        operations_before_another(|| drop_ready(ended.next().unwrap())).await
    });
    assert_eq!(charged, BUDGET);
}

#[test]
fn sockets_are_charged() {
    watched(|| {
        let runtime = current();
        let charged = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            let (_peer, _) = listener.accept().await.unwrap();
            // The first time it has to wait for its reactor.
            stream.writable().await.unwrap();
            let stream = &stream;
            operations_before_another(|| async move { stream.writable().await.unwrap() }).await
        });
        assert_eq!(charged, BUDGET);
    });
}

#[test]
fn foreign_futures_can_be_charged() {
    assert_charged(consume_budget);
    assert_charged(|| cooperative(std::future::ready(())));
    assert_charged(|| {
        poll_fn(|context| poll_proceed(context).map(|proceed| proceed.made_progress()))
    });
}

#[test]
fn what_is_not_ready_costs_nothing() {
    each_single_runtime(|runtime| {
        runtime.block_on(async {
            yield_now().await;
            poll_fn(|context| {
                let mut pending = pin!(cooperative(std::future::pending::<()>()));
                for _ in 0..10 * BUDGET {
                    assert!(pending.as_mut().poll(context).is_pending());
                    drop(poll_proceed(context));
                    assert!(has_budget_remaining());
                }
                let Poll::Ready(proceed) = poll_proceed(context) else { panic!("it is left") };
                proceed.made_progress();
                Poll::Ready(())
            })
            .await;
        });
    });
}

#[test]
fn an_endless_channel_starves_nobody() {
    each_single_runtime(|runtime| {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let endless = runtime.spawn(async move {
            let (sender, mut receiver) = mpsc::unbounded_channel();
            while !seen.load(Ordering::Relaxed) {
                sender.send(()).unwrap();
                receiver.recv().await.unwrap();
            }
        });
        let other = runtime.spawn(async move {
            for _ in 0..100 {
                yield_now().await;
            }
            stop.store(true, Ordering::Relaxed);
        });
        runtime.block_on(async { (endless.await.unwrap(), other.await.unwrap()) });
    });
}

/// Polls the channel first each time.
async fn until_timer_or_endless(mut timer: std::pin::Pin<&mut graph_runtime::time::Sleep>) {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    poll_fn(|context| {
        loop {
            sender.send(()).unwrap();
            if receiver.poll_recv(context).is_ready() {
                continue;
            }
            return timer.as_mut().poll(context);
        }
    })
    .await;
}

#[test]
fn a_timer_beside_an_endless_channel_fires() {
    each_single_runtime(|runtime| {
        runtime.block_on(async {
            until_timer_or_endless(pin!(sleep(Duration::from_millis(1)))).await;
            // Also one that never had to wait.
            until_timer_or_endless(pin!(sleep(Duration::ZERO))).await;
        });
    });
}

#[test]
fn a_limit_of_time_holds_for_whoever_uses_the_budget_up() {
    each_single_runtime(|runtime| {
        runtime.block_on(async {
            let endless = || async {
                loop {
                    consume_budget().await;
                }
            };
            assert!(timeout(Duration::from_millis(1), endless()).await.is_err());
            assert!(timeout(Duration::ZERO, endless()).await.is_err());
        });
    });
}

#[test]
fn unconstrained_is_without_limit() {
    let runtime = current();
    runtime.block_on(async {
        let other = spawn(async {});
        unconstrained(async {
            for _ in 0..10 * BUDGET {
                consume_budget().await;
                assert!(has_budget_remaining());
            }
        })
        .await;
        assert!(!other.is_finished());
        assert_eq!(operations_before_another(consume_budget).await, BUDGET);
    });
}

/// Operations in one poll of a task of this runtime.
fn operations_in_a_poll(runtime: &Runtime) -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let task = runtime.spawn(poll_fn(move |context| {
        while counted.load(Ordering::Relaxed) < 1000
            && pin!(consume_budget()).poll(context).is_ready()
        {
            counted.fetch_add(1, Ordering::Relaxed);
        }
        Poll::Ready(())
    }));
    runtime.block_on(task).unwrap();
    count.load(Ordering::Relaxed)
}

#[test]
fn the_budget_is_an_option() {
    for (budget, expected) in [(Some(1), 1), (Some(7), 7), (Some(u32::MAX), 1000), (None, 1000)] {
        let runtime = Builder::new_current_thread().coop_budget(budget).build().unwrap();
        assert_eq!(operations_in_a_poll(&runtime), expected, "{budget:?}");
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).coop_budget(budget).build().unwrap();
        assert_eq!(operations_in_a_poll(&runtime), expected, "{budget:?}");
    }
    let error = Builder::new_current_thread().coop_budget(0).build().unwrap_err();
    assert!(error.to_string().contains("coop_budget"), "{error}");
}

#[test]
fn outside_a_runtime_there_is_no_limit() {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    futures_lite::future::block_on(async {
        for _ in 0..10 * BUDGET {
            sender.send(()).unwrap();
            let mut polls = 0;
            let mut received = pin!(receiver.recv());
            poll_fn(|context| {
                polls += 1;
                received.as_mut().poll(context)
            })
            .await;
            assert_eq!(polls, 1);
        }
    });
    let _runtime = current();
    assert!(has_budget_remaining());
}
