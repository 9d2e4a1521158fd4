//! What stands in the braces of `select!`, and what becomes of it.
//!
//! ```text
//! select! { [biased;]
//!     pattern = future [, if condition] => handler,
//!     ...
//!     [else => expression]
//! }
//! ```
//!
//! The futures are pinned one behind the other in the caller's own frame and polled in turn by one
//! `poll_fn`; see the comments in [`expand`] for the steps. All names that are brought into the
//! caller's scope have spans of their own, so none can be mistaken for one of the caller's.

use crate::pattern;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{format_ident, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Ident, Pat, Result, Token};

/// The set of disabled branches is a word.
const MAX_BRANCHES: usize = 64;

/// A whole `select!`, behind the `$crate` that the declarative macro in front hands over.
pub(crate) struct Select {
    krate: TokenTree,
    biased: bool,
    branches: Vec<Branch>,
    otherwise: Option<Expr>,
}

struct Branch {
    pattern: Pat,
    future: Expr,
    condition: Option<Expr>,
    handler: Expr,
}

impl Parse for Select {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let krate = input.parse()?;
        let biased = parse_biased(input)?;
        let mut branches = Vec::new();
        let mut otherwise = None;
        while !input.is_empty() {
            if input.peek(Token![else]) {
                input.parse::<Token![else]>()?;
                otherwise = Some(parse_handler(input)?);
                if !input.is_empty() {
                    return Err(input.error("`else` must be the last branch of `select!`"));
                }
                break;
            }
            branches.push(input.parse()?);
        }
        if branches.is_empty() && otherwise.is_none() {
            return Err(Error::new(Span::call_site(), "`select!` needs at least one branch"));
        }
        if branches.len() > MAX_BRANCHES {
            let message = format!("`select!` has {} branches, 64 at most", branches.len());
            return Err(Error::new(Span::call_site(), message));
        }
        Ok(Self { krate, biased, branches, otherwise })
    }
}

/// Whether the branches are to be polled in the order in which they are written.
pub(crate) fn parse_biased(input: ParseStream<'_>) -> Result<bool> {
    let ahead = input.fork();
    let is_biased = ahead.parse::<Ident>().is_ok_and(|word| word == "biased");
    if !(is_biased && ahead.peek(Token![;])) {
        return Ok(false);
    }
    input.parse::<Ident>()?;
    input.parse::<Token![;]>()?;
    Ok(true)
}

impl Parse for Branch {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let pattern = pattern::parse(input)?;
        input.parse::<Token![=]>()?;
        let future = input.parse()?;
        let mut condition = None;
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
            input.parse::<Token![if]>()?;
            condition = Some(input.parse()?);
        }
        Ok(Self { pattern, future, condition, handler: parse_handler(input)? })
    }
}

/// `=> expression` and the comma after it, which may be left out as in a `match`: after a block,
/// and at the end.
fn parse_handler(input: ParseStream<'_>) -> Result<Expr> {
    input.parse::<Token![=>]>()?;
    let handler = Expr::parse_with_earlier_boundary_rule(input)?;
    if input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
    } else if !input.is_empty() && !is_block_like(&handler) {
        return Err(input.error("expected `,` after the handler"));
    }
    Ok(handler)
}

fn is_block_like(handler: &Expr) -> bool {
    matches!(
        handler,
        Expr::Block(_)
            | Expr::If(_)
            | Expr::Match(_)
            | Expr::Loop(_)
            | Expr::While(_)
            | Expr::ForLoop(_)
            | Expr::Unsafe(_)
            | Expr::Const(_)
            | Expr::TryBlock(_)
    )
}

impl Branch {
    /// Whether the condition introduces names: then the future, which may use them, is made only
    /// if it holds. Otherwise it is made in any case.
    fn makes_future_if_it_holds(&self) -> bool {
        fn has_let(condition: &Expr) -> bool {
            match condition {
                Expr::Let(_) => true,
                Expr::Binary(it) => has_let(&it.left) || has_let(&it.right),
                Expr::Group(it) => has_let(&it.expr),
                _ => false,
            }
        }
        self.condition.as_ref().is_some_and(has_let)
    }
}

/// The expression that a `select!` is.
pub(crate) fn expand(select: Select) -> TokenStream {
    let span = Span::mixed_site();
    let Select { krate, biased, branches, otherwise } = select;
    let support = quote_spanned!(span=> #krate::macro_support);
    if branches.is_empty() {
        return quote_spanned!(span=> { #otherwise });
    }
    let number = |index: usize| u32::try_from(index).expect("64 branches at most");
    let count = number(branches.len());
    let names: Vec<Ident> = (0..count).map(|it| format_ident!("Branch{it}", span = span)).collect();
    let futures: Vec<Ident> =
        (0..count).map(|it| format_ident!("future{it}", span = span)).collect();

    // 1. The conditions, before anything else of the caller's is evaluated.
    let conditions = branches.iter().zip(0u32..).filter_map(|(branch, index)| {
        let condition = branch.condition.as_ref().filter(|_| !branch.makes_future_if_it_holds())?;
        Some(quote_spanned!(span=> if !(#condition) { disabled |= 1u64 << #index; }))
    });
    // 2. The futures, in order. Temporaries in their expressions are gone before the first poll.
    let made = branches.iter().zip(0u32..).map(|(branch, index)| {
        let Branch { future, condition, .. } = branch;
        if branch.makes_future_if_it_holds() {
            quote_spanned! {span=>
                if #condition {
                    #support::OptionalFuture::some(#future)
                } else {
                    disabled |= 1u64 << #index;
                    #support::OptionalFuture::none()
                }
            }
        } else {
            quote_spanned!(span=> #future)
        }
    });
    let chain = futures.iter().rev().fold(quote_spanned!(span=> ()), |rest, future| {
        let future = quote_spanned!(span=> #support::IntoFuture::into_future(#future));
        quote_spanned!(span=> #support::Chain::new(#future, #rest))
    });
    // 3. One poll of one branch.
    let polls = branches.iter().zip(0u32..).map(|(branch, index)| {
        let name = &names[index as usize];
        let projection = projection(index, span);
        let check = check(&branch.pattern, span);
        quote_spanned! {span=>
            #index => {
                if disabled & (1u64 << #index) != 0 {
                    continue;
                }
                // The arm that goes on lets a future that never is ready, `poll_fn(|_| panic!())`
                // say, have the output `()`.
                let output = match #support::Future::poll(
                    futures.as_mut() #projection .first(),
                    context,
                ) {
                    #support::Poll::Ready(output) => output,
                    #support::Poll::Pending => {
                        is_pending = true;
                        continue;
                    }
                };
                disabled |= 1u64 << #index;
                #check
                return #support::Poll::Ready(__SelectOutput::#name(output));
            }
        }
    });
    let first = if biased {
        quote_spanned!(span=> 0u32)
    } else {
        quote_spanned!(span=> #support::random_below(#count))
    };
    // 4. The handler of the branch that has matched, outside of all closures and after all futures
    // are gone: it may use what they borrowed, and leave the caller's loop or function.
    let handlers = branches.iter().zip(&names).map(|(branch, name)| {
        let Branch { pattern, handler, .. } = branch;
        quote_spanned!(span=> __SelectOutput::#name(#pattern) => #handler,)
    });
    let otherwise = otherwise.map_or_else(
        || quote_spanned!(span=> #support::all_branches_disabled()),
        |otherwise| quote_spanned!(span=> #otherwise),
    );
    quote_spanned! {span=> {
        #[doc(hidden)]
        enum __SelectOutput<#(#names),*> { #(#names(#names),)* AllDisabled }
        // Bit n: branch n is out of the race.
        #[allow(unused_mut)]
        let mut disabled = 0u64;
        #(#conditions)*
        // A pattern may borrow from it mutably.
        #[allow(unused_mut)]
        let mut output = {
            let (#(#futures,)*) = (#(#made,)*);
            let mut futures = #support::pin!(#chain);
            #support::poll_fn(move |context| {
                if #support::poll_turn(context).is_pending() {
                    return #support::Poll::Pending;
                }
                let mut is_pending = false;
                let first = #first;
                for branch in #support::round(first, #count) {
                    #[allow(unreachable_code)]
                    match branch {
                        #(#polls)*
                        _ => ::core::unreachable!("there are no more branches"),
                    }
                }
                if is_pending {
                    #support::Poll::Pending
                } else {
                    #support::Poll::Ready(__SelectOutput::AllDisabled)
                }
            })
            .await
        };
        match output {
            #(#handlers)*
            __SelectOutput::AllDisabled => #otherwise,
            #[allow(unreachable_patterns)]
            _ => ::core::unreachable!("the pattern has matched before"),
        }
    }}
}

/// The way from a chain's beginning to its link number `index`.
pub(crate) fn projection(index: u32, span: Span) -> TokenStream {
    (0..index).map(|_| quote_spanned!(span=> .rest())).collect()
}

/// Goes on with the next branch if the output does not match.
fn check(pattern: &Pat, span: Span) -> TokenStream {
    if matches!(pattern, Pat::Wild(_)) {
        return TokenStream::new();
    }
    let pattern = pattern::without_binding_modes(pattern.clone());
    quote_spanned! {span=>
        #[allow(unused_variables, unreachable_patterns)]
        match &output {
            #pattern => {}
            _ => continue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Select;
    use proc_macro2::TokenStream;
    use quote::quote;

    fn refusal(branches: TokenStream) -> String {
        match syn::parse2::<Select>(quote!(face #branches)) {
            Ok(_) => panic!("it was accepted"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn all_parts_are_read() {
        let select: Select = syn::parse2(quote! {
            face biased;
            Some(x) = future(), if x > 1 => { x }
            Ok(y) | Err(y) = other => y,
            else => 0,
        })
        .unwrap();
        assert!(select.biased && select.otherwise.is_some());
        let conditions: Vec<_> = select.branches.iter().map(|it| it.condition.is_some()).collect();
        assert_eq!(conditions, [true, false]);
    }

    #[test]
    fn a_pattern_may_be_called_biased() {
        let select: Select = syn::parse2(quote!(face biased = future => biased)).unwrap();
        assert!(!select.biased);
    }

    #[test]
    fn only_conditions_with_names_guard_their_futures() {
        let select: Select = syn::parse2(quote! {
            face
            _ = a(x), if let Some(x) = y => {}
            _ = a(x), if y && let Some(x) = y => {}
            _ = a(x), if x => {}
            _ = a(x), if { let x = 1; x == y } => {}
            _ = a(x) => {}
        })
        .unwrap();
        let guarded: Vec<_> =
            select.branches.iter().map(|it| it.makes_future_if_it_holds()).collect();
        assert_eq!(guarded, [true, true, false, false, false]);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(refusal(quote!()), "`select!` needs at least one branch");
        assert_eq!(refusal(quote!(x = a => x y = b => y)), "expected `,` after the handler");
        assert_eq!(refusal(quote!(x = a, x > 1 => x)), "expected `if`");
        let early = "`else` must be the last branch of `select!`";
        assert_eq!(refusal(quote!(else => 1, x = a => x)), early);
        let many = (0..65).map(|_| quote!(x = a => x,));
        assert_eq!(refusal(many.collect()), "`select!` has 65 branches, 64 at most");
    }
}
