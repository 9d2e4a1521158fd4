//! What stands in the parentheses of `join!` and `try_join!`, and what becomes of it.

use crate::select::{parse_biased, projection};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{format_ident, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Result, Token};

/// `[biased;] future, ...`, behind the `$crate` that the declarative macro in front hands over.
pub(crate) struct Join {
    krate: TokenTree,
    biased: bool,
    futures: Punctuated<Expr, Token![,]>,
}

impl Parse for Join {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let krate = input.parse()?;
        let biased = parse_biased(input)?;
        Ok(Self { krate, biased, futures: Punctuated::parse_terminated(input)? })
    }
}

/// When a join is over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    AllDone,
    AllDoneOrError,
}

/// The expression that a `join!` or `try_join!` is.
pub(crate) fn expand(join: Join, until: Until) -> TokenStream {
    let span = Span::mixed_site();
    let Join { krate, biased, futures: expressions } = join;
    let expressions: Vec<Expr> = expressions.into_iter().collect();
    let support = quote_spanned!(span=> #krate::macro_support);
    let count = u32::try_from(expressions.len()).expect("no source file is that long");
    let futures: Vec<Ident> =
        (0..count).map(|it| format_ident!("future{it}", span = span)).collect();
    let chain = futures.iter().rev().fold(quote_spanned!(span=> ()), |rest, future| {
        quote_spanned!(span=> #support::Chain::new(#support::MaybeDone::new(#future), #rest))
    });
    let polls = (0..count).map(|index| poll(index, until, &support, span));
    let outputs = (0..count).map(|index| {
        let projection = projection(index, span);
        let take = match until {
            Until::AllDone => quote_spanned!(span=> take),
            Until::AllDoneOrError => quote_spanned!(span=> take_ok),
        };
        quote_spanned!(span=> futures.as_mut() #projection .first().#take())
    });
    let outputs = quote_spanned!(span=> (#(#outputs,)*));
    let outputs = match until {
        Until::AllDone => outputs,
        Until::AllDoneOrError => quote_spanned!(span=> ::core::result::Result::Ok(#outputs)),
    };
    if count == 0 {
        return match until {
            Until::AllDone => quote_spanned!(span=> async {}.await),
            Until::AllDoneOrError => quote_spanned!(span=> async { #outputs }.await),
        };
    }
    let (declare, begin) = if biased {
        (TokenStream::new(), quote_spanned!(span=> let first = 0u32;))
    } else {
        // Each poll begins with the next future: none of them can use up the task's budget first
        // every time.
        let begin =
            quote_spanned!(span=> let first = next; next = #support::following(first, #count););
        (quote_spanned!(span=> let mut next = 0u32;), begin)
    };
    quote_spanned! {span=> {
        let (#(#futures,)*) = (#(#expressions,)*);
        let mut futures = #support::pin!(#chain);
        #declare
        #support::poll_fn(move |context| {
            let mut is_pending = false;
            #begin
            for future in #support::round(first, #count) {
                match future {
                    #(#polls)*
                    _ => ::core::unreachable!("there are no more futures"),
                }
            }
            if is_pending {
                #support::Poll::Pending
            } else {
                #support::Poll::Ready(#outputs)
            }
        })
        .await
    }}
}

/// One poll of one future, unless it is done already.
fn poll(index: u32, until: Until, support: &TokenStream, span: Span) -> TokenStream {
    let projection = projection(index, span);
    let future = quote_spanned!(span=> futures.as_mut() #projection .first());
    let on_ready = match until {
        Until::AllDone => TokenStream::new(),
        Until::AllDoneOrError => quote_spanned! {span=>
            else if let ::core::option::Option::Some(error) = #future.take_error() {
                return #support::Poll::Ready(::core::result::Result::Err(error));
            }
        },
    };
    quote_spanned! {span=>
        #index => {
            if #support::Future::poll(#future, context).is_pending() {
                is_pending = true;
            }
            #on_ready
        }
    }
}
