//! A copy of a crate that its tests can be run in, on graph_runtime or on tokio.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::cargo;
use crate::error::Error;
use crate::facade;
use crate::options::Options;
use crate::source::{Source, copy, work_folder, write};
use crate::tree::{self, Package};

/// What the tests run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Under {
    Facade,
    Tokio,
}

impl Under {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Facade => "graph_runtime",
            Self::Tokio => "tokio",
        }
    }
}

/// A crate whose tests can be built.
#[derive(Debug)]
pub(crate) struct Suite {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) under: Under,
    pub(crate) folder: PathBuf,
    /// The tokio in its tree.
    pub(crate) tokio: String,
}

impl Suite {
    /// Copies the crate, puts what it runs on in place, and looks whether that worked.
    pub(crate) fn prepare(options: &Options, source: &Source, under: Under) -> Result<Self, Error> {
        let Source { name, version, .. } = source;
        let folder = work_folder(options).join(format!("{name}-{version}-on-{}", under.name()));
        copy_files(source, &folder, options.keep_lock)?;
        let mut suite = Self {
            name: name.clone(),
            version: version.clone(),
            under,
            folder,
            tokio: String::new(),
        };
        let mut manifest = manifest_for(source)?;
        suite.drop_missing_targets(&mut manifest);
        suite.tokio = match under {
            Under::Facade => suite.patch(options, manifest)?,
            Under::Tokio => {
                suite.write_manifest(&manifest)?;
                suite.tokios(options)?[0].version.clone()
            }
        };
        eprintln!("{name} {version} on {} (tokio {})", under.name(), suite.tokio);
        Ok(suite)
    }

    /// Puts the facade in tokio's place; the version it has there.
    fn patch(&self, options: &Options, mut manifest: Table) -> Result<String, Error> {
        let mut facade = facade::folder("tokio");
        manifest.insert("patch".to_owned(), facade::patch(options, &facade));
        self.write_manifest(&manifest)?;
        if options.keep_lock {
            cargo::output(options, &self.folder, &["update", "tokio"])?;
        }
        let mut found = self.tokios(options)?;
        // Somebody in the tree wants an older one: so the facade calls itself that.
        if let [pinned] = &found[..]
            && pinned.source.is_some()
        {
            facade = facade::with_version(options, &pinned.version)?;
            manifest.insert("patch".to_owned(), facade::patch(options, &facade));
            self.write_manifest(&manifest)?;
            cargo::output(options, &self.folder, &["update", "tokio"])?;
            found = self.tokios(options)?;
        }
        let is_ours = |it: &&Package| it.source.is_none() && it.folder() == facade;
        match found.iter().find(|it| !is_ours(it)) {
            Some(real) => {
                let from = real.source.as_deref().unwrap_or("a folder");
                Err(Error::RealTokio(format!("{} from {from}", real.version)))
            }
            None => Ok(found[0].version.clone()),
        }
    }

    /// All packages called tokio in the tree: one at least.
    fn tokios(&self, options: &Options) -> Result<Vec<Package>, Error> {
        let packages = tree::of(options, &self.folder, &options.feature_args())?;
        let found: Vec<_> = packages.into_iter().filter(|it| it.name == "tokio").collect();
        if found.is_empty() {
            return Err(Error::NoTokio { name: self.name.clone(), version: self.version.clone() });
        }
        Ok(found)
    }

    fn write_manifest(&self, manifest: &Table) -> Result<(), Error> {
        write(&self.folder.join("Cargo.toml"), manifest.to_string().as_bytes())
    }

    /// Takes out the targets whose files were not published.
    fn drop_missing_targets(&self, manifest: &mut Table) {
        for kind in ["bin", "example", "test", "bench"] {
            let Some(Value::Array(targets)) = manifest.get_mut(kind) else { continue };
            targets.retain(|target| {
                let path = target.get("path").and_then(Value::as_str);
                let is_there = path.is_none_or(|path| self.folder.join(path).exists());
                if !is_there {
                    eprintln!("  not published: {}", path.unwrap_or_default());
                }
                is_there
            });
        }
    }
}

/// Copies what of the crate its tests need.
fn copy_files(source: &Source, folder: &Path, keep_lock: bool) -> Result<(), Error> {
    let is_wanted = |path: &Path| match path.to_str() {
        // Written anew.
        Some("Cargo.toml" | "Cargo.toml.orig" | ".cargo-ok" | ".cargo_vcs_info.json") => false,
        // Configuration of the author's machine or toolchain.
        Some(".cargo" | "rust-toolchain" | "rust-toolchain.toml") => false,
        Some("Cargo.lock") => keep_lock,
        Some("target") => false,
        Some(path) if source.is_tokio() => path.starts_with("tests"),
        _ => true,
    };
    copy(&source.folder, folder, &is_wanted)?;
    if source.is_tokio() {
        write(&folder.join("src/lib.rs"), b"")?;
    }
    Ok(())
}

/// The manifest that the tests are built with.
fn manifest_for(source: &Source) -> Result<Table, Error> {
    let mut manifest = source.manifest()?;
    if source.is_tokio() {
        manifest = manifest_of_tests(&manifest);
    }
    // So that no workspace further up takes it in.
    manifest.insert("workspace".to_owned(), Value::from(Table::new()));
    Ok(manifest)
}

/// tokio's tests as a package of their own that depends on tokio, which can then be replaced.
fn manifest_of_tests(tokio: &Table) -> Table {
    let text = |value: &str| Value::from(value);
    let version = tokio["package"].get("version").and_then(Value::as_str).unwrap_or_default();
    let mut package = Table::new();
    package.insert("name".to_owned(), text("tests-of-tokio"));
    package.insert("version".to_owned(), text(version));
    package.insert("edition".to_owned(), text("2021"));
    let features = ["full", "test-util"].map(text).to_vec();
    let mut dependency = Table::new();
    dependency.insert("version".to_owned(), text(version));
    dependency.insert("features".to_owned(), Value::from(features.clone()));

    let mut manifest = Table::new();
    manifest.insert("package".to_owned(), package.into());
    // The tests ask for them by `cfg(feature)`. What they stand for outside tokio is tokio's.
    let mut declared = Table::new();
    if let Some(Value::Table(all)) = tokio.get("features") {
        for (name, parts) in all {
            let mut parts = parts.as_array().cloned().unwrap_or_default();
            parts.retain(|part| part.as_str().is_some_and(|part| all.contains_key(part)));
            declared.insert(name.clone(), parts.into());
        }
    }
    declared.insert("default".to_owned(), Value::from(features));
    manifest.insert("features".to_owned(), declared.into());
    for key in ["dev-dependencies", "test", "lints"] {
        manifest.extend(tokio.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    // The tests use what tokio itself depends on, too.
    let mut dependencies = Table::new();
    if let Some(Value::Table(of_tokio)) = tokio.get("dependencies") {
        for (name, dependency) in of_tokio.iter().filter(|(name, _)| *name != "tokio-macros") {
            let mut dependency = dependency.clone();
            if let Value::Table(dependency) = &mut dependency {
                dependency.remove("optional");
            }
            dependencies.insert(name.clone(), dependency);
        }
    }
    dependencies.insert("tokio".to_owned(), dependency.into());
    manifest.insert("dependencies".to_owned(), dependencies.into());
    if let Some(Value::Table(targets)) = tokio.get("target") {
        let mut targets = targets.clone();
        for (_, target) in &mut targets {
            if let Value::Table(kinds) = target {
                kinds.retain(|kind, _| kind == "dev-dependencies");
            }
        }
        manifest.insert("target".to_owned(), targets.into());
    }
    manifest
}

/// Makes room for logs, and throws away those of an earlier run.
pub(crate) fn log_folder(suite: &Suite) -> Result<PathBuf, Error> {
    let folder = suite.folder.join("logs");
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(crate::error::at(&folder)(error))
        }
        _ => Ok(folder),
    }
}
