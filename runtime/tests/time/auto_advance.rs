//! How a paused clock goes forward by itself, and when it does not.

use crate::support::{ms, secs};
use graph_runtime::net::{TcpListener, TcpStream};
use graph_runtime::runtime::Handle;
use graph_runtime::sync::oneshot;
use graph_runtime::time::{Duration, Instant, pause, sleep, sleep_until, timeout};
use graph_runtime::{join, spawn, task};
use std::future::pending;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::thread;

#[graph_runtime::test(start_paused = true)]
async fn it_goes_to_the_very_deadline() {
    for duration in [Duration::from_nanos(1), ms(1), Duration::new(86_400 * 365 * 5, 123_456_789)] {
        let start = Instant::now();
        sleep(duration).await;
        assert_eq!(start.elapsed(), duration);
    }
}

#[graph_runtime::test(start_paused = true)]
async fn every_timer_sees_its_own_time() {
    let start = Instant::now();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let tasks: Vec<_> = [7, 3, 5, 3, 1]
        .map(|n| {
            let seen = Arc::clone(&seen);
            spawn(async move {
                sleep(secs(n)).await;
                seen.lock().unwrap().push((n, start.elapsed()));
            })
        })
        .into();
    for task in tasks {
        task.await.unwrap();
    }
    let expected = [1, 3, 3, 5, 7].map(|n| (n, secs(n)));
    assert_eq!(*seen.lock().unwrap(), expected);
}

/// What ten thousand random sleeps add up to.
fn run(mut random: u64) -> Vec<Duration> {
    let runtime = graph_runtime::runtime::Builder::new_current_thread().start_paused(true).build();
    runtime.unwrap().block_on(async move {
        let start = Instant::now();
        let mut times = Vec::new();
        for _ in 0..10_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            sleep(Duration::from_nanos(random >> 34)).await;
            times.push(start.elapsed());
        }
        times
    })
}

#[test]
fn it_is_the_same_every_time() {
    assert_eq!(run(7), run(7));
}

#[graph_runtime::test(start_paused = true)]
async fn a_cancelled_timer_leaves_no_trace() {
    let start = Instant::now();
    let (sender, receiver) = oneshot::channel();
    // The earliest timer is cancelled, and then there is nothing to do for a while.
    assert!(timeout(secs(1), async {}).await.is_ok());
    let mut cancelled = Box::pin(sleep(secs(1)));
    assert!(crate::support::poll_once(cancelled.as_mut()).is_pending());
    drop(cancelled);
    let holder = thread::spawn(move || {
        thread::sleep(ms(20));
        sender.send(()).unwrap();
    });
    receiver.await.unwrap();
    assert_eq!(start.elapsed(), ms(0), "nobody waits for any time");
    holder.join().unwrap();
    sleep(secs(2)).await;
    assert_eq!(start.elapsed(), secs(2));
}

#[graph_runtime::test(start_paused = true)]
async fn a_running_closure_holds_it() {
    let start = Instant::now();
    let slow = task::spawn_blocking(|| {
        let began = Instant::now();
        thread::sleep(ms(30));
        (began, Instant::now())
    });
    let (began, ended) = timeout(secs(1), slow).await.expect("no time has passed").unwrap();
    assert_eq!((began, ended), (start, start));
    assert_eq!(start.elapsed(), ms(0));
    sleep(secs(1)).await;
    assert_eq!(start.elapsed(), secs(1), "it goes on afterwards");
}

#[graph_runtime::test(start_paused = true)]
async fn a_closure_that_ends_unnoticed_lets_it_go() {
    let start = Instant::now();
    drop(task::spawn_blocking(|| thread::sleep(ms(20))));
    sleep(secs(60)).await;
    assert_eq!(start.elapsed(), secs(60));
    let aborted = task::spawn_blocking(|| ());
    aborted.abort();
    sleep(secs(60)).await;
    assert_eq!(start.elapsed(), secs(120));
}

#[graph_runtime::test(start_paused = true)]
async fn nothing_jumps_while_a_task_is_ready() {
    let start = Instant::now();
    let mut timer = pin!(sleep(secs(1)));
    let busy = async {
        for _ in 0..1000 {
            task::yield_now().await;
        }
        start.elapsed()
    };
    let (busy_until, ()) = join!(busy, timer.as_mut());
    assert_eq!(busy_until, ms(0));
    assert_eq!(start.elapsed(), secs(1));
}

#[graph_runtime::test(start_paused = true)]
async fn ready_sockets_come_first() {
    let start = Instant::now();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (accepted, connected) = join!(listener.accept(), TcpStream::connect(address));
    drop((accepted.unwrap(), connected.unwrap()));
    assert_eq!(start.elapsed(), ms(0));
}

#[graph_runtime::test(start_paused = true)]
async fn without_a_timer_it_waits_for_others() {
    let start = Instant::now();
    let (sender, receiver) = oneshot::channel();
    let other = thread::spawn(move || {
        thread::sleep(ms(20));
        sender.send(5).unwrap();
    });
    assert_eq!(receiver.await, Ok(5));
    assert_eq!(start.elapsed(), ms(0));
    other.join().unwrap();
}

#[graph_runtime::test(start_paused = true)]
async fn a_timer_from_another_thread_moves_it() {
    let start = Instant::now();
    let handle = Handle::current();
    let (sender, receiver) = oneshot::channel();
    let other = thread::spawn(move || {
        // The runtime sleeps by then, most likely, and has no timer.
        thread::sleep(ms(20));
        handle.block_on(async { sleep(secs(5)).await });
        sender.send(()).unwrap();
    });
    receiver.await.unwrap();
    assert_eq!(start.elapsed(), secs(5));
    other.join().unwrap();
}

#[graph_runtime::test]
async fn another_thread_may_stop_the_clock_of_a_sleeping_runtime() {
    let handle = Handle::current();
    let other = thread::spawn(move || {
        thread::sleep(ms(20));
        let _entered = handle.enter();
        pause();
    });
    let real = std::time::Instant::now();
    sleep(secs(3600)).await;
    assert!(real.elapsed() < secs(60));
    other.join().unwrap();
}

#[graph_runtime::test(start_paused = true)]
async fn it_never_jumps_to_the_end_of_time() {
    let start = Instant::now();
    let forever = spawn(sleep_until(start + secs(1000 * 365 * 24 * 3600)));
    let hour = spawn(timeout(secs(3600), pending::<()>()));
    assert!(hour.await.unwrap().is_err());
    assert_eq!(start.elapsed(), secs(3600));
    let (sender, receiver) = oneshot::channel();
    let other = thread::spawn(move || {
        thread::sleep(ms(20));
        sender.send(()).unwrap();
    });
    receiver.await.unwrap();
    assert_eq!(start.elapsed(), secs(3600));
    assert!(!forever.is_finished());
    other.join().unwrap();
}
