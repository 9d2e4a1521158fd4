//! A cycle is found and named task by task.

use graph_runtime_wfformat::{Error, Problem, Workflow};
use proptest::prelude::*;

/// Reads a workflow in which task `i` waits for the tasks `parents[i]`.
fn parse(parents: &[Vec<usize>]) -> Result<Workflow, Error> {
    let task = |(i, parents): (usize, &Vec<usize>)| {
        format!(r#"{{"name": "{i}", "runtime": 1, "parents": {:?}}}"#, names(parents))
    };
    let tasks: Vec<String> = parents.iter().enumerate().map(task).collect();
    Workflow::parse(&format!(r#"{{"workflow": {{"tasks": [{}]}}}}"#, tasks.join(",")))
}

fn names(parents: &[usize]) -> Vec<String> {
    parents.iter().map(usize::to_string).collect()
}

#[test]
fn a_cycle_is_named_from_parent_to_child() {
    let error = parse(&[vec![], vec![3, 0], vec![1], vec![2], vec![3]]).unwrap_err();
    assert!(error.is_cycle());
    assert_eq!(
        error.to_string(),
        "workflow.tasks: cycle: 1 -> 2 -> 3 -> 1; every task in it waits for the one before, so take \
         one of these edges out"
    );
}

#[test]
fn a_task_that_waits_for_itself_is_a_cycle() {
    let error = parse(&[vec![0]]).unwrap_err();
    assert!(error.to_string().starts_with("workflow.tasks: cycle: 0 -> 0;"), "{error}");
}

#[test]
fn a_long_cycle_is_cut_in_the_middle() {
    let count = 100_000;
    let ring: Vec<Vec<usize>> = (0..count).map(|i| vec![(i + count - 1) % count]).collect();
    let error = parse(&ring).unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow.tasks: cycle: 0 -> 1 -> 2 -> 3 -> 4 -> 5 -> ... 99989 more ... -> 99995 -> \
         99996 -> 99997 -> 99998 -> 99999 -> 0; every task in it waits for the one before, so take \
         one of these edges out"
    );
}

#[test]
fn the_split_form_says_which_list() {
    let json = r#"{"workflow": {"specification": {"tasks": [{"id": "a", "parents": ["a"]}]},
        "execution": {"tasks": [{"id": "a", "runtimeInSeconds": 1}]}}}"#;
    let error = Workflow::parse(json).unwrap_err();
    assert!(error.to_string().starts_with("workflow.specification.tasks: cycle: a -> a;"));
}

/// Oracle: a graph has a cycle if some task can reach itself.
fn has_cycle(parents: &[Vec<usize>]) -> bool {
    (0..parents.len()).any(|start| {
        let mut stack = parents[start].clone();
        let mut seen = vec![false; parents.len()];
        while let Some(task) = stack.pop() {
            if task == start {
                return true;
            }
            if !std::mem::replace(&mut seen[task], true) {
                stack.extend(&parents[task]);
            }
        }
        false
    })
}

proptest! {
    #[test]
    fn any_graph_is_ordered_or_has_a_cycle_that_is_really_there(
        parents in (1usize..12).prop_flat_map(|tasks| {
            prop::collection::vec(prop::collection::vec(0..tasks, 0..3), tasks)
        }),
    ) {
        match parse(&parents) {
            Ok(workflow) => {
                prop_assert!(!has_cycle(&parents));
                let order = workflow.topological_order();
                prop_assert_eq!(order.len(), parents.len());
                for (at, &task) in order.iter().enumerate() {
                    prop_assert!(parents[task].iter().all(|parent| order[..at].contains(parent)));
                }
            }
            Err(error) => {
                prop_assert!(has_cycle(&parents));
                let Problem::Cycle { tasks, .. } = error.problem() else {
                    return Err(TestCaseError::fail(error.to_string()));
                };
                prop_assert_eq!(tasks.first(), tasks.last());
                for pair in tasks.windows(2) {
                    let child: usize = pair[1].parse().unwrap();
                    prop_assert!(names(&parents[child]).contains(&pair[0]), "{}", error);
                }
            }
        }
    }
}
