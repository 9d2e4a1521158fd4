//! Getting a crate's published source, through cargo and with cargo's cache.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, at};
use crate::options::Options;
use crate::tree;

/// A published crate, unpacked in cargo's cache. Nothing is changed there.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) folder: PathBuf,
}

impl Source {
    /// Whether it is tokio, whose tests cannot be run in its own package.
    pub(crate) fn is_tokio(&self) -> bool {
        self.name == "tokio"
    }

    /// Its manifest.
    pub(crate) fn manifest(&self) -> Result<toml::Table, Error> {
        read_manifest(&self.folder.join("Cargo.toml"))
    }
}

/// Reads a manifest.
pub(crate) fn read_manifest(path: &Path) -> Result<toml::Table, Error> {
    let text = fs::read_to_string(path).map_err(at(path))?;
    text.parse().map_err(|error: toml::de::Error| Error::Malformed {
        path: path.to_owned(),
        message: error.to_string(),
    })
}

/// Where this program works.
pub(crate) fn work_folder(options: &Options) -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/suites");
    options.folder.clone().unwrap_or_else(default)
}

/// Has cargo download the crate that `options` name.
pub(crate) fn find(options: &Options) -> Result<Source, Error> {
    let Options { name, version, .. } = options;
    eprintln!("getting {name} {version}");
    let folder = work_folder(options).join(format!("get-{name}-{version}"));
    let manifest = format!(
        "[workspace]\n[package]\nname = \"get\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
         [lib]\npath = \"lib.rs\"\n[dependencies]\n{name} = \"={version}\"\n"
    );
    write(&folder.join("Cargo.toml"), manifest.as_bytes())?;
    write(&folder.join("lib.rs"), b"")?;
    let packages = tree::of(options, &folder, &[]).map_err(|error| match error {
        Error::Cargo { tail, .. } => {
            Error::NoSuchCrate { name: name.clone(), version: version.clone(), tail }
        }
        other => other,
    })?;
    let wanted = packages.iter().find(|it| it.name == *name && it.version == *version);
    let missing = || Error::NoSuchCrate {
        name: name.clone(),
        version: version.clone(),
        tail: "give the name and the version as the registry has them".to_owned(),
    };
    let folder = wanted.ok_or_else(missing)?.folder().to_owned();
    Ok(Source { name: name.clone(), version: version.clone(), folder })
}

/// Writes a file, and its folders, unless it has those contents already: what is untouched is not
/// built again.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|present| present == contents) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    fs::write(path, contents).map_err(at(path))
}

/// Copies all files of `from` for which `wanted` says so, by their path below it.
pub(crate) fn copy(from: &Path, to: &Path, wanted: &impl Fn(&Path) -> bool) -> Result<(), Error> {
    let mut pending = vec![PathBuf::new()];
    while let Some(below) = pending.pop() {
        let folder = from.join(&below);
        for entry in fs::read_dir(&folder).map_err(at(&folder))? {
            let entry = entry.map_err(at(&folder))?;
            let path = below.join(entry.file_name());
            if !wanted(&path) {
                continue;
            }
            if entry.path().is_dir() {
                pending.push(path);
            } else {
                let contents = fs::read(entry.path()).map_err(at(&entry.path()))?;
                write(&to.join(path), &contents)?;
            }
        }
    }
    Ok(())
}
