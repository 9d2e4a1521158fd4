//! What `vmstat` says, where it is installed.

use std::process::{Child, Command, Stdio};

/// `vmstat` at work.
pub(crate) struct Vmstat(Child);

impl Vmstat {
    /// Has it measure from now on for `seconds`.
    pub(crate) fn start(seconds: u16) -> Option<Self> {
        let mut command = Command::new("vmstat");
        let command = command.args(["-n", &seconds.to_string(), "2"]);
        let child = command.env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        child.ok().map(Self)
    }

    /// Waits for it: the percentage of the machine's CPU time that was busy. Its first row is
    /// about the time since boot, its second about what it has waited for.
    pub(crate) fn busy_percent(self) -> Option<f64> {
        let output = self.0.wait_with_output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let head: Vec<&str> = text.lines().nth(1)?.split_whitespace().collect();
        let row: Vec<&str> = text.lines().nth(3)?.split_whitespace().collect();
        let column = |name| -> Option<f64> {
            row.get(head.iter().position(|it| *it == name)?)?.parse().ok()
        };
        Some(100.0 - column("id")? - column("wa")?)
    }
}
