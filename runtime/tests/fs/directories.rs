//! Making, listing and removing directories.

use crate::support::directory;
use graph_runtime::fs;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

async fn names(path: &Path) -> BTreeSet<String> {
    let mut entries = fs::read_dir(path).await.expect("it exists");
    let mut names = BTreeSet::new();
    while let Some(entry) = entries.next_entry().await.expect("it is readable") {
        assert_eq!(entry.path(), path.join(entry.file_name()));
        let name = entry.file_name().into_string().expect("it is text");
        assert!(names.insert(name), "every entry comes once");
    }
    assert!(entries.next_entry().await.expect("the end stays").is_none());
    names
}

#[graph_runtime::test]
async fn an_empty_one_has_no_entries() {
    let directory = directory();
    assert!(names(directory.path()).await.is_empty());
}

#[graph_runtime::test]
async fn every_entry_comes_once_however_many_they_are() {
    // Fewer and more than a batch, and exactly one or two of them.
    for count in [3, 32, 33, 64, 200] {
        let directory = directory();
        let expected: BTreeSet<String> = (0..count).map(|index| format!("{index}")).collect();
        for name in &expected {
            std::fs::create_dir(directory.path().join(name)).expect("it is new");
        }
        assert_eq!(names(directory.path()).await, expected);
    }
}

#[graph_runtime::test]
async fn an_entry_knows_what_it_is() {
    use std::os::unix::fs::MetadataExt;
    let directory = directory();
    std::fs::write(directory.path().join("file"), "four").expect("there is room");
    let mut entries = fs::read_dir(directory.path()).await.expect("it exists");
    let entry = entries.next_entry().await.expect("it is readable").expect("there is one");
    assert!(entry.file_type().await.expect("it is known").is_file());
    let metadata = entry.metadata().await.expect("it exists");
    assert_eq!((metadata.len(), metadata.ino()), (4, entry.ino()));
}

#[graph_runtime::test]
async fn a_missing_one_cannot_be_listed() {
    let directory = directory();
    let error = fs::read_dir(directory.path().join("missing")).await.expect_err("there is none");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[graph_runtime::test]
async fn made_and_removed_with_all_that_is_in_them() {
    let directory = directory();
    let (outer, inner) = (directory.path().join("a"), directory.path().join("a").join("b"));
    fs::create_dir(&inner).await.expect_err("the parent is missing");
    fs::create_dir_all(&inner).await.expect("parents are made");
    fs::DirBuilder::new().create(&inner).await.expect_err("it exists");
    fs::DirBuilder::new().recursive(true).create(&inner).await.expect("that is fine then");
    fs::remove_dir(&outer).await.expect_err("it is not empty");
    fs::remove_dir(&inner).await.expect("it is empty");
    fs::create_dir_all(&inner).await.expect("parents are there");
    fs::remove_dir_all(&outer).await.expect("it is ours");
    assert!(!fs::try_exists(&outer).await.expect("its parent is readable"));
}
