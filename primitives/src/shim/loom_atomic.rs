//! loom's atomics, with a fuller set of interleavings.
//!
//! loom leaves out interleavings that cannot make a difference: it goes back to another order of
//! two accesses only if they conflict, and looks for conflicts with the *last* access to a
//! location. A load hides the loads before it. When one thread loads a word, and another loads it
//! and then exchanges it, the conflict between the first load and the exchange goes unnoticed, and
//! with it every execution in which the exchange comes first.
//!
//! So each atomic has a companion, a second atomic that every access to the first one touches
//! before with a read-modify-write. Of those none hides another. They are Relaxed and carry no
//! value, so that what a thread may see of the first atomic stays as weak as it was. What they
//! cost is more executions: two loads now count as a conflict as well.
//!
//! One thing the companions would strengthen: fences weaker than SeqCst, which loom lets
//! synchronise through any atomic. loom orders SeqCst fences among themselves anyway, and those
//! are the only ones in use.

use loom::sync::atomic::{self as imp, Ordering};

pub use loom::sync::atomic::fence;

macro_rules! atomic {
    ($name:ident $(<$param:ident>)?, $value:ty $(, $rmw:ident)*) => {
        /// The std type of the same name, under loom.
        #[derive(Debug)]
        pub struct $name $(<$param>)? {
            atomic: imp::$name $(<$param>)?,
            companion: imp::AtomicU32,
        }

        impl $(<$param>)? $name $(<$param>)? {
            /// As in std.
            pub fn new(value: $value) -> Self {
                Self { atomic: imp::$name::new(value), companion: imp::AtomicU32::new(0) }
            }

            #[track_caller]
            fn touched(&self) -> &imp::$name $(<$param>)? {
                self.companion.fetch_add(0, Ordering::Relaxed);
                &self.atomic
            }

            /// As in std.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                self.touched().load(order)
            }

            /// As in std.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                self.touched().store(value, order);
            }

            /// As in std.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                self.touched().swap(value, order)
            }

            /// As in std.
            ///
            /// # Errors
            ///
            /// The value that is there instead.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.touched().compare_exchange(current, new, success, failure)
            }

            /// As in std, but it does not fail spuriously.
            ///
            /// # Errors
            ///
            /// The value that is there instead.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.compare_exchange(current, new, success, failure)
            }

            $(
                /// As in std.
                #[track_caller]
                pub fn $rmw(&self, value: $value, order: Ordering) -> $value {
                    self.touched().$rmw(value, order)
                }
            )*
        }
    };
}

macro_rules! default {
    ($($name:ident)*) => {
        $(impl Default for $name {
            fn default() -> Self {
                Self::new(Default::default())
            }
        })*
    };
}

default!(AtomicBool AtomicU32 AtomicU64 AtomicUsize);
atomic!(AtomicBool, bool, fetch_or, fetch_and, fetch_xor);
atomic!(AtomicPtr<T>, *mut T);
atomic!(AtomicU32, u32, fetch_add, fetch_sub, fetch_or, fetch_and, fetch_xor, fetch_max);
atomic!(AtomicU64, u64, fetch_add, fetch_sub, fetch_or, fetch_and, fetch_xor, fetch_max);
atomic!(AtomicUsize, usize, fetch_add, fetch_sub, fetch_or, fetch_and, fetch_xor, fetch_max);
