//! A semaphore used by one thread behaves as a count and a line of requests do.

use crate::support::Hand;
use graph_runtime::sync::{AcquireError, Semaphore, SemaphorePermit};
use proptest::prelude::*;
use std::pin::Pin;

type Acquire<'a> = Pin<Box<dyn Future<Output = Result<SemaphorePermit<'a>, AcquireError>> + 'a>>;

/// One who waits, and for how many.
struct Request<'a> {
    hand: Hand<Acquire<'a>>,
    missing: usize,
    wanted: usize,
}

/// Hands `free` permits to the line; returns what is left.
fn serve(line: &mut [Request<'_>], mut free: usize) -> usize {
    for request in line {
        let given = free.min(request.missing);
        request.missing -= given;
        free -= given;
    }
    free
}

proptest! {
    #[test]
    fn it_is_as_in_the_books(
        start in 0usize..6,
        steps in prop::collection::vec((0u8..6, 1usize..5), 0..120),
    ) {
        let semaphore = Semaphore::new(start);
        let (mut free, mut held) = (start, Vec::new());
        let mut line: Vec<Request<'_>> = Vec::new();
        for (step, many) in steps {
            match step {
                0 | 1 => {
                    let future: Acquire<'_> = Box::pin(semaphore.acquire_many(many as u32));
                    let mut hand = Hand::new(future);
                    let waits = line.iter().any(|request| request.missing > 0);
                    let polled = hand.poll();
                    if !waits && free >= many {
                        free -= many;
                        prop_assert!(polled.is_ready());
                        held.push(polled);
                    } else {
                        prop_assert!(polled.is_pending());
                        let given = if waits { 0 } else { std::mem::take(&mut free) };
                        line.push(Request { hand, missing: many - given, wanted: many });
                    }
                }
                2 => {
                    semaphore.add_permits(many);
                    free = serve(&mut line, free + many);
                }
                3 => if !line.is_empty() {
                    // Gives up, wherever it stands.
                    let request = line.remove(many % line.len());
                    let given = request.wanted - request.missing;
                    drop(request);
                    free = serve(&mut line, free + given);
                },
                4 => {
                    // Whoever has everything takes it.
                    while line.first().is_some_and(|request| request.missing == 0) {
                        let mut request = line.remove(0);
                        prop_assert!(request.hand.is_woken());
                        let polled = request.hand.poll();
                        prop_assert!(polled.is_ready());
                        held.push(polled);
                    }
                }
                _ => {
                    let expected = many.min(free);
                    prop_assert_eq!(semaphore.forget_permits(many), expected);
                    free -= expected;
                }
            }
            prop_assert_eq!(semaphore.available_permits(), free);
            for request in &line {
                prop_assert_eq!(request.hand.is_woken(), request.missing == 0);
            }
        }
    }
}
