//! Where this process's cgroups lie in the file system.

use procfs::process::MountInfo;
use procfs::{FromRead, ProcessCGroups};
use std::path::{Component, Path, PathBuf};

/// The most levels that are read. A process further down has limits that are unknown.
const LEVELS_MAX: usize = 64;

/// A version of control groups. Each controller is bound to one of them, and on a hybrid machine
/// not all to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

/// The part of a hierarchy that concerns this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Branch {
    pub(super) version: Version,
    /// The process's own folder. `None` if it lies outside of what can be seen from here.
    pub(super) own: Option<PathBuf>,
    /// The folders whose limits apply: its own if there is one, and those above it as far as they
    /// can be seen, upwards.
    pub(super) levels: Vec<PathBuf>,
}

/// What the kernel says about where this process is.
#[derive(Debug)]
pub(super) struct Discovery {
    cgroups: ProcessCGroups,
    mounts: Vec<MountInfo>,
}

impl Discovery {
    /// From the texts of `/proc/self/cgroup` and `/proc/self/mountinfo`. A line of the second that
    /// cannot be made out is another mount's, or makes its cgroups unknown.
    pub(super) fn new(membership: &[u8], mounts: &[u8]) -> Option<Self> {
        let cgroups = ProcessCGroups::from_read(membership).ok()?;
        let mounts = String::from_utf8_lossy(mounts);
        let is_cgroup = |mount: &MountInfo| matches!(mount.fs_type.as_str(), "cgroup" | "cgroup2");
        let mounts = mounts.lines().filter_map(|line| MountInfo::from_line(line).ok());
        Some(Self { cgroups, mounts: mounts.filter(is_cgroup).collect() })
    }

    /// The branch that `controller` is bound to: that of version 1 if it has one, else the unified
    /// one.
    pub(super) fn branch(&self, controller: &str) -> Option<Branch> {
        let is_bound = |names: &[String]| names.iter().any(|name| name == controller);
        match self.cgroups.0.iter().find(|it| is_bound(&it.controllers)) {
            Some(cgroup) => {
                let of_it = |mount: &&MountInfo| mount.super_options.contains_key(controller);
                self.resolved(Version::One, &cgroup.pathname, of_it)
            }
            None => self.unified(),
        }
    }

    /// The branch of version 2.
    pub(super) fn unified(&self) -> Option<Branch> {
        let is_unified = |names: &[String]| names.is_empty();
        let cgroup = self.cgroups.0.iter().find(|it| is_unified(&it.controllers))?;
        self.resolved(Version::Two, &cgroup.pathname, |_| true)
    }

    /// The branch down to the cgroup at `path`, by the mount that shows the most of it.
    fn resolved(
        &self,
        version: Version,
        path: &str,
        of_it: impl Fn(&&MountInfo) -> bool,
    ) -> Option<Branch> {
        let fs_type = match version {
            Version::One => "cgroup",
            Version::Two => "cgroup2",
        };
        let mounts = self.mounts.iter().filter(|mount| mount.fs_type == fs_type).filter(of_it);
        let branches = mounts.filter_map(|mount| {
            let (own, levels) = seen_through(mount, Path::new(path))?;
            Some(Branch { version, own, levels })
        });
        branches.max_by_key(|branch| (branch.own.is_some(), branch.levels.len()))
    }
}

/// The process's own folder and the levels that `mount` shows of a cgroup at `path`.
///
/// Both `path` and the mount's root are as seen from this process's cgroup namespace. A container
/// may have a mount that begins further down, at its own cgroup, and then sees nothing above; or
/// one that was made outside and begins further up (`/..`), where the names on the way down to its
/// own cgroup are hidden, and only what is mounted is known to be above it.
fn seen_through(mount: &MountInfo, path: &Path) -> Option<(Option<PathBuf>, Vec<PathBuf>)> {
    let (root, point) = (unescaped(&mount.root), unescaped(mount.mount_point.to_str()?));
    let (root, point) = (Path::new(&root), PathBuf::from(point));
    let climbs = |path: &Path| path.components().any(|part| part == Component::ParentDir);
    if climbs(path) {
        return None;
    }
    if climbs(root) {
        let only_climbs = root.components().skip(1).all(|part| part == Component::ParentDir);
        return only_climbs.then(|| (None, vec![point]));
    }
    let below = path.strip_prefix(root).ok()?;
    let own: PathBuf = point.components().chain(below.components()).collect();
    let depth = below.components().count() + 1;
    if depth > LEVELS_MAX {
        return Some((Some(own), Vec::new()));
    }
    let levels = own.ancestors().take(depth).map(Path::to_owned).collect();
    Some((Some(own), levels))
}

/// A path as it is, from how it is written in `mountinfo`: blanks, newlines and backslashes stand
/// there as a backslash and three octal digits.
fn unescaped(path: &str) -> String {
    let mut result = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        result.push_str(before);
        let code = escape.get(1..4).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        let length = match code.filter(u8::is_ascii) {
            Some(code) => {
                result.push(char::from(code));
                4
            }
            None => {
                result.push('\\');
                1
            }
        };
        rest = &escape[length..];
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::{Branch, Discovery, LEVELS_MAX, Version, unescaped};
    use proptest::prelude::*;
    use std::path::Path;

    /// A line of `mountinfo`.
    fn mount(fs_type: &str, root: &str, point: &str, options: &str) -> String {
        format!("31 23 0:28 {root} {point} rw,relatime shared:9 - {fs_type} cgroup rw,{options}\n")
    }

    fn branch(membership: &str, mounts: &str, controller: &str) -> Option<Branch> {
        Discovery::new(membership.as_bytes(), mounts.as_bytes())?.branch(controller)
    }

    fn levels(branch: &Branch) -> Vec<&str> {
        branch.levels.iter().filter_map(|level| level.to_str()).collect()
    }

    #[test]
    fn the_branch_leads_from_the_own_cgroup_up_to_the_mount() {
        let mounts = mount("cgroup2", "/", "/sys/fs/cgroup", "nsdelegate");
        let found = branch("0::/user.slice/session\n", &mounts, "cpu").unwrap();
        assert_eq!(found.version, Version::Two);
        assert_eq!(
            levels(&found),
            ["/sys/fs/cgroup/user.slice/session", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"]
        );
        assert_eq!(found.own.as_deref(), Some(Path::new("/sys/fs/cgroup/user.slice/session")));
    }

    #[test]
    fn on_a_hybrid_machine_each_controller_has_its_own_branch() {
        let mounts = mount("cgroup", "/", "/cg/cpu", "cpu,cpuacct")
            + &mount("cgroup2", "/", "/cg/unified", "")
            + "a line that is none\n"
            + &mount("cgroup", "/", "/cg/systemd", "xattr,name=systemd");
        let membership = "4:cpu,cpuacct:/a\n3:cpuset:/b\n1:name=systemd:/c\n0::/d\n";
        let found = branch(membership, &mounts, "cpu").unwrap();
        assert_eq!((found.version, levels(&found)), (Version::One, vec!["/cg/cpu/a", "/cg/cpu"]));
        let found = branch(membership, &mounts, "memory").unwrap();
        assert_eq!(levels(&found), ["/cg/unified/d", "/cg/unified"]);
        assert_eq!(branch(membership, &mounts, "cpuset"), None, "bound, but not mounted");
    }

    #[test]
    fn a_container_sees_what_its_mount_shows() {
        // Without a cgroup namespace: its own cgroup is mounted, and named in full.
        let mounts = mount("cgroup", "/docker/ab", "/cg/cpu", "cpu");
        assert_eq!(levels(&branch("4:cpu:/docker/ab\n", &mounts, "cpu").unwrap()), ["/cg/cpu"]);
        let found = branch("4:cpu:/docker/ab/init\n", &mounts, "cpu").unwrap();
        assert_eq!(levels(&found), ["/cg/cpu/init", "/cg/cpu"]);
        assert_eq!(branch("4:cpu:/docker/abc\n", &mounts, "cpu"), None, "a name, not a prefix");
        // A second mount that shows more is better.
        let mounts = mounts + &mount("cgroup", "/", "/host/cpu", "cpu");
        let found = branch("4:cpu:/docker/ab\n", &mounts, "cpu").unwrap();
        assert_eq!(levels(&found)[0], "/host/cpu/docker/ab");
        // With a namespace: it takes its own cgroup for the root.
        let mounts = mount("cgroup2", "/", "/cg", "");
        assert_eq!(levels(&branch("0::/\n", &mounts, "cpu").unwrap()), ["/cg"]);
        // Moved out of its namespace afterwards: nothing that is mounted is above it.
        assert_eq!(branch("0::/../other\n", &mounts, "cpu"), None);
        // A mount from outside of the namespace: the way down to its own cgroup has no names.
        let found = branch("0::/\n", &mount("cgroup2", "/../..", "/cg", ""), "cpu").unwrap();
        assert_eq!((found.own.as_deref(), levels(&found)), (None, vec!["/cg"]));
        let found = branch("0::/\n", &mount("cgroup2", "/../sibling", "/cg", ""), "cpu");
        assert_eq!(found, None, "it is somebody else's");
    }

    #[test]
    fn names_are_taken_as_they_are_meant() {
        let mounts = mount("cgroup2", "/", "/a\\040cgroup\\134", "");
        assert_eq!(levels(&branch("0::/\n", &mounts, "cpu").unwrap()), ["/a cgroup\\"]);
        assert_eq!(unescaped("\\04"), "\\04");
        assert_eq!(unescaped("\\\u{e9}\\377"), "\\\u{e9}\\377");
        let found = branch("0::/a:b\n", &mount("cgroup2", "/", "/cg", ""), "cpu").unwrap();
        assert_eq!(levels(&found)[0], "/cg/a:b");
    }

    #[test]
    fn a_branch_too_long_has_no_known_levels() {
        let mounts = mount("cgroup2", "/", "/cg", "");
        let path = |depth| format!("0::{}\n", "/a".repeat(depth));
        let found = branch(&path(LEVELS_MAX - 1), &mounts, "cpu").unwrap();
        assert_eq!(found.levels.len(), LEVELS_MAX);
        let found = branch(&path(LEVELS_MAX), &mounts, "cpu").unwrap();
        assert!(found.own.is_some() && found.levels.is_empty());
    }

    proptest! {
        #[test]
        fn garbage_is_found_to_be_nothing(
            membership in "([0-9]{1,3}:[a-z,=]{0,6}:[/.a\\\\]{0,6}\n|.{0,6}){0,4}",
            mounts in "([0-9]{1,3} 1 0:1 [/.a\\\\0-7]{1,5} [/.a\\\\0-7]{1,5} rw - cgroup2? x rw,cpu\n|.{0,9}){0,4}",
        ) {
            if let Some(found) = branch(&membership, &mounts, "cpu") {
                prop_assert!(found.levels.len() <= LEVELS_MAX);
                prop_assert!(found.own.is_none() || found.levels.first() == found.own.as_ref());
            }
        }
    }
}
