//! Text for people: nouns that agree with their number, lines that fit a terminal.

/// How wide a line of text gets: a terminal has 80 columns at least.
const WIDTH: usize = 78;

/// A number and its noun: "1 task", "2 tasks".
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A paragraph broken into lines. A word that is too long for any line gets one of its own.
pub(crate) fn wrapped(paragraph: &str) -> String {
    let mut lines = String::new();
    let mut width = 0;
    for word in paragraph.split_whitespace() {
        let length = word.chars().count();
        if width > 0 {
            let fits = width + 1 + length <= WIDTH;
            lines.push(if fits { ' ' } else { '\n' });
            width = if fits { width + 1 } else { 0 };
        }
        lines.push_str(word);
        width += length;
    }
    lines
}
