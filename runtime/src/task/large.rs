//! Futures that are too large to be handed from function to function.

/// Larger futures are boxed as soon as they come in. Without optimisation each function on the way
/// to where a future stays has a copy of its own on the stack, and the future's poll needs the
/// room.
const LARGE: usize = if cfg!(debug_assertions) { 2 << 10 } else { 16 << 10 };

/// Whether futures of this type are to be boxed first.
pub(crate) const fn is_large<F>() -> bool {
    size_of::<F>() > LARGE
}
