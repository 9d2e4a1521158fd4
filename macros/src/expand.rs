//! From the attributed function to the one that is compiled.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{AttrStyle, Attribute, Error, ItemFn, Result, Signature, Visibility};

use crate::options::{Flavor, Options, Written};

/// Which attribute is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Main,
    Test,
}

impl Kind {
    fn default_options(self) -> Options {
        match self {
            Kind::Main => Options::new(Flavor::MultiThread),
            Kind::Test => Options::new(Flavor::CurrentThread),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Main => "#[graph_runtime::main]",
            Kind::Test => "#[graph_runtime::test]",
        }
    }
}

/// Expands, or emits the errors and something that keeps the compiler from adding its own.
pub(crate) fn expand_or_report(args: TokenStream, item: TokenStream, kind: Kind) -> TokenStream {
    expand(args, item.clone(), kind).unwrap_or_else(|error| {
        let report = error.to_compile_error();
        let stand_in = stand_in(item, kind);
        quote!(#report #stand_in)
    })
}

/// What takes the place of a function with errors: without a `main` the compiler would complain of
/// that, too. If only the options are wrong it is the function with the default ones, so that the
/// user's code is checked all the same; else it is an empty function of that name.
fn stand_in(item: TokenStream, kind: Kind) -> TokenStream {
    expand(TokenStream::new(), item.clone(), kind).unwrap_or_else(|_| {
        let name = syn::parse2(item).map(|function: ItemFn| function.sig.ident);
        name.map(|name| quote!(fn #name() {})).unwrap_or_default()
    })
}

/// Emits the function that builds a runtime and blocks on the user's.
///
/// # Errors
///
/// Everything that is wrong with the options, or what is wrong with the function.
pub(crate) fn expand(args: TokenStream, item: TokenStream, kind: Kind) -> Result<TokenStream> {
    let function: ItemFn = syn::parse2(item)?;
    check_signature(&function.sig, kind)?;
    check_attributes(&function.attrs, kind)?;
    let written: Written = syn::parse2(args)?;
    let options = Options::parse(written, kind.default_options().flavor)?;
    Ok(emit(function, options, kind))
}

fn emit(function: ItemFn, options: Options, kind: Kind) -> TokenStream {
    let ItemFn { attrs, vis, sig, block } = function;
    let name = sig.ident.clone();
    let outer = Signature { asyncness: None, ..sig.clone() };
    // `#![...]` at the head of the body belongs to the body.
    let (inner_attrs, attrs): (Vec<_>, Vec<_>) =
        attrs.into_iter().partition(|attribute| matches!(attribute.style, AttrStyle::Inner(_)));
    // The user's function stays a function, within ours: `return`, `?` and the return type then
    // mean what they mean in any other async fn, and so do the compiler's messages about them.
    let inner = ItemFn { attrs: inner_attrs, vis: Visibility::Inherited, sig, block };
    let builder = builder(options);
    let test = (kind == Kind::Test).then(|| quote!(#[::core::prelude::v1::test]));
    quote! {
        #test
        #(#attrs)*
        #vis #outer {
            #inner

            #builder.build().expect("failed to start the runtime").block_on(#name())
        }
    }
}

fn builder(options: Options) -> TokenStream {
    let new = match options.flavor {
        Flavor::MultiThread => quote!(::graph_runtime::runtime::Builder::new_multi_thread()),
        Flavor::CurrentThread => quote!(::graph_runtime::runtime::Builder::new_current_thread()),
    };
    let worker_threads = options.worker_threads.map(|count| quote!(.worker_threads(#count)));
    quote!(#new #worker_threads)
}

fn check_signature(signature: &Signature, kind: Kind) -> Result<()> {
    let name = kind.name();
    if signature.asyncness.is_none() {
        let message = format!("{name} goes on an `async fn`; add `async` before `fn`");
        return Err(Error::new(signature.fn_token.span, message));
    }
    if !signature.inputs.is_empty() {
        let message = format!("a {name} function takes no arguments");
        return Err(Error::new(signature.inputs.span(), message));
    }
    let generics = &signature.generics;
    if !generics.params.is_empty() || generics.where_clause.is_some() {
        let span = generics.params.first().map_or(generics.where_clause.span(), Spanned::span);
        return Err(Error::new(span, format!("a {name} function has no generic parameters")));
    }
    Ok(())
}

/// A function with two test attributes would be run twice.
fn check_attributes(attributes: &[Attribute], kind: Kind) -> Result<()> {
    let is_test = |attribute: &&Attribute| {
        attribute.path().segments.last().is_some_and(|segment| segment.ident == "test")
    };
    match attributes.iter().find(is_test) {
        Some(second) if kind == Kind::Test => {
            let message = "a second test attribute; #[graph_runtime::test] brings #[test] with it";
            Err(Error::new(second.span(), message))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::{Kind, expand, expand_or_report};

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
            Kind::Main,
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
            Kind::Main,
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
            Kind::Test,
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
        let emitted = expand(quote!(), item, Kind::Main).unwrap().to_string();
        assert!(
            emitted.starts_with("# [cold] fn f () { async fn f () { # ! [allow (unused)] work")
        );
    }

    #[test]
    fn the_flavor_can_be_chosen() {
        let item = quote! { async fn f() {} };
        let emitted = |args, kind| expand(args, item.clone(), kind).unwrap().to_string();
        let multi = emitted(quote!(flavor = "multi_thread", worker_threads = 2), Kind::Test);
        assert!(multi.contains("new_multi_thread () . worker_threads (2usize) . build"), "{multi}");
        let current = emitted(quote!(flavor = "current_thread"), Kind::Main);
        assert!(current.contains("new_current_thread () . build"), "{current}");
    }

    #[test]
    fn only_an_async_fn_will_do() {
        let not_async = "#[graph_runtime::main] goes on an `async fn`; add `async` before `fn`";
        refuses(quote! { fn main() {} }, Kind::Main, not_async);
        let not_async = "#[graph_runtime::test] goes on an `async fn`; add `async` before `fn`";
        refuses(quote! { fn works() {} }, Kind::Test, not_async);
        assert!(expand(quote!(), quote! { struct S; }, Kind::Main).is_err());
    }

    #[test]
    fn arguments_and_generics_are_refused() {
        let expected = "a #[graph_runtime::main] function takes no arguments";
        refuses(quote! { async fn main(x: u32) {} }, Kind::Main, expected);
        let expected = "a #[graph_runtime::test] function takes no arguments";
        refuses(quote! { async fn works(&self) {} }, Kind::Test, expected);
        let expected = "a #[graph_runtime::main] function has no generic parameters";
        refuses(quote! { async fn main<T>() {} }, Kind::Main, expected);
        refuses(quote! { async fn main() where u8: Copy {} }, Kind::Main, expected);
    }

    #[test]
    fn a_second_test_attribute_is_refused() {
        let expected = "a second test attribute; #[graph_runtime::test] brings #[test] with it";
        refuses(quote! { #[test] async fn works() {} }, Kind::Test, expected);
        refuses(quote! { #[core::prelude::v1::test] async fn works() {} }, Kind::Test, expected);
        refuses(quote! { #[graph_runtime::test] async fn works() {} }, Kind::Test, expected);
        assert!(expand(quote!(), quote! { #[test_case] async fn f() {} }, Kind::Test).is_ok());
    }

    #[test]
    fn wrong_options_still_leave_a_main() {
        let item = quote! { async fn main() {} };
        let emitted = expand_or_report(quote!(flavour = "x"), item, Kind::Main).to_string();
        assert!(emitted.contains("compile_error"), "{emitted}");
        assert!(emitted.contains("unknown option `flavour`"), "{emitted}");
        assert!(emitted.contains("new_multi_thread"), "{emitted}");
    }

    #[test]
    fn a_wrong_function_leaves_an_empty_one_of_its_name() {
        let item = quote! { async fn main(x: u32) -> u32 { x } };
        let emitted = expand_or_report(quote!(), item, Kind::Main).to_string();
        assert!(emitted.contains("compile_error"), "{emitted}");
        assert!(emitted.ends_with("fn main () { }"), "{emitted}");
        let emitted = expand_or_report(quote!(), quote! { struct S; }, Kind::Main).to_string();
        assert!(
            emitted.starts_with(":: core :: compile_error ! {") && emitted.ends_with('}'),
            "{emitted}"
        );
    }
}
