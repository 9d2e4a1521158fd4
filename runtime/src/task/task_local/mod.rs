//! Values that belong to a task.
//!
//! A key is a thread-local slot. Its scope keeps the value and puts it into the slot for the length
//! of each poll (and of the future's drop), exchanging it with what is there: so scopes nest, and
//! two tasks that take turns on a thread do not see each other's value.

#![deny(unsafe_code)] // Safe code on top of thread-locals.

mod error;
mod future;
mod key;

pub use error::AccessError;
pub use future::TaskLocalFuture;
pub use key::LocalKey;

/// Declares statics of type [`LocalKey`], whose values belong to tasks.
///
/// Any number of declarations, each with its own attributes and visibility. There is no initial
/// value: [`scope`](crate::task::LocalKey::scope) gives one to a future.
///
/// # Examples
///
/// ```
/// graph_runtime::task_local! {
///     /// Who asks.
///     pub static USER: String;
///     static DEPTH: u32
/// }
///
/// #[graph_runtime::main]
/// async fn main() {
///     let task = graph_runtime::spawn(USER.scope("ada".to_owned(), async {
///         DEPTH.scope(1, async { format!("{} at {}", USER.get(), DEPTH.get()) }).await
///     }));
///     assert_eq!(task.await.unwrap(), "ada at 1");
///     assert!(USER.try_get().is_err());
/// }
/// ```
#[macro_export]
macro_rules! task_local {
    ($($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty);* $(;)?) => {$(
        $(#[$attribute])*
        $visibility static $name: $crate::task::LocalKey<$type> = {
            ::std::thread_local! {
                static SLOT: ::std::cell::RefCell<::std::option::Option<$type>> =
                    const { ::std::cell::RefCell::new(::std::option::Option::None) };
            }
            $crate::task::LocalKey { slot: SLOT }
        };
    )*};
}
