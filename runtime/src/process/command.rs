//! How a process is started.

use super::{Child, orphan};
use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, ExitStatus, Output, Stdio};

/// How a process is started: [`std::process::Command`], whose settings mean the same.
///
/// # Examples
///
/// ```
/// use graph_runtime::process::Command;
///
/// # #[graph_runtime::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let status = Command::new("sh").args(["-c", "exit 3"]).status().await?;
/// assert_eq!(status.code(), Some(3));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Command {
    std: process::Command,
    kill_on_drop: bool,
}

impl Command {
    /// A program, by its path or by its name in `PATH`, without arguments.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        process::Command::new(program).into()
    }

    /// The standard library's, to look at.
    pub fn as_std(&self) -> &process::Command {
        &self.std
    }

    /// The standard library's, to change.
    pub fn as_std_mut(&mut self) -> &mut process::Command {
        &mut self.std
    }

    /// The standard library's, which knows nothing of [`kill_on_drop`](Self::kill_on_drop).
    pub fn into_std(self) -> process::Command {
        self.std
    }

    /// Whether dropping the [`Child`] ends the process. Not at first.
    pub fn kill_on_drop(&mut self, kill: bool) -> &mut Self {
        self.kill_on_drop = kill;
        self
    }

    /// What was [set](Self::kill_on_drop).
    pub fn get_kill_on_drop(&self) -> bool {
        self.kill_on_drop
    }
}

/// What it is given.
impl Command {
    /// Adds an argument.
    pub fn arg(&mut self, argument: impl AsRef<OsStr>) -> &mut Self {
        self.std.arg(argument);
        self
    }

    /// Adds arguments.
    pub fn args(&mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> &mut Self {
        self.std.args(arguments);
        self
    }

    /// Sets what the program is told as its own name.
    pub fn arg0(&mut self, name: impl AsRef<OsStr>) -> &mut Self {
        self.std.arg0(name);
        self
    }

    /// Sets a variable of the environment.
    pub fn env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Self {
        self.std.env(name, value);
        self
    }

    /// Sets variables of the environment.
    pub fn envs(
        &mut self,
        variables: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
    ) -> &mut Self {
        self.std.envs(variables);
        self
    }

    /// Removes a variable of the environment.
    pub fn env_remove(&mut self, name: impl AsRef<OsStr>) -> &mut Self {
        self.std.env_remove(name);
        self
    }

    /// Starts with an empty environment.
    pub fn env_clear(&mut self) -> &mut Self {
        self.std.env_clear();
        self
    }

    /// Sets the directory it runs in.
    pub fn current_dir(&mut self, path: impl AsRef<Path>) -> &mut Self {
        self.std.current_dir(path);
        self
    }

    /// Sets what it reads; what this process reads otherwise.
    pub fn stdin(&mut self, stdin: impl Into<Stdio>) -> &mut Self {
        self.std.stdin(stdin);
        self
    }

    /// Sets where it writes to; where this process writes to otherwise, and a pipe for
    /// [`output`](Self::output).
    pub fn stdout(&mut self, stdout: impl Into<Stdio>) -> &mut Self {
        self.std.stdout(stdout);
        self
    }

    /// Sets where it complains to; where this process complains to otherwise, and a pipe for
    /// [`output`](Self::output).
    pub fn stderr(&mut self, stderr: impl Into<Stdio>) -> &mut Self {
        self.std.stderr(stderr);
        self
    }

    /// Sets the user it runs as.
    pub fn uid(&mut self, user: u32) -> &mut Self {
        self.std.uid(user);
        self
    }

    /// Sets the group it runs as.
    pub fn gid(&mut self, group: u32) -> &mut Self {
        self.std.gid(group);
        self
    }

    /// Sets the process group it belongs to; 0 makes one of its own.
    pub fn process_group(&mut self, group: i32) -> &mut Self {
        self.std.process_group(group);
        self
    }
}

/// Starting it.
///
/// The system starts a process in no time worth speaking of, but the calling thread waits for that.
///
/// # Errors
///
/// If there is no such program, if it may not be run, and if the system is short of anything.
impl Command {
    /// Starts the process.
    ///
    /// # Errors
    ///
    /// See above.
    pub fn spawn(&mut self) -> io::Result<Child> {
        self.spawn_with(process::Command::spawn)
    }

    /// Starts the process in a way of the caller's own.
    ///
    /// # Errors
    ///
    /// Those of `start`, and see above.
    pub fn spawn_with(
        &mut self,
        start: impl FnOnce(&mut process::Command) -> io::Result<process::Child>,
    ) -> io::Result<Child> {
        orphan::reap();
        Child::new(start(&mut self.std)?, self.kill_on_drop)
    }

    /// Starts the process, at once, and waits for its end. Pipes are closed at its start.
    ///
    /// # Errors
    ///
    /// See above, and as [`Child::wait`].
    ///
    /// # Cancel safety
    ///
    /// The process is dropped with the future.
    pub fn status(&mut self) -> impl Future<Output = io::Result<ExitStatus>> + Send + use<> {
        let child = self.spawn();
        async {
            let mut child = child?;
            drop((child.stdin.take(), child.stdout.take(), child.stderr.take()));
            child.wait().await
        }
    }

    /// Starts the process, at once, waits for its end and gives back all that it has written. It
    /// reads what this process reads, if nothing else was set.
    ///
    /// # Errors
    ///
    /// See above, and as [`Child::wait_with_output`].
    ///
    /// # Cancel safety
    ///
    /// The process is dropped with the future.
    ///
    /// # Examples
    ///
    /// ```
    /// use graph_runtime::process::Command;
    ///
    /// # #[graph_runtime::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let output = Command::new("echo").arg("hello").output().await?;
    /// assert_eq!(output.stdout, b"hello\n");
    /// # Ok(())
    /// # }
    /// ```
    pub fn output(&mut self) -> impl Future<Output = io::Result<Output>> + Send + use<> {
        self.std.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = self.spawn();
        async { child?.wait_with_output().await }
    }
}

impl From<process::Command> for Command {
    fn from(std: process::Command) -> Self {
        Self { std, kill_on_drop: false }
    }
}
