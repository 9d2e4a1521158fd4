//! Looking for work elsewhere.

use super::Local;
use crate::task::Runnable;
use scheduler::steal::Steal;

/// How often a searcher goes round all victims while their queues are contended.
const ROUNDS: usize = 4;

impl Local {
    /// Takes work from somebody else: half of a random victim's queue, or what has been injected.
    pub(super) fn search(&self) -> Option<Runnable> {
        if !self.shared.config.work_stealing || self.shared.config.workers == 1 {
            return None;
        }
        if !self.searching.get() {
            if !self.shared.idle.start_search() {
                return None;
            }
            self.searching.set(true);
        }
        for _ in 0..ROUNDS {
            match self.raid() {
                Steal::Item(runnable) => return Some(runnable),
                Steal::Contended => primitives::shim::hint::spin_loop(),
                Steal::Empty => break,
            }
        }
        self.shared.injector.pop().or_else(|| self.raid_stuck())
    }

    /// Goes round all other workers once, from a random one on.
    fn raid(&self) -> Steal<Runnable> {
        let workers = self.shared.remotes.len();
        let start = self.rng.borrow_mut().below(workers as u32) as usize;
        let mut contended = false;
        for offset in 0..workers {
            let victim = (start + offset) % workers;
            if victim == self.index {
                continue;
            }
            self.count(|stats| stats.steal_attempts += 1);
            match self.shared.remotes[victim].stealer.steal_half(&self.queue) {
                Steal::Item(runnable) => {
                    self.count(|stats| stats.steals += 1);
                    return Steal::Item(runnable);
                }
                Steal::Contended => contended = true,
                Steal::Empty => {}
            }
        }
        if contended { Steal::Contended } else { Steal::Empty }
    }

    /// Takes the LIFO slot of a worker that has made no step since this one last looked: whoever
    /// it is polling, the task in the slot must not wait for that.
    fn raid_stuck(&self) -> Option<Runnable> {
        let mut seen = self.seen_progress.borrow_mut();
        for (victim, remote) in self.shared.remotes.iter().enumerate() {
            let progress = remote.progress();
            let stuck = std::mem::replace(&mut seen[victim], progress) == progress;
            if stuck
                && victim != self.index
                && let Some(runnable) = remote.lifo.take()
            {
                self.count(|stats| stats.steals += 1);
                return Some(runnable);
            }
        }
        None
    }

    /// This worker has work: it no longer searches, and if it was the last that did, the next one
    /// starts, because where there is one item there are often more.
    #[inline]
    pub(super) fn stop_search(&self) {
        if self.searching.replace(false) && self.shared.idle.stop_search() {
            self.shared.announce();
        }
    }

    /// Whether anything is queued that this worker could take.
    pub(super) fn sees_work(&self) -> bool {
        let others = &self.shared.remotes;
        !self.shared.injector.is_empty()
            || (self.shared.config.work_stealing
                && others.iter().any(|remote| !remote.stealer.is_empty()))
    }
}
