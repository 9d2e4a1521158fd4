//! Messages arrive once, and those of one sender in the order in which they were sent.

use crate::support::on_two_workers;
use graph_runtime::sync::mpsc;
use graph_runtime::task::yield_now;

const SENDERS: usize = 4;
const MESSAGES: usize = 20_000;

/// Receives from all senders until the end, and checks.
struct Books {
    next: [usize; SENDERS],
}

impl Books {
    fn new() -> Self {
        Self { next: [0; SENDERS] }
    }

    fn enter(&mut self, (sender, number): (usize, usize)) {
        assert_eq!(number, self.next[sender], "of sender {sender}");
        self.next[sender] += 1;
    }

    fn assert_complete(&self) {
        assert_eq!(self.next, [MESSAGES; SENDERS]);
    }
}

#[test]
fn through_a_bounded_channel_of_any_size() {
    for capacity in [1, 2, 31, 100, 1024] {
        on_two_workers(async move {
            let (sender, mut receiver) = mpsc::channel(capacity);
            for source in 0..SENDERS {
                let sender = sender.clone();
                graph_runtime::spawn(async move {
                    for number in 0..MESSAGES {
                        sender.send((source, number)).await.unwrap();
                    }
                });
            }
            drop(sender);
            let mut books = Books::new();
            while let Some(message) = receiver.recv().await {
                assert!(receiver.len() <= capacity);
                books.enter(message);
            }
            books.assert_complete();
        });
    }
}

#[test]
fn through_an_unbounded_channel() {
    on_two_workers(async {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        for source in 0..SENDERS {
            let sender = sender.clone();
            graph_runtime::spawn(async move {
                for number in 0..MESSAGES {
                    sender.send((source, number)).unwrap();
                    if number % 64 == 0 {
                        yield_now().await;
                    }
                }
            });
        }
        drop(sender);
        let mut books = Books::new();
        let mut batch = Vec::new();
        while receiver.recv_many(&mut batch, 50).await > 0 {
            assert!(batch.len() <= 50);
            batch.drain(..).for_each(|message| books.enter(message));
        }
        books.assert_complete();
    });
}

#[test]
fn by_permits_of_all_kinds() {
    on_two_workers(async {
        let (sender, mut receiver) = mpsc::channel(8);
        for source in 0..SENDERS {
            let mut sender = sender.clone();
            graph_runtime::spawn(async move {
                let mut number = 0;
                while number < MESSAGES {
                    if number % 3 == 0 && number + 4 <= MESSAGES {
                        for permit in sender.reserve_many(4).await.unwrap() {
                            permit.send((source, number));
                            number += 1;
                        }
                    } else if number % 2 == 0 {
                        sender = sender.reserve_owned().await.unwrap().send((source, number));
                        number += 1;
                    } else {
                        drop(sender.reserve().await.unwrap());
                        sender.reserve().await.unwrap().send((source, number));
                        number += 1;
                    }
                }
            });
        }
        drop(sender);
        let mut books = Books::new();
        while let Some(message) = receiver.recv().await {
            books.enter(message);
        }
        books.assert_complete();
    });
}
