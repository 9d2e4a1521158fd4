//! What fits into one slot.

use std::num::NonZeroU64;
use std::ptr;
use std::sync::Arc;

/// A value that can travel as one pointer-sized word.
///
/// The slots of a queue are atomics, so that a thief may read a slot that its owner is about to
/// overwrite and throw the word away when it loses the race. That needs values of one word.
///
/// # Safety
///
/// `from_word(into_word(x))` must give back `x`. `into_word` gives up ownership, `from_word`
/// takes it; neither may be null for a value that is stored in a [`LifoSlot`](super::LifoSlot),
/// which is why no implementation returns null.
pub unsafe trait Word: Send + Sized {
    /// Gives the value up as a word that is not null.
    fn into_word(self) -> *mut ();

    /// Takes the value back.
    ///
    /// # Safety
    ///
    /// `word` came from [`into_word`](Self::into_word) and is taken back only once.
    unsafe fn from_word(word: *mut ()) -> Self;
}

// SAFETY: a box is one non-null pointer, and `into_raw`/`from_raw` move its ownership.
unsafe impl<T: Send> Word for Box<T> {
    fn into_word(self) -> *mut () {
        Box::into_raw(self).cast()
    }

    unsafe fn from_word(word: *mut ()) -> Self {
        // SAFETY: the caller passes what `into_word` returned, once.
        unsafe { Box::from_raw(word.cast()) }
    }
}

// SAFETY: as for Box; an Arc's pointer is its strong reference.
unsafe impl<T: Send + Sync> Word for Arc<T> {
    fn into_word(self) -> *mut () {
        Arc::into_raw(self).cast_mut().cast()
    }

    unsafe fn from_word(word: *mut ()) -> Self {
        // SAFETY: the caller passes what `into_word` returned, once.
        unsafe { Arc::from_raw(word.cast()) }
    }
}

// SAFETY: an integer owns nothing; a set bit above the 32 of the value keeps the word from being
// null.
unsafe impl Word for u32 {
    fn into_word(self) -> *mut () {
        ptr::without_provenance_mut((1 << 32) | self as usize)
    }

    unsafe fn from_word(word: *mut ()) -> Self {
        word.addr() as u32
    }
}

// SAFETY: an integer owns nothing, and this one is not zero.
unsafe impl Word for NonZeroU64 {
    #[inline]
    fn into_word(self) -> *mut () {
        const { assert!(usize::BITS == 64, "a word of this machine does not hold 64 bits") };
        ptr::without_provenance_mut(self.get() as usize)
    }

    #[inline]
    unsafe fn from_word(word: *mut ()) -> Self {
        // SAFETY: the caller passes what `into_word` returned.
        unsafe { Self::new_unchecked(word.addr() as u64) }
    }
}
