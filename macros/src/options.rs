//! What stands in the parentheses of the attribute.

use crate::value::{
    UnhandledPanic, parse_bool, parse_flavor, parse_path, parse_text, parse_unhandled_panic,
    parse_worker_threads,
};
use proc_macro2::Span;
use std::collections::BTreeSet;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Ident, LitStr, Path, Result, Token};

/// The sort of runtime to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavor {
    MultiThread,
    CurrentThread,
    Local,
}

/// The options, checked each for itself and against each other.
pub(crate) struct Options {
    pub(crate) flavor: Flavor,
    /// `None` leaves the number to the builder.
    pub(crate) worker_threads: Option<usize>,
    pub(crate) start_paused: Option<bool>,
    pub(crate) name: Option<LitStr>,
    pub(crate) unhandled_panic: Option<UnhandledPanic>,
    /// Where the runtime is; `None` is the face that the attribute belongs to.
    pub(crate) krate: Option<Path>,
}

impl Options {
    /// Everything left out.
    pub(crate) fn new(flavor: Flavor) -> Self {
        Self {
            flavor,
            worker_threads: None,
            start_paused: None,
            name: None,
            unhandled_panic: None,
            krate: None,
        }
    }

    /// Reads the options from what the user wrote; all mistakes are reported together.
    pub(crate) fn parse(written: Written, default: Flavor) -> Result<Self> {
        let mut options = Self::new(default);
        let mut mistakes = Mistakes::default();
        let mut seen = BTreeSet::new();
        // Options that only some flavors have, and where they stand.
        let mut needs_workers = None;
        let mut needs_one_thread = Vec::new();
        for Assignment { name, value } in written.0 {
            let key = name.to_string();
            if !seen.insert(key.clone()) {
                mistakes.add(Error::new(name.span(), format!("option `{key}` is given twice")));
                continue;
            }
            let span = name.span();
            match key.as_str() {
                "flavor" => {
                    options.flavor = mistakes.note(parse_flavor(&value)).unwrap_or(default);
                }
                "worker_threads" => {
                    options.worker_threads = mistakes.note(parse_worker_threads(&value));
                    needs_workers = options.worker_threads.map(|_| span);
                }
                "start_paused" => {
                    options.start_paused = mistakes.note(parse_bool(&name, &value));
                    needs_one_thread.push((key, span));
                }
                "unhandled_panic" => {
                    options.unhandled_panic = mistakes.note(parse_unhandled_panic(&value));
                    needs_one_thread.push((key, span));
                }
                "name" => options.name = mistakes.note(parse_text(&name, &value)),
                "crate" => options.krate = mistakes.note(parse_path(&name, &value)),
                _ => mistakes.add(unknown(&name)),
            }
        }
        match options.flavor {
            Flavor::MultiThread => {
                needs_one_thread.iter().for_each(|(key, span)| mistakes.add(too_many(key, *span)));
            }
            Flavor::CurrentThread | Flavor::Local => {
                needs_workers.into_iter().for_each(|span| mistakes.add(no_workers(span)));
            }
        }
        mistakes.or(options)
    }
}

fn no_workers(span: Span) -> Error {
    let message = "`worker_threads` has no meaning with the flavor \"current_thread\"; \
                   add `flavor = \"multi_thread\"` or leave it out";
    Error::new(span, message)
}

fn too_many(key: &str, span: Span) -> Error {
    let message = format!(
        "`{key}` has no meaning with the flavor \"multi_thread\"; \
         add `flavor = \"current_thread\"` or leave it out"
    );
    Error::new(span, message)
}

/// `name = value, ...`, not yet understood.
pub(crate) struct Written(Punctuated<Assignment, Token![,]>);

impl Parse for Written {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        Punctuated::parse_terminated(input).map(Self)
    }
}

struct Assignment {
    name: Ident,
    value: Expr,
}

impl Parse for Assignment {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        // `crate` is a keyword.
        let name = Ident::parse_any(input)?;
        if !input.peek(Token![=]) {
            return Err(Error::new(name.span(), format!("expected `{name} = <value>`")));
        }
        input.parse::<Token![=]>()?;
        Ok(Self { name, value: input.parse()? })
    }
}

fn unknown(name: &Ident) -> Error {
    let message = format!(
        "unknown option `{name}`; expected one of: `flavor`, `worker_threads`, `start_paused`, \
         `name`, `unhandled_panic`, `crate`"
    );
    Error::new(name.span(), message)
}

/// Several errors that become one.
#[derive(Default)]
struct Mistakes(Option<Error>);

impl Mistakes {
    fn add(&mut self, error: Error) {
        match &mut self.0 {
            None => self.0 = Some(error),
            Some(first) => first.combine(error),
        }
    }

    fn note<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    fn or<T>(self, value: T) -> Result<T> {
        self.0.map_or(Ok(value), Err)
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{Flavor, Options, Written};
    use crate::value::UnhandledPanic;
    use proc_macro2::TokenStream;

    fn options(args: TokenStream, default: Flavor) -> syn::Result<Options> {
        syn::parse2::<Written>(args).and_then(|written| Options::parse(written, default))
    }

    /// The two that concern every flavor.
    fn parse(args: TokenStream, default: Flavor) -> Result<(Flavor, Option<usize>), Vec<String>> {
        let parsed = options(args, default).map(|it| (it.flavor, it.worker_threads));
        parsed.map_err(|error| error.into_iter().map(|error| error.to_string()).collect())
    }

    fn refusals(args: TokenStream) -> Vec<String> {
        parse(args, Flavor::MultiThread).unwrap_err()
    }

    #[test]
    fn nothing_means_the_default() {
        for default in [Flavor::MultiThread, Flavor::CurrentThread] {
            assert_eq!(parse(quote!(), default), Ok((default, None)));
        }
    }

    #[test]
    fn both_options_in_either_order_with_or_without_a_last_comma() {
        let expected = (Flavor::MultiThread, Some(4));
        for args in [
            quote!(flavor = "multi_thread", worker_threads = 4),
            quote!(worker_threads = 4usize, flavor = "multi_thread",),
        ] {
            assert_eq!(parse(args, Flavor::CurrentThread), Ok(expected));
        }
        let current = parse(quote!(flavor = "current_thread"), Flavor::MultiThread);
        assert_eq!(current, Ok((Flavor::CurrentThread, None)));
    }

    #[test]
    fn an_unknown_option_is_refused() {
        let expected = "unknown option `threads`; expected one of: `flavor`, `worker_threads`, \
                        `start_paused`, `name`, `unhandled_panic`, `crate`";
        assert_eq!(refusals(quote!(threads = 1)), [expected]);
    }

    #[test]
    fn an_option_without_a_value_is_refused() {
        assert_eq!(refusals(quote!(flavor)), ["expected `flavor = <value>`"]);
        assert_eq!(refusals(quote!(worker_threads(2))), ["expected `worker_threads = <value>`"]);
    }

    #[test]
    fn an_option_given_twice_is_refused_even_if_the_first_was_wrong() {
        let twice = refusals(quote!(worker_threads = 1, worker_threads = 1));
        assert_eq!(twice, ["option `worker_threads` is given twice"]);
        let wrong = refusals(quote!(flavor = 1, flavor = "multi_thread"));
        assert_eq!(wrong, ["`flavor` must be a string literal", "option `flavor` is given twice"]);
    }

    #[test]
    fn a_bad_flavor_is_refused() {
        let expected = [
            "unknown flavor \"threaded\"; expected \"multi_thread\", \"current_thread\" or \"local\"",
        ];
        assert_eq!(refusals(quote!(flavor = "threaded")), expected);
        assert_eq!(refusals(quote!(flavor = multi_thread)), ["`flavor` must be a string literal"]);
    }

    #[test]
    fn bad_worker_threads_are_refused() {
        let not_literal = ["`worker_threads` must be an integer literal"];
        assert_eq!(refusals(quote!(worker_threads = 0)), ["`worker_threads` must be at least 1"]);
        for args in
            [quote!(worker_threads = "4"), quote!(worker_threads = -1), quote!(worker_threads = N)]
        {
            assert_eq!(refusals(args), not_literal);
        }
        let suffixed = ["`worker_threads` is a `usize`, not a `u8`"];
        assert_eq!(refusals(quote!(worker_threads = 4u8)), suffixed);
        let huge = refusals(quote!(worker_threads = 99999999999999999999999));
        assert_eq!(huge, ["number too large to fit in target type"]);
    }

    #[test]
    fn worker_threads_need_workers() {
        let stated = refusals(quote!(worker_threads = 2, flavor = "current_thread"));
        let implied = parse(quote!(worker_threads = 2), Flavor::CurrentThread).unwrap_err();
        assert_eq!(stated, implied);
        assert!(stated[0].starts_with("`worker_threads` has no meaning"), "{stated:?}");
    }

    #[test]
    fn the_options_of_a_single_thread() {
        let args = quote! {
            flavor = "local", start_paused = true, name = "n", crate = "a::b",
            unhandled_panic = "shutdown_runtime"
        };
        let options = options(args, Flavor::MultiThread).unwrap();
        assert_eq!((options.flavor, options.start_paused), (Flavor::Local, Some(true)));
        assert_eq!(options.name.unwrap().value(), "n");
        assert_eq!(options.unhandled_panic, Some(UnhandledPanic::ShutdownRuntime));
        let krate = options.krate.unwrap();
        assert_eq!(quote!(#krate).to_string(), "a :: b");
    }

    #[test]
    fn a_single_thread_is_needed_for_some() {
        for args in [quote!(start_paused = true), quote!(unhandled_panic = "ignore")] {
            assert!(parse(args.clone(), Flavor::CurrentThread).is_ok());
            assert!(refusals(args)[0].contains("has no meaning with the flavor \"multi_thread\""));
        }
    }

    #[test]
    fn values_of_the_wrong_type_are_refused() {
        let current = |args| parse(args, Flavor::CurrentThread).unwrap_err();
        assert_eq!(current(quote!(start_paused = 1)), ["`start_paused` must be `true` or `false`"]);
        assert_eq!(current(quote!(name = 1)), ["`name` must be a string literal"]);
        assert_eq!(current(quote!(crate = 1)), ["`crate` must be a string literal"]);
        assert_eq!(current(quote!(crate = "a b")), ["\"a b\" is not a path"]);
        let refused = current(quote!(unhandled_panic = "abort"));
        let expected = "unknown choice \"abort\"; expected \"ignore\" or \"shutdown_runtime\"";
        assert_eq!(refused, [expected]);
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        assert_eq!(refusals(quote!(a = 1, flavor = "x", worker_threads = 0)).len(), 3);
    }
}
