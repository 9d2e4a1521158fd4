use proc_macro2::TokenStream;
use quote::quote;

use super::{Face, Kind, Role, expand, expand_or_report};

const MAIN: Kind = Kind { role: Role::Main, face: Face::GraphRuntime };
const TEST: Kind = Kind { role: Role::Test, face: Face::GraphRuntime };
const TOKIO_MAIN: Kind = Kind { role: Role::Main, face: Face::Tokio };

#[track_caller]
fn expands(args: TokenStream, item: TokenStream, kind: Kind, expected: TokenStream) {
    assert_eq!(expand(args, item, kind).unwrap().to_string(), expected.to_string());
}

#[track_caller]
fn refuses(item: TokenStream, kind: Kind, expected: &str) {
    let error = expand(quote!(), item, kind).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn main_is_multi_thread() {
    expands(
        quote!(),
        quote! { async fn main() { work().await } },
        MAIN,
        quote! {
            fn main() {
                async fn main() { work().await }

                ::graph_runtime::runtime::Builder::new_multi_thread()
                    .build()
                    .expect("failed to start the runtime")
                    .block_on(main())
            }
        },
    );
}

#[test]
fn attributes_visibility_and_return_type_stay() {
    expands(
        quote!(worker_threads = 3),
        quote! {
            /// Starts.
            #[allow(unused)]
            pub(crate) async fn start() -> Result<(), Error> { Ok(()) }
        },
        MAIN,
        quote! {
            /// Starts.
            #[allow(unused)]
            pub(crate) fn start() -> Result<(), Error> {
                async fn start() -> Result<(), Error> { Ok(()) }

                ::graph_runtime::runtime::Builder::new_multi_thread()
                    .worker_threads(3usize)
                    .build()
                    .expect("failed to start the runtime")
                    .block_on(start())
            }
        },
    );
}

#[test]
fn a_test_is_current_thread_and_registered() {
    expands(
        quote!(),
        quote! { #[should_panic] async fn fails() { panic!() } },
        TEST,
        quote! {
            #[::core::prelude::v1::test]
            #[should_panic]
            fn fails() {
                async fn fails() { panic!() }

                ::graph_runtime::runtime::Builder::new_current_thread()
                    .build()
                    .expect("failed to start the runtime")
                    .block_on(fails())
            }
        },
    );
}

#[test]
fn attributes_of_the_body_stay_in_the_body() {
    let item = quote! { #[cold] async fn f() { #![allow(unused)] work().await } };
    let emitted = expand(quote!(), item, MAIN).unwrap().to_string();
    assert!(emitted.starts_with("# [cold] fn f () { async fn f () { # ! [allow (unused)] work"));
}

#[test]
fn the_flavor_can_be_chosen() {
    let item = quote! { async fn f() {} };
    let emitted = |args, kind| expand(args, item.clone(), kind).unwrap().to_string();
    let multi = emitted(quote!(flavor = "multi_thread", worker_threads = 2), TEST);
    assert!(multi.contains("new_multi_thread () . worker_threads (2usize) . build"), "{multi}");
    let current = emitted(quote!(flavor = "current_thread"), MAIN);
    assert!(current.contains("new_current_thread () . build"), "{current}");
}

#[test]
fn only_an_async_fn_will_do() {
    let not_async = "#[graph_runtime::main] goes on an `async fn`; add `async` before `fn`";
    refuses(quote! { fn main() {} }, MAIN, not_async);
    let not_async = "#[graph_runtime::test] goes on an `async fn`; add `async` before `fn`";
    refuses(quote! { fn works() {} }, TEST, not_async);
    assert!(expand(quote!(), quote! { struct S; }, MAIN).is_err());
}

#[test]
fn only_main_takes_no_arguments() {
    let expected = "the `main` function takes no arguments";
    refuses(quote! { async fn main(x: u32) {} }, MAIN, expected);
    assert!(expand(quote!(), quote! { async fn works(x: u32) {} }, TEST).is_ok());
}

#[test]
fn what_has_arguments_becomes_a_block() {
    expands(
        quote!(flavor = "current_thread"),
        quote! { async fn add<T: Add>(a: T, b: T) -> T::Output { a + b } },
        MAIN,
        quote! {
            fn add<T: Add>(a: T, b: T) -> T::Output {
                let body = async { a + b };
                let _: &dyn ::core::future::Future<Output = T::Output> = &body;
                ::graph_runtime::runtime::Builder::new_current_thread()
                    .build()
                    .expect("failed to start the runtime")
                    .block_on(body)
            }
        },
    );
}

#[test]
fn the_facade_names_its_own_crate() {
    let item = quote! { async fn main() {} };
    let emitted = expand(quote!(), item.clone(), TOKIO_MAIN).unwrap().to_string();
    assert!(emitted.contains("tokio :: runtime :: Builder :: new_multi_thread ()"), "{emitted}");
    assert!(!emitted.contains("graph_runtime"), "{emitted}");
    let renamed = expand(quote!(crate = "my::rt"), item, TOKIO_MAIN).unwrap().to_string();
    assert!(renamed.contains("my :: rt :: runtime :: Builder"), "{renamed}");
    let not_async = "#[tokio::main] goes on an `async fn`; add `async` before `fn`";
    refuses(quote! { fn main() {} }, TOKIO_MAIN, not_async);
}

#[test]
fn every_option_reaches_the_builder() {
    let args = quote! {
        flavor = "local", start_paused = true, name = "n", unhandled_panic = "shutdown_runtime"
    };
    let emitted = expand(args, quote! { async fn f() {} }, TEST).unwrap().to_string();
    let expected = quote! {
        .start_paused(true)
        .name("n")
        .unhandled_panic(::graph_runtime::runtime::UnhandledPanic::ShutdownRuntime)
        .build_local(::core::default::Default::default())
    };
    assert!(emitted.contains(&expected.to_string()), "{emitted}");
}

#[test]
fn a_second_test_attribute_is_refused() {
    let expected = "a second test attribute; #[graph_runtime::test] brings #[test] with it";
    refuses(quote! { #[test] async fn works() {} }, TEST, expected);
    refuses(quote! { #[core::prelude::v1::test] async fn works() {} }, TEST, expected);
    refuses(quote! { #[graph_runtime::test] async fn works() {} }, TEST, expected);
    assert!(expand(quote!(), quote! { #[test_case] async fn f() {} }, TEST).is_ok());
}

#[test]
fn wrong_options_still_leave_a_main() {
    let item = quote! { async fn main() {} };
    let emitted = expand_or_report(quote!(flavour = "x"), item, MAIN).to_string();
    assert!(emitted.contains("compile_error"), "{emitted}");
    assert!(emitted.contains("unknown option `flavour`"), "{emitted}");
    assert!(emitted.contains("new_multi_thread"), "{emitted}");
}

#[test]
fn a_wrong_function_leaves_an_empty_one_of_its_name() {
    let item = quote! { async fn main(x: u32) -> u32 { x } };
    let emitted = expand_or_report(quote!(), item, MAIN).to_string();
    assert!(emitted.contains("compile_error"), "{emitted}");
    assert!(emitted.ends_with("fn main () { }"), "{emitted}");
    let emitted = expand_or_report(quote!(), quote! { struct S; }, MAIN).to_string();
    assert!(
        emitted.starts_with(":: core :: compile_error ! {") && emitted.ends_with('}'),
        "{emitted}"
    );
}
