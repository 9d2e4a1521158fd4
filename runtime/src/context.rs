//! What the current thread knows about the runtime it works for.

use crate::runtime::{Handle, RuntimeFlavor, TryCurrentError};
use crate::worker::{Local, Shared};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::task::Waker;
use std::thread::panicking;

struct Context {
    /// The runtime that `spawn`, `sleep` and the like refer to.
    handle: RefCell<Option<Handle>>,
    /// How many scopes of runtimes the thread is in, one inside the other.
    depth: Cell<usize>,
    /// A handle of that same runtime which somebody no longer needs: whoever needs one next takes
    /// it and so is spared the counting of references.
    spare: Cell<Option<Handle>>,
    /// The waker of the timer that this worker cancelled last, until it next looks at its reactor:
    /// a task that sets one timeout after the other is spared the counting of references to itself.
    spare_waker: Cell<Option<Waker>>,
    /// Set while this thread is a worker.
    local: RefCell<Option<Arc<Local>>>,
    /// Whose tasks stand still if this thread blocks.
    drives: Cell<Drives>,
}

thread_local! {
    static CONTEXT: Context = const {
        Context {
            handle: RefCell::new(None),
            depth: Cell::new(0),
            spare: Cell::new(None),
            spare_waker: Cell::new(None),
            local: RefCell::new(None),
            drives: Cell::new(Drives::Nothing),
        }
    };
}

/// The runtime this thread has entered.
pub(crate) fn current() -> Result<Handle, TryCurrentError> {
    let handle = CONTEXT
        .try_with(|context| context.spare.take().or_else(|| context.handle.borrow().clone()));
    match handle {
        Ok(Some(handle)) => Ok(handle),
        Ok(None) => Err(TryCurrentError::outside()),
        Err(_) => Err(TryCurrentError::thread_ending()),
    }
}

/// Calls `f` with this thread's runtime, if there is one.
pub(crate) fn with_current<R>(f: impl FnOnce(&Handle) -> R) -> Option<R> {
    let handle = current().ok()?;
    let result = f(&handle);
    give_back(handle);
    Some(result)
}

/// Tells this thread's runtime, if there is one, that a poll was cut short.
pub(crate) fn count_forced_yield() {
    with_current(|handle| handle.shared().count_forced_yield());
}

/// Drops a handle, or keeps it for the next who asks for the [`current`] one.
pub(crate) fn give_back(handle: Handle) {
    let mut handle = Some(handle);
    // The one that is displaced, or was not wanted, is dropped outside the borrow: it may be the
    // last.
    let displaced = CONTEXT.try_with(|context| {
        let current = context.handle.borrow();
        let is_current = |it: &mut Handle| current.as_ref().is_some_and(|own| own.is_same(it));
        handle.take_if(is_current).and_then(|handle| context.spare.replace(Some(handle)))
    });
    drop((displaced, handle));
}

/// A clone of `waker`, or an equal one that was given back.
#[inline]
pub(crate) fn clone_waker(waker: &Waker) -> Waker {
    let spare = CONTEXT.try_with(|context| context.spare_waker.take()).ok().flatten();
    match spare {
        Some(spare) if spare.will_wake(waker) => spare,
        // It is of no use to the task that runs now: no need to keep it any longer.
        _ => waker.clone(),
    }
}

/// Drops a waker, or keeps it for a [`clone_waker`] on the same worker.
#[inline]
pub(crate) fn give_back_waker(waker: Waker) {
    let mut waker = Some(waker);
    // What is dropped is user's code, and dropped outside the borrow.
    let displaced = CONTEXT.try_with(|context| {
        let is_worker = context.local.borrow().is_some();
        waker.take_if(|_| is_worker).and_then(|waker| context.spare_waker.replace(Some(waker)))
    });
    drop((displaced, waker));
}

/// Drops the waker that is kept, if one is.
#[inline]
pub(crate) fn drop_spare_waker() {
    drop(CONTEXT.try_with(|context| context.spare_waker.take()));
}

/// While it lives, the thread's current runtime is the one given. On a thread whose locals are
/// gone (a runtime in a thread-local may be dropped that late) there is none, and it does nothing.
#[derive(Debug)]
pub(crate) struct EnteredHandle {
    previous: Option<Handle>,
    depth: usize,
}

impl EnteredHandle {
    pub(crate) fn new(handle: &Handle) -> Self {
        let previous = Self::replace(Some(handle.clone()));
        let _ = CONTEXT.try_with(|context| context.depth.set(context.depth.get() + 1));
        Self { previous, depth: Self::depth() }
    }

    fn depth() -> usize {
        CONTEXT.try_with(|context| context.depth.get()).unwrap_or(0)
    }

    fn replace(handle: Option<Handle>) -> Option<Handle> {
        let replaced =
            CONTEXT.try_with(|context| (context.handle.replace(handle), context.spare.take()));
        // The spare one belongs to the runtime that is left. It is dropped outside the borrow.
        replaced.ok().and_then(|(previous, _spare)| previous)
    }
}

impl Drop for EnteredHandle {
    fn drop(&mut self) {
        if Self::depth() != self.depth {
            // Which runtime is the current one cannot be told any more.
            assert!(panicking(), "scopes of `enter` must end in the reverse order of their begin");
            return;
        }
        let _ = CONTEXT.try_with(|context| context.depth.set(self.depth.saturating_sub(1)));
        let previous = self.previous.take();
        // The replaced handle may be the last one, so it is dropped outside the borrow.
        drop(Self::replace(previous));
    }
}

/// What stands still if a thread blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drives {
    /// No tasks: it may block.
    Nothing,
    /// Tasks that other threads can go on with.
    WithOthers,
    /// All tasks of a current-thread runtime, or a future that nobody else can poll.
    Alone,
}

impl Drives {
    /// What a thread in `block_on` of a runtime drives.
    pub(crate) fn of(flavor: RuntimeFlavor) -> Self {
        match flavor {
            RuntimeFlavor::MultiThread => Self::WithOthers,
            RuntimeFlavor::CurrentThread => Self::Alone,
        }
    }
}

/// While it lives, the thread drives tasks and must not block.
#[derive(Debug)]
pub(crate) struct DrivesTasks(());

impl DrivesTasks {
    /// # Panics
    ///
    /// If the thread drives tasks already: blocking it would stall them.
    #[track_caller]
    pub(crate) fn enter(what: &str, drives: Drives) -> Self {
        assert!(may_block(), "Cannot start a runtime from within a runtime: {}", would_stall(what));
        // A thread whose locals are gone drives nothing that could be told.
        let _ = CONTEXT.try_with(|context| context.drives.set(drives));
        Self(())
    }

    /// For the thread of a worker, which drives nothing else.
    pub(crate) fn enter_as_worker() -> Self {
        Self::enter("a worker", Drives::WithOthers)
    }
}

impl Drop for DrivesTasks {
    fn drop(&mut self) {
        // A thread whose locals are gone drives nothing any more.
        let _ = CONTEXT.try_with(|context| context.drives.set(Drives::Nothing));
    }
}

/// While it lives, the thread may block although it drives tasks.
#[derive(Debug)]
pub(crate) struct Undriven {
    before: Drives,
}

impl Undriven {
    pub(crate) fn new() -> Self {
        let before = CONTEXT.try_with(|context| context.drives.replace(Drives::Nothing));
        Self { before: before.unwrap_or(Drives::Nothing) }
    }
}

impl Drop for Undriven {
    fn drop(&mut self) {
        let _ = CONTEXT.try_with(|context| context.drives.set(self.before));
    }
}

/// What stands still if this thread blocks.
pub(crate) fn drives() -> Drives {
    CONTEXT.try_with(|context| context.drives.get()).unwrap_or(Drives::Nothing)
}

/// For calls that block their thread until some task has done something.
///
/// # Panics
///
/// If the thread drives tasks: they would stand still meanwhile, perhaps the very one that the
/// call waits for.
#[track_caller]
pub(crate) fn assert_may_block(what: &str) {
    let reason = "Cannot block the current thread from within a runtime";
    assert!(may_block(), "{reason}: {}", would_stall(what));
}

/// Whether this thread may block: it drives no tasks.
pub(crate) fn may_block() -> bool {
    drives() == Drives::Nothing
}

fn would_stall(what: &str) -> String {
    format!(
        "{what} blocks its thread, and this thread drives tasks of a graph_runtime runtime; \
         await instead, or move the call to `spawn_blocking`"
    )
}

/// While it lives, the thread is the worker given, also if it is another runtime's already: a task
/// may drop a current-thread runtime. Does nothing on a thread whose locals are gone.
#[derive(Debug)]
pub(crate) struct EnteredWorker {
    previous: Option<Arc<Local>>,
}

impl EnteredWorker {
    pub(crate) fn new(local: Arc<Local>) -> Self {
        let entered = CONTEXT.try_with(|context| context.local.replace(Some(local)));
        Self { previous: entered.ok().flatten() }
    }
}

impl Drop for EnteredWorker {
    fn drop(&mut self) {
        let previous = self.previous.take();
        drop_spare_waker();
        // As above: what is replaced is dropped outside the borrow.
        let replaced = CONTEXT.try_with(|context| context.local.replace(previous));
        drop(replaced);
    }
}

/// Takes this thread's worker out of its hands, if it is one that `wanted` accepts and nobody uses
/// it at this moment.
pub(crate) fn take_worker(wanted: impl FnOnce(&Local) -> bool) -> Option<Arc<Local>> {
    let taken = CONTEXT.try_with(|context| {
        let mut local = context.local.try_borrow_mut().ok()?;
        if local.as_deref().is_some_and(wanted) { local.take() } else { None }
    });
    taken.ok().flatten()
}

/// The reverse of [`take_worker`], on the same thread.
pub(crate) fn put_worker_back(local: Arc<Local>) {
    // What is replaced is dropped outside the borrow.
    drop(CONTEXT.try_with(|context| context.local.replace(Some(local))));
}

/// Calls `f` with this thread's worker, if it is one of `shared`'s.
#[inline]
pub(crate) fn with_worker<R>(shared: &Arc<Shared>, f: impl FnOnce(Option<&Local>) -> R) -> R {
    with_any_worker(|local| f(local.filter(|local| local.belongs_to(shared))))
}

/// Calls `f` with this thread's worker, if it is one of the thread's current runtime.
///
/// # Errors
///
/// Elsewhere `value` comes back, and so it does if `f` says so.
#[inline]
pub(crate) fn on_home_worker<T, R>(
    value: T,
    f: impl FnOnce(&Local, T) -> Result<R, T>,
) -> Result<R, T> {
    // Moved on in whichever way it goes.
    let mut value = Some(value);
    let mut take = || value.take().expect("taken once");
    let result =
        CONTEXT.try_with(|context| match (&*context.handle.borrow(), &*context.local.borrow()) {
            (Some(handle), Some(local)) if local.belongs_to(handle.shared()) => f(local, take()),
            _ => Err(take()),
        });
    result.unwrap_or_else(|_| Err(take()))
}

/// Calls `f` with this thread's worker, if it is one.
#[inline]
pub(crate) fn with_any_worker<R>(f: impl FnOnce(Option<&Local>) -> R) -> R {
    // `f` is moved into whichever arm runs; a thread whose locals are gone is no worker.
    let mut f = Some(f);
    let result = CONTEXT.try_with(|context| {
        let local = context.local.borrow();
        (f.take().expect("called once"))(local.as_deref())
    });
    result.unwrap_or_else(|_| (f.take().expect("called once"))(None))
}
