//! Other people's text inside our one-line messages.

use std::fmt;

/// Longest excerpt of a foreign string in a message, in characters.
const EXCERPT_CHARS: usize = 64;

/// Shows a string from a file in double quotes, escaped so that it stays on one line, and cut in
/// the middle when it is long: ids in hostile files may be megabytes of newlines.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        fmt::Display::fmt(&Excerpt(self.0), f)?;
        f.write_str("\"")
    }
}

/// [`Quoted`] without the quotes.
pub(crate) struct Excerpt<'a>(pub(crate) &'a str);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = EXCERPT_CHARS / 2;
        let Some((head_end, _)) = self.0.char_indices().nth(half) else {
            return escaped(self.0, f);
        };
        let Some((tail_start, _)) = self.0.char_indices().nth_back(half - 1) else {
            return escaped(self.0, f);
        };
        if tail_start <= head_end {
            return escaped(self.0, f);
        }
        escaped(&self.0[..head_end], f)?;
        f.write_str("...")?;
        escaped(&self.0[tail_start..], f)
    }
}

/// Writes `text` with control characters escaped.
fn escaped(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt::Display::fmt(&text.escape_debug(), f)
}

/// Shows tasks as a chain `a -> b -> c`, leaving out the middle of a long one.
pub(crate) struct Chain<'a>(pub(crate) &'a [String]);

/// Tasks shown at each end of a chain that is cut.
const CHAIN_ENDS: usize = 6;

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left_out = self.0.len().saturating_sub(2 * CHAIN_ENDS);
        for (i, id) in self.0.iter().enumerate() {
            if left_out > 1 && (CHAIN_ENDS..CHAIN_ENDS + left_out).contains(&i) {
                if i == CHAIN_ENDS {
                    write!(f, " -> ... {left_out} more ...")?;
                }
                continue;
            }
            if i > 0 {
                f.write_str(" -> ")?;
            }
            fmt::Display::fmt(&Excerpt(id), f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Chain, Quoted};

    #[test]
    fn short_text_is_whole_and_on_one_line() {
        assert_eq!(Quoted("a\n\"b\"").to_string(), r#""a\n\"b\"""#);
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let shown = Quoted(&"ä".repeat(1_000_000)).to_string();
        assert_eq!(shown, format!("\"{0}...{0}\"", "ä".repeat(32)));
        let exact = "x".repeat(64);
        assert_eq!(Quoted(&exact).to_string(), format!("\"{exact}\""));
    }

    #[test]
    fn a_long_chain_keeps_both_ends() {
        let ids: Vec<String> = (0..100).map(|i| i.to_string()).collect();
        assert_eq!(
            Chain(&ids).to_string(),
            "0 -> 1 -> 2 -> 3 -> 4 -> 5 -> ... 88 more ... -> 94 -> 95 -> 96 -> 97 -> 98 -> 99"
        );
        assert_eq!(Chain(&ids[..2]).to_string(), "0 -> 1");
        assert!(!Chain(&ids[..13]).to_string().contains("..."));
    }
}
