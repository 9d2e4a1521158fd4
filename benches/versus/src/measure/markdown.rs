//! Tables in Markdown.

use std::fmt::Write;

/// A table. A heading that begins with `>` is that of a column of numbers, set to the right.
pub fn table<const COLUMNS: usize>(
    headings: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut text = line(headings.map(|heading| heading.trim_start_matches('>').to_owned()));
    let rule = |heading: &str| if heading.starts_with('>') { "--:" } else { "---" };
    writeln!(text, "|{}|", headings.map(rule).join("|")).expect("a string takes everything");
    text.extend(rows.into_iter().map(line));
    text
}

fn line<const COLUMNS: usize>(cells: [String; COLUMNS]) -> String {
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn numbers_stand_to_the_right_and_bars_are_escaped() {
        let rows = [["a|b".to_owned(), "1.5".to_owned()]];
        let expected = "| peer | ns |\n|---|--:|\n| a\\|b | 1.5 |\n";
        assert_eq!(table(["peer", ">ns"], rows), expected);
    }
}
