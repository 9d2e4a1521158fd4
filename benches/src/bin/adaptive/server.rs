//! A server on this machine that gets slower the more it is asked at a time, and gives up what
//! nobody waits for any more.

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::{TcpListener, TcpStream};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::select;
use graph_runtime::sync::Notify;
use graph_runtime::time::sleep;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long it takes over a request that is alone.
pub(crate) const SERVICE: Duration = Duration::from_millis(2);
/// With so many requests at a time it answers the most of them: twice as slowly as one.
const KNEE: f64 = 16.0;
/// Far beyond that, it answers this share of the most.
const FLOOR: f64 = 0.2;

/// The server, on a thread of its own.
pub(crate) struct Server {
    address: SocketAddr,
    work: Arc<Work>,
    _runtime: Runtime,
}

/// What it is about.
#[derive(Default)]
struct Work {
    requests: Mutex<usize>,
    /// Given when the last of them has gone.
    rests: Notify,
}

/// A request that it is about.
struct Request<'a>(&'a Work);

/// Connections to it that nobody uses just now.
#[derive(Clone)]
pub(crate) struct Clients {
    address: SocketAddr,
    idle: Arc<Mutex<Vec<TcpStream>>>,
}

impl Server {
    /// One that takes `service` over a request that is alone.
    pub(crate) fn start(service: Duration) -> Result<Self, Box<dyn Error>> {
        let runtime = Builder::new_multi_thread().worker_threads(1).build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let work = Arc::new(Work::default());
        let shared = Arc::clone(&work);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                graph_runtime::spawn(serve(stream, service, Arc::clone(&shared)));
            }
        });
        Ok(Self { address, work, _runtime: runtime })
    }

    /// Waits until it is about no request.
    pub(crate) async fn rest(&self) {
        loop {
            let mut rests = pin!(self.work.rests.notified());
            rests.as_mut().enable();
            if *self.work.requests() == 0 {
                return;
            }
            rests.await;
        }
    }

    pub(crate) fn clients(&self) -> Clients {
        Clients { address: self.address, idle: Arc::default() }
    }
}

impl Work {
    fn requests(&self) -> MutexGuard<'_, usize> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request comes, and there are so many with it.
    fn begin(&self) -> (Request<'_>, usize) {
        let mut requests = self.requests();
        *requests += 1;
        (Request(self), *requests)
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        let mut requests = self.0.requests();
        *requests -= 1;
        let is_last = *requests == 0;
        drop(requests);
        if is_last {
            self.0.rests.notify_waiters();
        }
    }
}

/// Answers what comes over one connection, until it is closed.
async fn serve(mut stream: TcpStream, service: Duration, work: Arc<Work>) -> io::Result<()> {
    let (mut byte, mut nothing) = ([0], [0]);
    loop {
        stream.read_exact(&mut byte).await?;
        let (request, requests) = work.begin();
        select! {
            biased;
            () = sleep(service.mul_f64(stretch(requests as f64))) => drop(request),
            // Clients ask for one thing at a time, so this is one that has gone.
            _ = stream.read(&mut nothing) => return Ok(()),
        }
        stream.write_all(&byte).await?;
    }
}

/// How many times as long a request takes among so many.
fn stretch(requests: f64) -> f64 {
    let share = requests / KNEE;
    (1.0 + share * share).min(2.0 * share.max(1.0) / FLOOR)
}

impl Clients {
    /// Asks, and waits for the answer.
    pub(crate) async fn ask(&self) -> io::Result<()> {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut stream = match kept {
            Some(stream) => stream,
            None => TcpStream::connect(self.address).await?,
        };
        stream.write_all(&[1]).await?;
        stream.read_exact(&mut [0]).await?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(stream);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{FLOOR, KNEE, Server, stretch};
    use graph_runtime::runtime::Runtime;
    use graph_runtime::task::JoinSet;
    use graph_runtime::time::timeout;
    use std::time::Duration;

    #[test]
    fn throughput_has_its_top_at_the_knee() {
        let throughput = |n: f64| n / stretch(n);
        let top = throughput(KNEE);
        assert!(throughput(KNEE / 2.0) < top && throughput(KNEE * 2.0) < top);
        assert!((throughput(512.0) / top - FLOOR).abs() < 0.01);
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_given_up() {
        const REQUESTS: usize = 50;
        const HOUR: Duration = Duration::from_secs(3_600);
        let (server, runtime) = (Server::start(HOUR).unwrap(), Runtime::new().unwrap());
        let clients = server.clients();
        let given_up = runtime.block_on(async {
            let mut asking = JoinSet::new();
            for _ in 0..REQUESTS {
                let clients = clients.clone();
                asking.spawn(async move { clients.ask().await });
            }
            while *server.work.requests() < REQUESTS {
                graph_runtime::time::sleep(Duration::from_millis(1)).await;
            }
            asking.shutdown().await;
            timeout(Duration::from_secs(60), server.rest()).await
        });
        assert!(given_up.is_ok());
    }
}
