//! A waker that panics harms nobody else.

use crate::support::{Count, Sleep, World, at, hook};
use std::panic::panic_any;

/// A panic payload that panics when dropped.
struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("the payload's drop panics as well");
    }
}

#[test]
fn the_others_are_woken_and_the_panics_counted() {
    let (world, reactor) = World::with_reactor(Sleep::Jumps);
    let (count, waker) = Count::with_waker();
    reactor.insert_timer(at(10), waker.clone());
    reactor.insert_timer(at(10), hook(|| panic!("in wake"), || {}));
    reactor.insert_timer(at(10), hook(|| panic_any(Grenade), || {}));
    reactor.insert_timer(at(10), waker.clone());
    let turn = reactor.park(&|| world.now(), None);
    assert_eq!((turn.timers, turn.woken, turn.panicked), (4, 2, 2));
    assert_eq!(count.get(), 2);

    reactor.insert_timer(at(20), waker);
    assert_eq!(reactor.park(&|| world.now(), None).woken, 1, "the reactor is still usable");
}

#[test]
fn closing_wakes_everybody_past_a_panic() {
    let (_world, reactor) = World::with_reactor(Sleep::Jumps);
    let (count, waker) = Count::with_waker();
    reactor.insert_timer(at(10), hook(|| panic!("in wake"), || {}));
    reactor.insert_timer(at(20), waker);
    reactor.close();
    assert_eq!(count.get(), 1);
}
