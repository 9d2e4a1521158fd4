//! The patterns of `select!`.

use proc_macro2::{Delimiter, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Pat, Result};

/// A pattern with all its alternatives, also one that has come through another macro and is
/// therefore in a group without delimiters.
pub(crate) fn parse(input: ParseStream<'_>) -> Result<Pat> {
    let whole = input.step(|cursor| match cursor.token_tree() {
        Some((TokenTree::Group(group), rest)) if group.delimiter() == Delimiter::None => {
            Ok((Some(group.stream()), rest))
        }
        _ => Ok((None, *cursor)),
    })?;
    match whole {
        Some(stream) => Pat::parse_multi_with_leading_vert.parse2(stream),
        None => Pat::parse_multi_with_leading_vert(input),
    }
}

/// The same pattern, to be matched against a reference to the value and only to see whether it
/// does: without `ref`, `mut` and `&`, which mean something else there or are not allowed.
pub(crate) fn without_binding_modes(mut pattern: Pat) -> Pat {
    clean(&mut pattern);
    pattern
}

fn clean(pattern: &mut Pat) {
    match pattern {
        Pat::Ident(it) => {
            it.by_ref = None;
            it.mutability = None;
            if let Some((_, inner)) = &mut it.subpat {
                clean(inner);
            }
        }
        Pat::Reference(it) => {
            let mut inner = it.pat.clone();
            clean(&mut inner);
            *pattern = *inner;
        }
        Pat::Or(it) => it.cases.iter_mut().for_each(clean),
        Pat::Paren(it) => clean(&mut it.pat),
        Pat::Slice(it) => it.elems.iter_mut().for_each(clean),
        Pat::Struct(it) => it.fields.iter_mut().for_each(|field| clean(&mut field.pat)),
        Pat::Tuple(it) => it.elems.iter_mut().for_each(clean),
        Pat::TupleStruct(it) => it.elems.iter_mut().for_each(clean),
        Pat::Type(it) => clean(&mut it.pat),
        // No names are bound in the rest.
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, without_binding_modes};
    use quote::quote;
    use syn::parse::Parser;

    #[track_caller]
    fn cleans(pattern: proc_macro2::TokenStream, expected: proc_macro2::TokenStream) {
        let cleaned = without_binding_modes(parse.parse2(pattern).unwrap());
        assert_eq!(quote!(#cleaned).to_string(), expected.to_string());
    }

    #[test]
    fn binding_modes_go_wherever_they_are() {
        cleans(quote!(mut x), quote!(x));
        cleans(quote!(Some(ref mut x)), quote!(Some(x)));
        cleans(quote!(Ok(ref x) | Err(ref x)), quote!(Ok(x) | Err(x)));
        cleans(quote!((mut a, [ref b, ..])), quote!((a, [b, ..])));
        cleans(quote!(Point { x: mut a, ref y }), quote!(Point { x: a, y }));
        cleans(quote!(all @ Some(mut x)), quote!(all @ Some(x)));
        cleans(quote!(Some(&(ref a, 5))), quote!(Some((a, 5))));
    }

    #[test]
    fn a_pattern_that_came_through_a_macro_is_unpacked() {
        let inner = quote!(Some(mut x));
        let group = proc_macro2::Group::new(proc_macro2::Delimiter::None, inner);
        cleans(quote!(#group), quote!(Some(x)));
    }
}
