//! Dropping a reactor closes every file descriptor it opened. A process of its own, because other
//! tests open descriptors at the same time.

use graph_runtime_reactor::Reactor;
use primitives::Timestamp;

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("Linux").count()
}

#[test]
fn none_is_left_open() {
    let before = open_descriptors();
    let reactors: Vec<_> =
        (0..10).map(|_| Reactor::with_mio().expect("descriptors are left")).collect();
    assert!(open_descriptors() > before);
    for reactor in &reactors {
        reactor.unpark();
        assert!(reactor.park(&|| Timestamp::ZERO, None).unparked);
    }
    drop(reactors);
    assert_eq!(open_descriptors(), before);
}
