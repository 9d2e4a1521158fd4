//! The attributes `#[graph_runtime::main]` and `#[graph_runtime::test]`.
//!
//! Use them through the face, which re-exports both: the code they emit names
//! `::graph_runtime::runtime::Builder`. This crate itself depends on none of the others, so that
//! the face can depend on it.

mod expand;
mod join;
mod options;
mod pattern;
mod select;
mod value;

use proc_macro::TokenStream;
use syn::parse::Parse;

use crate::expand::{Face, Kind, Role, expand_or_report};
use crate::join::{Join, Until};
use crate::select::Select;

/// Runs an `async fn` on a runtime of its own and returns what it returns.
///
/// ```text
/// #[graph_runtime::main]                                     // multi_thread
/// #[graph_runtime::main(worker_threads = 2)]                 // multi_thread, two workers
/// #[graph_runtime::main(flavor = "current_thread")]          // everything on this thread
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     Ok(())
/// }
/// ```
///
/// becomes
///
/// ```text
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     async fn main() -> Result<(), Box<dyn std::error::Error>> {
///         Ok(())
///     }
///     ::graph_runtime::runtime::Builder::new_multi_thread()
///         .build()
///         .expect("failed to start the runtime")
///         .block_on(main())
/// }
/// ```
///
/// # Options
///
/// * `flavor`: `"multi_thread"` (the default), `"current_thread"`, or `"local"`, a current-thread
///   runtime on which `spawn_local` works everywhere.
/// * `worker_threads`: an integer literal, at least 1; with `multi_thread` only. Without it the
///   builder decides.
/// * `start_paused`: `true` starts with the clock paused; not with `multi_thread`.
/// * `unhandled_panic`: `"ignore"` (the default) or `"shutdown_runtime"`; not with `multi_thread`.
/// * `name`: the runtime's name.
/// * `crate`: where to find the runtime, if it was renamed: `crate = "my::re_export"`.
///
/// The function must be `async`. Its attributes, visibility, arguments, generic parameters and
/// return type stay; only `main` itself can have no arguments.
///
/// # Panics
///
/// The emitted function panics if the runtime cannot be started.
#[proc_macro_attribute]
pub fn main(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(args, item, Role::Main, Face::GraphRuntime)
}

/// Makes a unit test of an `async fn`, which runs on a runtime of its own.
///
/// ```text
/// #[graph_runtime::test]                                     // current_thread
/// #[graph_runtime::test(flavor = "multi_thread", worker_threads = 2)]
/// async fn adds_up() {
///     assert_eq!(async { 1 + 1 }.await, 2);
/// }
/// ```
///
/// Options and rules are those of [`macro@main`], but the default `flavor` is `"current_thread"`:
/// tests already run beside each other. The attribute brings `#[test]` with it; others such as
/// `#[should_panic]` stay.
///
/// # Panics
///
/// The emitted test panics if the runtime cannot be started.
#[proc_macro_attribute]
pub fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(args, item, Role::Test, Face::GraphRuntime)
}

/// [`macro@main`] for the face that has tokio's name: it emits paths into that one.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn tokio_main(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(args, item, Role::Main, Face::Tokio)
}

/// [`macro@test`] for the face that has tokio's name.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn tokio_test(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(args, item, Role::Test, Face::Tokio)
}

fn attribute(args: TokenStream, item: TokenStream, role: Role, face: Face) -> TokenStream {
    expand_or_report(args.into(), item.into(), Kind { role, face }).into()
}

/// What is behind `select!`, with the face's `$crate` in front.
#[doc(hidden)]
#[proc_macro]
pub fn select_in_place(input: TokenStream) -> TokenStream {
    expression::<Select>(input, select::expand)
}

/// What is behind `join!`, with the face's `$crate` in front.
#[doc(hidden)]
#[proc_macro]
pub fn join_in_place(input: TokenStream) -> TokenStream {
    expression::<Join>(input, |join| join::expand(join, Until::AllDone))
}

/// What is behind `try_join!`, with the face's `$crate` in front.
#[doc(hidden)]
#[proc_macro]
pub fn try_join_in_place(input: TokenStream) -> TokenStream {
    expression::<Join>(input, |join| join::expand(join, Until::AllDoneOrError))
}

fn expression<T: Parse>(
    input: TokenStream,
    expand: impl FnOnce(T) -> proc_macro2::TokenStream,
) -> TokenStream {
    syn::parse(input).map_or_else(|error| error.to_compile_error(), expand).into()
}
