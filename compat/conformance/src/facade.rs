//! The crates that take tokio's place.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::error::Error;
use crate::options::Options;
use crate::source::{read_manifest, work_folder, write};

/// The folder of the facade of `name`.
pub(crate) fn folder(name: &str) -> PathBuf {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    compat.unwrap_or(Path::new(".")).join(name)
}

/// The `[patch.crates-io]` for a tree, with tokio's facade in `tokio`.
pub(crate) fn patch(options: &Options, tokio: &Path) -> Value {
    let entry = |folder: &Path| {
        let path = Value::from(folder.display().to_string());
        Value::from(Table::from_iter([("path".to_owned(), path)]))
    };
    let mut patched = Table::from_iter([("tokio".to_owned(), entry(tokio))]);
    if options.tokio_util {
        patched.insert("tokio-util".to_owned(), entry(&folder("tokio-util")));
    }
    Value::from(Table::from_iter([("crates-io".to_owned(), Value::from(patched))]))
}

/// A package with the facade's sources that calls itself `version`, for trees which ask for no
/// newer one. The folder it is in.
pub(crate) fn with_version(options: &Options, version: &str) -> Result<PathBuf, Error> {
    let facade = folder("tokio");
    let mut manifest = read_manifest(&facade.join("Cargo.toml"))?;
    if let Some(package) = manifest.get_mut("package").and_then(Value::as_table_mut) {
        package.insert("version".to_owned(), version.into());
    }
    let library = facade.join("src/lib.rs").display().to_string();
    manifest.insert(
        "lib".to_owned(),
        Value::from(Table::from_iter([("path".to_owned(), library.into())])),
    );
    if let Some(dependencies) = manifest.get_mut("dependencies").and_then(Value::as_table_mut) {
        for (_, dependency) in dependencies {
            if let Some(Value::String(path)) = dependency.get_mut("path") {
                *path = facade.join(&*path).display().to_string();
            }
        }
    }
    let shim = work_folder(options).join(format!("tokio-{version}-facade"));
    write(&shim.join("Cargo.toml"), manifest.to_string().as_bytes())?;
    Ok(shim)
}
