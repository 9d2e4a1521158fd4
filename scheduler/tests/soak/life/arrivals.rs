//! What is submitted, and added to graphs.

use super::{LIVE_MAX, Life};
use crate::draft::{one_in, spec};
use crate::promise::{Dependency, KINDS, Payload, Promise, State};
use graph_runtime_scheduler::{FailurePolicy, GraphId, GraphPlan, TaskId, TaskSpec};
use std::time::Duration;

impl Life {
    /// Some that are known, the young ones more often than not.
    pub(super) fn dependencies(&mut self, own: &[TaskId]) -> Vec<TaskId> {
        let mut chosen = Vec::new();
        for _ in 0..self.rng.below(4) {
            if !own.is_empty() && one_in(&mut self.rng, 2) {
                chosen.push(own[self.rng.below(own.len() as u32) as usize]);
            } else {
                chosen.extend(self.any_id());
            }
        }
        chosen
    }

    /// A new task, and what is promised to it. It may depend on those of `own`.
    pub(super) fn draft(
        &mut self,
        own: &[TaskId],
        graph: Option<usize>,
    ) -> (TaskSpec<Payload>, Promise) {
        let id = TaskId::new(self.next_id);
        self.next_id += 1;
        let after = self.dependencies(own);
        let payload = Payload::new(&self.alive);
        let (spec, draft) = spec(id, &after, payload, self.now, &mut self.rng);
        let promise = Promise {
            graph,
            is_static: false,
            dependencies: after.into_iter().map(|id| (id, Dependency::Open)).collect(),
            dependents: Vec::new(),
            trigger: draft.trigger,
            needs: draft.needs,
            groups: draft.groups,
            costs: draft.costs,
            charged: [0.0; KINDS],
            max_attempts: draft.max_attempts,
            attempts: 0,
            holds: 0,
            is_cancelled: false,
            state: State::Waiting,
        };
        (spec, promise)
    }

    pub(super) fn is_full(&self) -> bool {
        self.books.live() > LIVE_MAX
    }

    pub(super) fn submit(&mut self, graph: Option<usize>) {
        if self.is_full() {
            return;
        }
        let (spec, promise) = self.draft(&[], graph);
        let id = spec.id;
        let submitted = match graph {
            None => self.scheduler.submit(spec, self.now),
            Some(number) => {
                let graph = self.books.graphs[&number].id;
                self.scheduler.submit_into(graph, spec, self.now)
            }
        };
        match submitted {
            Ok(()) => self.accept(id, promise),
            Err(refused) => assert!(graph.is_some(), "{}", refused.error),
        }
    }

    pub(super) fn accept(&mut self, id: TaskId, promise: Promise) {
        if let Some(number) = promise.graph.filter(|_| !promise.is_static) {
            self.books.graphs.get_mut(&number).expect("it is known").live += 1;
        }
        self.books.add(id, promise);
        self.ids.push(id);
    }

    pub(super) fn drafts(
        &mut self,
        graph: Option<usize>,
    ) -> (Vec<TaskSpec<Payload>>, Vec<Promise>) {
        let (mut own, mut specs, mut promises) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..=self.rng.below(12) {
            let (spec, promise) = self.draft(&own, graph);
            own.push(spec.id);
            specs.push(spec);
            promises.push(promise);
        }
        // Whoever comes first may depend on whoever comes last.
        if one_in(&mut self.rng, 2) {
            specs.reverse();
            promises.reverse();
        }
        (specs, promises)
    }

    pub(super) fn submit_graph(&mut self) {
        if self.is_full() {
            return;
        }
        let number = self.next_graph;
        self.next_graph += 1;
        let (specs, mut promises) = self.drafts(Some(number));
        promises.iter_mut().for_each(|promise| promise.is_static = true);
        let ids: Vec<TaskId> = specs.iter().map(|spec| spec.id).collect();
        let fails_fast = self.failure == FailurePolicy::FailFast;
        let graph = if one_in(&mut self.rng, 2) {
            self.scheduler.submit_graph(specs, self.failure, self.now).expect("a sound graph")
        } else {
            self.submit_plan(specs)
        };
        self.books.add_graph(number, graph, ids.clone(), fails_fast);
        self.accept_all(&ids, promises);
    }

    pub(super) fn submit_plan(&mut self, specs: Vec<TaskSpec<Payload>>) -> GraphId {
        let terms = |at: usize| specs[at].terms();
        let mut plan = GraphPlan::new(&self.config, specs.len(), terms).expect("a sound graph");
        if one_in(&mut self.rng, 2) {
            plan = plan.due_by(self.now + Duration::from_millis(self.rng.below(20_000).into()));
        }
        if one_in(&mut self.rng, 4) {
            plan = plan.timeout(Duration::from_millis(u64::from(self.rng.below(20_000)) + 1));
        }
        let mut payloads = specs.into_iter().map(|spec| spec.payload);
        let payload = |_| payloads.next().expect("one each");
        let submitted = self.scheduler.submit_plan(plan, payload, self.failure, self.now);
        submitted.map_err(|refused| refused.error.to_string()).expect("a sound graph")
    }

    pub(super) fn accept_all(&mut self, ids: &[TaskId], promises: Vec<Promise>) {
        for (&id, promise) in ids.iter().zip(promises) {
            self.accept(id, promise);
        }
        self.books.link_late(ids);
    }

    pub(super) fn grow(&mut self) {
        let Some(number) = self.any_graph().filter(|_| !self.is_full()) else { return };
        if one_in(&mut self.rng, 2) {
            return self.submit(Some(number));
        }
        let graph = self.books.graphs[&number].id;
        let (specs, promises) = self.drafts(Some(number));
        let ids: Vec<TaskId> = specs.iter().map(|spec| spec.id).collect();
        if self.scheduler.grow(graph, specs, self.now).is_ok() {
            self.seen.growths += 1;
            self.accept_all(&ids, promises);
        }
    }
}
