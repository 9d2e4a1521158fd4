//! Names of graph tasks that know what the task returns.

use scheduler::TaskId;
use std::fmt;
use std::marker::PhantomData;

/// A task of a [`Graph`](crate::executor::Graph) that returns a `T`.
pub struct Node<T> {
    id: TaskId,
    output: PhantomData<fn() -> T>,
}

impl<T> Node<T> {
    pub(in crate::executor) fn new(id: TaskId) -> Self {
        Self { id, output: PhantomData }
    }

    /// The task's id.
    pub fn id(self) -> TaskId {
        self.id
    }
}

impl<T> Clone for Node<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Node<T> {}

impl<T> From<Node<T>> for TaskId {
    fn from(node: Node<T>) -> Self {
        node.id
    }
}

impl<T> fmt::Debug for Node<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node({})", self.id)
    }
}

/// Names a task whose output is a `T`: a [`Node<T>`], or a [`TaskId`], which leaves it to the
/// caller to say what `T` is.
pub trait OutputOf<T>: sealed::Sealed {
    /// The task's id.
    fn task_id(&self) -> TaskId;
}

impl<T> OutputOf<T> for Node<T> {
    fn task_id(&self) -> TaskId {
        self.id
    }
}

impl<T> OutputOf<T> for TaskId {
    fn task_id(&self) -> TaskId {
        *self
    }
}

mod sealed {
    pub trait Sealed {}
    impl<T> Sealed for super::Node<T> {}
    impl Sealed for super::TaskId {}
}
