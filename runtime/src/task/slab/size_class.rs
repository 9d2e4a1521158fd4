//! The sizes that cells come in.

use super::page::HEADER_BYTES;

/// The largest cell in a page, in bytes.
pub(super) const CELL_MAX: usize = 2048;
/// How many sizes there are.
pub(super) const CLASSES: usize = class_of(CELL_MAX) + 1;

/// Sizes grow in steps of 16 bytes up to 256, 32 up to 512, 64 up to 1024, and 128 beyond, so at
/// most an eighth of a cell above 128 bytes is wasted.
const STEPS: [(usize, usize); 4] = [(256, 16), (512, 32), (1024, 64), (CELL_MAX, 128)];

/// Whether values of type `T` can live in a page.
pub(super) const fn fits<T>() -> bool {
    size_of::<T>() <= CELL_MAX && align_of::<T>() <= HEADER_BYTES
}

/// The smallest class with room for `bytes`, which is at most [`CELL_MAX`].
pub(super) const fn class_of(bytes: usize) -> usize {
    let (mut class, mut from, mut step) = (0, 0, 0);
    while step < STEPS.len() {
        let (to, by) = STEPS[step];
        if bytes <= to {
            return class + bytes.saturating_sub(from).div_ceil(by).saturating_sub(1);
        }
        class += (to - from) / by;
        from = to;
        step += 1;
    }
    CLASS_TOO_LARGE
}

/// Not a class: generic code mentions sizes that it then keeps in a box.
const CLASS_TOO_LARGE: usize = usize::MAX;

/// How many bytes the cells of a class have.
pub(super) fn bytes_of(class: usize) -> usize {
    let mut first = 0;
    let mut from = 0;
    for (to, by) in STEPS {
        let classes = (to - from) / by;
        if class < first + classes {
            return from + (class - first + 1) * by;
        }
        first += classes;
        from = to;
    }
    unreachable!("there are {CLASSES} classes, and {class} is none of them")
}

#[cfg(test)]
mod tests {
    use super::{CELL_MAX, CLASSES, HEADER_BYTES, bytes_of, class_of};

    #[test]
    fn the_class_of_a_size_is_the_smallest_that_holds_it() {
        for bytes in 1..=CELL_MAX {
            let class = class_of(bytes);
            assert!(bytes_of(class) >= bytes, "{bytes}");
            assert!(class == 0 || bytes_of(class - 1) < bytes, "{bytes}");
        }
        assert_eq!(bytes_of(CLASSES - 1), CELL_MAX);
    }

    /// Rust sizes are multiples of the alignment, and the first cell is aligned to the header.
    #[test]
    fn a_cell_keeps_the_alignment_of_its_size() {
        let mut align = 16;
        while align <= HEADER_BYTES {
            for bytes in (align..=CELL_MAX).step_by(align) {
                assert_eq!(bytes_of(class_of(bytes)) % align, 0, "{bytes} aligned to {align}");
            }
            align *= 2;
        }
    }
}
