//! The invariants of the design that can be read off the source tree.
//!
//! What they mean is in ARCHITECTURE.md; here each is checked on the text of the files, so that a
//! change which breaks one has to say so. The checks are textual and therefore a little stricter
//! than the rules: a comment that names what is forbidden is fine, code that does is not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates of this workspace.
const MEMBERS: [&str; 9] = [
    "primitives",
    "scheduler",
    "reactor",
    "monitor",
    "macros",
    "runtime",
    "wfformat",
    "loom-tests",
    "benches",
];

/// The files and folders that may contain `unsafe`, each of which says that it is fenced. The
/// first word of a folder's entry is the file that lifts the ban for the whole of it.
const FENCED: [(&str, &str); 25] = [
    ("runtime/src/io/unix/register.rs", "runtime/src/io/unix/register.rs"),
    ("runtime/src/raw_fd.rs", "runtime/src/raw_fd.rs"),
    ("runtime/src/net/unix/credentials.rs", "runtime/src/net/unix/credentials.rs"),
    ("runtime/src/process/pre_exec.rs", "runtime/src/process/pre_exec.rs"),
    ("runtime/src/sync/access.rs", "runtime/src/sync/access.rs"),
    ("runtime/src/sync/mutex/mod.rs", "runtime/src/sync/mutex/mod.rs"),
    ("runtime/src/sync/rwlock/mod.rs", "runtime/src/sync/rwlock/mod.rs"),
    ("runtime/src/sync/once_slot.rs", "runtime/src/sync/once_slot.rs"),
    ("runtime/src/sync/oneshot/mod.rs", "runtime/src/sync/oneshot/"),
    ("runtime/src/sync/mpsc/list/mod.rs", "runtime/src/sync/mpsc/list/"),
    ("runtime/src/sync/mpsc/rx.rs", "runtime/src/sync/mpsc/rx.rs"),
    ("primitives/src/wait_queue/mod.rs", "primitives/src/wait_queue/"),
    ("runtime/src/task/mod.rs", "runtime/src/task/"),
    ("runtime/src/worker/handover.rs", "runtime/src/worker/handover.rs"),
    ("runtime/src/worker/thread_clock.rs", "runtime/src/worker/thread_clock.rs"),
    ("runtime/src/dag/closures.rs", "runtime/src/dag/closures.rs"),
    ("runtime/src/dag/scratch.rs", "runtime/src/dag/scratch.rs"),
    ("scheduler/src/steal/mod.rs", "scheduler/src/steal/"),
    ("primitives/src/asymmetric.rs", "primitives/src/asymmetric.rs"),
    ("primitives/src/biased_lock.rs", "primitives/src/biased_lock.rs"),
    ("primitives/src/prefetch.rs", "primitives/src/prefetch.rs"),
    ("primitives/src/shim/shared_queue.rs", "primitives/src/shim/shared_queue.rs"),
    ("primitives/src/shim/zeroed.rs", "primitives/src/shim/zeroed.rs"),
    ("reactor/src/timerfd.rs", "reactor/src/timerfd.rs"),
    ("loom-tests/src/tracked.rs", "loom-tests/src/tracked.rs"),
];

/// Tests that need `unsafe`: to be nasty, with a waker that cannot be cloned, or to promise
/// something.
const FENCED_TESTS: [&str; 2] =
    ["runtime/tests/async_fd/promises.rs", "runtime/tests/behaviour/panics.rs"];

/// Lines above an atomic operation among which its ORDERING comment must be.
const ORDERING_WINDOW: usize = 15;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A source file: its path below the root, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The lines of code with their numbers, counted from 1: without comments, and without the
    /// unit tests at the end of the file.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
        lines.enumerate().map(|(index, line)| (index + 1, without_comment(line)))
    }

    fn violations(&self, is_violation: impl Fn(&str) -> bool) -> Vec<String> {
        let broken = self.code().filter(|(_, line)| is_violation(line));
        broken.map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim())).collect()
    }
}

fn without_comment(line: &str) -> &str {
    line.find("//").map_or(line, |start| &line[..start])
}

/// All files below `folder` whose names end in `.rs`, in order.
fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut pending = vec![root().join(folder)];
    while let Some(directory) = pending.pop() {
        let Ok(entries) = fs::read_dir(&directory) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                // A folder with a manifest of its own is another crate's.
                if !path.join("Cargo.toml").exists() {
                    pending.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                found.push(Source { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "{folder} has no sources: the check would check nothing");
    found
}

fn all_sources() -> Vec<Source> {
    MEMBERS.iter().flat_map(|member| sources(member)).collect()
}

/// Whether `word` occurs in `line` as a word of its own.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        !line[..start].ends_with(is_part) && !line[start + word.len()..].starts_with(is_part)
    })
}

fn assert_none(rule: &str, violations: &[String]) {
    assert!(violations.is_empty(), "{rule}:\n{}", violations.join("\n"));
}

#[test]
fn the_words_are_found_as_words() {
    assert!(has_word("use std::future::Future;", "Future"));
    assert!(!has_word("FutureGraph", "Future") && !has_word("my_thread", "thread"));
    assert_eq!(without_comment("code(); // and why"), "code(); ");
}

#[test]
fn policy_knows_no_futures_threads_or_clocks() {
    let forbidden = ["Future", "Waker", "Context", "Instant", "SystemTime", "async", "await"];
    let violations: Vec<_> = ["graph", "control", "sim"]
        .iter()
        .flat_map(|module| sources(&format!("scheduler/src/{module}")))
        .flat_map(|source| {
            source.violations(|line| {
                forbidden.iter().any(|word| has_word(line, word))
                    || line.contains("std::thread")
                    || line.contains("thread::")
                    || line.contains("park(")
            })
        })
        .collect();
    assert_none("the scheduler's policy is without futures, threads and clocks", &violations);
}

#[test]
fn only_the_floor_and_the_models_know_of_loom() {
    let is_outside = |source: &Source| {
        !["primitives/", "loom-tests/"].iter().any(|it| source.path.starts_with(it))
    };
    // The tests' own mention of it is in this file.
    let violations: Vec<_> = all_sources()
        .iter()
        .filter(|source| is_outside(source) && source.path != "runtime/tests/invariants.rs")
        .flat_map(|source| source.violations(|line| has_word(line, "loom")))
        .collect();
    assert_none("cfg(loom) is in primitives and loom-tests only", &violations);
}

#[test]
fn unsafe_is_fenced() {
    let mut violations = Vec::new();
    for source in all_sources() {
        let fenced = FENCED.iter().any(|(_, folder)| source.path.starts_with(folder))
            || FENCED_TESTS.contains(&source.path.as_str())
            || source.path == "runtime/tests/invariants.rs";
        if !fenced {
            violations.extend(source.violations(|line| has_word(line, "unsafe")));
            violations.extend(source.violations(|line| line.contains("allow(unsafe_code)")));
        }
    }
    assert_none("`unsafe` is in the fenced modules only", &violations);
}

#[test]
fn every_fence_says_that_it_is_one() {
    for (gate, _) in FENCED {
        let text = fs::read_to_string(root().join(gate)).unwrap();
        assert!(text.contains("allow(unsafe_code)"), "{gate} lifts the ban");
        let says_why = text.contains("Fenced") || text.contains("SAFETY");
        assert!(says_why, "{gate} says why that is sound");
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for lint in ["unsafe_code = \"deny\"", "undocumented_unsafe_blocks = \"deny\""] {
        assert!(manifest.contains(lint), "{lint} is what the fences are set into");
    }
    for member in MEMBERS {
        let manifest = fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{member} follows the lints");
    }
}

/// Whether line `number` of `source`, or one of those just above it, explains an ordering.
fn is_explained(source: &Source, number: usize) -> bool {
    let lines: Vec<&str> = source.text.lines().collect();
    let first = number.saturating_sub(ORDERING_WINDOW);
    lines[first..number].iter().any(|line| line.contains("ORDERING"))
}

#[test]
fn every_atomic_operation_of_a_protocol_explains_its_ordering() {
    let orderings = ["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];
    let names_one =
        |line: &str| orderings.iter().any(|it| line.contains(&format!("Ordering::{it}")));
    let folders = [
        "runtime/src/cancel",
        "runtime/src/task",
        "runtime/src/worker",
        "runtime/src/runtime",
        "runtime/src/dag",
        "runtime/src/sync",
        "scheduler/src/steal",
    ];
    let files = sources("primitives/src").into_iter().filter(|it| {
        // Atomics by other names, and orderings weakened on purpose.
        !it.path.contains("/shim/")
    });
    let mut checked = 0;
    let mut violations = Vec::new();
    for source in files.chain(folders.iter().flat_map(|folder| sources(folder))) {
        let whole_file = source.text.contains("ORDERING (this whole file)");
        for (number, line) in source.code().filter(|(_, line)| names_one(line)) {
            checked += 1;
            // An ordering in the branch of a mutant is wrong on purpose.
            let text: Vec<&str> = source.text.lines().collect();
            let above = &text[number.saturating_sub(3)..number];
            let is_mutant = above.iter().any(|line| line.contains("Mutant::"));
            if !whole_file && !is_mutant && !is_explained(&source, number) {
                violations.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(checked > 50, "only {checked} atomic operations found");
    assert_none("an ORDERING comment is near every atomic operation", &violations);
}

/// The names of a manifest's dependencies, of the sections whose header `wanted` accepts.
fn dependencies(member: &str, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap();
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.contains("dependencies") && wanted(line);
        } else if inside && !line.starts_with('#') {
            names.extend(line.split(['.', '=', ' ']).next().map(str::to_owned));
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn siblings_do_not_know_each_other() {
    let ours: BTreeSet<String> =
        MEMBERS.iter().map(|it| (*it).to_owned()).chain(["graph_runtime".to_owned()]).collect();
    let of_ours = |member| -> Vec<String> {
        let all = dependencies(member, |section| !section.contains("dev-"));
        all.intersection(&ours).cloned().collect()
    };
    assert_eq!(of_ours("primitives"), [""; 0]);
    assert_eq!(of_ours("macros"), [""; 0]);
    for member in ["scheduler", "reactor", "monitor", "wfformat"] {
        assert_eq!(of_ours(member), ["primitives"], "{member}");
    }
    let face = of_ours("runtime");
    assert_eq!(face, ["macros", "monitor", "primitives", "reactor", "scheduler"]);
    // Tests may read workflows, but not reach upwards or sideways either.
    for member in ["primitives", "scheduler", "reactor", "monitor", "macros"] {
        let tests = dependencies(member, |section| section.contains("dev-"));
        let reached: Vec<_> = tests.intersection(&ours).filter(|it| *it != "wfformat").collect();
        assert!(reached.is_empty(), "{member}: {reached:?}");
    }
}

#[test]
fn no_other_runtime_is_in_the_dependency_tree() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let names: Vec<&str> =
        lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    assert!(names.contains(&"graph_runtime") && names.contains(&"mio"), "the lock file is read");
    let runtimes =
        ["tokio", "async-std", "smol", "async-executor", "async-io", "glommio", "monoio", "rayon"];
    for name in names {
        let is_runtime = runtimes.contains(&name) || name.starts_with("tokio-");
        assert!(!is_runtime, "{name} must not be in Cargo.lock");
    }
}

#[test]
fn nothing_is_left_to_be_done() {
    let marks = ["todo!", "unimplemented!", "#[ignore", "allow(dead_code)"];
    let notes = ["TODO", "FIXME", "XXX"];
    let mut violations = Vec::new();
    for source in all_sources() {
        if source.path == "runtime/tests/invariants.rs" {
            continue;
        }
        violations.extend(source.violations(|line| marks.iter().any(|mark| line.contains(mark))));
        for (index, line) in source.text.lines().enumerate() {
            if notes.iter().any(|note| has_word(line, note)) {
                violations.push(format!("{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    assert_none("nothing is stubbed, ignored or put off", &violations);
}

#[test]
fn no_path_of_anybodys_machine_is_in_the_sources() {
    let homes = ["/work/", "/root/", "/home/", "/tmp/", "/Users/"];
    let mut violations = Vec::new();
    for source in all_sources() {
        for (index, line) in source.text.lines().enumerate() {
            let mentions = homes.iter().any(|home| line.contains(&format!("\"{home}")));
            if mentions && source.path != "runtime/tests/invariants.rs" {
                violations.push(format!("{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    for member in MEMBERS {
        let manifest = fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap();
        let mentions = homes.iter().any(|home| manifest.contains(home));
        assert!(!mentions, "{member}/Cargo.toml names a path of some machine");
    }
    assert_none("the sources build and run anywhere", &violations);
}

#[test]
fn files_can_be_held_in_a_head() {
    let longest = 400;
    let violations: Vec<_> = all_sources()
        .iter()
        .map(|source| (source.path.clone(), source.text.lines().count()))
        .filter(|(_, lines)| *lines > longest)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert_none("no file is longer than 400 lines", &violations);
}

/// Whether a line is longer than rustfmt makes it, though it could be broken: it holds no table, no
/// address and no literal that fills most of it.
fn is_too_long(line: &str) -> bool {
    let text = line.trim_start();
    let is_table = text.trim_start_matches(['/', '!', ' ']).starts_with('|');
    // One that is broken by hand ends in the next line.
    let end = if text.ends_with('\\') { Some(text.len()) } else { text.rfind('"') };
    let quoted = text.find('"').zip(end).map_or(0, |(start, end)| end - start);
    line.chars().count() > 100 && !is_table && quoted < 60 && !line.contains("://")
}

#[test]
fn lines_fit_into_a_hundred_columns() {
    assert!(is_too_long(&format!("    // {}", "word ".repeat(20))));
    assert!(!is_too_long(&format!("    // {}", "word ".repeat(18))));
    assert!(!is_too_long(&format!("    /// | {} |", "word ".repeat(20))));
    assert!(!is_too_long(&format!("    \"{}\",", "word ".repeat(20))));
    let others = ["tokio", "tokio-util", "conformance", "superstep"];
    let others = others.iter().flat_map(|package| sources(&format!("compat/{package}")));
    let mut violations = Vec::new();
    for source in all_sources().into_iter().chain(others).chain(sources("benches/versus")) {
        let lines = source.text.lines().enumerate().filter(|(_, line)| is_too_long(line));
        violations.extend(lines.map(|(index, _)| format!("{}:{}", source.path, index + 1)));
    }
    assert_none("no line has more than 100 columns that could have fewer", &violations);
}

#[test]
fn what_takes_tokios_place_is_held_to_the_same_rules() {
    let fence = "compat/tokio/src/io/read_buf.rs";
    let mut violations = Vec::new();
    for package in ["tokio", "tokio-util", "conformance", "superstep"] {
        for source in sources(&format!("compat/{package}/src")) {
            if source.path != fence {
                violations.extend(source.violations(|line| has_word(line, "unsafe")));
            }
            let lines = source.text.lines().count();
            if lines > 400 {
                violations.push(format!("{}: {lines} lines", source.path));
            }
        }
    }
    assert_none("compat has one fence, and files that can be held in a head", &violations);
}
