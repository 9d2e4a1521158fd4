//! Aborting instead of going on with broken state.

/// Aborts the process when dropped, unless [`defuse`](Bomb::defuse)d.
///
/// A panic in *user* code becomes a `JoinError`. A panic in the middle of *our* bookkeeping has
/// left a half-made step behind, and no answer is better than a wrong one.
///
/// # Examples
///
/// ```
/// use graph_runtime_primitives::bomb::Bomb;
///
/// let bomb = Bomb::new("moving a task between queues");
/// // ... steps that must not unwind ...
/// bomb.defuse();
/// ```
#[derive(Debug)]
#[must_use = "a bomb that is dropped at once goes off at once"]
pub struct Bomb {
    doing: &'static str,
}

impl Bomb {
    /// Arms a bomb; `doing` says what must not be interrupted.
    pub fn new(doing: &'static str) -> Self {
        Self { doing }
    }

    /// The dangerous part is over.
    pub fn defuse(self) {
        std::mem::forget(self);
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        eprintln!("graph_runtime: panicked while {}; aborting", self.doing);
        std::process::abort();
    }
}
