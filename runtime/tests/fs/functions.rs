//! What is done with files by their names.

use crate::support::{directory, file_with};
use graph_runtime::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

#[graph_runtime::test]
async fn whole_files() {
    let directory = directory();
    let path = directory.path().join("file");
    fs::write(&path, vec![0xC3, 0x28]).await.expect("there is room");
    assert_eq!(fs::read(&path).await.expect("it exists"), [0xC3, 0x28]);
    let error = fs::read_to_string(&path).await.expect_err("that is no UTF-8");
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    fs::write(&path, "text").await.expect("there is room");
    assert_eq!(fs::read_to_string(&path).await.expect("that is"), "text");
}

#[graph_runtime::test]
async fn a_copy_has_contents_and_permissions() {
    let (directory, path) = file_with(b"contents");
    let mut permissions = fs::metadata(&path).await.expect("it exists").permissions();
    permissions.set_mode(0o640);
    fs::set_permissions(&path, permissions).await.expect("it is ours");
    let copy = directory.path().join("copy");
    assert_eq!(fs::copy(&path, &copy).await.expect("there is room"), 8);
    let metadata = fs::metadata(&copy).await.expect("it exists");
    assert_eq!((metadata.len(), metadata.permissions().mode() & 0o777), (8, 0o640));
}

#[graph_runtime::test]
async fn links_lead_to_files() {
    let (directory, path) = file_with(b"contents");
    let (hard, soft) = (directory.path().join("hard"), directory.path().join("soft"));
    fs::hard_link(&path, &hard).await.expect("it is the same file system");
    fs::symlink(&path, &soft).await.expect("it is new");
    let original = fs::metadata(&path).await.expect("it exists").ino();
    assert_eq!(fs::metadata(&hard).await.expect("it exists").ino(), original);
    assert_eq!(fs::metadata(&soft).await.expect("it leads there").ino(), original);
    assert!(fs::symlink_metadata(&soft).await.expect("it exists").is_symlink());
    assert_eq!(fs::read_link(&soft).await.expect("it is one"), path);
    let canonical = fs::canonicalize(&soft).await.expect("it leads there");
    assert_eq!(canonical, fs::canonicalize(&path).await.expect("it exists"));
    fs::remove_file(&path).await.expect("it is ours");
    assert!(fs::try_exists(&hard).await.expect("it can be looked at"));
    assert!(!fs::try_exists(&soft).await.expect("it can be looked at"), "it leads nowhere");
}

#[graph_runtime::test]
async fn a_file_that_is_renamed_replaces_another() {
    let (directory, path) = file_with(b"new");
    let other = directory.path().join("other");
    fs::write(&other, "old").await.expect("there is room");
    fs::rename(&path, &other).await.expect("it is the same file system");
    assert_eq!(fs::read(&other).await.expect("it exists"), b"new");
    let error = fs::remove_file(&path).await.expect_err("it has another name now");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
