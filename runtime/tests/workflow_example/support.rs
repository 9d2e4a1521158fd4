//! Running the binary and reading what it prints.

use serde_json::Value;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs};

/// The example beside this test: `target/PROFILE/deps/this` and `target/PROFILE/examples/workflow`.
pub(crate) fn binary() -> PathBuf {
    let this = env::current_exe().expect("a test knows its own path");
    let profile = this.parent().and_then(Path::parent).expect("tests are built in `deps`");
    let binary = profile.join("examples").join("workflow");
    assert!(
        binary.is_file(),
        "{} is not there; `cargo test` builds it, `cargo test --test` does not: run `cargo build \
         --example workflow` first",
        binary.display()
    );
    binary
}

/// What a run of the binary left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn workflow<I>(args: I) -> Finished
where
    I: IntoIterator,
    I::Item: AsRef<OsStr>,
{
    let output = Command::new(binary()).args(args).stdin(Stdio::null()).output();
    let output = output.expect("the binary starts");
    Finished {
        code: output.status.code().expect("no signal ended it"),
        stdout: String::from_utf8(output.stdout).expect("standard output is text"),
        stderr: String::from_utf8(output.stderr).expect("standard error is text"),
    }
}

/// Starts the binary and waits for the first line of its standard error. Returns the process, what
/// is left to be read, and that line.
pub(crate) fn started<I>(args: I) -> (Child, BufReader<ChildStderr>, String)
where
    I: IntoIterator,
    I::Item: AsRef<OsStr>,
{
    let mut child = Command::new(binary())
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("it was piped"));
    let mut first = String::new();
    stderr.read_line(&mut first).expect("standard error can be read");
    (child, stderr, first)
}

/// Presses Ctrl-C.
pub(crate) fn interrupt(child: &Child) {
    let kill = format!("kill -INT {}", child.id());
    let status = Command::new("sh").args(["-c", &kill]).status().expect("there is a shell");
    assert!(status.success());
}

impl Finished {
    /// Asserts that all went well.
    pub(crate) fn success(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// The lines of `--json`.
    pub(crate) fn runs(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).expect("each line is JSON");
        self.stdout.lines().map(parse).collect()
    }
}

pub(crate) fn number(run: &Value, field: &str) -> f64 {
    run[field].as_f64().unwrap_or_else(|| panic!("{field} is a number in {run}"))
}

pub(crate) fn count(run: &Value, field: &str) -> u64 {
    run[field].as_u64().unwrap_or_else(|| panic!("{field} is a count in {run}"))
}

/// The workflow that the example runs by default.
pub(crate) fn generated() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/workflow/data/generated-mosaic-200.json")
}

/// A folder that is gone when the test is over.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("graph-runtime-workflow-{}-{number}", std::process::id());
        let path = env::temp_dir().join(name);
        fs::create_dir(&path).expect("the temporary folder can be written to");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).expect("the temporary folder can be written to");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
