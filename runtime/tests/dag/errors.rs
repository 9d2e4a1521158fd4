//! What cannot be built is named.

use graph_runtime::dag::{Dag, DagError};

#[test]
fn a_cycle_is_named_node_by_node() {
    let mut graph = Dag::builder();
    let nodes: Vec<_> = (0..6).map(|_| graph.node(|| async {})).collect();
    for (from, to) in [(0, 1), (1, 2), (2, 3), (3, 1), (3, 4), (4, 5)] {
        graph.edge(nodes[from], nodes[to]);
    }
    let error = graph.build().unwrap_err();
    let DagError::Cycle { path, .. } = &error else { panic!("{error}") };
    let mut path: Vec<usize> = path.iter().map(|node| node.index()).collect();
    let smallest = path.iter().position(|&node| node == 1).unwrap();
    path.rotate_left(smallest);
    assert_eq!(path, [1, 2, 3]);
    assert!(error.is_cycle());
    assert_eq!(error.to_string().matches(" -> ").count(), 3, "{error}");
}

#[test]
fn a_node_may_not_wait_for_itself() {
    let mut graph = Dag::builder();
    let node = graph.node(|| async {});
    graph.edge(node, node);
    assert_eq!(graph.build().unwrap_err().to_string(), "the graph has a cycle: 0 -> 0");
}

#[test]
fn an_edge_to_another_graphs_node_is_refused() {
    let mut other = Dag::builder();
    let nodes: Vec<_> = (0..3).map(|_| other.node(|| async {})).collect();
    let mut graph = Dag::builder();
    let own = graph.node(|| async {});
    graph.edge(own, nodes[2]);
    let error = graph.build().unwrap_err();
    assert_eq!(error.to_string(), "an edge names node 2, but the graph has 1 nodes");
}
