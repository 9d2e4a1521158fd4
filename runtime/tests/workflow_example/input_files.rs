//! Reading that takes a while is announced.

use crate::support::{Folder, generated, started, workflow};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::process::Command;

#[test]
fn a_workflow_comes_out_of_a_pipe_when_somebody_writes_to_it() {
    let folder = Folder::new();
    let pipe = folder.path().join("pipe.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("it starts").success());
    let arguments = ["--mode=instant", "--json", "--policy=fifo"].map(OsStr::new);
    let arguments = arguments.into_iter().chain([pipe.as_os_str()]);
    let (child, mut stderr, first) = started(arguments);
    assert!(first.contains("pipe.json: waiting for what is written to this pipe"), "{first}");
    fs::write(&pipe, fs::read(generated()).unwrap()).unwrap();
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).expect("standard error is text");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{rest}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"tasks\":200"), "{output:?}");
}

#[test]
fn a_large_file_is_announced() {
    let folder = Folder::new();
    let path = folder.path().join("large.json");
    // Sparse: it takes no room, and is not JSON from the first byte on.
    File::create(&path).unwrap().set_len(60_000_000).unwrap();
    let finished = workflow([&path]);
    let lines: Vec<&str> = finished.stderr.lines().collect();
    assert_eq!((finished.code, lines.len()), (2, 2), "{finished:?}");
    assert!(lines[0].ends_with("large.json: reading 60 MB"), "{finished:?}");
    assert!(lines[1].contains("not JSON"), "{finished:?}");
}
