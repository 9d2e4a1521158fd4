//! A folder that looks like `/proc`.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of `/proc` and what a healthy machine writes in it.
pub(crate) const HEALTHY: [(&str, &str); 6] = [
    ("stat", STAT),
    ("meminfo", MEMINFO),
    ("self/statm", "5000 1500 700 300 0 900 0\n"),
    ("pressure/cpu", "some avg10=1.50 avg60=0.31 avg300=0.20 total=1000000\n"),
    (
        "pressure/memory",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=2000000\n\
         full avg10=0.00 avg60=0.00 avg300=0.00 total=500000\n",
    ),
    (
        "pressure/io",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=3000000\n\
         full avg10=0.00 avg60=0.00 avg300=0.00 total=500000\n",
    ),
];

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
Cached:           204072 kB
SwapCached:            0 kB
Active:            97244 kB
Inactive:         142860 kB
SwapTotal:             0 kB
SwapFree:              0 kB
Dirty:               100 kB
Writeback:             0 kB
Mapped:            43956 kB
Slab:              22304 kB
Committed_AS:     136260 kB
VmallocTotal:   34359738367 kB
VmallocUsed:        9708 kB
VmallocChunk:          0 kB
HugePages_Total:       0
Hugepagesize:       2048 kB
";

/// A folder under the target folder, removed when dropped.
pub(crate) struct ProcTree {
    root: PathBuf,
}

impl ProcTree {
    /// A healthy machine's. `name` must be unique among the tests of one file.
    pub(crate) fn healthy(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("proc-{}-{name}", std::process::id()));
        let tree = Self { root };
        for (file, text) in HEALTHY {
            tree.write(file, text.as_bytes());
        }
        tree
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn write(&self, file: &str, text: &[u8]) {
        let path = self.root.join(file);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("mkdir");
        fs::write(path, text).expect("write");
    }

    /// Writes a file with `from` replaced, which must be in the healthy one.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let (_, text) = HEALTHY.iter().find(|(name, _)| *name == file).expect("a known file");
        assert!(text.contains(from), "{from:?} is not in {file}");
        self.write(file, text.replace(from, to).as_bytes());
    }

    pub(crate) fn remove(&self, file: &str) {
        fs::remove_file(self.root.join(file)).expect("remove");
    }
}

impl Drop for ProcTree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}
