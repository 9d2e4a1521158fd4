//! The closures of a graph's nodes, side by side in memory.

#![allow(unsafe_code)] // Fenced: closures of many types in plain memory.

use super::node::NodeOutput;
use super::scratch::{Scratch, Started};
use std::any::TypeId;
use std::mem::MaybeUninit;

/// Nodes of one page.
const PAGE: usize = 256;
/// Closures larger than this, or aligned to more than a [`Unit`], are stored as a box.
const INLINE_BYTES: usize = 256;
/// Units of a mixed page's table: two bytes a node, where its closure begins.
const TABLE_UNITS: usize = PAGE * size_of::<u16>() / size_of::<Unit>();

/// Memory is handed out in units.
type Unit = MaybeUninit<u64>;

/// The closures of nodes 0, 1, 2 and so on.
///
/// A page holds the closures of 256 consecutive nodes. In most graphs they are of one type and lie
/// there like the items of a slice; a page in which a second type turns up becomes a *mixed* one.
/// Either way a node costs no allocation of its own, and what it costs beyond its closure is a
/// share of the page (under a byte), or in a mixed page ten bytes.
///
/// ```text
///   plain page   │ F │ F │ F │ F │ ...
///   mixed page   │ 256 x u16: offset │ &Kind of F, F │ &Kind of G, G │ ...
/// ```
///
/// Rules, which the SAFETY comments cite:
///
/// 1. `start` and `drop` of a page are those for what is in it: of plain pages for the type `F`
///    that was pushed first, of mixed pages the ones that read each closure's [`Kind`].
/// 2. Slots `0..len` hold live closures. They are dropped with the page and not before; until
///    then they move only together with the page's memory, while the graph is put together.
/// 3. Every `F` is `Send + Sync + 'static`, no larger than [`INLINE_BYTES`] and aligned to at most
///    a [`Unit`]; so each offset in a mixed page fits into its 16 bits.
#[derive(Default)]
pub(super) struct Closures {
    pages: Vec<Page>,
    /// The type in the last page, if that is a plain one.
    plain: Option<(TypeId, &'static Kind)>,
}

/// The closures of some consecutive nodes.
struct Page {
    memory: Vec<Unit>,
    len: usize,
    /// Starts the closure in a slot.
    start: unsafe fn(*const Unit, usize, &mut Scratch) -> Started,
    /// Drops the closures in the first slots.
    drop: unsafe fn(*mut Unit, usize),
}

/// What has to be known of a closure whose type is not.
struct Kind {
    units: usize,
    bytes: usize,
    start: unsafe fn(*const Unit, usize, &mut Scratch) -> Started,
    drop: unsafe fn(*mut Unit, usize),
}

/// A closure that makes a node's future.
trait Make: Send + Sync + 'static {
    const KIND: Kind;
    fn start(&self, scratch: &mut Scratch) -> Started;
}

impl<F, R> Make for F
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future + Send + 'static,
    R::Output: NodeOutput,
{
    const KIND: Kind = Kind {
        units: size_of::<F>().div_ceil(size_of::<Unit>()),
        bytes: size_of::<F>(),
        start: start_plain::<F>,
        drop: drop_plain::<F>,
    };

    #[inline]
    fn start(&self, scratch: &mut Scratch) -> Started {
        scratch.start(self)
    }
}

impl Closures {
    pub(super) fn with_capacity(nodes: usize) -> Self {
        Self { pages: Vec::with_capacity(nodes.div_ceil(PAGE)), plain: None }
    }

    pub(super) fn len(&self) -> usize {
        self.pages.last().map_or(0, |last| (self.pages.len() - 1) * PAGE + last.len)
    }

    /// Adds the closure of the next node.
    #[inline]
    pub(super) fn push<F, R>(&mut self, closure: F)
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future + Send + 'static,
        R::Output: NodeOutput,
    {
        if size_of::<F>() > INLINE_BYTES || align_of::<F>() > align_of::<Unit>() {
            self.push_inline(Box::new(closure));
        } else {
            self.push_inline(closure);
        }
    }

    #[inline]
    fn push_inline<F: Make>(&mut self, closure: F) {
        if self.pages.last().is_none_or(|last| last.len == PAGE) {
            self.begin_page::<F>();
        }
        let last = self.pages.len() - 1;
        let page = &mut self.pages[last];
        match self.plain {
            Some((id, _)) if id == TypeId::of::<F>() => page.push_plain(closure),
            Some((_, kind)) => {
                page.mix(kind);
                self.plain = None;
                page.push_mixed(closure);
            }
            None => page.push_mixed(closure),
        }
    }

    #[cold]
    fn begin_page<F: Make>(&mut self) {
        // Grows with the graph, so that small graphs stay small.
        let slots = self.len().clamp(4, PAGE);
        self.pages.push(Page {
            memory: Vec::with_capacity((slots * size_of::<F>()).div_ceil(size_of::<Unit>())),
            len: 0,
            start: start_plain::<F>,
            drop: drop_plain::<F>,
        });
        self.plain = Some((TypeId::of::<F>(), &F::KIND));
    }

    /// Gives back what was set aside for more.
    pub(super) fn shrink_to_fit(&mut self) {
        if let Some(last) = self.pages.last_mut() {
            last.memory.shrink_to_fit();
        }
        self.pages.shrink_to_fit();
    }

    /// Makes a node's future and polls it once.
    ///
    /// # Panics
    ///
    /// If there is no such node, and when the closure or its future does.
    #[inline]
    pub(super) fn start(&self, node: u32, scratch: &mut Scratch) -> Started {
        let (page, slot) = (&self.pages[node as usize / PAGE], node as usize % PAGE);
        assert!(slot < page.len, "there is such a node");
        // SAFETY: rules 1 and 2; the slot was just checked.
        unsafe { (page.start)(page.memory.as_ptr(), slot, scratch) }
    }
}

impl Page {
    /// Makes room for more units at the end: where they begin.
    #[inline]
    fn extend_to(&mut self, units: usize) {
        if units > self.memory.len() {
            self.memory.resize(units, Unit::uninit());
        }
    }

    /// The page is a plain one of this type.
    #[inline]
    fn push_plain<F: Make>(&mut self, closure: F) {
        self.extend_to(((self.len + 1) * size_of::<F>()).div_ceil(size_of::<Unit>()));
        // SAFETY: the memory is large enough for one more, and aligned (rule 3).
        unsafe { self.memory.as_mut_ptr().cast::<F>().add(self.len).write(closure) };
        self.len += 1;
    }

    fn push_mixed<F: Make>(&mut self, closure: F) {
        let place = self.push_parcel(&F::KIND);
        // SAFETY: the place is free, and large enough and aligned for the kind (rule 3).
        unsafe { place.cast::<F>().write(closure) };
        self.len += 1;
    }

    /// The page is a mixed one: a place for the next slot's closure. The caller fills it and
    /// counts it.
    fn push_parcel(&mut self, kind: &'static Kind) -> *mut Unit {
        let offset = self.memory.len();
        self.extend_to(offset + 1 + kind.units);
        let memory = self.memory.as_mut_ptr();
        let entry = u16::try_from(offset).expect("a page's offsets fit into 16 bits");
        // SAFETY: the table has an entry for each slot, and the memory ends `1 + units` after the
        // offset; a unit is as large as a reference, on 64 bits, and larger on fewer.
        unsafe {
            memory.cast::<u16>().add(self.len).write(entry);
            memory.add(offset).cast::<&'static Kind>().write(kind);
            memory.add(offset + 1)
        }
    }

    /// Makes a mixed page of a plain one whose closures are of this kind.
    #[cold]
    fn mix(&mut self, kind: &'static Kind) {
        let room = TABLE_UNITS + (self.len + 1) * (1 + kind.units);
        let mut memory = Vec::with_capacity(room);
        memory.resize(TABLE_UNITS, Unit::uninit());
        let mut mixed = Self { memory, len: 0, start: start_mixed, drop: drop_mixed };
        for slot in 0..self.len {
            let place = mixed.push_parcel(kind);
            // SAFETY: slot `slot` of a plain page of this kind is there; the place is another
            // memory's and large enough. The closure moves: nobody uses it where it was.
            unsafe {
                let from = self.memory.as_ptr().cast::<u8>().add(slot * kind.bytes);
                place.cast::<u8>().copy_from_nonoverlapping(from, kind.bytes);
            }
            mixed.len += 1;
        }
        // What is in the old memory has moved, so nothing of it is to be dropped.
        self.len = 0;
        *self = mixed;
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: rules 1 and 2, and this is the end of the page.
        unsafe { (self.drop)(self.memory.as_mut_ptr(), self.len) }
    }
}

/// # Safety
///
/// The memory is that of a plain page of `F`, or of one closure of that type, with a live one in
/// the slot.
unsafe fn start_plain<F: Make>(memory: *const Unit, slot: usize, scratch: &mut Scratch) -> Started {
    // SAFETY: the caller's promise.
    unsafe { &*memory.cast::<F>().add(slot) }.start(scratch)
}

/// # Safety
///
/// The memory is that of a plain page of `F`, or of one closure of that type, with live ones in
/// the first `len` slots, which nobody uses afterwards.
unsafe fn drop_plain<F: Make>(memory: *mut Unit, len: usize) {
    // A slice goes on with the others when the drop of one panics.
    // SAFETY: the caller's promise.
    unsafe { std::ptr::slice_from_raw_parts_mut(memory.cast::<F>(), len).drop_in_place() }
}

/// # Safety
///
/// The memory is that of a mixed page, with a live closure in the slot.
unsafe fn start_mixed(memory: *const Unit, slot: usize, scratch: &mut Scratch) -> Started {
    // SAFETY: the caller's promise.
    let (kind, closure) = unsafe { parcel(memory, slot) };
    // SAFETY: the closure is of this kind.
    unsafe { (kind.start)(closure, 0, scratch) }
}

/// # Safety
///
/// The memory is that of a mixed page, with live closures in the first `len` slots, which nobody
/// uses afterwards.
unsafe fn drop_mixed(memory: *mut Unit, len: usize) {
    /// Goes on with the others when the drop of one panics.
    struct Rest {
        memory: *mut Unit,
        slot: usize,
        len: usize,
    }
    impl Drop for Rest {
        fn drop(&mut self) {
            // SAFETY: the caller's promise, for those that are left.
            unsafe { drop_from(self.memory, &mut self.slot, self.len) }
        }
    }
    /// # Safety
    ///
    /// As that of `drop_mixed`, but for the slots before `slot`.
    unsafe fn drop_from(memory: *mut Unit, slot: &mut usize, len: usize) {
        while *slot < len {
            // SAFETY: the caller's promise.
            let (kind, closure) = unsafe { parcel(memory, *slot) };
            *slot += 1;
            // SAFETY: it is of this kind, and passed by from now on.
            unsafe { (kind.drop)(closure.cast_mut(), 1) }
        }
    }
    let mut rest = Rest { memory, slot: 0, len };
    // SAFETY: the caller's promise.
    unsafe { drop_from(memory, &mut rest.slot, len) }
}

/// # Safety
///
/// The memory is that of a mixed page, with a live closure in the slot.
unsafe fn parcel(memory: *const Unit, slot: usize) -> (&'static Kind, *const Unit) {
    // SAFETY: the caller's promise; `push_parcel` wrote the entry and the kind.
    unsafe {
        let parcel = memory.add(usize::from(memory.cast::<u16>().add(slot).read()));
        (parcel.cast::<&'static Kind>().read(), parcel.add(1))
    }
}
