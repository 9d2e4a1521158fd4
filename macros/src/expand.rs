//! From the attributed function to the one that is compiled.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{
    AttrStyle, Attribute, Error, ItemFn, Path, Result, ReturnType, Signature, Type, Visibility,
    parse_quote,
};

use crate::options::{Flavor, Options, Written};
use crate::value::UnhandledPanic;

/// Which attribute is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) role: Role,
    pub(crate) face: Face,
}

/// What the function is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Main,
    Test,
}

/// The crate through which the user has the attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    GraphRuntime,
    /// The one that has tokio's name.
    Tokio,
}

impl Kind {
    fn default_options(self) -> Options {
        match self.role {
            Role::Main => Options::new(Flavor::MultiThread),
            Role::Test => Options::new(Flavor::CurrentThread),
        }
    }

    fn name(self) -> &'static str {
        match (self.face, self.role) {
            (Face::GraphRuntime, Role::Main) => "#[graph_runtime::main]",
            (Face::GraphRuntime, Role::Test) => "#[graph_runtime::test]",
            (Face::Tokio, Role::Main) => "#[tokio::main]",
            (Face::Tokio, Role::Test) => "#[tokio::test]",
        }
    }

    /// Where the runtime is if the user does not say so.
    fn krate(self) -> Path {
        match self.face {
            Face::GraphRuntime => parse_quote!(::graph_runtime),
            // A relative path, as users of that name expect: it may be a re-export in scope.
            Face::Tokio => parse_quote!(tokio),
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
    let is_free = is_free(&function);
    let ItemFn { attrs, vis, sig, block } = function;
    let outer = Signature { asyncness: None, ..sig.clone() };
    // `#![...]` at the head of the body belongs to the body.
    let (inner_attrs, attrs): (Vec<_>, Vec<_>) =
        attrs.into_iter().partition(|attribute| matches!(attribute.style, AttrStyle::Inner(_)));
    let start = start(options, kind);
    let body = if is_free {
        // The user's function stays a function, within ours: `return`, `?` and the return type
        // then mean what they mean in any other async fn, and so do the compiler's messages.
        let name = sig.ident.clone();
        let inner = ItemFn { attrs: inner_attrs, vis: Visibility::Inherited, sig, block };
        quote!(#inner #start.block_on(#name()))
    } else {
        // What it refers to is out of a nested function's reach.
        let statements = &block.stmts;
        let expectation = expectation(&sig.output);
        quote! {
            let body = async { #(#inner_attrs)* #(#statements)* };
            #expectation
            #start.block_on(body)
        }
    };
    let test = (kind.role == Role::Test).then(|| quote!(#[::core::prelude::v1::test]));
    quote! {
        #test
        #(#attrs)*
        #vis #outer {
            #body
        }
    }
}

/// Whether the function needs nothing of what is around it: neither arguments nor generic
/// parameters, and it is no method.
fn is_free(function: &ItemFn) -> bool {
    fn names_self(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == "Self" || ident == "self",
            TokenTree::Group(group) => names_self(group.stream()),
            _ => false,
        })
    }
    let Signature { inputs, generics, .. } = &function.sig;
    inputs.is_empty()
        && generics.params.is_empty()
        && generics.where_clause.is_none()
        && !names_self(function.to_token_stream())
}

/// Tells the compiler the output of the async block, where it can be named.
fn expectation(output: &ReturnType) -> TokenStream {
    match output {
        ReturnType::Default => {
            quote!(let _: &dyn ::core::future::Future<Output = ()> = &body;)
        }
        ReturnType::Type(_, output) if !has_impl(output) => {
            quote!(let _: &dyn ::core::future::Future<Output = #output> = &body;)
        }
        ReturnType::Type(..) => TokenStream::new(),
    }
}

fn has_impl(output: &Type) -> bool {
    fn any(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == "impl",
            TokenTree::Group(group) => any(group.stream()),
            _ => false,
        })
    }
    any(output.to_token_stream())
}

/// The expression that starts the runtime.
fn start(options: Options, kind: Kind) -> TokenStream {
    let krate = options.krate.unwrap_or_else(|| kind.krate());
    let new = match options.flavor {
        Flavor::MultiThread => quote!(#krate::runtime::Builder::new_multi_thread()),
        Flavor::CurrentThread | Flavor::Local => {
            quote!(#krate::runtime::Builder::new_current_thread())
        }
    };
    let worker_threads = options.worker_threads.map(|count| quote!(.worker_threads(#count)));
    let start_paused = options.start_paused.map(|paused| quote!(.start_paused(#paused)));
    let name = options.name.map(|name| quote!(.name(#name)));
    let unhandled_panic = options.unhandled_panic.map(|choice| {
        let choice = match choice {
            UnhandledPanic::Ignore => quote!(Ignore),
            UnhandledPanic::ShutdownRuntime => quote!(ShutdownRuntime),
        };
        quote!(.unhandled_panic(#krate::runtime::UnhandledPanic::#choice))
    });
    let build = match options.flavor {
        Flavor::Local => quote!(build_local(::core::default::Default::default())),
        Flavor::MultiThread | Flavor::CurrentThread => quote!(build()),
    };
    quote! {
        #new #worker_threads #start_paused #name #unhandled_panic
            .#build
            .expect("failed to start the runtime")
    }
}

fn check_signature(signature: &Signature, kind: Kind) -> Result<()> {
    let name = kind.name();
    if signature.asyncness.is_none() {
        let message = format!("{name} goes on an `async fn`; add `async` before `fn`");
        return Err(Error::new(signature.fn_token.span, message));
    }
    // Any other function may be called with arguments, or get them from another attribute.
    if signature.ident == "main" && !signature.inputs.is_empty() {
        let message = "the `main` function takes no arguments";
        return Err(Error::new(signature.inputs.span(), message));
    }
    Ok(())
}

/// A function with two test attributes would be run twice.
fn check_attributes(attributes: &[Attribute], kind: Kind) -> Result<()> {
    let is_test = |attribute: &&Attribute| {
        let path: Vec<_> =
            attribute.path().segments.iter().map(|segment| segment.ident.to_string()).collect();
        match &path[..] {
            [only] => only == "test",
            [first, .., last] => {
                last == "test"
                    && ["core", "std", "graph_runtime", "tokio"].contains(&first.as_str())
            }
            [] => false,
        }
    };
    match attributes.iter().find(is_test) {
        Some(second) if kind.role == Role::Test => {
            let name = kind.name();
            let message = format!("a second test attribute; {name} brings #[test] with it");
            Err(Error::new(second.span(), message))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
