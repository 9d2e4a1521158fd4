//! Reading that takes a while is announced.

use crate::support::{Folder, binary, generated, workflow};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

#[test]
fn a_workflow_comes_out_of_a_pipe_when_somebody_writes_to_it() {
    let folder = Folder::new();
    let pipe = folder.path().join("pipe.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("it starts").success());
    let mut child = Command::new(binary())
        .args(["--mode=instant", "--json", "--policy=fifo"])
        .arg(&pipe)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("it was piped"));
    let mut first = String::new();
    stderr.read_line(&mut first).expect("standard error can be read");
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
