//! A server on this machine that gets slower the more it is asked at a time.

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::net::{TcpListener, TcpStream};
use graph_runtime::runtime::{Builder, Runtime};
use graph_runtime::time::sleep;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long it takes over a request that is alone.
const SERVICE: Duration = Duration::from_millis(2);
/// With so many requests at a time it answers the most of them: twice as slowly as one.
const KNEE: f64 = 16.0;
/// Far beyond that, it answers this share of the most.
const FLOOR: f64 = 0.2;

/// The server, on a thread of its own.
pub(crate) struct Server {
    address: SocketAddr,
    _runtime: Runtime,
}

/// Connections to it that nobody uses just now.
#[derive(Clone)]
pub(crate) struct Clients {
    address: SocketAddr,
    idle: Arc<Mutex<Vec<TcpStream>>>,
}

impl Server {
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let runtime = Builder::new_multi_thread().worker_threads(1).build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let at_work = Arc::new(AtomicUsize::new(0));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                graph_runtime::spawn(serve(stream, Arc::clone(&at_work)));
            }
        });
        Ok(Self { address, _runtime: runtime })
    }

    pub(crate) fn clients(&self) -> Clients {
        Clients { address: self.address, idle: Arc::default() }
    }
}

/// Answers what comes over one connection, until it is closed.
async fn serve(mut stream: TcpStream, at_work: Arc<AtomicUsize>) -> io::Result<()> {
    let mut byte = [0];
    loop {
        stream.read_exact(&mut byte).await?;
        let requests = at_work.fetch_add(1, Ordering::Relaxed) + 1;
        sleep(SERVICE.mul_f64(stretch(requests as f64))).await;
        at_work.fetch_sub(1, Ordering::Relaxed);
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
    use super::{FLOOR, KNEE, stretch};

    #[test]
    fn throughput_has_its_top_at_the_knee() {
        let throughput = |n: f64| n / stretch(n);
        let top = throughput(KNEE);
        assert!(throughput(KNEE / 2.0) < top && throughput(KNEE * 2.0) < top);
        assert!((throughput(512.0) / top - FLOOR).abs() < 0.01);
    }
}
