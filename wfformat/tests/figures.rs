//! The figures of a workflow agree with slow and simple ways to compute them.

use std::time::Duration;

use graph_runtime_wfformat::Workflow;
use proptest::prelude::*;

/// A workflow in file order and, for the oracle, its runtimes in milliseconds and parents.
#[derive(Debug, Clone)]
struct Graph {
    millis: Vec<u64>,
    parents: Vec<Vec<usize>>,
}

impl Graph {
    /// Tasks are written last first, so that file order is no topological order.
    fn workflow(&self) -> Workflow {
        let task = |i: usize| {
            let parents: Vec<String> = self.parents[i].iter().map(usize::to_string).collect();
            let seconds = self.millis[i] as f64 / 1e3;
            format!(r#"{{"name": "{i}", "runtime": {seconds}, "parents": {parents:?}}}"#)
        };
        let tasks: Vec<String> = (0..self.millis.len()).rev().map(task).collect();
        let json = format!(r#"{{"name": "g", "workflow": {{"tasks": [{}]}}}}"#, tasks.join(","));
        Workflow::parse(&json).unwrap()
    }

    /// The longest way that ends with `task`, as milliseconds and as tasks before it.
    fn longest(&self, task: usize) -> (u64, usize) {
        let ways: Vec<_> = self.parents[task].iter().map(|&parent| self.longest(parent)).collect();
        let millis = ways.iter().map(|way| way.0).max().unwrap_or(0);
        let hops = ways.iter().map(|way| way.1 + 1).max().unwrap_or(0);
        (millis + self.millis[task], hops)
    }
}

fn any_graph() -> impl Strategy<Value = Graph> {
    let task = (0u64..100_000, prop::collection::vec(any::<prop::sample::Index>(), 0..4));
    prop::collection::vec(task, 1..10).prop_map(|tasks| {
        let parents = |(i, picks): (usize, &Vec<prop::sample::Index>)| {
            let picks = if i == 0 { &[][..] } else { &picks[..] };
            picks.iter().map(|pick| pick.index(i)).collect()
        };
        Graph {
            parents: tasks.iter().map(|task| &task.1).enumerate().map(parents).collect(),
            millis: tasks.iter().map(|task| task.0).collect(),
        }
    })
}

proptest! {
    #[test]
    fn critical_path_work_and_width_agree_with_the_oracle(
        graph in any_graph(),
        slots in 0usize..9,
    ) {
        let workflow = graph.workflow();
        let count = graph.millis.len();
        let longest: Vec<(u64, usize)> = (0..count).map(|task| graph.longest(task)).collect();
        let critical_path = Duration::from_millis(longest.iter().map(|way| way.0).max().unwrap());
        let total = Duration::from_millis(graph.millis.iter().sum());
        let on_level = |level| longest.iter().filter(|way| way.1 == level).count();
        prop_assert_eq!(workflow.critical_path(), critical_path);
        prop_assert_eq!(workflow.total_work(), total);
        prop_assert_eq!(workflow.max_width(), (0..count).map(on_level).max().unwrap());
        let share = total / slots.max(1) as u32;
        prop_assert_eq!(workflow.lower_bound(slots), critical_path.max(share));
    }

    #[test]
    fn children_mirror_parents(graph in any_graph()) {
        let workflow = graph.workflow();
        let children = workflow.children();
        prop_assert_eq!(children.iter().map(Vec::len).sum::<usize>(), workflow.edges());
        for (index, task) in workflow.tasks.iter().enumerate() {
            prop_assert!(children[index].is_sorted());
            prop_assert!(task.parents.iter().all(|&parent| children[parent].contains(&index)));
        }
    }

    #[test]
    fn what_is_written_reads_back_the_same(graph in any_graph()) {
        let workflow = graph.workflow();
        prop_assert_eq!(Workflow::parse(&workflow.to_json()).unwrap(), workflow);
    }
}

#[test]
fn redundant_and_isolated_tasks_count_as_the_file_has_them() {
    let workflow = Workflow::parse(
        r#"{"workflow": {"tasks": [
            {"name": "alone", "runtime": 9},
            {"name": "a", "runtime": 1},
            {"name": "b", "runtime": 2, "parents": ["a"]},
            {"name": "c", "runtime": 3, "parents": ["b", "a", "b"]}
        ]}}"#,
    )
    .unwrap();
    assert_eq!(workflow.tasks[3].parents, [2, 1], "in the order of first mention");
    assert_eq!(workflow.edges(), 3, "the shortcut from a to c is an edge");
    assert_eq!(workflow.critical_path(), Duration::from_secs(9));
    assert_eq!(workflow.max_width(), 2);
    assert_eq!(workflow.lower_bound(1), Duration::from_secs(15));
}
