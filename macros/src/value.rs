//! The values of the options.

use crate::options::Flavor;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprLit, Ident, Lit, LitInt, LitStr, Path, Result};

/// What a current-thread runtime does when a task panics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnhandledPanic {
    Ignore,
    ShutdownRuntime,
}

pub(crate) fn parse_flavor(value: &Expr) -> Result<Flavor> {
    let literal = text("flavor", value)?;
    match literal.value().as_str() {
        "multi_thread" => Ok(Flavor::MultiThread),
        "current_thread" => Ok(Flavor::CurrentThread),
        "local" => Ok(Flavor::Local),
        other => Err(Error::new(
            literal.span(),
            format!(
                "unknown flavor {other:?}; expected \"multi_thread\", \"current_thread\" or \
                 \"local\""
            ),
        )),
    }
}

pub(crate) fn parse_unhandled_panic(value: &Expr) -> Result<UnhandledPanic> {
    let literal = text("unhandled_panic", value)?;
    match literal.value().as_str() {
        "ignore" => Ok(UnhandledPanic::Ignore),
        "shutdown_runtime" => Ok(UnhandledPanic::ShutdownRuntime),
        other => {
            let message =
                format!("unknown choice {other:?}; expected \"ignore\" or \"shutdown_runtime\"");
            Err(Error::new(literal.span(), message))
        }
    }
}

pub(crate) fn parse_worker_threads(value: &Expr) -> Result<usize> {
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

pub(crate) fn parse_bool(name: &Ident, value: &Expr) -> Result<bool> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Bool(literal), .. }) => Ok(literal.value),
        _ => Err(Error::new(value.span(), format!("`{name}` must be `true` or `false`"))),
    }
}

pub(crate) fn parse_text(name: &Ident, value: &Expr) -> Result<LitStr> {
    text(&name.to_string(), value)
}

pub(crate) fn parse_path(name: &Ident, value: &Expr) -> Result<Path> {
    let literal = parse_text(name, value)?;
    literal
        .parse_with(Path::parse_mod_style)
        .map_err(|_| Error::new(literal.span(), format!("{:?} is not a path", literal.value())))
}

fn text(name: &str, value: &Expr) -> Result<LitStr> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => Ok(literal.clone()),
        _ => Err(Error::new(value.span(), format!("`{name}` must be a string literal"))),
    }
}
