//! Showing that a model notices a broken protocol.

use primitives::shim::Mutant;
use std::process::{Command, Output};

/// A mutant, and the test that must fail while it is active.
pub type Kill = (Mutant, &'static str);

/// Names the mutant that is active in a process.
const MUTANT: &str = "GRAPH_RUNTIME_MUTANT";

/// What loom says when it gives up on a model that is too large or loops: that is no kill.
const GAVE_UP: &str = "Model exceeded maximum number of branches";

/// Runs each test with its mutant active, and prints how it failed.
///
/// Each has a process of its own. A deadlock is the very failure that shows a lost wake-up, and
/// loom's report of it unwinds through values that cannot be dropped any more, which aborts.
///
/// # Panics
///
/// If a test passes although its mutant is active, or fails for another reason.
pub fn assert_all_killed(kills: &[Kill]) {
    for &(mutant, test) in kills {
        let output = run_alone(mutant, test);
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        assert!(text.contains("running 1 test\n"), "there is no test {test}: {text}");
        assert!(!output.status.success(), "{test} does not notice {mutant:?}");
        assert!(!text.contains(GAVE_UP), "{test} loops under {mutant:?}: {text}");
        println!("{mutant:?} is noticed by {test}: {}", reason(&text));
    }
}

fn run_alone(mutant: Mutant, test: &str) -> Output {
    let binary = std::env::current_exe().expect("a test knows its own binary");
    Command::new(binary)
        .args(["--exact", test, "--nocapture"])
        .env(MUTANT, format!("{mutant:?}"))
        .output()
        .expect("a test binary can be started")
}

/// The first panic message: the line after the one that says where.
fn reason(text: &str) -> &str {
    let mut lines = text.lines().skip_while(|line| !line.contains("panicked at"));
    lines.nth(1).unwrap_or("it did not say why")
}

/// Runs `body` with the mutant that the environment names, if it does.
pub(crate) fn with_chosen_mutant(body: impl FnOnce()) {
    let Ok(name) = std::env::var(MUTANT) else { return body() };
    let named = |mutant: &&Mutant| format!("{mutant:?}") == name;
    let chosen = Mutant::ALL.iter().find(named);
    chosen.unwrap_or_else(|| panic!("{MUTANT}={name} names no mutant")).with(body);
}
