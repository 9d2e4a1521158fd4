//! What stands in the parentheses of the attribute.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprLit, Ident, Lit, LitInt, Result, Token};

/// The sort of runtime to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavor {
    MultiThread,
    CurrentThread,
}

/// The options, checked each for itself and against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) flavor: Flavor,
    /// `None` leaves the number to the builder.
    pub(crate) worker_threads: Option<usize>,
}

impl Options {
    /// Everything left out.
    pub(crate) fn new(flavor: Flavor) -> Self {
        Self { flavor, worker_threads: None }
    }

    /// Reads the options from what the user wrote; all mistakes are reported together.
    pub(crate) fn parse(written: Written, default: Flavor) -> Result<Self> {
        let mut flavor: Option<Flavor> = None;
        let mut worker_threads: Option<(usize, Span)> = None;
        let mut mistakes = Mistakes::default();
        let mut seen: Vec<String> = Vec::new();
        for Assignment { name, value } in written.0 {
            let key = name.to_string();
            if seen.contains(&key) {
                mistakes.add(Error::new(name.span(), format!("option `{key}` is given twice")));
                continue;
            }
            match key.as_str() {
                "flavor" => flavor = mistakes.note(parse_flavor(&value)),
                "worker_threads" => {
                    let count = mistakes.note(parse_worker_threads(&value));
                    worker_threads = count.map(|count| (count, name.span()));
                }
                _ => mistakes.add(unknown(&name)),
            }
            seen.push(key);
        }
        let options = Self {
            flavor: flavor.unwrap_or(default),
            worker_threads: worker_threads.map(|(count, _)| count),
        };
        if let (Flavor::CurrentThread, Some((_, span))) = (options.flavor, worker_threads) {
            mistakes.add(Error::new(
                span,
                "`worker_threads` has no meaning with the flavor \"current_thread\"; \
                 add `flavor = \"multi_thread\"` or leave it out",
            ));
        }
        mistakes.or(options)
    }
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
        let name: Ident = input.parse()?;
        if !input.peek(Token![=]) {
            return Err(Error::new(name.span(), format!("expected `{name} = <value>`")));
        }
        input.parse::<Token![=]>()?;
        Ok(Self { name, value: input.parse()? })
    }
}

fn parse_flavor(value: &Expr) -> Result<Flavor> {
    let Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) = value else {
        return Err(Error::new(value.span(), "`flavor` must be a string literal"));
    };
    match literal.value().as_str() {
        "multi_thread" => Ok(Flavor::MultiThread),
        "current_thread" => Ok(Flavor::CurrentThread),
        other => Err(Error::new(
            literal.span(),
            format!("unknown flavor {other:?}; expected \"multi_thread\" or \"current_thread\""),
        )),
    }
}

fn parse_worker_threads(value: &Expr) -> Result<usize> {
    let Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) = value else {
        return Err(Error::new(value.span(), "`worker_threads` must be an integer literal"));
    };
    check_suffix(literal)?;
    match literal.base10_parse()? {
        0 => Err(Error::new(literal.span(), "`worker_threads` must be at least 1")),
        count => Ok(count),
    }
}

fn check_suffix(literal: &LitInt) -> Result<()> {
    match literal.suffix() {
        "" | "usize" => Ok(()),
        other => {
            let message = format!("`worker_threads` is a `usize`, not a `{other}`");
            Err(Error::new(literal.span(), message))
        }
    }
}

fn unknown(name: &Ident) -> Error {
    let message = format!("unknown option `{name}`; expected `flavor` or `worker_threads`");
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

    fn parse(args: proc_macro2::TokenStream, default: Flavor) -> Result<Options, Vec<String>> {
        syn::parse2::<Written>(args)
            .and_then(|written| Options::parse(written, default))
            .map_err(|error| error.into_iter().map(|error| error.to_string()).collect())
    }

    fn refusals(args: proc_macro2::TokenStream) -> Vec<String> {
        parse(args, Flavor::MultiThread).unwrap_err()
    }

    #[test]
    fn nothing_means_the_default() {
        for default in [Flavor::MultiThread, Flavor::CurrentThread] {
            assert_eq!(parse(quote!(), default), Ok(Options::new(default)));
        }
    }

    #[test]
    fn both_options_in_either_order_with_or_without_a_last_comma() {
        let expected = Options { flavor: Flavor::MultiThread, worker_threads: Some(4) };
        for args in [
            quote!(flavor = "multi_thread", worker_threads = 4),
            quote!(worker_threads = 4usize, flavor = "multi_thread",),
        ] {
            assert_eq!(parse(args, Flavor::CurrentThread), Ok(expected));
        }
        let current = parse(quote!(flavor = "current_thread"), Flavor::MultiThread);
        assert_eq!(current, Ok(Options::new(Flavor::CurrentThread)));
    }

    #[test]
    fn an_unknown_option_is_refused() {
        let expected = ["unknown option `threads`; expected `flavor` or `worker_threads`"];
        assert_eq!(refusals(quote!(threads = 1)), expected);
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
        let expected =
            ["unknown flavor \"threaded\"; expected \"multi_thread\" or \"current_thread\""];
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
    fn all_mistakes_are_reported_at_once() {
        assert_eq!(refusals(quote!(a = 1, flavor = "x", worker_threads = 0)).len(), 3);
    }
}
