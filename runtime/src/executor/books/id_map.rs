//! Maps by task id.

use scheduler::TaskId;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by task id.
pub(in crate::executor) type IdMap<V> = HashMap<TaskId, V, BuildHasherDefault<IdHasher>>;

/// Fibonacci hashing with the halves of the product folded together: ids are counted up by the
/// program itself, so spreading neighbours is all there is to do.
#[derive(Debug, Default)]
pub(in crate::executor) struct IdHasher(u64);

impl Hasher for IdHasher {
    #[inline]
    fn write_u64(&mut self, number: u64) {
        let product = u128::from(self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    #[inline]
    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}
