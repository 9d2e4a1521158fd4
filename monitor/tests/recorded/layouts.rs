//! Recorded machines: the same figures under each layout of control groups.

use crate::tree::Tree;

/// Two cores: user 100, nice 10, system 50, idle 1000, iowait 40, irq 5, softirq 15, steal 20.
const STAT: &str = "\
cpu  100 10 50 1000 40 5 15 20 30 0
cpu0 60 5 30 500 20 3 8 10 15 0
cpu1 40 5 20 500 20 2 7 10 15 0
intr 12345 0 9 0 0
ctxt 67890
btime 1700000000
processes 4321
procs_running 2
procs_blocked 0
softirq 999 0 1 2
";

/// 8,000,000 kB, of which 6,000,000 kB are available.
const MEMINFO: &str = "\
MemTotal:        8000000 kB
MemFree:         5000000 kB
MemAvailable:    6000000 kB
Buffers:             808 kB
HugePages_Total:       0
Hugepagesize:       2048 kB
";

const PRESSURE: &str = "\
some avg10=1.50 avg60=0.31 avg300=0.20 total=1000000
full avg10=0.00 avg60=0.00 avg300=0.00 total=500000
";

/// A machine without control groups: one core and a half used by this process, four of affinity.
pub(crate) fn bare() -> Tree {
    let tree = Tree::default();
    tree.write("/proc/stat", STAT);
    tree.write("/proc/meminfo", MEMINFO);
    tree.write("/proc/self/statm", "5000 1500 700 300 0 900 0\n");
    for resource in ["cpu", "memory", "io"] {
        tree.write(&format!("/proc/pressure/{resource}"), PRESSURE);
    }
    tree.set_affinity(Some(4));
    tree.set_process_cpu(Some(std::time::Duration::ZERO));
    tree
}

fn mount(fs_type: &str, root: &str, point: &str, options: &str) -> String {
    format!("31 23 0:28 {root} {point} rw,relatime shared:9 - {fs_type} cgroup rw,{options}\n")
}

/// What every machine has mounted besides.
const OTHER_MOUNTS: &str = "\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
";

/// One cgroup of version 2. `limits` are `cpu.max`, `memory.max` and `memory.high`.
fn v2_cgroup(tree: &Tree, folder: &str, [cpu, max, high]: [&str; 3]) {
    let file = |name: &str, text: &str| tree.write(&format!("{folder}/{name}"), text);
    file("cpu.max", &format!("{cpu}\n"));
    file("memory.max", &format!("{max}\n"));
    file("memory.high", &format!("{high}\n"));
    v2_counts(tree, folder);
    file("cpu.stat", CPU_STAT_V2);
}

/// What every cgroup of version 2 has.
fn v2_counts(tree: &Tree, folder: &str) {
    let file = |name: &str, text: &str| tree.write(&format!("{folder}/{name}"), text);
    file("cpu.stat", "usage_usec 3000000\nuser_usec 2000000\nsystem_usec 1000000\n");
    file("memory.current", "900000000\n");
    file("memory.stat", "anon 1\nfile 2\ninactive_anon 3\ninactive_file 100000000\n");
    file("cpuset.cpus.effective", "0-2\n");
    for resource in ["cpu", "memory", "io"] {
        file(&format!("{resource}.pressure"), PRESSURE);
    }
}

pub(crate) const CPU_STAT_V2: &str = "\
usage_usec 3000000
user_usec 2000000
system_usec 1000000
nr_periods 100
nr_throttled 10
throttled_usec 400000
";

/// Version 2 in a service below a slice below the root: the slice has the least CPU quota, 2.5
/// cores, and the service the least memory, 2 GB by `memory.high`.
pub(crate) fn v2() -> Tree {
    let tree = bare();
    tree.write("/proc/self/cgroup", "0::/jobs.slice/job.service\n");
    let mounts = mount("cgroup2", "/", "/sys/fs/cgroup", "nsdelegate,memory_recursiveprot");
    tree.write("/proc/self/mountinfo", OTHER_MOUNTS.to_owned() + &mounts);
    let root = "/sys/fs/cgroup";
    v2_counts(&tree, root);
    tree.remove("/sys/fs/cgroup/memory.current");
    v2_cgroup(&tree, "/sys/fs/cgroup/jobs.slice", ["250000 100000", "4000000000", "max"]);
    let own = "/sys/fs/cgroup/jobs.slice/job.service";
    v2_cgroup(&tree, own, ["max 100000", "3000000000", "2000000000"]);
    tree
}

/// Version 2 as a container with a namespace of its own sees it.
pub(crate) fn v2_container() -> Tree {
    let tree = bare();
    tree.write("/proc/self/cgroup", "0::/\n");
    let mounts = mount("cgroup2", "/", "/sys/fs/cgroup", "nsdelegate");
    tree.write("/proc/self/mountinfo", OTHER_MOUNTS.to_owned() + &mounts);
    v2_cgroup(&tree, "/sys/fs/cgroup", ["250000 100000", "2000000000", "max"]);
    tree
}

/// The controllers of version 1, below `folder`, in each hierarchy.
fn v1_cgroup(tree: &Tree, folder: &str, quota: &str, limit: &str) {
    let file = |name: &str, text: &str| {
        let (controller, name) = name.split_once('/').expect("controller and name");
        tree.write(&format!("/sys/fs/cgroup/{controller}{folder}/{name}"), text);
    };
    file("cpu,cpuacct/cpu.cfs_quota_us", quota);
    file("cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    file("cpu,cpuacct/cpu.stat", "nr_periods 100\nnr_throttled 10\nthrottled_time 400000000\n");
    file("cpu,cpuacct/cpuacct.usage", "3000000000\n");
    file("cpuset/cpuset.effective_cpus", "0-2\n");
    file("memory/memory.limit_in_bytes", limit);
    file("memory/memory.usage_in_bytes", "900000000\n");
    let stat = "cache 1\ninactive_file 5\nhierarchical_memory_limit 2000000000\n\
                total_inactive_file 100000000\n";
    file("memory/memory.stat", stat);
}

const MEMBER_V1: &str = "\
5:memory:PATH
4:cpuset:PATH
3:cpu,cpuacct:PATH
1:name=systemd:/elsewhere
";

const NO_LIMIT_V1: &str = "9223372036854771712\n";

fn v1_mounts(root: &str) -> String {
    let point = |controller| format!("/sys/fs/cgroup/{controller}");
    OTHER_MOUNTS.to_owned()
        + &mount("cgroup", root, &point("cpu,cpuacct"), "cpu,cpuacct")
        + &mount("cgroup", root, &point("cpuset"), "cpuset")
        + &mount("cgroup", root, &point("memory"), "memory")
        + &mount("cgroup", "/", &point("systemd"), "xattr,name=systemd")
}

/// Version 1 in a cgroup below another: the upper has the quota, and memory is limited above what
/// the files of the own cgroup say.
pub(crate) fn v1() -> Tree {
    let tree = bare();
    tree.write("/proc/self/cgroup", MEMBER_V1.replace("PATH", "/jobs/job"));
    tree.write("/proc/self/mountinfo", v1_mounts("/"));
    v1_cgroup(&tree, "", "-1\n", NO_LIMIT_V1);
    v1_cgroup(&tree, "/jobs", "250000\n", "2000000000\n");
    v1_cgroup(&tree, "/jobs/job", "-1\n", "3000000000\n");
    tree
}

/// Version 1 as a container without a namespace sees it: only its own cgroup is mounted, which is
/// listed by its full name; the limit further up shows in `memory.stat` only.
pub(crate) fn v1_container() -> Tree {
    let tree = bare();
    tree.write("/proc/self/cgroup", MEMBER_V1.replace("PATH", "/docker/0123abc"));
    tree.write("/proc/self/mountinfo", v1_mounts("/docker/0123abc"));
    v1_cgroup(&tree, "", "250000\n", NO_LIMIT_V1);
    tree
}

/// Controllers of version 1, and a hierarchy of version 2 with the process in another place.
pub(crate) fn hybrid() -> Tree {
    let tree = v1();
    let unified = mount("cgroup2", "/", "/sys/fs/cgroup/unified", "nsdelegate");
    tree.write("/proc/self/cgroup", tree.text("/proc/self/cgroup") + "0::/session\n");
    tree.write("/proc/self/mountinfo", tree.text("/proc/self/mountinfo") + &unified);
    for resource in ["cpu", "memory", "io"] {
        tree.write(&format!("/sys/fs/cgroup/unified/session/{resource}.pressure"), PRESSURE);
    }
    tree
}

/// Every layout with control groups, with its name.
pub(crate) fn all() -> [(&'static str, Tree); 5] {
    [
        ("v2", v2()),
        ("v2 container", v2_container()),
        ("v1", v1()),
        ("v1 container", v1_container()),
        ("hybrid", hybrid()),
    ]
}
