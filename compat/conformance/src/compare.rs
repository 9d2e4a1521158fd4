//! Holding one outcome against the other.

use comfy_table::Table;

use crate::figures::Figures;
use crate::options::Options;
use crate::run::Outcome;

/// Whether graph_runtime does what tokio does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Same,
    Different,
}

/// Without figures to compare with, nothing may fail.
fn verdict(ours: &Outcome, real: Option<&Figures>) -> Verdict {
    let is_same = match real {
        Some(real) => ours.figures == *real,
        None => ours.figures.failed == 0 && ours.broken.is_empty(),
    };
    if is_same { Verdict::Same } else { Verdict::Different }
}

/// Prints both, and says whether they are the same.
pub(crate) fn report(options: &Options, ours: &Outcome, real: Option<&Figures>) -> Verdict {
    let mut table = Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_header(["on", "passed", "failed", "ignored"]);
    let mut add = |on: String, figures: &Figures| {
        let counts = [figures.passed, figures.failed, figures.ignored];
        table.add_row([on].into_iter().chain(counts.map(|it| it.to_string())));
    };
    add(format!("graph_runtime (as tokio {})", ours.tokio), &ours.figures);
    if let Some(real) = real {
        add(format!("tokio ({})", if options.real { "measured" } else { "recorded" }), real);
    }
    println!("{} {}\n{table}", options.name, options.version);
    for failed in &ours.failed {
        println!("failed: {failed}");
    }
    for broken in &ours.broken {
        println!("does not compile: {broken}");
    }
    let verdict = verdict(ours, real);
    println!(
        "{}",
        match (verdict, real) {
            (Verdict::Same, Some(_)) => "the same figures, and no real tokio in the tree",
            (Verdict::Same, None) =>
                "nothing failed, and no real tokio in the tree; --real compares",
            (Verdict::Different, Some(_)) => "the figures differ",
            (Verdict::Different, None) => "something failed; --real shows whether it does on tokio",
        }
    );
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_failures_are_the_same() {
        let figures = Figures { passed: 3, failed: 1, ignored: 0 };
        let ours = Outcome { figures, ..Outcome::default() };
        assert_eq!(verdict(&ours, Some(&figures)), Verdict::Same);
        assert_eq!(verdict(&ours, None), Verdict::Different);
        let fewer = Figures { passed: 2, ..figures };
        assert_eq!(verdict(&ours, Some(&fewer)), Verdict::Different);
    }
}
