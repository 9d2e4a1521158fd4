//! Which set the thread is in, and which one runs.
//!
//! A set that is entered is the one that new tasks go to; guards, which may be kept in futures, say
//! so. A set *runs* during a poll of it and during its drop, and that is as nested as the calls
//! are: its tasks end nowhere else, and so find their list.

use super::context::Context;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::thread::LocalKey;

type Slot = RefCell<Option<Rc<Context>>>;

thread_local! {
    static ENTERED: Slot = const { RefCell::new(None) };
    static RUNNING: Slot = const { RefCell::new(None) };
}

/// What was there, or an error on a thread whose locals are gone.
fn replace(
    slot: &'static LocalKey<Slot>,
    new: Option<Rc<Context>>,
) -> Result<Option<Rc<Context>>, Gone> {
    slot.try_with(|slot| slot.replace(new)).map_err(|_| Gone)
}

struct Gone;

fn get(slot: &'static LocalKey<Slot>) -> Option<Rc<Context>> {
    slot.try_with(|slot| slot.borrow().clone()).ok().flatten()
}

/// The set that the thread is in.
pub(super) fn entered() -> Option<Rc<Context>> {
    get(&ENTERED)
}

/// The set that runs on this thread.
pub(super) fn running() -> Option<Rc<Context>> {
    get(&RUNNING)
}

/// Whether a set runs on this thread.
pub(crate) fn is_running() -> bool {
    running().is_some()
}

/// Enters a set and runs it for the length of the call. `None`, and no call, on a thread whose
/// locals are gone.
pub(super) fn run<R>(context: &Rc<Context>, f: impl FnOnce() -> R) -> Option<R> {
    let previous = replace(&RUNNING, Some(Rc::clone(context))).ok()?;
    let _running = Running { previous };
    let _entered = LocalEnterGuard::new(context);
    Some(f())
}

/// Restores what ran before.
struct Running {
    previous: Option<Rc<Context>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // What is replaced is dropped outside the borrow.
        drop(replace(&RUNNING, self.previous.take()));
    }
}

/// While it lives, the thread is in a [`LocalSet`](super::LocalSet). See
/// [`LocalSet::enter`](super::LocalSet::enter).
#[must_use = "the set is left again when the guard is dropped"]
pub struct LocalEnterGuard {
    previous: Option<Rc<Context>>,
}

impl LocalEnterGuard {
    pub(super) fn new(context: &Rc<Context>) -> Self {
        let previous = replace(&ENTERED, Some(Rc::clone(context)));
        // On a thread whose locals are gone it does nothing.
        Self { previous: previous.ok().flatten() }
    }
}

impl Drop for LocalEnterGuard {
    fn drop(&mut self) {
        // As above.
        drop(replace(&ENTERED, self.previous.take()));
    }
}

impl fmt::Debug for LocalEnterGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalEnterGuard").finish_non_exhaustive()
    }
}
