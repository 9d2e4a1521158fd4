//! Asking for memory before it is needed.

#![allow(unsafe_code)] // Fenced: one instruction that neither reads nor writes.

/// Has the cache line in which `place` begins brought near, without waiting for it: for several
/// places one after the other, all of them are on their way at once. Does nothing where the
/// processor's instruction is not known.
///
/// ```
/// use graph_runtime_primitives::prefetch::prefetch;
///
/// let numbers = vec![1_u64; 4096];
/// numbers.iter().step_by(8).for_each(prefetch);
/// assert_eq!(numbers.iter().sum::<u64>(), 4096);
/// ```
#[inline(always)]
pub fn prefetch<T>(place: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the instruction is part of every x86-64 processor, and is a hint for whatever
        // address it is given.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}
