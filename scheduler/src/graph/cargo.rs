//! What the driver wants back.

use super::TaskSpec;
use primitives::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// The payloads of the tasks that have not started, by slot, and what else a
/// [`TaskSpec`] says that only the driver needs.
#[derive(Debug)]
pub(crate) struct Cargo<P> {
    payloads: Vec<Option<P>>,
    labels: HashMap<u32, Label>,
}

/// What few tasks have, and those whose driver keeps its own books never.
#[derive(Debug, Clone, Default)]
pub(crate) struct Label {
    pub(crate) name: Option<Arc<str>>,
    pub(crate) deadline: Option<Timestamp>,
}

/// What each of the planned tasks brings with it, in order.
pub(crate) fn cargo_of<P>(specs: Vec<TaskSpec<P>>) -> impl FnMut(usize) -> (P, Label) {
    let mut specs = specs.into_iter();
    move |_| {
        let spec = specs.next().expect("there are as many as were planned");
        (spec.payload, Label { name: spec.name, deadline: spec.deadline })
    }
}

/// What each of so many tasks brings with it, in order. All of it is made now, before the scheduler
/// changes, because `payload` may panic; where payloads are nothing, that takes no memory.
pub(crate) fn make_cargo<P>(
    tasks: usize,
    payload: impl FnMut(usize) -> P,
) -> impl FnMut(usize) -> (P, Label) {
    let mut payloads = (0..tasks).map(payload).collect::<Vec<P>>().into_iter();
    move |_| (payloads.next().expect("one was made for each"), Label::default())
}

impl<P> Default for Cargo<P> {
    fn default() -> Self {
        Self { payloads: Vec::new(), labels: HashMap::new() }
    }
}

impl<P> Cargo<P> {
    pub(crate) fn reserve(&mut self, slots: usize) {
        self.payloads.reserve(slots.saturating_sub(self.payloads.len()));
    }

    pub(crate) fn put(&mut self, slot: u32, payload: P, label: Label) {
        let at = slot as usize;
        if at >= self.payloads.len() {
            self.payloads.resize_with(at + 1, || None);
        }
        self.payloads[at] = Some(payload);
        if label.name.is_some() || label.deadline.is_some() {
            self.labels.insert(slot, label);
        }
    }

    /// The payload of a task that has not started; none the second time.
    pub(crate) fn take(&mut self, slot: u32) -> Option<P> {
        self.payloads[slot as usize].take()
    }

    /// The payload of a task again, which has started and will start once more.
    pub(crate) fn put_back(&mut self, slot: u32, payload: P) {
        self.payloads[slot as usize] = Some(payload);
    }

    /// What the task in `slot` is called, when it starts for the last time or has ended.
    pub(crate) fn take_label(&mut self, slot: u32) -> Label {
        if self.labels.is_empty() { None } else { self.labels.remove(&slot) }.unwrap_or_default()
    }

    /// What the task in `slot` is called, when it starts and may start again.
    pub(crate) fn label(&self, slot: u32) -> Label {
        self.labels.get(&slot).cloned().unwrap_or_default()
    }
}
