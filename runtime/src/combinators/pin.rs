//! Pinning in place.

/// Pins values to the frame of the function or async block they are in.
///
/// In its first form it takes the names of variables, which from there on are `Pin<&mut T>`s; in
/// its second it makes the variables as well.
///
/// The macro is a statement. [`std::pin::pin!`] is an expression and pins what it is given; both
/// serve futures that are polled more than once, by reference, as in a `select!` in a loop.
///
/// # Examples
///
/// ```
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() {
/// use graph_runtime::pin;
///
/// let first = async { 1 };
/// pin!(first);
/// pin! {
///     let second = async { 2 };
///     let third = async { 3 };
/// }
/// assert_eq!((&mut first).await + second.await + third.await, 6);
/// # }
/// ```
#[macro_export]
macro_rules! pin {
    ($($name:ident),* $(,)?) => {
        $(
            #[allow(unused_mut)]
            let mut $name = $crate::macro_support::pin!($name);
        )*
    };
    ($(let $name:ident = $value:expr;)*) => {
        $(
            #[allow(unused_mut)]
            let mut $name = $crate::macro_support::pin!($value);
        )*
    };
}
