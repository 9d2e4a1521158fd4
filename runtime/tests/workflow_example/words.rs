//! Text for people is counted and wrapped right.

use crate::wording::{counted, wrapped};
use proptest::prelude::*;

#[test]
fn only_one_is_singular() {
    let tasks = [0, 1, 2].map(|number| counted(number, "task", "tasks"));
    assert_eq!(tasks, ["0 tasks", "1 task", "2 tasks"]);
}

proptest! {
    #[test]
    fn a_wrapped_paragraph_keeps_its_words_and_fills_its_lines(
        words in prop::collection::vec("[a-z]{1,90}", 0..40),
    ) {
        let text = wrapped(&words.join(" "));
        prop_assert_eq!(text.split_whitespace().collect::<Vec<_>>(), words);
        let lines: Vec<_> = text.lines().collect();
        for line in &lines {
            prop_assert!(line.len() <= 78 || !line.contains(' '), "{}", line);
        }
        for pair in lines.windows(2) {
            let next = pair[1].split(' ').next().unwrap_or_default();
            prop_assert!(pair[0].len() + 1 + next.len() > 78, "{:?}", pair);
        }
    }
}
