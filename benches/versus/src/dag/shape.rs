//! The shapes of the graphs.

use clap::ValueEnum;
use std::fmt;

/// Tasks in a layer of the layered graph, and what each depends on in the layer before.
const LAYER_WIDTH: usize = 100;
const LAYER_DEGREE: usize = 3;
const SEED: u64 = 0x1a7e;

/// A family of graphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShapeName {
    /// Each task depends on the one before: 1,000,000 tasks.
    Chain,
    /// One task, 999,998 that depend on it, one that depends on them.
    Fan,
    /// Each task but the leaves releases two: 2^20 - 1 tasks.
    TreeFork,
    /// Each task but the leaves depends on two: 2^20 - 1 tasks.
    TreeReduce,
    /// 1,000 layers of 100 tasks, each of which depends on 3 of the layer before.
    Layered,
    /// A grid of 512 x 512, each task of which depends on its upper and its left neighbour.
    Wavefront,
}

impl ShapeName {
    /// How many tasks it has in the comparison.
    pub fn full_size(self) -> usize {
        match self {
            Self::Chain | Self::Fan => 1_000_000,
            Self::TreeFork | Self::TreeReduce => (1 << 20) - 1,
            Self::Layered => 1_000 * LAYER_WIDTH,
            Self::Wavefront => 512 * 512,
        }
    }

    /// The graph of this shape with at most `size` tasks, which are numbered so that each depends
    /// on lower ones only. `size` is at least 1,000.
    pub fn of_size(self, size: usize) -> Shape {
        match self {
            Self::Chain => Shape::new(size, |task, edges| {
                edges.extend((task > 0).then(|| task - 1));
            }),
            Self::Fan => Shape::new(size, |task, edges| match task {
                0 => {}
                _ if task as usize == size - 1 => edges.extend(1..task),
                _ => edges.push(0),
            }),
            Self::TreeFork => Shape::new(full_tree(size), |task, edges| {
                edges.extend((task > 0).then(|| (task - 1) / 2));
            }),
            Self::TreeReduce => tree_reduce(full_tree(size)),
            Self::Layered => layered(size / LAYER_WIDTH),
            Self::Wavefront => wavefront(size.isqrt()),
        }
    }
}

impl fmt::Display for ShapeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value().expect("no shape is skipped");
        f.write_str(value.get_name())
    }
}

/// The largest full binary tree with at most `size` nodes.
fn full_tree(size: usize) -> usize {
    (1 << (size + 1).ilog2()) - 1
}

/// The binary tree with its root last.
fn tree_reduce(size: usize) -> Shape {
    let root = size as u32 - 1;
    Shape::new(size, |task, edges| {
        let child = 2 * (root - task) + 1;
        if child < size as u32 {
            edges.extend([root - child, root - child - 1]);
        }
    })
}

fn layered(layers: usize) -> Shape {
    let mut chance = fastrand::Rng::with_seed(SEED);
    Shape::new(layers * LAYER_WIDTH, |task, edges| {
        let width = LAYER_WIDTH as u32;
        if let Some(layer_before) = (task / width).checked_sub(1) {
            while edges.len() < LAYER_DEGREE {
                let candidate = layer_before * width + chance.u32(..width);
                if !edges.contains(&candidate) {
                    edges.push(candidate);
                }
            }
        }
    })
}

fn wavefront(side: usize) -> Shape {
    let side = side as u32;
    Shape::new((side * side) as usize, |task, edges| {
        edges.extend((task >= side).then(|| task - side));
        edges.extend((task % side > 0).then(|| task - 1));
    })
}

/// A graph without tasks' contents: who depends on whom, in both directions.
#[derive(Debug)]
pub struct Shape {
    predecessors: Adjacency,
    successors: Adjacency,
}

impl Shape {
    /// Makes a graph of `tasks` tasks; `dependencies` lists what a task depends on.
    fn new(tasks: usize, mut dependencies: impl FnMut(u32, &mut Vec<u32>)) -> Self {
        let mut lists = Vec::new();
        let mut predecessors = Adjacency { offsets: vec![0], targets: Vec::new() };
        for task in 0..tasks as u32 {
            lists.clear();
            dependencies(task, &mut lists);
            predecessors.targets.extend(&lists);
            predecessors.offsets.push(predecessors.targets.len() as u32);
        }
        Self { successors: predecessors.reversed(), predecessors }
    }

    /// How many tasks there are.
    pub fn tasks(&self) -> usize {
        self.successors.offsets.len() - 1
    }

    /// How many dependencies there are.
    pub fn edges(&self) -> usize {
        self.successors.targets.len()
    }

    /// What a task depends on.
    #[inline]
    pub fn predecessors(&self, task: u32) -> &[u32] {
        self.predecessors.of(task)
    }

    /// What depends on a task.
    #[inline]
    pub fn successors(&self, task: u32) -> &[u32] {
        self.successors.of(task)
    }

    /// The tasks that depend on nothing.
    pub fn roots(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.tasks() as u32).filter(|&task| self.predecessors(task).is_empty())
    }

    /// How many tasks nothing depends on.
    pub fn sinks(&self) -> usize {
        (0..self.tasks() as u32).filter(|&task| self.successors(task).is_empty()).count()
    }

    /// What the successors' lists and the numbers of predecessors occupy: the part that an engine
    /// needs which runs on the shape itself.
    pub fn bytes(&self) -> usize {
        let Adjacency { offsets, targets } = &self.successors;
        size_of::<u32>() * (offsets.len() + targets.len() + self.predecessors.offsets.len())
    }

    /// Where each task's successors begin, one more than there are tasks, and all successors.
    pub fn raw_successors(&self) -> [&[u32]; 2] {
        [&self.successors.offsets, &self.successors.targets]
    }
}

/// Lists of tasks, one after another.
#[derive(Debug)]
struct Adjacency {
    offsets: Vec<u32>,
    targets: Vec<u32>,
}

impl Adjacency {
    #[inline]
    fn of(&self, task: u32) -> &[u32] {
        let task = task as usize;
        &self.targets[self.offsets[task] as usize..self.offsets[task + 1] as usize]
    }

    fn reversed(&self) -> Self {
        let tasks = self.offsets.len() - 1;
        let mut offsets = vec![0; tasks + 1];
        for &target in &self.targets {
            offsets[target as usize + 1] += 1;
        }
        for task in 0..tasks {
            offsets[task + 1] += offsets[task];
        }
        let (mut next, mut targets) = (offsets.clone(), vec![0; self.targets.len()]);
        for task in 0..tasks as u32 {
            for &target in self.of(task) {
                targets[next[target as usize] as usize] = task;
                next[target as usize] += 1;
            }
        }
        Self { offsets, targets }
    }
}

#[cfg(test)]
mod tests {
    use super::ShapeName;
    use clap::ValueEnum;

    #[test]
    fn both_directions_say_the_same_and_dependencies_are_lower() {
        for name in ShapeName::value_variants() {
            let shape = name.of_size(1_500);
            let mut edges = 0;
            for task in 0..shape.tasks() as u32 {
                for &dependency in shape.predecessors(task) {
                    assert!(dependency < task, "{name}: {task} depends on {dependency}");
                    assert!(shape.successors(dependency).contains(&task), "{name}");
                    edges += 1;
                }
            }
            assert_eq!(shape.edges(), edges, "{name}");
        }
    }

    #[test]
    fn shapes_are_what_they_are_called() {
        let figures = |name: ShapeName| {
            let shape = name.of_size(1_024);
            (shape.tasks(), shape.edges(), shape.roots().count(), shape.sinks())
        };
        assert_eq!(figures(ShapeName::Chain), (1_024, 1_023, 1, 1));
        assert_eq!(figures(ShapeName::Fan), (1_024, 2_044, 1, 1));
        assert_eq!(figures(ShapeName::TreeFork), (1_023, 1_022, 1, 512));
        assert_eq!(figures(ShapeName::TreeReduce), (1_023, 1_022, 512, 1));
        assert_eq!(figures(ShapeName::Wavefront), (1_024, 2 * 32 * 31, 1, 1));
        let layered = ShapeName::Layered.of_size(1_024);
        assert_eq!((layered.tasks(), layered.edges()), (1_000, 900 * 3));
        assert_eq!(layered.roots().count(), 100);
    }

    #[test]
    fn full_sizes_are_reached() {
        for name in ShapeName::value_variants() {
            assert_eq!(name.of_size(name.full_size()).tasks(), name.full_size(), "{name}");
        }
    }
}
