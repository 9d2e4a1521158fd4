//! How many tests passed, failed and were ignored.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::AddAssign;

use serde::Deserialize;

/// Counts of tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Figures {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) ignored: usize,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, ignored } = self;
        write!(formatter, "{passed} passed, {failed} failed, {ignored} ignored")
    }
}

/// What the output of test programs says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) figures: Figures,
    /// How many summaries there were: none means that the program has no test harness, or died.
    pub(crate) summaries: usize,
    pub(crate) failed: BTreeSet<String>,
    pub(crate) finished: BTreeSet<String>,
}

/// Reads the standard harness's output: a line for each test, a summary at the end.
pub(crate) fn read(output: &str) -> Said {
    let mut said = Said::default();
    for line in output.lines() {
        if let Some(summary) = line.trim().strip_prefix("test result: ") {
            said.figures += summary_figures(summary);
            said.summaries += 1;
        } else if let Some((name, result)) = test_line(line) {
            said.finished.insert(name.to_owned());
            if result.starts_with("FAILED") {
                said.failed.insert(name.to_owned());
            }
        }
    }
    said
}

fn test_line(line: &str) -> Option<(&str, &str)> {
    let (name, result) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    // So that it is the name by which the program lists it.
    Some((name.strip_suffix(" - should panic").unwrap_or(name), result))
}

/// Reads `ok. 3 passed; 1 failed; 0 ignored; ...`.
fn summary_figures(summary: &str) -> Figures {
    let count = |what: &str| {
        let end = summary.find(&format!(" {what}")).unwrap_or(0);
        let number = summary[..end].rsplit(|it: char| !it.is_ascii_digit()).next();
        number.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    };
    Figures { passed: count("passed"), failed: count("failed"), ignored: count("ignored") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_added_up_and_failures_named() {
        let said = read(
            "running 2 tests\ntest a ... ok\ntest b::c - should panic ... FAILED\n\n\
             test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 4 filtered out\n\
             test src/lib.rs - x (line 3) ... ignored\n\
             test result: ok. 10 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n",
        );
        assert_eq!(said.figures, Figures { passed: 11, failed: 1, ignored: 1 });
        assert_eq!(said.summaries, 2);
        assert_eq!(Vec::from_iter(&said.failed), ["b::c"]);
        assert_eq!(said.finished.len(), 3);
    }

    #[test]
    fn a_program_that_says_nothing_has_no_summary() {
        assert_eq!(read("hello\n"), Said::default());
    }
}
