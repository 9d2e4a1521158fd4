//! A control group of one's own.

use procfs::process::Process;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

/// A cgroup with this process in it. Dropped, the process goes back to where it was.
pub(crate) struct Cgroup {
    pub(crate) folder: PathBuf,
    before: PathBuf,
    is_v2: bool,
}

impl Cgroup {
    /// A child of the cgroup in which this process is, in the hierarchy that has quotas, with one
    /// of so many hundredths of a core.
    pub(crate) fn enter(percent: u32) -> io::Result<Self> {
        let (own, is_v2) = own_folder().ok_or(io::ErrorKind::NotFound)?;
        let folder = own.join(format!("graph-runtime-test-{}", std::process::id()));
        fs::create_dir(&folder)?;
        let cgroup = Self { folder, before: own, is_v2 };
        cgroup.allow(percent)?;
        fs::write(cgroup.folder.join("cgroup.procs"), "0")?;
        Ok(cgroup)
    }

    /// Sets the quota, in hundredths of a core.
    pub(crate) fn allow(&self, percent: u32) -> io::Result<()> {
        let us = percent * 1000;
        if self.is_v2 {
            // Not created if the controller is off.
            let mut file = fs::OpenOptions::new().write(true).open(self.folder.join("cpu.max"))?;
            return file.write_all(format!("{us} 100000").as_bytes());
        }
        fs::write(self.folder.join("cpu.cfs_period_us"), "100000")?;
        fs::write(self.folder.join("cpu.cfs_quota_us"), us.to_string())
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let _ = fs::write(self.before.join("cgroup.procs"), "0");
        let _ = fs::remove_dir(&self.folder);
    }
}

/// The folder of this process's cgroup, and whether it is one of version 2. Found without the help
/// of the code under test, for the plain case only: the whole hierarchy is mounted.
fn own_folder() -> Option<(PathBuf, bool)> {
    let me = Process::myself().ok()?;
    let (cgroups, mounts) = (me.cgroups().ok()?, me.mountinfo().ok()?);
    let v1 = cgroups.0.iter().find(|it| it.controllers.iter().any(|name| name == "cpu"));
    let v2 = || cgroups.0.iter().find(|it| it.controllers.is_empty());
    let (cgroup, is_v2) = v1.map(|it| (it, false)).or_else(|| Some((v2()?, true)))?;
    let mount = mounts.iter().find(|mount| match is_v2 {
        true => mount.fs_type == "cgroup2",
        false => mount.fs_type == "cgroup" && mount.super_options.contains_key("cpu"),
    })?;
    let path = cgroup.pathname.strip_prefix('/')?;
    (mount.root == "/").then(|| (mount.mount_point.join(path), is_v2))
}

/// Says so even if the test's output is captured.
pub(crate) fn skip(test: &str, why: &dyn std::fmt::Display) {
    let text = format!("SKIPPED {test}: no control group of one's own here: {why}\n");
    let _ = io::stderr().write_all(text.as_bytes());
}
