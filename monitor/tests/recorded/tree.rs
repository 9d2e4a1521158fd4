//! A machine made of recorded files.

use graph_runtime_monitor::sample::{FileSource, SourceFile};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// What reading a file of a control group gives once that is gone.
const ENODEV: i32 = 19;

/// Files that can change, go and come back while they are open. Clones are the same machine.
#[derive(Clone, Default)]
pub(crate) struct Tree(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    files: BTreeMap<PathBuf, File>,
    made: u64,
    opened: u64,
    read: Vec<PathBuf>,
    process_cpu: Option<Duration>,
    affinity_cpus: Option<u32>,
}

#[derive(Clone)]
struct File {
    /// Which of the files that there were by this name it is.
    number: u64,
    content: Result<Vec<u8>, io::ErrorKind>,
}

struct Handle {
    tree: Tree,
    path: PathBuf,
    number: u64,
}

impl Tree {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test panics with it")
    }

    fn put(&self, path: &str, content: Result<Vec<u8>, io::ErrorKind>) {
        let mut state = self.state();
        state.made += 1;
        let number = state.files.get(Path::new(path)).map_or(state.made, |file| file.number);
        state.files.insert(path.into(), File { number, content });
    }

    /// Writes a file, whoever has it open.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        self.put(path, Ok(text.as_ref().to_vec()));
    }

    /// Lets neither opening nor reading a file succeed.
    pub(crate) fn refuse(&self, path: &str, kind: io::ErrorKind) {
        self.put(path, Err(kind));
    }

    /// Replaces `from`, which must be there.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.text(path);
        assert!(text.contains(from), "{from:?} is not in {path}");
        self.write(path, text.replace(from, to));
    }

    pub(crate) fn text(&self, path: &str) -> String {
        let state = self.state();
        let content = state.files[Path::new(path)].content.clone().expect("readable");
        String::from_utf8(content).expect("text")
    }

    /// Takes away the file, or everything in the folder, of this name.
    pub(crate) fn remove(&self, path: &str) {
        let mut state = self.state();
        let before = state.files.len();
        state.files.retain(|name, _| !name.starts_with(path));
        assert!(state.files.len() < before, "{path} is not there");
    }

    pub(crate) fn set_process_cpu(&self, time: Option<Duration>) {
        self.state().process_cpu = time;
    }

    pub(crate) fn set_affinity(&self, cpus: Option<u32>) {
        self.state().affinity_cpus = cpus;
    }

    /// How many files have been opened so far.
    pub(crate) fn opened(&self) -> u64 {
        self.state().opened
    }

    /// The files that have been read, or tried to be, since this was last asked.
    pub(crate) fn take_read(&self) -> Vec<String> {
        let read = std::mem::take(&mut self.state().read);
        let mut read: Vec<_> = read.iter().filter_map(|it| it.to_str()).map(Into::into).collect();
        read.sort();
        read.dedup();
        read
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        let name = |path: &PathBuf| path.to_str().expect("ASCII").to_owned();
        self.state().files.keys().map(name).collect()
    }
}

impl FileSource for Tree {
    fn open(&self, path: &Path) -> io::Result<Box<dyn SourceFile>> {
        let mut state = self.state();
        state.read.push(path.to_owned());
        let file = state.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        let number = file.number;
        file.content.as_ref().map_err(|&kind| kind)?;
        state.opened += 1;
        Ok(Box::new(Handle { tree: self.clone(), path: path.to_owned(), number }))
    }

    fn process_cpu(&self) -> Option<Duration> {
        self.state().process_cpu
    }

    fn affinity_cpus(&self) -> Option<u32> {
        self.state().affinity_cpus
    }
}

impl SourceFile for Handle {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.tree.state();
        state.read.push(self.path.clone());
        let file = state.files.get(&self.path).filter(|file| file.number == self.number);
        let file = file.ok_or_else(|| io::Error::from_raw_os_error(ENODEV))?;
        let content = file.content.as_ref().map_err(|&kind| kind)?;
        let rest = content.get(offset as usize..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        // In pieces, and the first of them of whole lines, as files of several records come.
        let length = if self.path.ends_with("mountinfo") {
            let line = rest.iter().position(|&byte| byte == b'\n').map(|end| end + 1);
            line.unwrap_or(length).min(length)
        } else {
            length
        };
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }
}
