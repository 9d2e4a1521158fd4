//! The LIFO slot: an item is handed out once, whole, to the owner or to a thief.

use loom_tests::{Tracked, explore};
use primitives::shim::sync::Arc;
use primitives::shim::{UNBOUNDED, thread};
use scheduler::steal::LifoSlot;
#[cfg(loom)]
use {loom_tests::Kill, primitives::shim::Mutant};

#[cfg(loom)]
pub(crate) const KILLS: &[Kill] = &[
    (Mutant::LifoPutRelease, "lifo_slot::what_is_put_arrives_whole"),
    (Mutant::LifoTakeTwice, "lifo_slot::each_item_is_handed_out_once"),
];

#[cfg(loom)]
#[test]
fn every_mutant_is_noticed() {
    loom_tests::assert_all_killed(KILLS);
}

#[test]
fn what_is_put_arrives_whole() {
    explore(UNBOUNDED, || {
        let slot = Arc::new(LifoSlot::<Box<Tracked>>::new());
        let thief = {
            let slot = Arc::clone(&slot);
            thread::spawn(move || slot.take().map(|item| item.read()))
        };
        let item = Box::new(Tracked::new(0));
        item.write(5);
        assert!(slot.put(item).is_none());
        let stolen = thief.join().unwrap();
        let left = slot.take().map(|item| item.read());
        assert_eq!(stolen.xor(left), Some(5), "one of them has it");
    });
}

#[test]
fn each_item_is_handed_out_once() {
    explore(3, || {
        let slot = Arc::new(LifoSlot::<u32>::new());
        assert_eq!(slot.put(1), None);
        let thieves = [(); 2].map(|()| {
            let slot = Arc::clone(&slot);
            thread::spawn(move || slot.take())
        });
        let displaced = slot.put(2);
        let own = slot.take();
        let stolen = thieves.map(|thief| thief.join().unwrap());
        let mut all: Vec<u32> =
            [displaced, own, slot.take()].into_iter().chain(stolen).flatten().collect();
        all.sort_unstable();
        assert_eq!(all, [1, 2]);
    });
}
