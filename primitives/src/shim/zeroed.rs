//! Many counters that start at zero.

pub use imp::zeroed_counters;

#[cfg(not(loom))]
mod imp {
    #![allow(unsafe_code)] // Fenced: plain zeros become atomic ones.

    use crate::shim::atomic::AtomicU32;

    /// That many counters, all zero. Costs no time and no memory for those never touched, where
    /// the system hands out zeroed pages on demand.
    pub fn zeroed_counters(count: usize) -> Box<[AtomicU32]> {
        const {
            assert!(align_of::<AtomicU32>() == align_of::<u32>());
        }
        let zeros = Box::into_raw(vec![0u32; count].into_boxed_slice());
        // SAFETY: an atomic integer has the size and the bit validity of a plain one, and here its
        // alignment too; and the slice is owned by nobody else.
        unsafe { Box::from_raw(zeros as *mut [AtomicU32]) }
    }
}

#[cfg(loom)]
mod imp {
    use crate::shim::atomic::AtomicU32;

    /// That many counters, all zero.
    pub fn zeroed_counters(count: usize) -> Box<[AtomicU32]> {
        (0..count).map(|_| AtomicU32::new(0)).collect()
    }
}
