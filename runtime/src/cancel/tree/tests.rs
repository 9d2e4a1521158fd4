//! How many entries a tree has. What tokens do is in `tests/task/cancellation_token.rs`.

use super::super::node::Node;
use std::collections::VecDeque;
use std::sync::Arc;

/// Entries in use and slots there are, in the tree of a node.
fn size(node: &Node) -> (usize, usize) {
    let entries = node.tree().entries.lock();
    (entries.taken, entries.slots.len())
}

#[test]
fn children_that_are_dropped_leave_nothing() {
    let root = Node::root();
    for _ in 0..10_000 {
        drop(root.child());
    }
    assert_eq!(size(&root), (1, 2), "a slot is used again");
    let children: Vec<_> = (0..10_000).map(|_| root.child()).collect();
    assert_eq!(size(&root).0, 10_001);
    drop(children);
    assert_eq!(size(&root), (1, 1));
}

#[test]
fn a_chain_of_which_only_the_end_is_held_is_short() {
    let root = Node::root();
    let mut end = root.child();
    for _ in 0..100_000 {
        end = end.child();
        assert!(size(&root).0 <= 3);
    }
    root.cancel();
    assert!(end.is_cancelled());
    assert_eq!(size(&root).0, 0);
}

#[test]
fn a_node_without_tokens_stays_while_it_joins_two() {
    let root = Node::root();
    let middle = root.child();
    let (left, right) = (middle.child(), middle.child());
    drop(middle);
    assert_eq!(size(&root).0, 4);
    drop(left);
    assert_eq!(size(&root).0, 2, "the other one is the root's now");
    root.cancel();
    assert!(right.is_cancelled());
}

#[test]
fn there_are_fewer_nodes_without_tokens_than_with() {
    let mut held = VecDeque::from([Node::root()]);
    let mut state = 1_u32;
    for _ in 0..20_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let chosen = (state >> 8) as usize % held.len();
        if state >> 31 == 0 || held.len() == 1 {
            let child = held[chosen].child();
            held.push_back(child);
        } else {
            held.swap_remove_back(chosen);
        }
        let taken = size(&held[0]).0;
        assert!((held.len()..2 * held.len()).contains(&taken), "{taken} for {}", held.len());
    }
    let last = held.pop_back().unwrap();
    drop(held);
    assert_eq!(size(&last).0, 1);
}

#[test]
fn what_is_cancelled_leaves_the_tree() {
    let root = Node::root();
    let middle = root.child();
    let below: Vec<Arc<Node>> = (0..100).map(|_| middle.child()).collect();
    middle.cancel();
    assert_eq!(size(&root), (1, 1));
    assert!(below.iter().all(|node| node.is_cancelled()) && !root.is_cancelled());
    assert!(middle.child().is_cancelled());
    drop((middle, below));
    assert_eq!(size(&root), (1, 1));
}
