//! A worker's seat: never two sleep in it, and the worker always gets it back.

use loom_tests::{Tracked, explore};
use primitives::parker::Parker;
use primitives::shim::atomic::{AtomicBool, Ordering};
use primitives::shim::sync::Arc;
use primitives::shim::thread;
use scheduler::steal::{Seat, TakeBack, Tenure};
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::SeatWishUnheard, "seat::a_worker_comes_back_to_a_stand_in_that_sleeps"),
    (Mutant::SeatWishSilent, "seat::a_worker_comes_back_to_a_stand_in_that_sleeps"),
    (Mutant::SeatHandOver, "seat::a_worker_comes_back_to_a_stand_in_that_is_awake"),
    (Mutant::SeatStaleTenure, "seat::a_worker_comes_back_to_a_stand_in_that_is_awake"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

/// A seat with its reactor, as the runtime has it.
struct Place {
    seat: Seat,
    /// What a sleeper does in its reactor and the idle register: one at a time, and in the end none
    /// overlooks what the last has used up.
    bed: Tracked,
    /// Ends the sleep of whoever sleeps in the reactor.
    reactor: Parker,
    /// Tells the worker that it has its seat again.
    bell: Parker,
}

impl Place {
    fn new() -> Arc<Self> {
        let (reactor, bell) = (Parker::new(), Parker::new());
        Arc::new(Self { seat: Seat::new(), bed: Tracked::new(0), reactor, bell })
    }

    /// Sleeps until the reactor's permit comes. Whether the seat is still this holder's.
    fn sleep(&self, tenure: Tenure) -> bool {
        if !self.seat.fall_asleep(tenure) {
            return false;
        }
        self.bed.write(self.bed.read() + 1);
        self.reactor.park();
        let stays = self.seat.wake_up(tenure);
        if !stays {
            self.bell.unpark();
        }
        stays
    }

    /// The worker has come back from its poll and would like to sleep.
    fn regain(&self) -> Tenure {
        loop {
            match self.seat.take_back() {
                TakeBack::Taken(tenure) => {
                    // For a wake-up that the stand-in may have used up.
                    self.reactor.unpark();
                    return tenure;
                }
                TakeBack::Wake => self.reactor.unpark(),
                TakeBack::Coming => {}
            }
            self.bell.park();
        }
    }
}

/// Takes the seat of a worker that was found stuck, and goes to sleep at once.
fn stand_in(place: &Arc<Place>, from: Tenure) -> thread::JoinHandle<bool> {
    let place = Arc::clone(place);
    thread::spawn(move || match place.seat.lend(from) {
        Some(tenure) => place.sleep(tenure),
        None => true,
    })
}

/// Nothing but the worker's wish wakes the stand-in, which would sleep for ever otherwise.
#[test]
fn a_worker_comes_back_to_a_stand_in_that_sleeps() {
    explore(3, || {
        let place = Place::new();
        let tenure = place.seat.lend(Seat::FIRST).expect("the worker is awake");
        let sleeper = {
            let place = Arc::clone(&place);
            thread::spawn(move || place.sleep(tenure))
        };
        let own = place.regain();
        // It may sleep now, and find in the reactor what the stand-in has left there.
        place.reactor.unpark();
        assert!(place.sleep(own), "nobody else wants the seat");
        let kept = sleeper.join().unwrap();
        assert!(!kept, "the worker has it");
    });
}

/// The worker takes the seat from a stand-in that is awake, and both would like to sleep.
#[test]
fn a_worker_comes_back_to_a_stand_in_that_is_awake() {
    explore(3, || {
        let place = Place::new();
        // For the stand-in, which may have slept and be awake again.
        place.reactor.unpark();
        let other = stand_in(&place, Seat::FIRST);
        let own = place.regain();
        place.reactor.unpark();
        let slept = place.sleep(own);
        if !slept {
            // The stand-in came after all: the worker was taken for stuck while it got going.
            let own = place.regain();
            place.reactor.unpark();
            assert!(place.sleep(own));
        }
        // Or it comes only now, and sleeps in a seat whose worker is awake, until somebody calls.
        place.reactor.unpark();
        other.join().unwrap();
        assert!(place.bed.read() >= 1);
    });
}

/// A stand-in is stuck, another takes over, and the worker comes back.
#[test]
fn a_stand_in_is_replaced_while_the_worker_comes_back() {
    explore(3, || {
        let place = Place::new();
        let first = place.seat.lend(Seat::FIRST).expect("the worker is awake");
        let second = stand_in(&place, first);
        let late = {
            let place = Arc::clone(&place);
            thread::spawn(move || place.seat.is_held_in(first))
        };
        let own = place.regain();
        place.reactor.unpark();
        assert!(place.sleep(own), "no tenure but the first was found stuck");
        assert!(!place.seat.fall_asleep(first), "its tenure is over");
        second.join().unwrap();
        late.join().unwrap();
    });
}

/// Somebody calls for the worker while a stand-in sleeps in its place.
#[test]
fn a_call_for_the_worker_is_not_lost_on_its_stand_in() {
    explore(3, || {
        let place = Place::new();
        let tenure = place.seat.lend(Seat::FIRST).expect("the worker is awake");
        let stand_in = {
            let place = Arc::clone(&place);
            thread::spawn(move || place.sleep(tenure))
        };
        let called = Arc::new(AtomicBool::new(false));
        let caller = {
            let (place, called) = (Arc::clone(&place), Arc::clone(&called));
            thread::spawn(move || {
                called.store(true, Ordering::Relaxed);
                place.reactor.unpark();
            })
        };
        let own = place.regain();
        // It would sleep for ever if the call could pass it by.
        while !called.load(Ordering::Relaxed) {
            assert!(place.sleep(own), "nobody else wants the seat");
        }
        stand_in.join().unwrap();
        caller.join().unwrap();
    });
}
