//! What worked for which kind of task.

use super::class::CLASSES;

/// The class that does most of the work now, and the best limit while each did.
#[derive(Debug)]
pub(super) struct Kinds {
    main: Option<u8>,
    /// 0 is unknown.
    best: [usize; CLASSES],
}

impl Kinds {
    pub(super) fn new() -> Self {
        Self { main: None, best: [0; CLASSES] }
    }

    /// This class does most of the work, if one does: whether another did before.
    pub(super) fn changes(&mut self, main: Option<u8>) -> bool {
        let Some(class) = main else { return false };
        self.main.replace(class).is_some_and(|before| before != class)
    }

    /// The best limit for the class that does most of the work now, if it is known.
    pub(super) fn best(&self) -> Option<usize> {
        Some(self.best[usize::from(self.main?) % CLASSES]).filter(|&limit| limit > 0)
    }

    /// No better one is known for it than this.
    pub(super) fn remember(&mut self, limit: usize) {
        if let Some(class) = self.main {
            self.best[usize::from(class) % CLASSES] = limit;
        }
    }
}
