//! What a process is given.

use crate::support::shell;
use graph_runtime::process::Command;
use std::process::Stdio;

async fn says(command: &mut Command) -> String {
    let output = command.output().await.expect("it can be started");
    String::from_utf8(output.stdout).expect("it is text")
}

#[graph_runtime::test]
async fn arguments_environment_and_directory() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let path = directory.path().canonicalize().expect("it exists");
    let mut command = shell("echo $0 $1 $ONE $TWO $THREE; pwd");
    command.args(["zero", "first"]).env_clear().env("ONE", "1").envs([("TWO", "2")]);
    command.env("THREE", "3").env_remove("THREE").current_dir(&path);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let expected = format!("zero first 1 2\n{}\n", path.display());
    assert_eq!(says(&mut command).await, expected);
    assert_eq!(command.as_std().get_program(), "sh");
}

#[graph_runtime::test]
async fn a_group_of_its_own() {
    let mut command = shell("cut -d' ' -f5 /proc/$$/stat; echo $$");
    let said = says(command.process_group(0)).await;
    let (group, id) = said.trim().split_once('\n').expect("two lines");
    assert_eq!(group, id);
}

#[graph_runtime::test]
async fn made_of_the_standard_librarys() {
    let mut std = std::process::Command::new("cat");
    std.stdin(Stdio::null());
    let mut command = Command::from(std);
    assert!(command.status().await.expect("it can be started").success());
    let started = command.spawn_with(|_| Err(std::io::Error::other("not today")));
    assert_eq!(started.expect_err("it was not started").to_string(), "not today");
    let mut std = command.into_std();
    assert!(std.status().expect("it can be started").success());
}
