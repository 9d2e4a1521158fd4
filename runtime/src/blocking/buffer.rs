//! Bytes on their way between a task and a thread that blocks.

use super::medium::Medium;
use std::io::{self, IoSlice};
use std::ops::Range;

/// Bytes that were read and not yet taken, or that are to be written. Its memory is kept and was
/// cleared once, when it grew.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    memory: Vec<u8>,
    filled: Range<usize>,
}

impl Buffer {
    /// What is in it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.memory[self.filled.clone()]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.filled.is_empty()
    }

    /// The first `count` bytes were taken.
    pub(super) fn consume(&mut self, count: usize) {
        self.filled.start += count;
        debug_assert!(self.filled.start <= self.filled.end, "more was taken than there was");
    }

    /// Empties it and says how many bytes were left.
    pub(super) fn discard(&mut self) -> usize {
        let left = self.filled.len();
        self.filled = 0..0;
        left
    }

    /// Fills it with up to `max` bytes and says how many they are. It must be empty.
    pub(super) fn fill(&mut self, slices: &[IoSlice<'_>], max: usize) -> usize {
        let mut end = 0;
        for slice in slices {
            let count = slice.len().min(max - end);
            self.grow_to(end + count);
            self.memory[end..end + count].copy_from_slice(&slice[..count]);
            end += count;
        }
        self.filled = 0..end;
        end
    }

    /// Reads up to `max` bytes, once. It must be empty, and is if that fails.
    pub(super) fn read_from(&mut self, medium: &impl Medium, max: usize) -> io::Result<()> {
        self.filled = 0..0;
        self.grow_to(max);
        let read = loop {
            match medium.read(&mut self.memory[..max]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.filled = 0..read;
        Ok(())
    }

    /// Writes what is in it.
    pub(super) fn write_to(&self, medium: &impl Medium) -> io::Result<()> {
        medium.write(self.bytes())
    }

    fn grow_to(&mut self, length: usize) {
        if self.memory.len() < length {
            self.memory.resize(length, 0);
        }
    }
}
