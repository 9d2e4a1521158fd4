//! Constructors for statics.

/// Declares a `const fn`; under loom, whose types cannot be made at compile time, a plain one.
///
/// # Examples
///
/// ```
/// use graph_runtime_primitives::shim::const_fn;
///
/// const_fn! {
///     /// Twice as much.
///     pub const fn double(n: u32) -> u32 {
///         2 * n
///     }
/// }
/// const FOUR: u32 = double(2);
/// assert_eq!(FOUR, 4);
/// ```
#[cfg(not(loom))]
#[doc(hidden)]
#[macro_export]
macro_rules! __const_fn {
    ($(#[$meta:meta])* $vis:vis const fn $($rest:tt)*) => { $(#[$meta])* $vis const fn $($rest)* };
}

/// Declares a `const fn`; under loom, whose types cannot be made at compile time, a plain one.
#[cfg(loom)]
#[doc(hidden)]
#[macro_export]
macro_rules! __const_fn {
    ($(#[$meta:meta])* $vis:vis const fn $($rest:tt)*) => { $(#[$meta])* $vis fn $($rest)* };
}

pub use crate::__const_fn as const_fn;
