//! Four producers and one consumer on a bounded channel: the runtime's own one.

use super::repeat;
use crate::peers::{Figures, Peer};
use std::time::{Duration, Instant};

const PRODUCERS: u64 = 4;
const MESSAGES: u64 = 250_000;
const CAPACITY: usize = 1024;

/// A bounded channel of numbers.
pub trait Channel: 'static {
    /// Sends; there are several.
    type Sender: Clone + Send + 'static;
    /// Receives; there is one.
    type Receiver: Send + 'static;

    /// Makes one.
    fn bounded(capacity: usize) -> (Self::Sender, Self::Receiver);

    /// Waits for room.
    fn send(sender: &Self::Sender, number: u64) -> impl Future<Output = ()> + Send;

    /// Waits for a number; `None` when all senders are gone.
    fn receive(receiver: &mut Self::Receiver) -> impl Future<Output = Option<u64>> + Send;
}

/// Gives nanoseconds per message.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer, C: Channel>(peer: &P) -> Figures {
    Ok(vec![repeat::mean_ns(PRODUCERS * MESSAGES, || peer.on_worker(exchange::<P, C>()))])
}

async fn exchange<P: Peer, C: Channel>() -> Duration {
    let start = Instant::now();
    let (sender, mut receiver) = C::bounded(CAPACITY);
    for producer in 0..PRODUCERS {
        let sender = sender.clone();
        P::spawn_detached(async move {
            for number in 0..MESSAGES {
                C::send(&sender, producer * MESSAGES + number).await;
            }
        });
    }
    drop(sender);
    let (mut sum, mut received) = (0, 0);
    while let Some(number) = C::receive(&mut receiver).await {
        sum += number;
        received += 1;
    }
    let all = PRODUCERS * MESSAGES;
    assert_eq!((received, sum), (all, all * (all - 1) / 2), "every message arrives once");
    start.elapsed()
}

/// graph_runtime's channel.
pub struct GraphRuntimeChannel;

impl Channel for GraphRuntimeChannel {
    type Sender = graph_runtime::sync::mpsc::Sender<u64>;
    type Receiver = graph_runtime::sync::mpsc::Receiver<u64>;

    fn bounded(capacity: usize) -> (Self::Sender, Self::Receiver) {
        graph_runtime::sync::mpsc::channel(capacity)
    }

    async fn send(sender: &Self::Sender, number: u64) {
        sender.send(number).await.expect("the receiver stays");
    }

    async fn receive(receiver: &mut Self::Receiver) -> Option<u64> {
        receiver.recv().await
    }
}

/// tokio's channel.
pub struct TokioChannel;

impl Channel for TokioChannel {
    type Sender = tokio::sync::mpsc::Sender<u64>;
    type Receiver = tokio::sync::mpsc::Receiver<u64>;

    fn bounded(capacity: usize) -> (Self::Sender, Self::Receiver) {
        tokio::sync::mpsc::channel(capacity)
    }

    async fn send(sender: &Self::Sender, number: u64) {
        sender.send(number).await.expect("the receiver stays");
    }

    async fn receive(receiver: &mut Self::Receiver) -> Option<u64> {
        receiver.recv().await
    }
}

/// smol's channel, async-channel.
pub struct SmolChannel;

impl Channel for SmolChannel {
    type Sender = async_channel::Sender<u64>;
    type Receiver = async_channel::Receiver<u64>;

    fn bounded(capacity: usize) -> (Self::Sender, Self::Receiver) {
        async_channel::bounded(capacity)
    }

    async fn send(sender: &Self::Sender, number: u64) {
        sender.send(number).await.expect("the receiver stays");
    }

    async fn receive(receiver: &mut Self::Receiver) -> Option<u64> {
        receiver.recv().await.ok()
    }
}
