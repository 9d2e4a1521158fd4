//! What cargo resolves a package's dependencies to.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cargo;
use crate::error::Error;
use crate::options::Options;

/// A package in the tree.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Where it comes from; nothing for a folder.
    pub(crate) source: Option<String>,
    manifest_path: PathBuf,
}

impl Package {
    /// The folder it is in.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }
}

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// All packages in the tree of the package in `folder`, of those kinds of dependencies and
/// features that its tests are built with. Downloads them.
pub(crate) fn of(
    options: &Options,
    folder: &Path,
    features: &[String],
) -> Result<Vec<Package>, Error> {
    let mut args = vec!["metadata", "--format-version=1"];
    args.extend(features.iter().map(String::as_str));
    let text = cargo::output(options, folder, &args)?;
    let malformed = |error: serde_json::Error| Error::Malformed {
        path: folder.to_owned(),
        message: format!("cargo's metadata cannot be read: {error}"),
    };
    let metadata: Metadata = serde_json::from_str(&text).map_err(malformed)?;
    Ok(metadata.packages)
}
