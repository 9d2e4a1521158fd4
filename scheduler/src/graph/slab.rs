//! Storage with numbered slots that are used again.

use primitives::prefetch::prefetch;

/// Slots are numbered from 0 to below this, which leaves a few numbers to mean something else.
const MAX_SLOTS: u32 = u32::MAX - 7;

/// A vector of slots, each with a generation that moves on when its content is taken out.
///
/// Memory is that of the most values ever held at once.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Slot<T> {
    generation: u32,
    content: Option<T>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    /// Makes room for `additional` values in one step.
    pub(crate) fn reserve(&mut self, additional: usize) {
        self.slots.reserve(additional.saturating_sub(self.free.len()));
    }

    /// How many slots there will be when `additional` values have been stored.
    pub(crate) fn len_after(&self, additional: usize) -> usize {
        self.slots.len() + additional.saturating_sub(self.free.len())
    }

    /// Stores `value` and returns its slot.
    pub(crate) fn insert(&mut self, value: T) -> u32 {
        if let Some(index) = self.free.pop() {
            self.slots[index as usize].content = Some(value);
            return index;
        }
        let index = u32::try_from(self.slots.len()).ok().filter(|&index| index < MAX_SLOTS);
        let index = index.expect("fewer slots than `MAX_SLOTS`");
        self.slots.push(Slot { generation: 0, content: Some(value) });
        index
    }

    /// Takes out the value in slot `index`, which must be in use.
    pub(crate) fn remove(&mut self, index: u32) -> T {
        let slot = &mut self.slots[index as usize];
        let value = slot.content.take().expect("the slot is in use");
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(index);
        value
    }

    /// Drops the value in slot `index`, which must be in use, where it is.
    pub(crate) fn discard(&mut self, index: u32) {
        let slot = &mut self.slots[index as usize];
        debug_assert!(slot.content.is_some(), "the slot is in use");
        slot.content = None;
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(index);
    }

    /// Moves slot `index`, which must be in use, on to its next generation with what is in it.
    pub(crate) fn renew(&mut self, index: u32) {
        let slot = &mut self.slots[index as usize];
        slot.generation = slot.generation.wrapping_add(1);
    }

    /// Has the value in slot `index`, which must exist, brought near.
    pub(crate) fn prefetch(&self, index: u32) {
        let slot = &self.slots[index as usize];
        prefetch(&slot.generation);
        prefetch(&slot.content);
    }

    /// The value in slot `index`, if it is in use.
    pub(crate) fn get(&self, index: u32) -> Option<&T> {
        self.slots.get(index as usize)?.content.as_ref()
    }

    /// The value in slot `index`, if the slot is still in that generation.
    pub(crate) fn get_generation(&self, index: u32, generation: u32) -> Option<&T> {
        let slot = self.slots.get(index as usize)?;
        slot.content.as_ref().filter(|_| slot.generation == generation)
    }

    /// The generation of slot `index`, which must exist.
    pub(crate) fn generation(&self, index: u32) -> u32 {
        self.slots[index as usize].generation
    }

    /// The slots in use.
    pub(crate) fn indices(&self) -> impl Iterator<Item = u32> + '_ {
        let used = self.slots.iter().enumerate().filter(|(_, slot)| slot.content.is_some());
        used.map(|(index, _)| index as u32)
    }
}

impl<T> std::ops::Index<u32> for Slab<T> {
    type Output = T;

    fn index(&self, index: u32) -> &T {
        self.get(index).expect("the slot is in use")
    }
}

impl<T> std::ops::IndexMut<u32> for Slab<T> {
    fn index_mut(&mut self, index: u32) -> &mut T {
        self.slots[index as usize].content.as_mut().expect("the slot is in use")
    }
}

#[cfg(test)]
mod tests {
    use super::Slab;

    #[test]
    fn a_recycled_slot_is_another_generation() {
        let mut slab = Slab::default();
        let a = slab.insert('a');
        let old = slab.generation(a);
        assert_eq!(slab.remove(a), 'a');
        let b = slab.insert('b');
        assert_eq!(a, b, "the slot is used again");
        assert_eq!(slab.get_generation(b, old), None);
        assert_eq!(slab.get_generation(b, slab.generation(b)), Some(&'b'));
        assert_eq!(slab.indices().collect::<Vec<_>>(), [b]);
    }
}
