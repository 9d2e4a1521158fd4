//! A fence of two unequal halves: next to nothing on one side, a system call on the other.
//!
//! Two threads that each write a word and then read the other's need a sequentially consistent
//! fence in between, both of them, or each may miss what the other wrote (Dekker's problem). On
//! most machines that fence costs as much as a locked operation. Where one side comes by a million
//! times as often as the other, that side can do with a fence of the compiler, if the other lets
//! the kernel execute a real one on every processor that runs a thread of this process:
//! `membarrier(2)`. A pair of [`light`] and [`heavy`] then orders as two `fence(SeqCst)` would.
//!
//! Source: D. Dice, H. Huang, M. Yang, "Asymmetric Dekker synchronization", 2001.
//!
//! Under loom both halves are a `fence(SeqCst)`: what models check is the protocol around them.

#![allow(unsafe_code)] // Fenced: one system call without pointers.

pub(crate) use imp::{heavy, is_supported, light};

#[cfg(not(loom))]
mod imp {
    use crate::shim::Mutant;
    use std::sync::OnceLock;
    use std::sync::atomic::{Ordering, compiler_fence};

    /// The cheap half.
    #[inline(always)]
    pub(crate) fn light(_: Mutant) {
        // ORDERING: pairs with the barrier that `heavy` makes this processor execute.
        compiler_fence(Ordering::SeqCst);
    }

    /// The expensive half, some microseconds. Only where [`is_supported`].
    #[cold]
    pub(crate) fn heavy(_: Mutant) {
        let done = membarrier(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED);
        assert!(done, "the kernel has promised this barrier to the process");
    }

    /// Whether the kernel knows the call and lets this process make it. Asks it once.
    #[inline]
    pub(crate) fn is_supported() -> bool {
        static REGISTERED: OnceLock<bool> = OnceLock::new();
        *REGISTERED.get_or_init(|| membarrier(libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED))
    }

    fn membarrier(command: libc::c_int) -> bool {
        // SAFETY: the call takes three numbers and touches no memory of ours.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    }
}

#[cfg(loom)]
mod imp {
    use crate::shim::Mutant;

    pub(crate) fn light(mutant: Mutant) {
        mutant.fence();
    }

    pub(crate) fn heavy(mutant: Mutant) {
        mutant.fence();
    }

    pub(crate) fn is_supported() -> bool {
        true
    }
}
