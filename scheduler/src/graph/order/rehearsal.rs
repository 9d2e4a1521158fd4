//! Running a planned graph in nothing but numbers.

use super::memory_bound::{Load, Room};
use super::policy::Key;
use crate::control::Demand;
use crate::graph::admission::turnstile::Turnstile;
use crate::graph::shape::topology::Topology;
use crate::graph::{GraphPlan, SchedulerConfig};
use primitives::Timestamp;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// What a task is to a rehearsal.
struct Part {
    /// What comes before the rank.
    class: u32,
    due: Timestamp,
    estimate: u64,
    demand: Demand,
}

/// A graph on slots, under budgets, in groups and on rates, as often as wanted, with other ranks
/// each time.
///
/// It starts what the scheduler would start if nothing else ran, every estimate were exact and
/// every rate were untouched at the beginning: the same turnstile, the same order. One run takes
/// O((tasks + edges) log tasks), and more where there is no room for many kinds of tasks.
pub(in crate::graph) struct Rehearsal<'a> {
    plan: &'a GraphPlan,
    config: SchedulerConfig,
    slots: usize,
    parts: Vec<Part>,
    turnstile: Turnstile,
    unmet: Vec<u32>,
    running: BinaryHeap<Reverse<(u64, u32)>>,
    /// When each task ended in the last run.
    pub(in crate::graph) ends: Vec<u64>,
}

/// An empty turnstile that knows what the tasks of the plan need by name.
fn turnstile(plan: &GraphPlan, config: &SchedulerConfig, slots: usize) -> Turnstile {
    let mut turnstile = Turnstile::new(config);
    turnstile.admission.set_limit(slots);
    for (&node, needs) in &plan.needs {
        turnstile.set_needs(node, Arc::clone(needs));
    }
    turnstile
}

/// Which way time runs.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::graph) enum Direction {
    Forward,
    /// From the ends of the graph to its beginnings, with nothing but ranks to decide.
    Backward,
}

impl<'a> Rehearsal<'a> {
    pub(in crate::graph) fn new(
        plan: &'a GraphPlan,
        config: &SchedulerConfig,
        slots: usize,
    ) -> Self {
        let mut config = config.clone();
        if plan.needs.is_empty() {
            (config.groups, config.rates) = (Vec::new(), Vec::new());
        }
        let slots = slots.min(config.max_in_flight);
        let has_due = config.policy.knows_deadlines();
        let parts = plan.nodes.iter().map(|node| {
            let profile = &plan.profiles[node.profile as usize];
            Part {
                class: !node.class,
                due: if has_due {
                    node.due.min(config.policy.due(plan.deadline, 0))
                } else {
                    Timestamp::ZERO
                },
                estimate: profile.estimate,
                demand: profile.demand,
            }
        });
        Self {
            parts: parts.collect(),
            turnstile: turnstile(plan, &config, slots),
            plan,
            config,
            slots,
            unmet: Vec::new(),
            running: BinaryHeap::new(),
            ends: vec![0; plan.len()],
        }
    }

    /// When the last task ends if larger `ranks` go first. The times of all are in `ends`.
    pub(in crate::graph) fn run(&mut self, ranks: &[u64], direction: Direction) -> u64 {
        if !self.plan.needs.is_empty() {
            // What is left of a rate, and who has lost patience, is the last run's affair.
            self.turnstile = turnstile(self.plan, &self.config, self.slots);
        }
        let Topology { parents, children, .. } = &self.plan.topology;
        let (before, after) = match direction {
            Direction::Forward => (parents, children),
            Direction::Backward => (children, parents),
        };
        let (mut now, mut last_end, mut sequence) = (0, 0, 0);
        let nodes = self.parts.len() as u32;
        self.unmet.clear();
        self.unmet.extend((0..nodes).map(|node| before.of(node).len() as u32));
        for node in (0..nodes).filter(|&node| before.of(node).is_empty()) {
            self.enqueue(node, ranks, &mut sequence, direction);
        }
        loop {
            self.start(now);
            let end = self.running.peek().map(|&Reverse((end, _))| end);
            // While all slots are taken nobody looks at what there would be enough for.
            let wake = self.turnstile.next_wake().map(Timestamp::as_nanos);
            let wake = wake.filter(|&wake| wake > now);
            let Some(next) = end.into_iter().chain(wake).min() else { return last_end };
            now = next;
            while let Some(&Reverse((end, node))) = self.running.peek()
                && end == now
            {
                self.running.pop();
                last_end = now;
                self.turnstile.release(node, self.parts[node as usize].demand);
                for &other in after.of(node) {
                    self.unmet[other as usize] -= 1;
                    if self.unmet[other as usize] == 0 {
                        self.enqueue(other, ranks, &mut sequence, direction);
                    }
                }
            }
        }
    }

    fn enqueue(&mut self, node: u32, ranks: &[u64], sequence: &mut u64, direction: Direction) {
        let Part { class, due, demand, .. } = self.parts[node as usize];
        let is_forward = direction == Direction::Forward;
        let (class, due) = if is_forward { (class, due) } else { (0, Timestamp::ZERO) };
        let key = Key::new(class, due, Reverse(ranks[node as usize]), *sequence);
        self.turnstile.push(node, key, demand);
        *sequence += 1;
    }

    fn start(&mut self, now: u64) {
        let (parts, time) = (&self.parts, Timestamp::from_nanos(now));
        while let Some(choice) = self.turnstile.choose(time, |node| parts[node as usize].estimate) {
            let &Part { demand, estimate, .. } = &parts[choice.slot as usize];
            self.turnstile.start(choice, demand, estimate, time);
            let end = now.saturating_add(estimate);
            self.ends[choice.slot as usize] = end;
            self.running.push(Reverse((end, choice.slot)));
        }
    }

    /// When each task started in the last run.
    pub(in crate::graph) fn starts(&self) -> impl Iterator<Item = u64> + '_ {
        self.ends.iter().zip(&self.parts).map(|(end, part)| end.saturating_sub(part.estimate))
    }

    /// What no run can beat: the longest way, the work shared by the slots and, where there is a
    /// budget for memory, what no more than so many heads and as many tails say about that.
    pub(in crate::graph) fn bound(&self, ranks: &[u64], levels: usize) -> u64 {
        let slots = self.turnstile.admission.limit();
        let work = self.parts.iter().fold(0_u128, |sum, part| sum + u128::from(part.estimate));
        let share = work.div_ceil(slots as u128);
        let longest = ranks.iter().copied().max().unwrap_or(0);
        let simple = longest.max(u64::try_from(share).unwrap_or(u64::MAX));
        if self.memory_shares().all(|share| share == 0.0) {
            return simple;
        }
        let room = Room { slots, bytes: self.config.memory_bytes as u64 };
        let load = |task: usize| {
            let part = &self.parts[task];
            Load { time: part.estimate, bytes: part.demand.memory_bytes() }
        };
        room.bound(&self.plan.topology, load, simple, levels)
    }

    /// The part of the memory budget that each task takes; nothing without a budget.
    pub(in crate::graph) fn memory_shares(&self) -> impl Iterator<Item = f64> + '_ {
        self.parts.iter().map(|part| self.turnstile.admission.memory_share(part.demand))
    }
}
